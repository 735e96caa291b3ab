"""Which wake words there are, and which of them are listened for."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from mira_sidecar.core.decision import Action, Change, Context, Refusal
from mira_sidecar.core.registry import NOT_ALLOWED
from mira_sidecar.core.state import Document
from mira_sidecar.subjects.voice.core.slice import MOST_ACTIVE, WakeWord, WordId, changed, voice


class SetVoice(msgspec.Struct, frozen=True):
    """Payload of `set_voice`: what changes."""

    words: Annotated[dict[WordId, WakeWord], Meta(max_length=64)] | UnsetType = UNSET
    """For the mirror itself to say: what it can hear."""
    active: Annotated[list[WordId], Meta(max_length=MOST_ACTIVE)] | UnsetType = UNSET


def _set(document: Document, payload: SetVoice, context: Context) -> Change | Refusal:
    if payload.words is not UNSET and context.sender not in (None, "sensor"):
        return NOT_ALLOWED
    own, asked = voice(document), msgspec.to_builtins(payload)
    words: dict[str, Any] = asked.get("words", own["words"])
    if payload.active is not UNSET and not set(payload.active) <= words.keys():
        return Refusal("unknown_word", "voice")
    active = list(dict.fromkeys(asked.get("active", own["active"])))
    if payload.words is not UNSET:
        active = [word for word in active if word in words]
    return Change(asked, changed(document, words=words, active=active))


ACTIONS = (Action("set_voice", SetVoice, _set),)
