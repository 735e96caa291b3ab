"""Wake words of one's own: taught by saying them some times, tried, and forgotten again.

How they sound never comes here: it stays in the sidecar, beside the log.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from mira_sidecar.core.decision import Action, Change, Context, Mirror, Refusal
from mira_sidecar.core.registry import NOT_ALLOWED
from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Deed
from mira_sidecar.protocol import CommandId, instant, milliseconds
from mira_sidecar.subjects.voice.core.slice import (
    MOST_ACTIVE,
    MOST_TAKES,
    LessonOutcome,
    TakeFault,
    TaughtWord,
    WordLesson,
    WordTrial,
    changed,
    voice,
)

_MOST: Final = 4
"""Wake words that may be taught: two are listened for at once."""
_TIME_MS: Final = 180_000
"""In which all takes are to be said."""
_SHOWN_MS: Final = 15_000
"""For so long a lesson shows what became of it."""
_LESSON_OVER: Final = Refusal("lesson_over", "voice")
_UNKNOWN: Final = Refusal("unknown_word", "voice")
_Phrase = Annotated[str, Meta(pattern=r"^\S(.{0,62}\S)?$(?!\n)")]


class TeachWakeWord(msgspec.Struct, frozen=True):
    """Payload of `teach_wake_word`."""

    phrase: _Phrase
    takes: Annotated[int, Meta(ge=5, le=MOST_TAKES)] = 8


class TakeWakeWord(msgspec.Struct, frozen=True):
    """Payload of `take_wake_word`: it was said once."""

    lesson: CommandId
    fault: TakeFault | None = None
    """Why that was not taken."""


class JudgeWakeWord(msgspec.Struct, frozen=True):
    """Payload of `judge_wake_word`: what became of a lesson."""

    lesson: CommandId
    outcome: LessonOutcome
    reach: Annotated[float, Meta(ge=0, le=2)] = 0.0
    trial: WordTrial | None = None


class ForgetWakeWord(msgspec.Struct, frozen=True):
    """Payload of `forget_wake_word`."""

    phrase: _Phrase


def _teach(document: Document, payload: TeachWakeWord, context: Context) -> Change | Refusal:
    if not document["microphone"]["on"]:
        return Refusal("microphone_off", "microphone")
    own = voice(document)
    word = _of(own, payload.phrase)
    if word is None and len(own["taught"]) >= _MOST:
        return Refusal("too_many_words", "voice", {"limit": _MOST})
    if any(_same(about["phrase"], payload.phrase) for id_, about in own["words"].items() if id_ not in own["taught"]):
        return Refusal("word_exists", "voice")
    lesson = WordLesson(
        id=context.command.id,
        word=word or next(id_ for number in range(1, 99) if (id_ := f"own_{number}") not in own["taught"]),
        phrase=payload.phrase,
        takes=payload.takes,
        until=instant(context.now_ms + _TIME_MS),
    )
    return Change(msgspec.to_builtins(payload), changed(document, lesson=msgspec.to_builtins(lesson)), consent=True)


def _take(document: Document, payload: TakeWakeWord, context: Context) -> Change | Refusal:
    if context.sender not in (None, "sensor"):
        return NOT_ALLOWED
    lesson = voice(document)["lesson"]
    if not _goes_on(lesson, payload.lesson) or context.now_ms >= milliseconds(lesson["until"]):
        return _LESSON_OVER
    taken = lesson["taken"] + (payload.fault is None)
    after = {**lesson, "taken": taken, "fault": payload.fault}
    return Change({**msgspec.to_builtins(payload), "taken": taken}, changed(document, lesson=after))


def _judge(document: Document, payload: JudgeWakeWord, context: Context) -> Change | Refusal:
    """It has an outcome; one that has shown it is over."""
    if context.sender not in (None, "sensor"):
        return NOT_ALLOWED
    own, done = voice(document), msgspec.to_builtins(payload)
    lesson = own["lesson"]
    if lesson is None or lesson["id"] != payload.lesson:
        return _LESSON_OVER
    if lesson["outcome"]:
        return Change(done, changed(document, lesson=None))
    shown = {**lesson, "fault": None, "outcome": payload.outcome, "until": instant(context.now_ms + _SHOWN_MS)}
    if payload.outcome != "learned" or payload.trial is None:
        return Change(done, changed(document, lesson=shown))
    word = lesson["word"]
    taught = TaughtWord(phrase=lesson["phrase"], command_id=lesson["id"], reach=payload.reach, trial=payload.trial)
    active = own["active"]
    return Change(
        done,
        changed(
            document,
            lesson=shown,
            taught={**own["taught"], word: msgspec.to_builtins(taught)},
            words={**own["words"], word: {"phrase": lesson["phrase"], "languages": []}},
            active=active if word in active or len(active) >= MOST_ACTIVE else [*active, word],
        ),
    )


def _forget(document: Document, payload: ForgetWakeWord, context: Context) -> Change | Refusal:
    own = voice(document)
    lesson, word = own["lesson"], _of(own, payload.phrase)
    taught = lesson is not None and _same(lesson["phrase"], payload.phrase)
    if word is None and not taught:
        return _UNKNOWN
    return Change(
        msgspec.to_builtins(payload),
        changed(
            document,
            lesson=None if taught else lesson,
            taught={id_: one for id_, one in own["taught"].items() if id_ != word},
            words={id_: one for id_, one in own["words"].items() if id_ != word},
            active=[id_ for id_ in own["active"] if id_ != word],
        ),
    )


def due(document: Document, now_ms: int, mirror: Mirror) -> Iterator[Deed]:
    """A lesson ends with its time."""
    lesson = voice(document)["lesson"]
    if lesson and now_ms >= milliseconds(lesson["until"]):
        yield judged(lesson, "timed_out")


def judged(lesson: Mapping[str, Any], outcome: LessonOutcome, **more: Any) -> Deed:
    """What gives a lesson its outcome."""
    return "judge_wake_word", {"lesson": lesson["id"], "outcome": outcome, **more}


def _goes_on(lesson: Mapping[str, Any] | None, id_: str) -> bool:
    """Whether this is the lesson that goes on, and takes are still wanted."""
    return bool(lesson and lesson["id"] == id_ and not lesson["outcome"] and lesson["taken"] < lesson["takes"])


def _of(own: Mapping[str, Any], phrase: str) -> str | None:
    """The word that was taught with this phrase."""
    return next((id_ for id_, taught in own["taught"].items() if _same(taught["phrase"], phrase)), None)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


ACTIONS = (
    Action("teach_wake_word", TeachWakeWord, _teach),
    Action("take_wake_word", TakeWakeWord, _take),
    Action("judge_wake_word", JudgeWakeWord, _judge),
    Action("forget_wake_word", ForgetWakeWord, _forget),
)
