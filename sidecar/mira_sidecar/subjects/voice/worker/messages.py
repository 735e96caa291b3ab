"""What the looker in the microphone's process is told, and what it says. No sound, but while a turn listens."""

import msgspec

from mira_sidecar.subjects.voice.core.slice import TakeFault


class WakeModel(msgspec.Struct, frozen=True, kw_only=True):
    """A wake word to listen for."""

    id: str
    path: str
    """The file of its model, microWakeWord's."""
    cutoff: float
    """How probable it has to be, from 0 to 1."""
    window: int
    """Over how many of the model's looks, 30 ms each, that is the mean."""


class TaughtWord(msgspec.Struct, frozen=True, kw_only=True):
    """A wake word that somebody taught, to listen for."""

    id: str
    takes: list[bytes]
    """How it sounds: as likeness.py has it."""
    reach: float
    """How far from them it may be."""


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """A wake word that is being taught: each time it is said is told, and nothing else is listened for."""

    id: str
    """That of the command which began it."""


class Listening(msgspec.Struct, frozen=True, kw_only=True):
    """The turn whose sound is wanted."""

    turn: str
    since_ms: float | None
    """The `t_ms` of the wake word that opened it; None: from now on."""


class LookerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the looker is told."""

    words: list[WakeModel]
    taught: list[TaughtWord] = []
    lesson: Lesson | None = None
    listening: Listening | None = None
    levels: bool = False
    """Whether somebody looks at them; while a turn listens, they are told in any case."""


class Woken(msgspec.Struct, frozen=True, kw_only=True, tag="woken"):
    """A wake word was heard."""

    word: str
    confidence: float
    t_ms: float
    """When it ended, by this machine's monotonic clock: some 0.1 s early, so that nothing of what follows is lost."""


class Missed(msgspec.Struct, frozen=True, kw_only=True, tag="missed"):
    """What nearly was a wake word, since this was told last."""

    word: str
    """The most probable."""
    confidence: float
    count: int


class Take(msgspec.Struct, frozen=True, kw_only=True, tag="take"):
    """The wake word of a lesson was said once."""

    lesson: str
    sounds: bytes = b""
    """How: as likeness.py has it."""
    fault: TakeFault | None = None
    """Why it cannot be used."""


class Heard(msgspec.Struct, frozen=True, kw_only=True, tag="heard"):
    """What was heard in a turn, up to 100 ms of it: one channel of 16 kHz, signed 16 bits, little-endian."""

    turn: str
    sequence: int
    """From 0; where one is left out, sound was lost."""
    pcm: bytes


class Level(msgspec.Struct, frozen=True, kw_only=True, tag="level"):
    """How loud it is, in dB of full scale."""

    level_db: float
    noise_db: float
    """What is there while nobody speaks."""


type Message = Woken | Missed | Take | Heard | Level
