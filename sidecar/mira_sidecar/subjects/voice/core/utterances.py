"""That something was said, and of which kind; what it was goes beside the log. A yes or a no answers a question."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from mira_sidecar.core import questions
from mira_sidecar.core.decision import Action, Change, Context, InvalidValueError, Refusal
from mira_sidecar.core.state import Document, replace
from mira_sidecar.core.subject import Recorded
from mira_sidecar.core.summary import Line
from mira_sidecar.protocol import CommandId, instant
from mira_sidecar.subjects.voice.core.slice import Language, open_turn
from mira_sidecar.subjects.voice.core.turns import TURN_OVER
from mira_sidecar.subjects.voice.settings import VoiceSettings


class UtterancePayload(msgspec.Struct, frozen=True):
    """Payload of `utterance`."""

    length: Annotated[int, Meta(ge=1, le=1_000)] | UnsetType = UNSET
    answer: Literal["yes", "no"] | None = None
    """Whether it is one, decides who hears it: it knows the language."""
    language: Language | None = None
    turn: CommandId | UnsetType = UNSET
    """The one in which it was heard. Home Assistant has to name it: it reads what this mirror's microphone hears."""
    text: Any = UNSET
    """Nobody's to send: here it is so that its sender is told where it goes."""

    def __post_init__(self) -> None:
        """Raise InvalidValueError where there are words in it, or nothing."""
        if self.text is not UNSET:
            raise InvalidValueError("words_beside", "text")
        if self.length is UNSET:
            raise InvalidValueError("missing", "length")


def _utterance(document: Document, payload: UtterancePayload, context: Context) -> Change | Refusal:
    if not _belongs(document, payload, context):
        return TURN_OVER
    facts = msgspec.to_builtins(payload)
    heard = {"answer": None, "language": None, **facts, "at": instant(context.captured_ms)}
    said = Change(facts, [replace("/utterance", heard)])
    # Nobody heard who wrote the text that comes through the API: it may refuse, and agrees to nothing.
    answers = payload.answer is not None and not (payload.answer == "yes" and context.sender == "api")
    if not answers or questions.answerable(document, context) is None:
        return said
    meant = questions.answer(document, context, yes=payload.answer == "yes")
    if isinstance(meant, Refusal):
        return meant
    return msgspec.structs.replace(meant, payload={**said.payload, **meant.payload}, patch=[*said.patch, *meant.patch])


def _belongs(document: Document, payload: UtterancePayload, context: Context) -> bool:
    """Whether it was heard in the turn that is open, where it is to have been heard in one."""
    heard_here = context.sender == "home" and context.command.source == "voice"
    turn = open_turn(document, context.now_ms)
    if payload.turn is UNSET:
        return not heard_here
    return turn is not None and turn["id"] == payload.turn


def confidence(document: Document, context: Context) -> float:
    """How sure the words have to be."""
    return context.rules.of("voice", VoiceSettings).min_confidence


def summary(document: Document) -> Iterator[Line]:
    """That something was said last, for people."""
    said = document["utterance"]
    if said is None:
        yield Line("utterance", "none")
        return
    known = [f"{said['length']:,} characters", said["answer"] and f"a {said['answer']}", said["language"], said["at"]]
    yield Line("utterance", ", ".join(filter(None, known)))


def asked(recorded: Recorded) -> dict[str, Any]:
    """What was heard: a question that it answered may have put its own words over that in the answer."""
    return recorded.value("/utterance")


ACTIONS = (Action("utterance", UtterancePayload, _utterance),)
