"""A real sidecar in a quiet room, with a microphone, a speaker and a Redis; and who listens as Home Assistant does."""

import contextlib
import json
import math
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import redis

from house.redis import RedisServer
from house.sidecar import SidecarProcess
from house.sound import Alsa
from house.voices import wav
from mira_sidecar.protocol import Keys
from mira_sidecar.transport.sound import Frame, decode, encode
from tests.sidecar.process.mirror import AT_ONCE, Message, Mirror


class Ear:
    """Hears the channel `audio`, as Home Assistant does, through every outage of Redis."""

    def __init__(self, url: str, channel: str) -> None:
        self.frames: list[tuple[float, Frame]] = []
        """When each came, and what it is."""
        self.unfit = 0
        self._url, self._channel = url, channel
        self._over = threading.Event()
        self._subscribed = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._subscribed.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def of(self, turn: str) -> list[Frame]:
        return [frame for _, frame in self.frames if frame.id == turn]

    def sound(self, turn: str) -> bytes:
        return b"".join(frame.sound for frame in self.of(turn))

    def _listen(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(redis.RedisError), redis.Redis.from_url(self._url) as client:
                channel = client.pubsub()
                channel.subscribe(self._channel)
                while not self._over.is_set():
                    message: Any = channel.get_message(timeout=0.1)
                    if message and message["type"] == "subscribe":
                        self._subscribed.set()
                    elif message and message["type"] == "message":
                        frame = decode(message["data"])
                        if frame is None:
                            self.unfit += 1
                        else:
                            self.frames.append((time.monotonic(), frame))
            time.sleep(0.05)


@dataclass
class Room:
    """All of it."""

    mirror: Mirror
    alsa: Alsa
    raw: redis.Redis = field(init=False)

    def __post_init__(self) -> None:
        self.raw = redis.Redis.from_url(self.mirror.server.url)

    def hearing(self) -> Ear:
        return Ear(self.mirror.server.url, self.mirror.keys.audio)

    def listens(self) -> None:
        """Switch the microphone on, and wait until it is open."""
        self.mirror.send("set_microphone", {"on": True})
        self.mirror.until(lambda: (self.mirror.presence() or {})["devices"]["microphone"]["capture"] == "open", 20)

    @property
    def voice(self) -> Message:
        slice_: Message = self.mirror.snapshot()["state"]["parts"]["voice"]
        return slice_

    def turn(self, seconds: float = 10) -> Message:
        """Wait for one that is open."""
        self.mirror.until(lambda: self.voice["turn"] is not None, seconds)
        turn: Message = self.voice["turn"]
        return turn

    def over(self, action: str, seconds: float = 10) -> Message:
        """Wait for the last event of this action that was accepted."""
        found: list[Message] = []

        def is_there() -> bool:
            events = [one for one in self.mirror.published() if (one["type"], one["action"]) == ("accepted", action)]
            found.extend(events[-1:])
            return bool(found)

        self.mirror.until(is_there, seconds)
        return found[-1]

    def observe(self, action: str, **payload: Any) -> Message:
        """Say how a turn goes on, as Home Assistant."""
        command = self.mirror.command(action, payload, source="sensor")
        self.raw.xadd(self.mirror.keys.commands["home"], {"command": json.dumps(command)})
        return self.mirror.answers([command])[0]

    def speak(self, frames: list[Frame]) -> None:
        """Send sound that is to be said."""
        for frame in frames:
            self.raw.publish(self.mirror.keys.speech, encode(frame))


@contextlib.contextmanager
def room(server: RedisServer, folder: Path, **flags: Any) -> Iterator[Room]:
    with Alsa(folder / "room") as alsa:
        devices = {"microphone": alsa.microphone, "speaker": alsa.speaker}
        sidecar = SidecarProcess(
            server.url, folder / "mira.db", environment=alsa.environment, **{**AT_ONCE, **devices, **flags}
        )
        sidecar.start()
        mirror = Mirror(server, sidecar, Keys(flags.get("mirror", "hall")))
        own = Room(mirror, alsa)
        try:
            yield own
        finally:
            sidecar.kill()
            own.raw.close()
            mirror.close()


def tone(seconds: float, hertz: float = 440.0) -> bytes:
    """A WAV file."""
    count = round(seconds * 16_000)
    samples = [round(8_000 * math.sin(2 * math.pi * hertz * number / 16_000)) for number in range(count)]
    return wav(struct.pack(f"<{count}h", *samples))


def pieces(speech: str, *files: bytes) -> list[Frame]:
    """These files as frames of a speech."""
    frames: list[Frame] = []
    for file in files:
        for start in range(0, len(file), 16_000):
            piece = file[start : start + 16_000]
            frames.append(Frame(speech, len(frames), piece, last_of_file=start + 16_000 >= len(file)))
    return [*frames, Frame(speech, len(frames), last=True)]
