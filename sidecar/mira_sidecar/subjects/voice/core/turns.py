"""Turns: somebody says a wake word or asks the mirror to listen, is heard, and is answered."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, get_args

import msgspec
from msgspec import UNSET, Meta, UnsetType

from mira_sidecar.core.decision import Action, Change, Context, Mirror, Refusal
from mira_sidecar.core.registry import NOT_ALLOWED
from mira_sidecar.core.state import Document, replace
from mira_sidecar.core.subject import Deed
from mira_sidecar.protocol import CommandId, DeviceId, instant, milliseconds
from mira_sidecar.subjects.voice.core.slice import SpeechOutcome, Stage, Turn, WordId, changed, open_turn, voice

OWN_MICROPHONE: Final = "microphone"
"""The id of the mirror's own."""
TURN_MS = 30_000
"""In which a turn has to go on, or it is over."""
TURN_OVER = Refusal("turn_over", "voice")
_STAGES: tuple[Stage, ...] = get_args(Stage.__value__)

type TurnOutcome = Literal[
    "answered", "nothing_heard", "not_understood", "failed", "interrupted", "stopped", "timed_out"
]
Code = Annotated[str, Meta(pattern=r"^[a-z0-9_-]{1,64}$(?!\n)")]
_Ms = Annotated[int, Meta(ge=0, le=3_600_000)]


class Wake(msgspec.Struct, frozen=True):
    """Payload of `wake`: a wake word was heard. The command says how sure."""

    word: WordId
    microphone: DeviceId = OWN_MICROPHONE


class Listen(msgspec.Struct, frozen=True):
    """Payload of `listen`: the same without a wake word."""

    microphone: DeviceId = OWN_MICROPHONE
    word: WordId | None = None
    """Whose assistant is to hear it."""


class AdvanceTurn(msgspec.Struct, frozen=True):
    """Payload of `advance_turn`."""

    turn: CommandId
    stage: Literal["thinking", "speaking"]


class Trace(msgspec.Struct, frozen=True):
    """How long the stages of a turn took: milliseconds since it was opened."""

    stt_started_ms: _Ms | UnsetType = UNSET
    speech_ended_ms: _Ms | UnsetType = UNSET
    stt_ms: _Ms | UnsetType = UNSET
    intent_ms: _Ms | UnsetType = UNSET
    first_sound_ms: _Ms | UnsetType = UNSET


class EndTurn(msgspec.Struct, frozen=True):
    """Payload of `end_turn`."""

    turn: CommandId
    outcome: TurnOutcome
    code: Code | UnsetType = UNSET
    """What failed, such as `stt-stream-failed`: Home Assistant's own code, or one of Mira's."""
    trace: Trace | UnsetType = UNSET


def _wake(document: Document, payload: Wake, context: Context) -> Change | Refusal:
    # Who confirms one that waits need not have heard it.
    if context.command.action == "wake" and context.command.source != "voice":
        return NOT_ALLOWED
    return _opened(document, context, "wake", payload.word, payload.microphone)


def _listen(document: Document, payload: Listen, context: Context) -> Change | Refusal:
    return _opened(document, context, "listen", payload.word, payload.microphone)


def _opened(
    document: Document, context: Context, how: Literal["wake", "listen"], word: str | None, microphone: str
) -> Change | Refusal:
    """A turn that listens; who was being answered is interrupted."""
    own, before = voice(document), open_turn(document, context.now_ms)
    if not document["microphone"]["on"]:
        return Refusal("microphone_off", "microphone")
    if word is not None and word not in own["active"]:
        return Refusal("unknown_word", "voice")
    if before and before["stage"] == "listening":
        return Refusal("already_listening", "voice")
    turn = Turn(
        id=context.command.id,
        how=how,
        word=word,
        microphone=microphone,
        stage="listening",
        at=instant(context.captured_ms),
        until=instant(context.now_ms + TURN_MS),
    )
    done: dict[str, Any] = {"word": word, "microphone": microphone}
    # Whoever speaks is not to be spoken over, by an announcement either.
    if interrupted := [one["id"] for one in (own["turn"], own["speech"]) if one is not None]:
        done["interrupted"] = interrupted
    return Change(done, changed(document, turn=msgspec.to_builtins(turn), speech=None))


def _advance(document: Document, payload: AdvanceTurn, context: Context) -> Change | Refusal:
    if not context.is_observed:
        return NOT_ALLOWED
    turn, done = open_turn(document, context.now_ms), msgspec.to_builtins(payload)
    if turn is None or turn["id"] != payload.turn:
        return TURN_OVER
    if _STAGES.index(payload.stage) <= _STAGES.index(turn["stage"]):
        return Change(done)
    return Change(
        done,
        [
            replace("/parts/voice/turn/stage", payload.stage),
            replace("/parts/voice/turn/until", instant(context.now_ms + TURN_MS)),
        ],
    )


def _end(document: Document, payload: EndTurn, context: Context) -> Change | Refusal:
    if not context.is_observed:
        return NOT_ALLOWED
    turn, speech = voice(document)["turn"], voice(document)["speech"]
    if turn is None or turn["id"] != payload.turn:
        return TURN_OVER
    members: dict[str, Any] = {"turn": None}
    if payload.outcome in ("interrupted", "stopped") and speech and speech["turn"] == payload.turn:
        members["speech"] = None
    return Change(msgspec.to_builtins(payload), changed(document, **members))


def due(document: Document, now_ms: int, mirror: Mirror) -> Iterator[Deed]:
    """A turn ends with its time; one that listens, with the microphone."""
    turn, speech = voice(document)["turn"], voice(document)["speech"]
    if turn and now_ms >= milliseconds(turn["until"]):
        yield ended(turn, "timed_out")
    elif turn and turn["stage"] == "listening" and not document["microphone"]["on"]:
        yield ended(turn, "stopped")
    if speech and now_ms >= milliseconds(speech["until"]):
        yield silenced(speech, "failed")


def ended(turn: Mapping[str, Any], outcome: TurnOutcome, code: str | None = None) -> Deed:
    """What ends a turn."""
    return "end_turn", {"turn": turn["id"], "outcome": outcome, **({"code": code} if code else {})}


def silenced(speech: Mapping[str, Any], outcome: SpeechOutcome) -> Deed:
    """What ends a speech."""
    return "end_speech", {"speech": speech["id"], "outcome": outcome}


ACTIONS = (
    Action("wake", Wake, _wake),
    Action("listen", Listen, _listen),
    Action("advance_turn", AdvanceTurn, _advance),
    Action("end_turn", EndTurn, _end),
)
