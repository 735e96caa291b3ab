"""Photos and videos that somebody asks for: a yes at the mirror, a count-down, and one end that says what came of it.

What is in them never comes here: they stay in the sidecar, beside the log.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from mira_sidecar.core.decision import Action, Change, Context, Mirror, Refusal
from mira_sidecar.core.registry import NOT_ALLOWED
from mira_sidecar.core.state import Document, add, replace
from mira_sidecar.core.subject import Deed
from mira_sidecar.protocol import CommandId, PatchOperation, instant, milliseconds
from mira_sidecar.subjects.talk.core.replies import REPLY_OVER
from mira_sidecar.subjects.talk.core.slice import Capture, CaptureKind, Talk, open_replies, talk
from mira_sidecar.subjects.talk.settings import TalkSettings

TAKING_MS = 10_000
"""What a camera may take beyond the count-down to open, to be read, and to be put on the disk."""
REQUEST: Final = "request_capture"
CAPTURE_OVER = Refusal("capture_over", "talk")
MediaId = Annotated[str, Meta(pattern=r"^[0-9a-f-]{36}$(?!\n)")]
type CaptureOutcome = Literal["taken", "failed", "no_camera", "camera_off", "timed_out", "cancelled"]
_TOLD: tuple[CaptureOutcome, ...] = ("cancelled",)
"""What others may say of a capture; how it went otherwise is known to who takes it."""


class RequestCapture(msgspec.Struct, frozen=True):
    """Payload of `request_capture`."""

    kind: CaptureKind = "photo"
    seconds: Annotated[int, Meta(ge=1, le=10)] = 5
    """Those of a video."""
    reply: CommandId | None = None
    """The one that wants it; it ends with that."""
    agent: Annotated[str, Meta(min_length=1, max_length=64)] | UnsetType = UNSET
    """Where it goes, in a word that people know: `OpenAI`. Left out: it stays in the sidecar."""
    cloud: bool = False
    """Whether that is outside of the house."""


class EndCapture(msgspec.Struct, frozen=True):
    """Payload of `end_capture`."""

    capture: CommandId
    outcome: CaptureOutcome
    media: MediaId | UnsetType = UNSET
    """Of what was taken."""
    bytes: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    ms: Annotated[int, Meta(ge=0, le=600_000)] | UnsetType = UNSET
    """From the yes until it was kept."""


def _request(document: Document, payload: RequestCapture, context: Context) -> Change | Refusal:
    if not document["camera"]["on"]:
        return Refusal("camera_off", "camera")
    if open_capture(document, context.now_ms):
        return Refusal("capturing", "talk")
    if payload.reply is not None and payload.reply not in open_replies(document, context.now_ms):
        return REPLY_OVER
    at_ms = context.now_ms + context.rules.of("talk", TalkSettings).countdown_ms
    lasts_ms = payload.seconds * 1_000 if payload.kind == "video" else 0
    capture = Capture(
        id=context.command.id,
        kind=payload.kind,
        seconds=payload.seconds if payload.kind == "video" else 0,
        reply=payload.reply,
        at=instant(at_ms),
        until=instant(at_ms + lasts_ms + TAKING_MS),
    )
    return Change(msgspec.to_builtins(payload), _put(document, msgspec.to_builtins(capture)), consent=True)


def _end(document: Document, payload: EndCapture, context: Context) -> Change | Refusal:
    capture = talk(document).get("capture")
    if payload.outcome not in _TOLD and context.sender not in (None, "sensor"):
        return NOT_ALLOWED
    if capture is None or capture["id"] != payload.capture:
        return CAPTURE_OVER
    if payload.outcome == "taken" and not document["camera"]["on"]:
        return Refusal("camera_off", "camera")
    return Change(msgspec.to_builtins(payload), _put(document, None))


def _put(document: Document, capture: Mapping[str, Any] | None) -> list[PatchOperation]:
    """The patch that begins or ends a capture, in an operation of its own: by its path it is known as an opening."""
    if "talk" not in document["parts"]:
        return [add("/parts/talk", msgspec.to_builtins(Talk())), replace("/parts/talk/capture", capture)]
    known = "capture" in document["parts"]["talk"]
    return [(replace if known else add)("/parts/talk/capture", capture)]


def open_capture(document: Document, now_ms: int) -> Mapping[str, Any] | None:
    """The capture that is open; one whose time is over is so no more, even before it is put away."""
    capture: Mapping[str, Any] | None = talk(document).get("capture")
    return None if capture is None or now_ms >= milliseconds(capture["until"]) else capture


def ended(capture: Mapping[str, Any], outcome: CaptureOutcome, **facts: Any) -> Deed:
    """What ends a capture."""
    return "end_capture", {"capture": capture["id"], "outcome": outcome, **facts}


def due(document: Document, now_ms: int, mirror: Mirror) -> Iterator[Deed]:
    """A capture ends with the camera, with its time, and with the reply that wanted it."""
    capture = talk(document).get("capture")
    if capture is None:
        return
    if not document["camera"]["on"]:
        yield ended(capture, "camera_off")
    elif now_ms >= milliseconds(capture["until"]):
        yield ended(capture, "timed_out")
    elif capture["reply"] is not None and capture["reply"] not in open_replies(document, now_ms):
        yield ended(capture, "cancelled")


ACTIONS = (
    Action(REQUEST, RequestCapture, _request),
    Action("end_capture", EndCapture, _end),
)
