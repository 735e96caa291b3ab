"""Lets the looker listen to recorded sound, as fast as it goes, by the sound's own clock."""

import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import av
import av.error
import msgspec

from mira_sidecar.devices.microphone.source import BLOCK, RATE, Block

from .looker import VoiceLooker
from .messages import LookerSettings, Missed, TaughtWord, WakeModel, Woken
from .score import Told
from .truth import TruthError

_BEFORE: Final = bytes(2 * RATE)
"""A second of silence: in a room something was heard before, and a model that has heard nothing yet is deaf."""
_AFTER: Final = bytes(2 * 11 * RATE)
"""In which a near-miss at the end is told."""
_BEFORE_MS: Final = 1_000.0
_BLOCK_MS: Final = 1_000 * BLOCK / RATE


@dataclass
class Heard:
    """What the looker said of one word."""

    told: list[Told] = field(default_factory=list)
    near_misses: int = 0


@dataclass
class Trial:
    """What came of some sound."""

    heard: dict[str, Heard] = field(default_factory=dict)
    """By word."""
    length_ms: float = 0.0
    listened_ms: float = 0.0
    """With the silence around it."""
    cpu_ms: float = 0.0
    """To listen to that for all words; reading the file is not counted."""


class _Listening:
    """One word, by a looker of its own: none keeps another from being heard."""

    def __init__(self, word: WakeModel | TaughtWord) -> None:
        self.heard = Heard()
        self._now_ms = 0.0
        self._looker = VoiceLooker(self._hear)
        order = (
            LookerSettings(words=[], taught=[word]) if isinstance(word, TaughtWord) else LookerSettings(words=[word])
        )
        self._looker.set(msgspec.Raw(msgspec.json.encode(order)))

    def look(self, block: Block) -> None:
        self._now_ms = block.t_ms
        self._looker.look(block)

    def _hear(self, said: msgspec.Struct) -> None:
        match said:
            case Woken():
                self.heard.told.append(Told(ended_ms=said.t_ms, at_ms=self._now_ms))
            case Missed():
                self.heard.near_misses += said.count


def listened(sound: Iterable[bytes], words: Sequence[WakeModel | TaughtWord]) -> Trial:
    """Listen to sound: 16,000 samples a second, signed 16 bits, one channel, in pieces of any length."""
    trial = Trial()
    listening = {word.id: _Listening(word) for word in words}
    length = 0

    def counted() -> Iterator[bytes]:
        nonlocal length
        for piece in sound:
            length += len(piece)
            yield piece

    for number, pcm in enumerate(_blocks(itertools.chain([_BEFORE], counted(), [_AFTER]))):
        block = Block(pcm, (number + 1) * _BLOCK_MS - _BEFORE_MS, number)
        began = time.thread_time()
        for one in listening.values():
            one.look(block)
        trial.cpu_ms += (time.thread_time() - began) * 1000
        trial.listened_ms += _BLOCK_MS
    trial.heard = {word: one.heard for word, one in listening.items()}
    trial.length_ms = length * 1000 / (2 * RATE)
    return trial


def sound_of(path: Path) -> Iterator[bytes]:
    """The sound of a file, in whatever it is encoded. Raises TruthError where it has none."""
    try:
        path.open("rb").close()
        # A list of further files, as one may be, leads to none of the network.
        with av.open(str(path), options={"protocol_whitelist": "file"}) as opened:
            resampler = av.AudioResampler("s16", "mono", RATE)
            for frame in itertools.chain(opened.decode(audio=0), [None]):
                for piece in resampler.resample(frame):
                    yield bytes(piece.planes[0])[: 2 * piece.samples]
    except (av.error.FFmpegError, IndexError) as error:
        raise TruthError(f"{path} has no sound, or none that can be decoded ({type(error).__name__}).") from error
    except OSError as error:
        raise TruthError(f"{path} cannot be read ({error.strerror}).") from error


def _blocks(sound: Iterable[bytes]) -> Iterator[bytes]:
    """The same in blocks as the microphone gives them; the last is filled with silence."""
    left = bytearray()
    for piece in sound:
        left += piece
        whole = len(left) // (2 * BLOCK) * 2 * BLOCK
        for at in range(0, whole, 2 * BLOCK):
            yield bytes(left[at : at + 2 * BLOCK])
        del left[:whole]
    if left:
        yield bytes(left.ljust(2 * BLOCK, b"\0"))
