"""Recorded sound, and a looker that listens to it as it does in the microphone's process."""

import wave
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from mira_sidecar.devices.microphone.source import Block
from mira_sidecar.subjects.voice.worker import words
from mira_sidecar.subjects.voice.worker.looker import VoiceLooker
from mira_sidecar.subjects.voice.worker.messages import Heard, Listening, LookerSettings, Message, Woken

BLOCK_BYTES = 640
"""20 ms."""
KNOWN = words.built_in()


def recording(file: Path) -> bytes:
    with wave.open(str(file)) as opened:
        assert (opened.getframerate(), opened.getnchannels(), opened.getsampwidth()) == (16_000, 1, 2)
        return opened.readframes(opened.getnframes())


def silence(seconds: float) -> bytes:
    return bytes(round(seconds * 32_000))


def blocks(pcm: bytes, first: int = 0, began_ms: float = 1_000.0) -> Iterator[Block]:
    """Sound in blocks; what is left over is left out."""
    for number in range(len(pcm) // BLOCK_BYTES):
        at = first + number
        yield Block(pcm[number * BLOCK_BYTES :][:BLOCK_BYTES], began_ms + 20.0 * (at + 1), at)


@dataclass
class Listener:
    """A looker, and what it said."""

    words: Iterable[str] = ("okay_nabu", "hey_jarvis", "hey_mycroft", "alexa")
    known: Mapping[str, words.Word] = field(default_factory=lambda: KNOWN)
    said: list[Message] = field(default_factory=list)
    began_ms: float = 1_000.0

    def __post_init__(self) -> None:
        self.looker = VoiceLooker(self.said.append)
        self._number = 0
        self.order()

    def order(self, listening: Listening | None = None, *, levels: bool = False) -> None:
        order = LookerSettings(
            words=[self.known[word].model for word in self.words], listening=listening, levels=levels
        )
        self.looker.set(msgspec.Raw(msgspec.json.encode(order)))

    def hear(self, pcm: bytes) -> None:
        for block in blocks(pcm, self._number, self.began_ms):
            assert self.looker.look(block) == 0
        self._number += len(pcm) // BLOCK_BYTES

    def lose(self, count: int) -> None:
        """So many blocks do not come."""
        self._number += count

    def place(self, t_ms: float) -> int:
        """The byte of all that was heard that was heard then."""
        return round((t_ms - self.began_ms) * 32)

    @property
    def woken(self) -> list[Woken]:
        return [one for one in self.said if isinstance(one, Woken)]

    @property
    def heard(self) -> list[Heard]:
        return [one for one in self.said if isinstance(one, Heard)]
