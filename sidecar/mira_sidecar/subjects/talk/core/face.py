"""The face: what a persona expresses while it answers, and what others have the mirror express for a moment."""

from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import Meta

from mira_sidecar.core.decision import Action, Change, Context, Mirror, Refusal
from mira_sidecar.core.registry import NOT_ALLOWED
from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Deed
from mira_sidecar.protocol import CommandId, instant, milliseconds
from mira_sidecar.subjects.talk.core.emotions import Emotion
from mira_sidecar.subjects.talk.core.replies import REPLY_OVER
from mira_sidecar.subjects.talk.core.slice import Face, Pictures, changed, is_heard, open_replies, talk

TALKING = Refusal("talking", "talk")


class Express(msgspec.Struct, frozen=True):
    """Payload of `express`."""

    emotion: Emotion
    reply: CommandId | None = None
    """The one of which it is; otherwise it is nobody's."""
    seconds: Annotated[int, Meta(ge=1, le=3_600)] = 10
    """How long nobody's is shown; that of a reply lasts as long as the reply."""
    pictures: Pictures | None = None
    """As with the reply, or the last one, where it is left out."""


class ClearFace(msgspec.Struct, frozen=True):
    """Payload of `clear_face`: nothing."""


def _express(document: Document, payload: Express, context: Context) -> Change | Refusal:
    if payload.reply is None:
        return _nobodys(document, payload, context)
    if not context.is_observed:
        return NOT_ALLOWED
    replies = open_replies(document, context.now_ms)
    reply = replies.get(payload.reply)
    if reply is None:
        return REPLY_OVER
    if (newest := [*replies][-1]) != payload.reply:
        return Refusal("superseded", "talk", {"source": "sensor", "command_id": newest})
    return _shown(document, payload, context, payload.pictures or reply["pictures"], milliseconds(reply["until"]))


def _nobodys(document: Document, payload: Express, context: Context) -> Change | Refusal:
    if is_heard(document, context.now_ms):
        return TALKING
    pictures = payload.pictures or talk(document)["pictures"] or "drawn"
    return _shown(document, payload, context, pictures, context.now_ms + payload.seconds * 1_000)


def _shown(document: Document, payload: Express, context: Context, pictures: Pictures, until_ms: int) -> Change:
    face = Face(payload.emotion, payload.reply, pictures, instant(context.captured_ms), instant(until_ms))
    return Change(msgspec.to_builtins(payload), changed(document, face=msgspec.to_builtins(face)))


def _clear(document: Document, payload: ClearFace, context: Context) -> Change:
    return Change({}, changed(document, face=None))


def due(document: Document, now_ms: int, mirror: Mirror) -> Iterator[Deed]:
    """A face goes with its time; that of a reply, with the reply."""
    face = talk(document)["face"]
    if face and face["reply"] is None and now_ms >= milliseconds(face["until"]):
        yield "clear_face", {}


ACTIONS = (
    Action("express", Express, _express),
    Action("clear_face", ClearFace, _clear, own=True),
)
