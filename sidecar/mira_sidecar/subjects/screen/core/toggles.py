"""Microphone and camera: whether they may be open."""

from functools import partial
from typing import Literal

import msgspec

from mira_sidecar.core.decision import Action, Change, Context, Refusal, Resolved, Undo
from mira_sidecar.core.state import Document, replace
from mira_sidecar.core.subject import Outcome

type Device = Literal["microphone", "camera"]
RISKS: dict[Device, str] = {"microphone": "microphone_on", "camera": "camera_on"}
"""What switching it on is."""


class SetDevice(msgspec.Struct, frozen=True):
    """Payload of `set_microphone` and `set_camera`."""

    on: bool


class ToggleDevice(msgspec.Struct, frozen=True):
    """Payload of `toggle_microphone` and `toggle_camera`: nothing."""


def _set(device: Device, document: Document, payload: SetDevice, context: Context) -> Change:
    done = {"on": payload.on}
    if document[device]["on"] == payload.on:
        return Change(done)
    return Change(
        done,
        [replace(f"/{device}/on", payload.on)],
        touches=(device,),
        risks=(RISKS[device],) if payload.on else (),
        closes=not payload.on,
        undo=Undo(f"set_{device}", {"on": not payload.on}),
        resolved=Resolved(f"set_{device}", done),
    )


def _toggle(device: Device, document: Document, payload: ToggleDevice, context: Context) -> Change:
    return _set(device, document, SetDevice(on=not document[device]["on"]), context)


def microphone(document: Document, context: Context, outcome: Outcome) -> Refusal | None:
    """Nothing is heard while the microphone is off."""
    if context.command.source != "voice" or document["microphone"]["on"]:
        return None
    # What was said has not been heard.
    return Refusal("microphone_off", "microphone", unheard=True)


def camera(document: Document, context: Context, outcome: Outcome) -> Refusal | None:
    """Nothing is seen while the camera is off."""
    if context.command.source != "gesture" or document["camera"]["on"]:
        return None
    return Refusal("camera_off", "camera")


ACTIONS = (
    Action("set_microphone", SetDevice, partial(_set, "microphone"), closes=True),
    Action("set_camera", SetDevice, partial(_set, "camera"), closes=True),
    Action("toggle_microphone", ToggleDevice, partial(_toggle, "microphone"), closes=True),
    Action("toggle_camera", ToggleDevice, partial(_toggle, "camera"), closes=True),
)
