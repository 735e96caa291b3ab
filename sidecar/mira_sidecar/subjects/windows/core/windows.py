"""Which windows there are, and what each may do: limits, rest, child lock, automatic, and being left alone."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from mira_sidecar.core.decision import Action, Change, Context, Refusal
from mira_sidecar.core.state import Document, member, remove
from mira_sidecar.subjects.windows.core.moves import UNKNOWN_WINDOW, OneWindow, held_until
from mira_sidecar.subjects.windows.core.slice import (
    DeviceName,
    Drive,
    OpenTo,
    RestMinutes,
    RoomId,
    RoomKind,
    TravelS,
    Window,
    WindowId,
    changed,
    changed_window,
    slice_of,
    window_of,
)

MOST, MOST_SENSORS = 32, 64
"""Windows, and devices with a place, of one mirror: the state has each of them."""


class AddWindow(msgspec.Struct, frozen=True, omit_defaults=True):
    """Payload of `add_window`: an id, and never a name; what room it airs; how long it takes to open; what moves it."""

    window: WindowId
    kind: RoomKind
    room: RoomId | None = None
    travel_s: TravelS | None = None
    drive: Drive | None = None


class ChangeWindow(msgspec.Struct, frozen=True, omit_defaults=True):
    """Payload of `change_window`: what is to be otherwise."""

    window: WindowId
    kind: RoomKind | UnsetType = UNSET
    room: RoomId | UnsetType | None = UNSET
    travel_s: TravelS | UnsetType | None = UNSET
    drive: Drive | UnsetType | None = UNSET


class HoldWindow(msgspec.Struct, frozen=True, omit_defaults=True):
    """Payload of `hold_window`: for how long it is left alone; without it, as the settings say."""

    window: WindowId
    minutes: Annotated[int, Meta(ge=1, le=1_440)] | UnsetType = UNSET


class LimitWindow(msgspec.Struct, frozen=True, omit_defaults=True):
    """Payload of `limit_window`: what changes."""

    window: WindowId
    most: OpenTo | UnsetType = UNSET
    most_at_night: OpenTo | UnsetType = UNSET
    rest: RestMinutes | UnsetType | None = UNSET


class LockWindow(msgspec.Struct, frozen=True):
    """Payload of `lock_window`: the child lock."""

    window: WindowId
    locked: bool


class SetWindowAuto(msgspec.Struct, frozen=True, omit_defaults=True):
    """Payload of `set_window_auto`: whether it is moved automatically, and whether only noted what would be done."""

    window: WindowId
    auto: bool | UnsetType = UNSET
    shadow: bool | UnsetType = UNSET


class PlaceSensor(msgspec.Struct, frozen=True):
    """Payload of `place_sensor`: a device of the registry, and the room that it measures; `outside` is the weather."""

    device: DeviceName
    room: RoomId


class RemoveSensor(msgspec.Struct, frozen=True):
    """Payload of `remove_sensor`."""

    device: DeviceName


def _add(document: Document, payload: AddWindow, context: Context) -> Change | Refusal:
    known = slice_of(document)["windows"]
    if payload.window in known:
        return Refusal("window_exists", "windows")
    if len(known) >= MOST:
        return Refusal("too_many_windows", "windows", {"limit": MOST}, passes=True)
    new = Window(kind=payload.kind, room=payload.room, travel_s=payload.travel_s, drive=payload.drive)
    windows = {**known, payload.window: msgspec.to_builtins(new)}
    return Change(msgspec.to_builtins(payload), changed(document, windows=windows))


def _remove(document: Document, payload: OneWindow, context: Context) -> Change | Refusal:
    known = slice_of(document)["windows"]
    if payload.window not in known:
        return UNKNOWN_WINDOW
    left = {name: window for name, window in known.items() if name != payload.window}
    place = f"window:{payload.window}"
    traces = [remove(member("/last_changes", place))] if place in document["last_changes"] else []
    return Change(msgspec.to_builtins(payload), [*changed(document, windows=left), *traces])


def _place(document: Document, payload: PlaceSensor, context: Context) -> Change | Refusal:
    known = slice_of(document)["sensors"]
    if payload.device not in known and len(known) >= MOST_SENSORS:
        return Refusal("too_many_sensors", "windows", {"limit": MOST_SENSORS}, passes=True)
    sensors = {**known, payload.device: {"room": payload.room}}
    return Change(msgspec.to_builtins(payload), changed(document, sensors=sensors))


def _remove_sensor(document: Document, payload: RemoveSensor, context: Context) -> Change | Refusal:
    known = slice_of(document)["sensors"]
    if payload.device not in known:
        return Refusal("unknown_sensor", "windows")
    sensors = {name: sensor for name, sensor in known.items() if name != payload.device}
    return Change(msgspec.to_builtins(payload), changed(document, sensors=sensors))


def _changing[P: msgspec.Struct](
    members_of: Callable[[P, Mapping[str, Any], Context], dict[str, Any]],
) -> Callable[[Document, P, Context], Change | Refusal]:
    """An action that gives members of a window other values: those that this function says."""

    def change(document: Document, payload: P, context: Context) -> Change | Refusal:
        done: dict[str, Any] = msgspec.to_builtins(payload)
        if (window := window_of(document, done["window"])) is None:
            return UNKNOWN_WINDOW
        return Change(done, changed_window(document, done["window"], **members_of(payload, window, context)))

    return change


def _named(payload: msgspec.Struct, window: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Its fields that were given are the members."""
    return {name: value for name, value in msgspec.to_builtins(payload).items() if name != "window"}


def _automatic(payload: SetWindowAuto, window: Mapping[str, Any], context: Context) -> dict[str, Any]:
    given = _named(payload, window, context)
    # Shadow mode begins where the window stands.
    return {**given, "shadowed": None} if "shadow" in given else given


def _limited(payload: LimitWindow, window: Mapping[str, Any], context: Context) -> dict[str, Any]:
    given = _named(payload, window, context)
    limits = {**window["limits"], **{name: value for name, value in given.items() if name != "rest"}}
    return {"limits": limits, **({"rest": given["rest"]} if "rest" in given else {})}


def _held(payload: HoldWindow, window: Mapping[str, Any], context: Context) -> dict[str, Any]:
    return {"held_until": held_until(context, None if payload.minutes is UNSET else payload.minutes)}


def _resumed(payload: OneWindow, window: Mapping[str, Any], context: Context) -> dict[str, Any]:
    return {"held_until": None, "rain_until": None}


ACTIONS: tuple[Action[Any], ...] = (
    Action("add_window", AddWindow, _add),
    Action("change_window", ChangeWindow, _changing(_named)),
    Action("remove_window", OneWindow, _remove),
    Action("hold_window", HoldWindow, _changing(_held)),
    Action("resume_window", OneWindow, _changing(_resumed)),
    Action("limit_window", LimitWindow, _changing(_limited)),
    Action("lock_window", LockWindow, _changing(_named)),
    Action("set_window_auto", SetWindowAuto, _changing(_automatic)),
    Action("place_sensor", PlaceSensor, _place),
    Action("remove_sensor", RemoveSensor, _remove_sensor),
)
