"""What was said."""

from typing import Annotated

import msgspec
from msgspec import Meta

from mira_sidecar.core.decision import Action, Change, Context
from mira_sidecar.core.state import Document, replace
from mira_sidecar.protocol import Utterance, instant


class UtterancePayload(msgspec.Struct, frozen=True):
    """Payload of `utterance`."""

    text: Annotated[str, Meta(min_length=1, max_length=1_000)]


def _utterance(document: Document, payload: UtterancePayload, context: Context) -> Change:
    heard = msgspec.to_builtins(Utterance(text=payload.text, at=instant(context.captured_ms)))
    return Change({"text": payload.text}, [replace("/utterance", heard)])


ACTIONS = (Action("utterance", UtterancePayload, _utterance),)
