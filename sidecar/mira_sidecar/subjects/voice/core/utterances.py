"""That something was said, and of which kind; what it was goes beside the log. A yes or a no answers a question."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from mira_sidecar.core import questions
from mira_sidecar.core.decision import Action, Change, Context, InvalidValueError, Refusal
from mira_sidecar.core.state import Document, replace
from mira_sidecar.core.subject import Recorded
from mira_sidecar.core.summary import Line
from mira_sidecar.protocol import instant
from mira_sidecar.subjects.voice.settings import VoiceSettings

_LANGUAGE = "[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?"
"""Of BCP 47 what names a language, its script and its country: no room for words."""
LANGUAGE = re.compile(_LANGUAGE)


class UtterancePayload(msgspec.Struct, frozen=True):
    """Payload of `utterance`."""

    length: Annotated[int, Meta(ge=1, le=1_000)] | msgspec.UnsetType = msgspec.UNSET
    answer: Literal["yes", "no"] | None = None
    """Whether it is one, decides who hears it: it knows the language."""
    language: Annotated[str, Meta(pattern=rf"^{_LANGUAGE}$(?!\n)")] | None = None
    text: Any = msgspec.UNSET
    """Nobody's to send: here it is so that its sender is told where it goes."""

    def __post_init__(self) -> None:
        """Raise InvalidValueError where there are words in it, or nothing."""
        if self.text is not msgspec.UNSET:
            raise InvalidValueError("words_beside", "text")
        if self.length is msgspec.UNSET:
            raise InvalidValueError("missing", "length")


def _utterance(document: Document, payload: UtterancePayload, context: Context) -> Change | Refusal:
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
