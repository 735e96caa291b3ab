"""What the state has of windows: where they stand and why, and the facts about weather and house that they go by.

Positions are in percent of the way, 0: shut, 100: as far as the motor goes.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from mira_sidecar.core.state import Document, add, changed_part, member, replace
from mira_sidecar.protocol import CommandId, Instant, PatchOperation

TOLERANCE = 5
"""Percent by which an observed position may differ from what was asked for: drives round, and drift a little."""
WindowId = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,64}$(?!\n)")]
RoomId = WindowId
ModelName = Annotated[str, Meta(pattern=r"^[0-9A-Za-z._-]{1,64}$(?!\n)")]
DIGEST = "[0-9a-f]{16,64}"
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
OpenTo = Annotated[int, Meta(ge=0, le=100)]
TravelS = Annotated[float, Meta(ge=1, le=600)]
RestMinutes = Annotated[int, Meta(ge=0, le=240)]
DeviceName = Annotated[str, Meta(pattern=r"^[0-9A-Za-z_.:-]{1,64}$(?!\n)")]
Topic = Annotated[str, Meta(pattern=r"^[0-9A-Za-z_.:-]{1,64}(/[0-9A-Za-z_.:-]{1,64}){0,7}$(?!\n)")]
"""The part of MQTT topics that names a device: of several levels where its maker has it so."""
ProfileName = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,32}$(?!\n)")]
type RoomKind = Literal["bedroom", "living", "bath"]
type Feature = Literal[
    "temperature", "humidity", "co2", "noise", "people", "outdoor_temperature", "outdoor_humidity", "wind", "hour"
]
"""What a planner looks at."""
type WindowFault = Literal["silent", "stuck", "drifting", "lying", "no_effect"]
"""Of a drive: it says nothing; it has not moved; it stands elsewhere than it was sent; what it says cannot be; it says
that the window is open, and the air in the room does not change."""


class Run(msgspec.Struct, frozen=True):
    """The motor is on its way."""

    start: OpenTo
    to: OpenTo
    low: OpenTo
    high: OpenTo
    """Between these it is, wherever an earlier run that it interrupts has got to."""
    at: Instant
    """When it was asked to."""
    id: CommandId | None = None
    """The command that asked for it."""
    heard: bool = False
    """Whether the drive has said anything since."""


class Drive(msgspec.Struct, frozen=True):
    """What moves a window: a device of its own over MQTT, or a cover of Home Assistant."""

    kind: Literal["mqtt", "home"]
    topic: Topic | None = None
    """What names its device in topics; None: the id of the window does."""
    profile: ProfileName = "mira"
    """How its device speaks."""


class Sensor(msgspec.Struct, frozen=True):
    """A device that measures, and was given a place."""

    room: RoomId


class WindowLimits(msgspec.Struct, frozen=True):
    """How far a window may be opened at all, and while it is to be quiet."""

    most: OpenTo = 100
    most_at_night: OpenTo = 100


class Shadowed(msgspec.Struct, frozen=True):
    """Where a window in shadow mode would stand."""

    position: OpenTo
    runs: list[Instant]
    """Of the last 24 hours, that there would have been."""
    open_since: Instant | None = None


class Window(msgspec.Struct, frozen=True):
    """A window with a motor."""

    kind: RoomKind
    """What kind of room it airs: how far to open is another question in each."""
    room: RoomId | None = None
    """Whose readings it goes by."""
    travel_s: TravelS | None = None
    """Seconds that it takes from shut to open; None: not calibrated yet."""
    drive: Drive | None = None
    """None: nothing moves it."""
    auto: bool = True
    shadow: bool = False
    """What would be done is decided and noted, and not done."""
    shadowed: Shadowed | None = None
    """Where it would stand by what was noted; None: where it stands."""
    locked: bool = False
    limits: WindowLimits = WindowLimits()
    rest: RestMinutes | None = None
    """Minutes between two automatic runs; None: as in the settings."""
    target: OpenTo | None = None
    """Where it is to stand, or was left standing; None: it was never heard of."""
    position: OpenTo | None = None
    """Where it stands, as observed."""
    run: Run | None = None
    open_since: Instant | None = None
    held_until: Instant | None = None
    """A hand moved it: until then it is left alone."""
    rain_until: Instant | None = None
    """A hand opened it in the rain: until then it may stay so."""
    hand_at: Instant | None = None
    """When it was last moved by other means than a command."""
    fault: WindowFault | None = None
    last_run_at: Instant | None = None
    runs: list[Instant] = []
    """Of the last 24 hours."""
    model: ModelName | None = None
    """What asked for the present position; None: it was no model."""


class Outside(msgspec.Struct, frozen=True):
    """The weather at the windows; None is what nobody knows."""

    rain: bool | None = None
    wind: float | None = None
    """Mean, in m/s."""
    gust: float | None = None
    alert: bool | None = None
    """Whether there is a warning of storm."""
    storm: bool = False
    """What these say together."""
    temperature: float | None = None
    """In °C."""
    cold_minutes: int | None = None
    """How long a window may be open in this cold; None: it is not cold."""
    cold_most: OpenTo = 100
    """How far it may be open for longer."""
    air: Literal["good", "bad"] | None = None
    """Pollen, smoke or dust."""
    rain_ended_at: Instant | None = None
    storm_ended_at: Instant | None = None
    seen: CommandId | None = None
    """The observation that said so last."""


class Home(msgspec.Struct, frozen=True):
    """The house; None is what nobody knows."""

    away: bool | None = None
    armed: bool | None = None
    quiet: bool | None = None
    """Whether somebody sleeps, or quiet was asked for."""
    most: OpenTo = 100
    """How far windows may be open while it is as it is."""
    seen: CommandId | None = None


class ActiveModel(msgspec.Struct, frozen=True):
    """A trained model that advises."""

    name: ModelName
    sha256: Sha256
    """Of its file: an id alone could mean another one."""


class Windows(msgspec.Struct, frozen=True):
    """The slice of windows, `parts.windows`."""

    windows: dict[WindowId, Window] = {}
    outside: Outside = Outside()
    home: Home = Home()
    sensors: dict[DeviceName, Sensor] = {}
    """Devices whose readings are those of a room."""
    model: ActiveModel | None = None
    """None: Mira's own rules."""
    model_before: ActiveModel | None = None
    """The one that advised before it: the way back."""


_NONE: dict[str, Any] = msgspec.to_builtins(Windows())


def slice_of(document: Document) -> Mapping[str, Any]:
    """The slice, as plain JSON; that of a house without windows where there is none yet."""
    # One that an older version has left has fewer members.
    return {**_NONE, **document["parts"].get("windows", {})}


def window_of(document: Document, window: str) -> Mapping[str, Any] | None:
    """One window, where there is one of this id."""
    known: Mapping[str, Any] | None = slice_of(document)["windows"].get(window)
    return known


def changed(document: Document, **members: Any) -> list[PatchOperation]:
    """The patch that gives these members of the slice other values."""
    return changed_part(document, "windows", _NONE, members)


def changed_window(document: Document, window: str, **members: Any) -> list[PatchOperation]:
    """The patch that gives these members of a window other values."""
    known = slice_of(document)["windows"][window]
    path = member("/parts/windows/windows", window)
    return [
        (replace if name in known else add)(f"{path}/{name}", value)
        for name, value in members.items()
        if name not in known or known[name] != value
    ]


def opening(window: Mapping[str, Any]) -> int:
    """How far it is open at least: what goes beyond that opens it. 0 where nothing is known."""
    return min(window["target"] or 0, window["position"] or 0)
