"""What is said at the mirror, and by it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Self, override

from .json_object import JsonObject
from .part import Part

_OWN_MICROPHONE = "microphone"
"""The id of the mirror's own."""
VERSION = 2
"""From this version of the subject on the mirror is a satellite that one talks to."""


@dataclass(frozen=True)
class Utterance:
    """That something was said which the mirror has accepted; not what."""

    at: datetime

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """An Utterance of the protocol."""
        return cls(fields.time("at"))


@dataclass(frozen=True)
class Said:
    """What it was, which is in no log."""

    text: str = field(repr=False)
    at: datetime
    """That of its utterance."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """A Said of the protocol. Raises BadMessage."""
        fields = JsonObject.parse("What was said", text)
        return cls(fields.required("text", str), fields.time("at"))


@dataclass(frozen=True)
class WakeWord:
    """A wake word that the mirror can hear."""

    phrase: str
    languages: tuple[str, ...]

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """A WakeWord of the protocol."""
        return cls(fields.required("phrase", str), fields.texts("languages"))


@dataclass(frozen=True)
class Turn:
    """Somebody talks to the mirror, which listens, has it thought about, or answers."""

    id: str
    woken: bool
    """Whether somebody said its wake word, or asked for it otherwise."""
    word: str | None
    """The id of the wake word that it is of, if any."""
    microphone: str | None

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """A Turn of the protocol."""
        return cls(
            id=fields.required("id", str),
            woken=fields.optional("how", str) == "wake",
            word=fields.optional("word", str),
            microphone=fields.optional("microphone", str),
        )


@dataclass(frozen=True)
class Voice(Part):
    """What the mirror listens for, and the turn and the speech that are open. No words of anybody."""

    subject: ClassVar[str] = "voice"
    words: Mapping[str, WakeWord]
    """By id."""
    active: tuple[str, ...]
    """The ids of the wake words that it listens for."""
    turn: Turn | None
    speech: str | None
    """The id of what it is saying."""

    @override
    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        words, turn, speech = (fields.optional_object(name) for name in ("words", "turn", "speech"))
        return cls(
            words={word: WakeWord.read(words.object(word)) for word in words.document} if words else {},
            active=fields.texts("active") if "active" in fields.document else (),
            turn=Turn.read(turn) if turn else None,
            speech=speech.required("id", str) if speech else None,
        )

    @property
    def listened_for(self) -> tuple[str, ...]:
        """The active ones of those that it knows."""
        return tuple(word for word in self.active if word in self.words)


@dataclass(frozen=True)
class Figures:
    """How voice fares."""

    level_db: float | None
    """How loud it is, in dB of full scale; None while it is not measured."""
    noise_db: float | None
    """How loud it is while nobody speaks."""
    near_misses: int
    """Since the sidecar started."""

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """Figures of the protocol."""
        level, noise = cls._levels(fields.required("levels", dict).get(_OWN_MICROPHONE))
        return cls(level, noise, fields.required("near_misses", int))

    @staticmethod
    def _levels(pair: object) -> tuple[float | None, float | None]:
        match pair:
            case [int() | float() as level, int() | float() as noise]:
                return level, noise
        return None, None


def phrase_of(word: str | None, voice: Voice | None) -> str | None:
    """What is said for a wake word; its id where the mirror does not know it."""
    known = voice.words.get(word) if voice and word else None
    return known.phrase if known else word
