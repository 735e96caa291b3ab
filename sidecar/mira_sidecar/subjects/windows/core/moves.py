"""How windows move: what is asked of them, what shuts them, and what is observed."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from mira_sidecar.core.decision import Action, Change, Context, Refusal, Undo
from mira_sidecar.core.registry import NOT_ALLOWED
from mira_sidecar.core.state import Document
from mira_sidecar.protocol import CommandId, instant
from mira_sidecar.subjects.windows.core.drives import is_explained, lies
from mira_sidecar.subjects.windows.core.policies import RAIN_MS, Wish, highest, judge, recent_runs
from mira_sidecar.subjects.windows.core.safety import Danger
from mira_sidecar.subjects.windows.core.shadow import as_if, moved
from mira_sidecar.subjects.windows.core.slice import (
    DIGEST,
    TOLERANCE,
    Feature,
    ModelName,
    OpenTo,
    Run,
    WindowFault,
    WindowId,
    changed_window,
    opening,
    slice_of,
    window_of,
)
from mira_sidecar.subjects.windows.settings import WindowsSettings

RISK = "window_in_rain"
UNKNOWN_WINDOW = Refusal("unknown_window", "windows")
_ENDS_BY_ARRIVING: tuple[WindowFault, ...] = ("silent", "stuck", "drifting")
_Number = Annotated[float, Meta(ge=-100, le=10_000)]


class Expected(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the room will be like, by the model."""

    temperature: _Number | UnsetType = UNSET
    """In °C."""
    humidity: _Number | UnsetType = UNSET
    """In %."""
    co2: _Number | UnsetType = UNSET
    """In ppm."""


class SetWindow(msgspec.Struct, frozen=True, omit_defaults=True):
    """Payload of `set_window`. All but the first three is a model's; the command says how sure it is."""

    window: WindowId
    position: OpenTo | Literal["stop"]
    speed: Annotated[int, Meta(ge=1, le=100)] | UnsetType = UNSET
    """In percent of the fastest, where the drive can."""
    model: ModelName | UnsetType = UNSET
    age_s: Annotated[int, Meta(ge=0, le=86_400)] | UnsetType = UNSET
    """How old the oldest reading is that it was made from."""
    features: Annotated[str, Meta(pattern=rf"^{DIGEST}$(?!\n)")] | UnsetType = UNSET
    """The digest of the numbers that it was made from; they are beside the log."""
    mattered: Annotated[list[Feature], Meta(max_length=3)] | UnsetType = UNSET
    """What decided it most."""
    expected: Expected | UnsetType = UNSET


class ShutWindow(msgspec.Struct, frozen=True):
    """Payload of `shut_window`: how far it may stay open, and what it is shut for."""

    window: WindowId
    position: OpenTo
    why: Danger


class WindowMoved(msgspec.Struct, frozen=True, omit_defaults=True):
    """Payload of `window_moved`: where a window stands by its drive, and whether it is shut by its own contact."""

    window: WindowId
    position: OpenTo
    closed: bool | UnsetType = UNSET


class HasFault(msgspec.Struct, frozen=True):
    """Payload of `window_fault`."""

    window: WindowId
    fault: WindowFault


class DropRun(msgspec.Struct, frozen=True):
    """Payload of `drop_run`: a run that never began, and why.

    Its decision was stored too late; the drive cannot be reached; or it stands where it stood, and has not heard of it.
    """

    window: WindowId
    run: CommandId
    why: Literal["late", "unreachable", "unheard"]


class OneWindow(msgspec.Struct, frozen=True):
    """Payload of `window_recovered` and others: which."""

    window: WindowId


def wish_for(document: Document, window: Mapping[str, Any], position: int, context: Context, **more: Any) -> Wish:
    """What a command wishes, with the facts of the moment."""
    slice_ = slice_of(document)
    return Wish(
        window=window,
        outside=slice_["outside"],
        home=slice_["home"],
        position=position,
        source=context.command.source,
        now_ms=context.now_ms,
        settings=context.rules.of("windows", WindowsSettings),
        confidence=context.command.confidence,
        user=bool(context.command.origin and context.command.origin.user_id),
        **more,
    )


def _set(document: Document, payload: SetWindow, context: Context) -> Change | Refusal:
    if (window := window_of(document, payload.window)) is None:
        return UNKNOWN_WINDOW
    if payload.position == "stop":
        return _stop(document, payload.window, window, context)
    age_s = None if payload.age_s is UNSET else payload.age_s
    is_own = context.command.source == "sensor"
    wish = wish_for(document, as_if(window) if is_own else window, payload.position, context, age_s=age_s)
    judged = judge(wish)
    if isinstance(judged, Refusal):
        return _noted(document, payload.window, wish, judged) if judged.reason == "shadow_mode" else judged
    done: dict[str, Any] = {**msgspec.to_builtins(payload), "position": judged.position}
    if judged.limited:
        done |= {"wished": payload.position, "limited": judged.limited}
    members = run_to(window, judged.position, context)
    members |= {"model": None if payload.model is UNSET else payload.model, "shadowed": None}
    if wish.by_person:
        members["held_until"] = held_until(context)
        members["rain_until"] = instant(context.now_ms + RAIN_MS) if judged.in_rain else None
    before = window["target"]
    takes_back = before not in (None, judged.position) and context.command.source != "sensor"
    return Change(
        done,
        changed_window(document, payload.window, **members),
        touches=(f"window:{payload.window}",),
        risks=(RISK,) if judged.in_rain else (),
        undo=Undo("set_window", {"window": payload.window, "position": before}) if takes_back else None,
        # A person who opens a window in the rain is asked, whatever the settings say.
        asks_ms=context.rules.confirm_ms if judged.in_rain and wish.by_hand else None,
        looked=judged.looked,
    )


def _noted(document: Document, name: str, wish: Wish, refusal: Refusal) -> Refusal:
    """The refusal of shadow mode, and where the window would stand from now on."""
    position = min(wish.position, highest(wish)) if wish.is_opening else wish.position
    if position == opening(wish.window):
        return refusal
    patch = changed_window(document, name, shadowed=moved(wish.window, position, wish.now_ms))
    return msgspec.structs.replace(refusal, patch=patch)


def _stop(document: Document, name: str, window: Mapping[str, Any], context: Context) -> Change:
    """It stays wherever it has got to."""
    # Where that is, the drive says next.
    members: dict[str, Any] = {"run": None, "target": None}
    if wish_for(document, window, 0, context).by_person:
        members["held_until"] = held_until(context)
    done = {"window": name, "position": "stop"}
    return Change(done, changed_window(document, name, **members), touches=(f"window:{name}",))


def held_until(context: Context, minutes: int | None = None) -> str:
    """Until when a window is left alone; None: as the settings say."""
    if minutes is None:
        minutes = context.rules.of("windows", WindowsSettings).hold_minutes
    return instant(context.now_ms + minutes * 60_000)


def run_to(window: Mapping[str, Any], to: int, context: Context) -> dict[str, Any]:
    """The members of a window whose motor is to run; none where it stands there, or is on its way."""
    position, before = window["position"], window["run"]
    if window["target"] == to and (before or (position is not None and abs(position - to) <= TOLERANCE)):
        return {}
    now = instant(context.now_ms)
    start = position if position is not None else 0 if to else 100
    known = [
        start,
        to,
        *((before["low"], before["high"]) if before else ()),
        *(() if position is not None else (0, 100)),
    ]
    run = Run(start=start, to=to, low=min(known), high=max(known), at=now, id=context.command.id)
    return {
        "target": to,
        "run": msgspec.to_builtins(run),
        "open_since": (window["open_since"] or now) if to else window["open_since"],
        "last_run_at": now,
        "runs": [*recent_runs(window, context.now_ms), now],
    }


def _shut(document: Document, payload: ShutWindow, context: Context) -> Change | Refusal:
    if (window := window_of(document, payload.window)) is None:
        return UNKNOWN_WINDOW
    slice_ = slice_of(document)
    done = msgspec.to_builtins(payload)
    if seen := slice_["home" if payload.why in ("armed", "nobody_home") else "outside"]["seen"]:
        done["seen"] = seen
    # Whatever has happened since it became due: it opens nothing.
    position = min(payload.position, opening(window))
    members = {
        **run_to(window, position, context),
        "held_until": None,
        "rain_until": None,
        "model": None,
        "shadowed": None,
    }
    patch = changed_window(document, payload.window, **members)
    return Change({**done, "position": position}, patch, touches=(f"window:{payload.window}",))


def _moved(document: Document, payload: WindowMoved, context: Context) -> Change | Refusal:
    if not context.is_observed:
        return NOT_ALLOWED
    if (window := window_of(document, payload.window)) is None:
        return UNKNOWN_WINDOW
    closed = None if payload.closed is UNSET else payload.closed
    members = _seen_at(window, payload.position, context, closed=closed)
    done = msgspec.to_builtins(payload)
    if "hand_at" in members:
        done["by"] = "hand"
        if slice_of(document)["outside"]["rain"] and payload.position:
            members["rain_until"] = instant(context.now_ms + RAIN_MS)
    if code := members.get("fault"):
        done["fault"] = code
    return Change(done, changed_window(document, payload.window, **members))


def _seen_at(window: Mapping[str, Any], position: int, context: Context, *, closed: bool | None) -> dict[str, Any]:
    """What a position that a drive tells makes of a window: its own run, a hand's, or neither."""
    members: dict[str, Any] = {"position": position, "open_since": _open_since(window, position, context)}
    run = window["run"]
    if lies(window, position, context.captured_ms, closed=closed):
        members |= {"fault": "lying", "run": None}
    elif window["target"] is None:
        members["target"] = position  # heard of for the first time, or stopped
    elif abs(position - window["target"]) <= TOLERANCE:
        members["run"] = None
        is_late = run is None and abs(position - window["position"]) > TOLERANCE
        if is_late and window["fault"] in _ENDS_BY_ARRIVING:
            members["fault"] = None  # it has arrived after all, after it was given up
    elif run is not None and is_explained(window, position):
        members["run"] = {**run, "heard": True}
    elif run is not None or abs(position - _rest_position(window)) > TOLERANCE:
        now = instant(context.now_ms)
        members |= {"target": position, "run": None, "hand_at": now, "held_until": held_until(context)}
        members |= {"model": None, "shadowed": None}
    return members


def _rest_position(window: Mapping[str, Any]) -> int:
    """Where a window stands that does not move: one that failed to arrive, where it was seen last."""
    position: int = window["position"] if window["fault"] and window["position"] is not None else window["target"]
    return position


def _open_since(window: Mapping[str, Any], position: int, context: Context) -> str | None:
    is_open = position > TOLERANCE or (window["run"] is not None and window["run"]["to"] > 0)
    return (window["open_since"] or instant(context.now_ms)) if is_open else None


def _fault(document: Document, payload: HasFault, context: Context) -> Change | Refusal:
    if not context.is_observed:
        return NOT_ALLOWED
    if window_of(document, payload.window) is None:
        return UNKNOWN_WINDOW
    patch = changed_window(document, payload.window, fault=payload.fault, run=None)
    return Change(msgspec.to_builtins(payload), patch)


def _dropped(document: Document, payload: DropRun, context: Context) -> Change | Refusal:
    if not context.is_observed:
        return NOT_ALLOWED
    if (window := window_of(document, payload.window)) is None:
        return UNKNOWN_WINDOW
    done, run = msgspec.to_builtins(payload), window["run"]
    if run is None or run.get("id") != payload.run:
        return Change(done)  # it has ended, or another took its place
    runs = [at for at in window["runs"] if at != run["at"]]
    position = window["position"]
    members: dict[str, Any] = {
        "run": None,
        "runs": runs,
        "last_run_at": runs[-1] if runs else None,
        "open_since": window["open_since"] if position else None,
    }
    if payload.why == "unreachable":
        # It is not asked again and again: only once it is heard.
        members["fault"] = "silent"
    else:
        # What has to be done is decided anew.
        members["target"] = position
    return Change(done, changed_window(document, payload.window, **members))


def _recovered(document: Document, payload: OneWindow, context: Context) -> Change | Refusal:
    if (window := window_of(document, payload.window)) is None:
        return UNKNOWN_WINDOW
    # Where it stands is where it was left: what has to be shut is shut now.
    target = window["target"] if window["position"] is None else window["position"]
    patch = changed_window(document, payload.window, fault=None, target=target)
    return Change(msgspec.to_builtins(payload), patch)


ACTIONS = (
    Action("set_window", SetWindow, _set),
    Action("shut_window", ShutWindow, _shut, own=True),
    Action("window_moved", WindowMoved, _moved),
    Action("window_fault", HasFault, _fault),
    Action("window_recovered", OneWindow, _recovered),
    Action("drop_run", DropRun, _dropped),
)
