"""What was said; a yes or a no answers a question."""

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from mira_sidecar.core import questions
from mira_sidecar.core.decision import Action, Change, Context, Refusal
from mira_sidecar.core.state import Document, replace
from mira_sidecar.core.subject import Recorded
from mira_sidecar.core.summary import Line, shown
from mira_sidecar.protocol import Utterance, instant
from mira_sidecar.subjects.voice.settings import VoiceSettings

ANSWERS = {"yes": True, "ja": True, "no": False, "nein": False}
"""What is an answer while a question waits, in the languages of the display."""


def answer_in(text: str) -> bool | None:
    """Whether the text is a yes or a no; None where it is neither."""
    return ANSWERS.get(text.strip(" .!").casefold())


class UtterancePayload(msgspec.Struct, frozen=True):
    """Payload of `utterance`."""

    text: Annotated[str, Meta(min_length=1, max_length=1_000)]


def _utterance(document: Document, payload: UtterancePayload, context: Context) -> Change | Refusal:
    heard = msgspec.to_builtins(Utterance(text=payload.text, at=instant(context.captured_ms)))
    said = Change({"text": payload.text}, [replace("/utterance", heard)])
    answer = answer_in(payload.text)
    if answer is None or questions.answerable(document, context) is None:
        return said
    meant = questions.answer(document, context, yes=answer)
    if isinstance(meant, Refusal):
        return meant
    return msgspec.structs.replace(meant, payload={**said.payload, **meant.payload}, patch=[*said.patch, *meant.patch])


def confidence(document: Document, context: Context) -> float:
    """How sure the words have to be."""
    return context.rules.of("voice", VoiceSettings).min_confidence


def summary(document: Document) -> Iterator[Line]:
    """What was said last, for people."""
    said = document["utterance"]
    yield Line("utterance", f"{shown(said['text'])}, {said['at']}" if said else "none")


def asked(recorded: Recorded) -> dict[str, Any]:
    """What was heard: a question that it answered may have put its own words over that in the answer."""
    return recorded.value("/utterance")


ACTIONS = (Action("utterance", UtterancePayload, _utterance),)
