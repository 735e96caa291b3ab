"""Speeches: the mirror says something, a reply or what nobody asked for. One at a time."""

from typing import Any

import msgspec

from mira_sidecar.core.decision import Action, Change, Context, Refusal
from mira_sidecar.core.registry import NOT_ALLOWED
from mira_sidecar.core.state import Document, replace
from mira_sidecar.protocol import CommandId, instant
from mira_sidecar.subjects.voice.core.slice import Kind, Speech, SpeechOutcome, changed, open_turn, voice
from mira_sidecar.subjects.voice.core.turns import TURN_MS, TURN_OVER

_SPEECH_MS = 120_000
"""The longest that the mirror says at a time."""


class Say(msgspec.Struct, frozen=True):
    """Payload of `say`. What is said goes to the speaker beside it."""

    kind: Kind
    turn: CommandId | None = None
    """The one that it answers."""


class EndSpeech(msgspec.Struct, frozen=True):
    """Payload of `end_speech`."""

    speech: CommandId
    outcome: SpeechOutcome


class StopTalking(msgspec.Struct, frozen=True):
    """Payload of `stop_talking`: nothing."""


def _say(document: Document, payload: Say, context: Context) -> Change | Refusal:
    turn, before = open_turn(document, context.now_ms), voice(document)["speech"]
    if payload.turn is not None and (turn is None or turn["id"] != payload.turn):
        return TURN_OVER
    until = instant(context.now_ms + _SPEECH_MS)
    speech = Speech(
        id=context.command.id, turn=payload.turn, kind=payload.kind, at=instant(context.captured_ms), until=until
    )
    done = msgspec.to_builtins(payload)
    if before is not None:
        done["interrupted"] = [before["id"]]
    patch = changed(document, speech=msgspec.to_builtins(speech))
    if payload.turn is not None:
        # It is not over before what answers it.
        patch.append(replace("/parts/voice/turn/until", until))
    return Change(done, patch)


def _end(document: Document, payload: EndSpeech, context: Context) -> Change | Refusal:
    if not context.is_observed:
        return NOT_ALLOWED
    own = voice(document)
    if own["speech"] is None or own["speech"]["id"] != payload.speech:
        return Refusal("speech_over", "voice")
    patch = changed(document, speech=None)
    if own["turn"] and own["turn"]["id"] == own["speech"]["turn"]:
        patch.append(replace("/parts/voice/turn/until", instant(context.now_ms + TURN_MS)))
    return Change(msgspec.to_builtins(payload), patch)


def _stop(document: Document, payload: StopTalking, context: Context) -> Change:
    """Whoever wants it to be silent need not know whether it is."""
    own = voice(document)
    done: dict[str, Any] = {name: own[name]["id"] for name in ("turn", "speech") if own[name] is not None}
    return Change(done, changed(document, turn=None, speech=None) if done else [])


ACTIONS = (
    Action("say", Say, _say),
    Action("end_speech", EndSpeech, _end),
    Action("stop_talking", StopTalking, _stop),
)
