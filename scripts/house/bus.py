"""Mira's bus from the outside, as any client in the house speaks it: one command, its answer, the presence."""

import json
import time
import uuid
from typing import Any

import redis

from house.process import HouseError
from house.reading import state_now
from mira_sidecar.address import place_of
from mira_sidecar.protocol import Keys, Source, instant


class Bus:
    """One mirror's keys on one Redis. Raises HouseError where the URL is none."""

    def __init__(self, url: str, mirror: str) -> None:
        try:
            self._redis = redis.Redis.from_url(url, decode_responses=True, socket_timeout=5)
        except ValueError as err:
            raise HouseError(
                f"{place_of(url)} is no address of a Redis: it looks like redis://127.0.0.1:6379/0."
            ) from err
        self._url = url
        self._keys = Keys(mirror)

    def check(self) -> None:
        """Raises HouseError where there is no Redis that lets us in."""
        try:
            self._redis.ping()
        except redis.RedisError as err:
            raise HouseError(
                f"No Redis answers at {place_of(self._url)} ({err}). Start it, or leave --redis-url out: "
                "then Mira brings its own."
            ) from err

    def presence(self) -> dict[str, Any] | None:
        """The sidecar's heartbeat; None where there is none, or no Redis."""
        try:
            found = self._redis.get(self._keys.presence)
        except redis.RedisError:
            return None
        return dict(json.loads(str(found))) if found else None

    def snapshot(self) -> dict[str, Any] | None:
        """The state document with its revision; None where Redis holds none, or does not answer."""
        try:
            return state_now(self._redis, self._keys)
        except redis.RedisError:
            return None

    def send(
        self,
        action: str,
        payload: dict[str, Any],
        *,
        source: Source = "automation",
        confidence: float | None = None,
        words: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Send a command and return the event that answers it. Raises HouseError after 5 s without one.

        `words` go beside it, once a sidecar hears them.
        """
        seconds, micros = self._redis.time()
        command: dict[str, Any] = {
            "id": str(uuid.uuid7()),
            "ts": instant(seconds * 1000 + micros // 1000),
            "source": source,
            "action": action,
            "payload": payload,
        }
        if confidence is not None:
            command["confidence"] = confidence
        if words is not None:
            self._say({"command_id": command["id"], "words": words})
        snapshot = self.snapshot()
        after = f"{snapshot['seq'] if snapshot else 0}-0"
        self._redis.xadd(self._keys.commands_from(source), {"command": json.dumps(command)})
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            for event in self._events(after, block_ms=500):
                after = f"{event['seq']}-0"
                if event["command_id"] == command["id"] and event["type"] != "state_patch":
                    return event
        raise HouseError(f"The sidecar did not answer the command {action}.")

    def _say(self, words: dict[str, Any]) -> None:
        deadline = time.monotonic() + 5
        while not self._redis.publish(self._keys.private, json.dumps(words)):
            if time.monotonic() > deadline:
                raise HouseError("No sidecar hears the words of a command.")
            time.sleep(0.05)

    def _events(self, after: str, block_ms: int) -> list[dict[str, Any]]:
        streams: Any = self._redis.xread({self._keys.events: after}, block=block_ms)
        return [json.loads(fields["event"]) for _, entries in streams or [] for _, fields in entries]
