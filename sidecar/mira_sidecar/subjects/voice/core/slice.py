"""What the state has of voice: what is listened for, who is being listened to, and what is being said. No words."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from mira_sidecar.core.state import Document, changed_part
from mira_sidecar.protocol import CommandId, DeviceId, Instant, PatchOperation, milliseconds
from mira_sidecar.subjects.voice.names import FIRST_WORD

MOST_ACTIVE = 2
"""Wake words that are listened for at once: as many as Home Assistant's wizard offers."""
WordId = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,64}$(?!\n)")]
LANGUAGE = "[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?"
"""Of BCP 47 what names a language, its script and its country: no room for words."""
Language = Annotated[str, Meta(pattern=rf"^{LANGUAGE}$(?!\n)")]
Phrase = Annotated[str, Meta(min_length=1, max_length=64)]
MOST_TAKES = 20
type TakeFault = Literal["too_short", "too_long", "too_soft"]
type Stage = Literal["listening", "thinking", "speaking"]
type SpeechOutcome = Literal["played", "stopped", "failed"]
type Kind = Literal["reply", "announcement", "question"]


class WakeWord(msgspec.Struct, frozen=True):
    """A wake word that this sidecar can hear."""

    phrase: Phrase
    """What is said."""
    languages: Annotated[list[Language], Meta(max_length=32)] = []
    """Those for which it was trained."""


class Turn(msgspec.Struct, frozen=True):
    """Somebody speaks to the mirror, and is answered."""

    id: CommandId
    """That of the command that opened it."""
    how: Literal["wake", "listen"]
    word: WordId | None
    """The wake word that was heard, or whose assistant is meant."""
    microphone: DeviceId
    stage: Stage
    at: Instant
    """When the wake word ended, or it was asked for."""
    until: Instant
    """It ends by itself then, unless it goes on before."""


class Speech(msgspec.Struct, frozen=True):
    """The mirror says something."""

    id: CommandId
    """That of the `say`."""
    turn: CommandId | None
    kind: Kind
    at: Instant
    until: Instant


type LessonOutcome = Literal["learned", "takes_differ", "too_common", "failed", "timed_out"]


class WordLesson(msgspec.Struct, frozen=True):
    """A wake word is being taught: somebody says it some times. It stays for a moment with its outcome."""

    id: CommandId
    """That of the command that began it: the yes to `teach_wake_word`."""
    word: WordId
    """What it is going to be."""
    phrase: Phrase
    takes: int
    """Wanted."""
    until: Instant
    taken: int = 0
    fault: TakeFault | None = None
    """Why the last one was not taken."""
    outcome: LessonOutcome | None = None


class WordTrial(msgspec.Struct, frozen=True):
    """How well a wake word that was taught was told when it was tried."""

    takes: Annotated[int, Meta(ge=0, le=MOST_TAKES)]
    found: Annotated[int, Meta(ge=0, le=MOST_TAKES)]
    """Of them, each by the others."""
    false_wakes: Annotated[int, Meta(ge=0)]
    """In speech that the mirror carries with it, in which nobody says it."""
    minutes: Annotated[int, Meta(ge=0)]
    """Of that speech."""


class TaughtWord(msgspec.Struct, frozen=True):
    """A wake word that was taught. How it sounds stays in the sidecar, beside the log."""

    phrase: Phrase
    command_id: CommandId
    """That of its lesson."""
    reach: float
    """How far from its takes it is still heard."""
    trial: WordTrial


class Voice(msgspec.Struct, frozen=True):
    """The slice of voice, `parts.voice`."""

    words: dict[WordId, WakeWord] = {}
    """What this sidecar can hear."""
    active: list[WordId] = msgspec.field(default_factory=lambda: [FIRST_WORD])
    """What it listens for."""
    turn: Turn | None = None
    speech: Speech | None = None
    lesson: WordLesson | None = None
    taught: dict[WordId, TaughtWord] = {}
    """Of the words, those that somebody has taught."""


SILENT: dict[str, Any] = msgspec.to_builtins(Voice())
"""The slice before anybody spoke; where nothing was ever heard or said, there is none."""


def voice(document: Document) -> Mapping[str, Any]:
    """The slice, as plain JSON."""
    return {**SILENT, **document["parts"].get("voice", {})}


def changed(document: Document, **members: Any) -> list[PatchOperation]:
    """The patch that gives these members of the slice other values."""
    return changed_part(document, "voice", SILENT, members)


def open_turn(document: Document, now_ms: int) -> Mapping[str, Any] | None:
    """The turn that is open; one whose time is over is so no more, even before it is put away."""
    return _lasting(voice(document)["turn"], now_ms)


def open_speech(document: Document, now_ms: int) -> Mapping[str, Any] | None:
    """The speech that is open; likewise."""
    return _lasting(voice(document)["speech"], now_ms)


def _lasting(one: Mapping[str, Any] | None, now_ms: int) -> Mapping[str, Any] | None:
    return None if one is None or now_ms >= milliseconds(one["until"]) else one
