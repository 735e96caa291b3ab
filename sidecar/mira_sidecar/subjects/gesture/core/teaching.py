"""Gestures of one's own: taught by showing them some times, and forgotten again.

How they look never comes here: the samples stay in the sidecar, beside the log.
"""

from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import Meta

from mira_sidecar.core.decision import Action, Change, Context, InvalidValueError, Mirror, Refusal
from mira_sidecar.core.registry import NOT_ALLOWED
from mira_sidecar.core.state import Document, add, remove, replace
from mira_sidecar.core.subject import Deed
from mira_sidecar.protocol import GestureKind, PatchOperation, Taught, Teaching, instant, milliseconds
from mira_sidecar.subjects.gesture.core.gestures import UNKNOWN_GESTURE, GestureLabel
from mira_sidecar.subjects.gesture.names import GESTURE_NAMES

_MOST = 20
"""Gestures that somebody may teach: more than anyone tells apart."""
_TIME_MS = 180_000
"""In which all samples are to be shown."""


class TeachGesture(msgspec.Struct, frozen=True):
    """Payload of `teach_gesture`."""

    name: GestureLabel
    kind: GestureKind = "pose"
    samples: Annotated[int, Meta(ge=3, le=20)] = 10

    def __post_init__(self) -> None:
        """Raise InvalidValueError where the name is that of a gesture that every mirror knows."""
        if self.name in GESTURE_NAMES:
            raise InvalidValueError("gesture_exists", "name")


class OwnGesture(msgspec.Struct, frozen=True):
    """Payload of `take_sample`, which is one too many when the time is over, and of `forget_gesture`."""

    name: GestureLabel


def _teach(document: Document, payload: TeachGesture, context: Context) -> Change | Refusal:
    if not document["camera"]["on"]:
        return Refusal("camera_off", "camera")
    if payload.name not in document["taught"] and len(document["taught"]) >= _MOST:
        return Refusal("too_many_gestures", "teaching", {"limit": _MOST})
    teaching = Teaching(
        name=payload.name,
        kind=payload.kind,
        samples=payload.samples,
        taken=0,
        command_id=context.command.id,
        until=instant(context.now_ms + _TIME_MS),
    )
    return Change(msgspec.to_builtins(payload), [replace("/teaching", msgspec.to_builtins(teaching))], consent=True)


def _take(document: Document, payload: OwnGesture, context: Context) -> Change | Refusal:
    if context.sender not in (None, "sensor"):
        return NOT_ALLOWED
    teaching = document["teaching"]
    if teaching is None or teaching["name"] != payload.name:
        return UNKNOWN_GESTURE
    if context.now_ms >= milliseconds(teaching["until"]):
        return Change({"name": payload.name}, [replace("/teaching", None)])
    taken = teaching["taken"] + 1
    done = {"name": payload.name, "taken": taken}
    if taken < teaching["samples"]:
        return Change(done, [replace("/teaching/taken", taken)])
    taught = Taught(kind=teaching["kind"], samples=taken, command_id=teaching["command_id"])
    return Change(done, [replace("/teaching", None), add(f"/taught/{payload.name}", msgspec.to_builtins(taught))])


def _forget(document: Document, payload: OwnGesture, context: Context) -> Change | Refusal:
    patch: list[PatchOperation] = []
    if (teaching := document["teaching"]) is not None and teaching["name"] == payload.name:
        patch.append(replace("/teaching", None))
    if payload.name in document["taught"]:
        patch.append(remove(f"/taught/{payload.name}"))
    if not patch:
        return UNKNOWN_GESTURE
    for place, known in (
        ("/thresholds/gestures", document["thresholds"]["gestures"]),
        ("/gestures_seen", document["gestures_seen"]),
    ):
        if payload.name in known:
            patch.append(remove(f"{place}/{payload.name}"))
    return Change({"name": payload.name}, patch)


def due(document: Document, now_ms: int, mirror: Mirror) -> Iterator[Deed]:
    """A lesson ends with its time."""
    teaching = document["teaching"]
    if teaching is not None and now_ms >= milliseconds(teaching["until"]):
        yield "take_sample", {"name": teaching["name"]}


ACTIONS = (
    Action("teach_gesture", TeachGesture, _teach),
    Action("take_sample", OwnGesture, _take),
    Action("forget_gesture", OwnGesture, _forget),
)
