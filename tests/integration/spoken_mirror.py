"""A mirror that one talks to, by the protocol: the test is its microphone and its speaker.

It decides what is asked of its subjects `voice` and `talk`, and answers what was said before.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from redis.asyncio import Redis

from custom_components.mira.client.frames import Frame
from tests.integration.written_mirror import WrittenMirror

PREFIX = "mira:{hall}"
BLOCK = bytes(range(1, 161)) * 4
"""Sound of 20 ms that is not silence."""
VOICE = {
    "words": {
        "okay_nabu": {"phrase": "Okay Nabu", "languages": ["en"]},
        "hey_jarvis": {"phrase": "Hey Jarvis", "languages": ["en", "de"]},
        "alexa": {"phrase": "Alexa", "languages": ["en"]},
    },
    "active": ["okay_nabu", "hey_jarvis"],
    "turn": None,
    "speech": None,
}
TALK = {"replies": {}, "face": None, "pictures": None, "spoken_up": None}
UNTIL = "2099-01-01T00:00:00.000Z"


class SpokenMirror:
    """Decides what Home Assistant asks of the subjects `voice` and `talk` as the sidecar does."""

    def __init__(self, written: WrittenMirror, url: str) -> None:
        self.written = written
        self.commands: list[dict[str, Any]] = []
        """What was asked, in its order."""
        self.words: dict[str, dict[str, Any]] = {}
        """What came beside it, by command."""
        self.frames: list[Frame] = []
        """What is to be said."""
        self.has_speaker = True
        self.plays = True
        """Whether what was sent to its end is played at once."""
        self.refuses: dict[str, str] = {}
        """Reasons, by action."""
        self.closes_at_once = False
        """Whether a turn is over before anybody hears of it."""
        self.is_slow = False
        """Whether what it is asked waits."""
        self.asks_first = False
        """Whether it listens only after a yes at the mirror."""
        self._redis = Redis.from_url(url, decode_responses=True)
        self._binary = Redis.from_url(url)
        self._seq, self._rev = 1, 1
        self._ids = count(1)
        self._state: dict[str, Any] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, **state: Any) -> None:
        """Show it, and listen."""
        self._state = {"parts": {"voice": json.loads(json.dumps(VOICE))}, "pending": None, **state}
        self.written.presence()
        self.written.state(**self._state)
        heard = [asyncio.Event() for _ in range(2)]
        self._tasks = [
            asyncio.create_task(self._decide_all()),
            asyncio.create_task(self._listen(self._redis, "private", self._take_words, heard[0])),
            asyncio.create_task(self._listen(self._binary, "speech", self._take_frame, heard[1])),
        ]
        await asyncio.gather(*(each.wait() for each in heard))

    async def restart(self, **state: Any) -> None:
        """Show another state."""
        self._state |= state
        self.written.state(**self._state)

    async def stop(self) -> None:
        """Leave nothing behind."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._redis.aclose()
        await self._binary.aclose()

    @property
    def voice(self) -> dict[str, Any]:
        """Its slice of the state."""
        return dict(self._state["parts"]["voice"])

    @property
    def talk(self) -> dict[str, Any]:
        """The slice of `talk`: there once a persona was asked, or something expressed."""
        return dict(self._state["parts"].get("talk") or TALK)

    @property
    def pending(self) -> dict[str, Any] | None:
        """What waits for a yes."""
        found: dict[str, Any] | None = self._state["pending"]
        return found

    def asked(self, *actions: str) -> list[dict[str, Any]]:
        """The payloads of what was asked of these kinds."""
        return [command["payload"] for command in self.commands if command["action"] in actions]

    def said(self, speech: str | None = None) -> list[bytes]:
        """The files of a speech, or of all."""
        files = [b""]
        for frame in self.frames:
            if speech in (None, frame.id):
                files[-1] += frame.payload
                if frame.last_of_file:
                    files.append(b"")
        return files[:-1]

    async def open(self, how: str = "wake", word: str | None = "okay_nabu", **event: Any) -> str:
        """Somebody says a wake word, or taps; the turn."""
        turn = f"turn-{next(self._ids)}"
        payload = {"word": word, "microphone": "microphone"}
        patch = self._opened(turn, how, word)
        await self._accept(turn, how, payload, patch, source="voice" if how == "wake" else "touch", **event)
        return turn

    async def answer(self, *, yes: bool) -> str:
        """Somebody answers at the mirror whether it may listen; the command that does."""
        pending = self._state["pending"]
        answer_id = f"answer-{next(self._ids)}"
        patch = self._asks(None) + (self._opened(answer_id, "listen", None) if yes else [])
        payload = {"confirmed" if yes else "cancelled": pending["command_id"], "asked": pending["action"]}
        await self._accept(answer_id, "confirm" if yes else "cancel", payload, patch, source="touch")
        return answer_id

    async def open_and_close(self) -> None:
        """A turn that is over before anybody hears of it."""
        await self._accept("short", "wake", {"word": "okay_nabu"}, [], source="voice")

    async def be_deaf(self) -> None:
        """Hear nothing that is to be said."""
        self._tasks.pop(2).cancel()
        await until(lambda: not dict(self.written.redis.pubsub_numsub(f"{PREFIX}:speech"))[f"{PREFIX}:speech"])

    async def hear(self, turn: str, *blocks: bytes, start: int = 0, last: bool = True) -> None:
        """Publish what its microphone hears."""
        for sequence, block in enumerate(blocks, start):
            await self.publish(Frame(turn, sequence, block))
        if last:
            await self.publish(Frame(turn, start + len(blocks), last=True))

    async def publish(self, frame: Frame) -> None:
        """Publish one frame."""
        await self._binary.publish(f"{PREFIX}:audio", frame.encode())

    async def end_speech(self, outcome: str = "played") -> None:
        """What it was saying is over."""
        speech = self.voice["speech"]["id"]
        await self._accept(
            f"end-{speech}",
            "end_speech",
            {"speech": speech, "outcome": outcome},
            self._set(speech=None),
            source="sensor",
        )

    async def be_quiet(self) -> None:
        """Somebody wants quiet."""
        await self._accept("quiet", "stop_talking", {}, self._set(turn=None, speech=None), source="touch")

    async def change(self, **places: Any) -> None:
        """Other places of its state are other ones."""
        patch = [{"op": "replace", "path": f"/{place}", "value": value} for place, value in places.items()]
        await self._accept(f"change-{next(self._ids)}", "ask", {}, patch, source="automation")

    def _set(self, **changes: Any) -> list[dict[str, Any]]:
        self._state["parts"]["voice"] |= changes
        return [{"op": "replace", "path": f"/parts/voice/{name}", "value": value} for name, value in changes.items()]

    def _set_talk(self, **changes: Any) -> list[dict[str, Any]]:
        is_there = "talk" in self._state["parts"]
        self._state["parts"]["talk"] = {**self.talk, **changes}
        if not is_there:
            return [{"op": "add", "path": "/parts/talk", "value": self.talk}]
        return [{"op": "replace", "path": f"/parts/talk/{name}", "value": value} for name, value in changes.items()]

    def _begin_reply(self, reply: str, payload: Mapping[str, Any]) -> list[dict[str, Any]]:
        opened = {name: payload[name] for name in ("persona", "place", "pictures")}
        replies = {**self.talk["replies"], reply: {**opened, "person": None, "at": UNTIL, "until": UNTIL}}
        face = self.talk["face"]
        kept = face if face and face["reply"] is None else None
        return self._set_talk(replies=replies, face=kept, pictures=payload["pictures"])

    def _express(self, payload: Mapping[str, Any]) -> list[dict[str, Any]]:
        face = {"emotion": payload["emotion"], "reply": payload.get("reply"), "pictures": self.talk["pictures"]}
        return self._set_talk(face={**face, "at": UNTIL, "until": UNTIL})

    def _end_reply(self, payload: Mapping[str, Any]) -> list[dict[str, Any]]:
        replies = {reply: known for reply, known in self.talk["replies"].items() if reply != payload["reply"]}
        face = self.talk["face"]
        return self._set_talk(replies=replies, face=None if face and face["reply"] == payload["reply"] else face)

    def _talk_refusal(self, payload: Mapping[str, Any]) -> str | None:
        """Why it does not do what is asked of a reply."""
        replies = list(self.talk["replies"])
        if "reply" not in payload or payload["reply"] in replies[-1:]:
            return None
        return (
            "superseded"
            if payload["reply"] in replies and "emotion" in payload
            else (None if payload["reply"] in replies else "reply_over")
        )

    def _asks(self, pending: dict[str, Any] | None) -> list[dict[str, Any]]:
        self._state["pending"] = pending
        return [{"op": "replace", "path": "/pending", "value": pending}]

    def _opened(self, turn: str, how: str, word: str | None) -> list[dict[str, Any]]:
        opened = {"id": turn, "how": how, "word": word, "microphone": "microphone", "stage": "listening"}
        return self._set(turn=opened, speech=None)

    async def _accept(
        self, command_id: str, action: str, payload: Mapping[str, Any], patch: list[dict[str, Any]], **event: Any
    ) -> None:
        self._seq += 1
        entries = [{"type": "accepted", "payload": payload, **event}]
        if patch:
            entries.append({"type": "state_patch", "payload": {"patch": patch}, **event})
            self._rev += 1
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        async with self._redis.pipeline() as pipeline:
            for place, entry in enumerate(entries):
                if place:
                    self._seq += 1
                known = {"seq": self._seq, "id": f"event-{self._seq}", "ts": now, "command_id": command_id}
                rev = {"rev": self._rev} if entry["type"] == "state_patch" else {}
                text = json.dumps({**known, "action": action, **rev, **entry})
                pipeline.xadd(f"{PREFIX}:events", {"event": text}, id=f"{self._seq}-0")
            pipeline.set(f"{PREFIX}:head", json.dumps({"rev": self._rev, "seq": self._seq, "at": now}))
            await pipeline.execute()

    async def _reject(self, command: Mapping[str, Any], reason: str) -> None:
        await self._accept(
            command["id"], command["action"], {}, [], source=command["source"], type="rejected", reason=reason
        )

    async def _listen(self, redis: Redis, name: str, take: Callable[[Any], None], heard: asyncio.Event) -> None:
        async with redis.pubsub() as channel:
            await channel.subscribe(f"{PREFIX}:{name}")
            async for message in channel.listen():
                heard.set()
                if message["type"] == "message":
                    take(message["data"])

    def _take_words(self, text: str) -> None:
        words = json.loads(text)
        self.words[words["command_id"]] = words["words"]

    def _take_frame(self, data: bytes) -> None:
        frame = Frame.decode(data)
        self.frames.append(frame)
        if frame.last and self.plays and self.voice["speech"] and self.voice["speech"]["id"] == frame.id:
            self._tasks.append(asyncio.create_task(self.end_speech()))

    async def _decide_all(self) -> None:
        last = "0"
        while True:
            for _, entries in await self._redis.xread({f"{PREFIX}:commands:home": last}, block=1_000):
                for last, fields in entries:  # noqa: B007 - it is where to read on
                    while self.is_slow:  # noqa: ASYNC110 - the test says for how long
                        await asyncio.sleep(0.005)
                    command = json.loads(fields["command"])
                    self.commands.append(command)
                    await self._decide(command)

    def _patch(self, command_id: str, action: str, payload: Mapping[str, Any]) -> list[dict[str, Any]]:
        if action == "listen" and not (self.closes_at_once or self.asks_first):
            return self._opened(command_id, "listen", payload.get("word"))
        if action == "begin_reply":
            return self._begin_reply(command_id, payload)
        if action in ("express", "end_reply"):
            return self._express(payload) if action == "express" else self._end_reply(payload)
        changes: dict[str, Callable[[], dict[str, Any]]] = {
            "advance_turn": lambda: {"turn": {**self.voice["turn"], "stage": payload["stage"]}},
            "say": lambda: {"speech": {"id": command_id, "turn": payload.get("turn"), "kind": payload["kind"]}},
            "end_speech": lambda: {"speech": None},
            "end_turn": lambda: {"turn": None},
            "stop_talking": lambda: {"turn": None, "speech": None},
            "set_voice": lambda: {"active": payload["active"]},
        }
        return self._set(**changes.get(action, dict)())

    async def _decide(self, command: Mapping[str, Any]) -> None:
        action, payload, voice = command["action"], command["payload"], self.voice
        if reason := self.refuses.get(action):
            await self._reject(command, reason)
            return
        if "turn" in payload and (voice["turn"] or {}).get("id") != payload["turn"]:
            await self._reject(command, "turn_over")
            return
        if reason := self._talk_refusal(payload):
            await self._reject(command, reason)
            return
        patch = self._patch(command["id"], action, payload)
        if action == "listen" and self.asks_first:
            deadline = (datetime.now(UTC) + timedelta(seconds=15)).isoformat(timespec="milliseconds")
            asked = {"command_id": command["id"], "action": action, "payload": payload, "source": command["source"]}
            patch = self._asks({**asked, "deadline": deadline})
            payload = {**payload, "outcome": "pending", "deadline": deadline}
        await self._accept(command["id"], action, payload, patch, source=command["source"])
        if action == "say" and not self.has_speaker:
            await self.end_speech("failed")


async def until(holds: Callable[[], object]) -> None:
    """Wait, at most ten seconds, until something holds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(10):
            while not holds():  # noqa: ASYNC110 - it may hold for any reason
                await asyncio.sleep(0.005)
    assert holds()


async def over(mirror: SpokenMirror, replies: int = 1) -> list[dict[str, Any]]:
    """What was asked of the mirror until it knows how so many replies have ended."""
    await until(lambda: len(mirror.asked("end_reply")) == replies and not mirror.talk["replies"])
    return [command for command in mirror.commands if command["action"] in ("begin_reply", "express", "end_reply")]
