"""Replies: a persona is asked, and one durable end says what became of it. What was said goes beside the log."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from mira_sidecar.core.decision import Action, Change, Context, Mirror, Refusal
from mira_sidecar.core.registry import NOT_ALLOWED
from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Deed
from mira_sidecar.protocol import CommandId, instant, milliseconds
from mira_sidecar.subjects.talk.core.slice import OpenReply, PersonaId, Pictures, Place, changed, talk

MOST = 8
"""Replies that are open at once; the oldest makes room."""
REPLY_MS = 900_000
"""In which a reply has to be over, with what is said of it."""
REPLY_OVER = Refusal("reply_over", "talk")
type Outcome = Literal[
    "answered",
    "interrupted",
    "no_agent",
    "failed",
    "broke_off",
    "timed_out",
    "too_long",
    "no_answer",
    "lost",
]
"""`lost`: nobody said in time how it ended."""
_LANGUAGE = "[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?"
Language = Annotated[str, Meta(pattern=rf"^{_LANGUAGE}$(?!\n)")]
_Length = Annotated[int, Meta(ge=0, le=100_000)]
_Ms = Annotated[int, Meta(ge=0, le=3_600_000)]


class BeginReply(msgspec.Struct, frozen=True):
    """Payload of `begin_reply`. What was asked goes beside it, where it is to be remembered."""

    persona: PersonaId
    place: Place
    pictures: Pictures
    length: _Length
    """Characters of what was asked."""
    remembers: bool = False
    """Whether the persona remembers: what was asked comes beside it."""
    language: Language | UnsetType = UNSET


class EndReply(msgspec.Struct, frozen=True):
    """Payload of `end_reply`. What was heard of it goes beside it, where it is to be remembered."""

    reply: CommandId
    outcome: Outcome
    length: _Length = 0
    """Characters that were made."""
    heard: _Length = 0
    """Characters that were heard, or read."""
    first_ms: _Ms | UnsetType = UNSET
    """From the question to the first text."""
    total_ms: _Ms | UnsetType = UNSET


def _begin(document: Document, payload: BeginReply, context: Context) -> Change | Refusal:
    if not context.is_observed:
        return NOT_ALLOWED
    own = talk(document)
    reply = OpenReply(
        persona=payload.persona,
        place=payload.place,
        pictures=payload.pictures,
        remembers=payload.remembers,
        at=instant(context.captured_ms),
        until=instant(context.now_ms + REPLY_MS),
    )
    replies = {**own["replies"], context.command.id: msgspec.to_builtins(reply)}
    done = msgspec.to_builtins(payload)
    if crowded_out := list(replies)[:-MOST]:
        done["crowded_out"] = crowded_out
    members: dict[str, Any] = {
        "replies": {one: each for one, each in replies.items() if one not in crowded_out},
        "pictures": payload.pictures,
    }
    if own["face"] and own["face"]["reply"] is not None:
        members["face"] = None
    return Change(done, changed(document, **members))


def _end(document: Document, payload: EndReply, context: Context) -> Change | Refusal:
    if not context.is_observed:
        return NOT_ALLOWED
    own = talk(document)
    if (reply := own["replies"].get(payload.reply)) is None:
        return REPLY_OVER
    members: dict[str, Any] = {"replies": {one: each for one, each in own["replies"].items() if one != payload.reply}}
    if own["face"] and own["face"]["reply"] == payload.reply:
        members["face"] = None
    return Change({**msgspec.to_builtins(payload), "remembers": reply["remembers"]}, changed(document, **members))


def due(document: Document, now_ms: int, mirror: Mirror) -> Iterator[Deed]:
    """A reply is lost with its time."""
    for reply, each in talk(document)["replies"].items():
        if now_ms >= milliseconds(each["until"]):
            yield "end_reply", {"reply": reply, "outcome": "lost"}


ACTIONS = (
    Action("begin_reply", BeginReply, _begin),
    Action("end_reply", EndReply, _end),
)
