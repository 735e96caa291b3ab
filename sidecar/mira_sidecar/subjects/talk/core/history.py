"""What was said with personas is kept beside the log; here it is told when that is to be less."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from mira_sidecar.core.decision import Action, Change, Context, Refusal
from mira_sidecar.core.registry import NOT_ALLOWED
from mira_sidecar.core.state import Document
from mira_sidecar.protocol import CommandId
from mira_sidecar.subjects.talk.core.slice import Forgetting, PersonaId, changed, talk


class Compact(msgspec.Struct, frozen=True):
    """Payload of `compact`. The summary goes beside it."""

    persona: PersonaId
    upto: CommandId
    """The last message that the summary has."""
    messages: Annotated[int, Meta(ge=1, le=10_000)]
    """How many it takes the place of."""
    by: Literal["model", "rules"]


class ForgetTalk(msgspec.Struct, frozen=True):
    """Payload of `forget_talk`: what was said with a persona, or with all, by who asks for it, or by everybody."""

    persona: PersonaId | None = None
    everybody: bool = False


class TalkForgotten(msgspec.Struct, frozen=True):
    """Payload of `talk_forgotten`: what was to be forgotten up to this `forget_talk` is."""

    last: CommandId


def _compact(document: Document, payload: Compact, context: Context) -> Change | Refusal:
    return Change(msgspec.to_builtins(payload)) if context.is_observed else NOT_ALLOWED


def _forget(document: Document, payload: ForgetTalk, context: Context) -> Change:
    """Whoever wants something forgotten need not know whether there is anything."""
    last = context.command.id
    before = talk(document)["forgetting"]
    waiting = Forgetting(first=before["first"] if before else last, last=last)
    return Change(msgspec.to_builtins(payload), changed(document, forgetting=msgspec.to_builtins(waiting)))


def _forgotten(document: Document, payload: TalkForgotten, context: Context) -> Change | Refusal:
    if context.sender not in (None, "sensor"):
        return NOT_ALLOWED
    waiting = talk(document)["forgetting"]
    is_all = waiting is not None and waiting["last"] == payload.last
    return Change(msgspec.to_builtins(payload), changed(document, forgetting=None) if is_all else [])


ACTIONS = (
    Action("compact", Compact, _compact),
    Action("forget_talk", ForgetTalk, _forget),
    Action("talk_forgotten", TalkForgotten, _forgotten),
)
