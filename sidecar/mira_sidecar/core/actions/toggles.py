"""Microphone and camera: whether they may be open."""

from functools import partial
from typing import Literal

import msgspec

from mira_sidecar.core.decision import Action, Change, Context, Resolved, Risk, Undo
from mira_sidecar.core.state import Document, replace

type Device = Literal["microphone", "camera"]
_RISKS: dict[Device, Risk] = {"microphone": "microphone_on", "camera": "camera_on"}
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
        risks=(_RISKS[device],) if payload.on else (),
        closes=not payload.on,
        undo=Undo(f"set_{device}", {"on": not payload.on}),
        resolved=Resolved(f"set_{device}", done),
    )


def _toggle(device: Device, document: Document, payload: ToggleDevice, context: Context) -> Change:
    return _set(device, document, SetDevice(on=not document[device]["on"]), context)


CLOSING = ("set_microphone", "set_camera", "toggle_microphone", "toggle_camera")
"""The actions that may close a microphone or a camera."""
ACTIONS = (
    Action("set_microphone", SetDevice, partial(_set, "microphone")),
    Action("set_camera", SetDevice, partial(_set, "camera")),
    Action("toggle_microphone", ToggleDevice, partial(_toggle, "microphone")),
    Action("toggle_camera", ToggleDevice, partial(_toggle, "camera")),
)
