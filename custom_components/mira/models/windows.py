"""Windows with a motor: where they stand and why, and the facts about weather and house that they go by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Self, override

from .json_object import JsonObject
from .part import Part


@dataclass(frozen=True)
class Drive:
    """What moves a window."""

    kind: str
    """`mqtt`, or `home`: a cover of Home Assistant's."""
    topic: str | None = None
    """What names its device in topics; None: the id of the window does."""
    profile: str = "mira"

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """A Drive of the protocol."""
        return cls(
            kind=fields.required("kind", str),
            topic=fields.optional("topic", str),
            profile=fields.optional("profile", str) or cls.profile,
        )


@dataclass(frozen=True)
class Run:
    """The motor is on its way, in % of it."""

    id: str
    """The command that asked for it."""
    start: int
    to: int
    at: datetime
    """When it was asked to."""

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """A Run of the protocol."""
        return cls(
            id=fields.required("id", str),
            start=fields.required("start", int),
            to=fields.required("to", int),
            at=fields.time("at"),
        )


@dataclass(frozen=True)
class Window:
    """A window; positions are in %, 0: shut."""

    kind: str
    room: str | None
    """Whose readings it goes by; None: those of its own id."""
    drive: Drive | None
    """None: it is decided about, and nothing moves it."""
    travel_s: float | None
    """Seconds from shut to open; None: not calibrated."""
    auto: bool
    shadow: bool
    locked: bool
    most: int
    most_at_night: int
    rest: int | None
    """Minutes between two automatic runs; None: as in the sidecar's settings."""
    target: int | None
    position: int | None
    """Where it stands, as observed."""
    run: Run | None
    held_until: datetime | None
    fault: str | None
    runs: tuple[str, ...]
    """When the motor ran in the last 24 hours."""
    model: str | None

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """A Window of the protocol."""
        drive, run, limits = fields.optional_object("drive"), fields.optional_object("run"), fields.object("limits")
        return cls(
            kind=fields.required("kind", str),
            room=fields.optional("room", str),
            drive=Drive.read(drive) if drive else None,
            travel_s=fields.optional("travel_s", float),
            auto=fields.required("auto", bool),
            shadow=fields.required("shadow", bool),
            locked=fields.required("locked", bool),
            most=limits.required("most", int),
            most_at_night=limits.required("most_at_night", int),
            rest=fields.optional("rest", int),
            target=fields.optional("target", int),
            position=fields.optional("position", int),
            run=Run.read(run) if run else None,
            held_until=fields.optional_time("held_until"),
            fault=fields.optional("fault", str),
            runs=fields.texts("runs"),
            model=fields.optional("model", str),
        )


@dataclass(frozen=True)
class Outside:
    """The weather at the windows; None is what nobody knows."""

    rain: bool | None = None
    storm: bool = False

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """An Outside of the protocol."""
        return cls(fields.optional("rain", bool), fields.optional("storm", bool) or False)


@dataclass(frozen=True)
class House:
    """What the mirror knows of the house; None is what nobody knows."""

    away: bool | None = None
    armed: bool | None = None
    quiet: bool | None = None

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """A Home of the protocol."""
        return cls(*(fields.optional(name, bool) for name in ("away", "armed", "quiet")))


@dataclass(frozen=True)
class Windows(Part):
    """The windows of a mirror, by id."""

    subject: ClassVar[str] = "windows"
    windows: Mapping[str, Window] = field(default_factory=dict)
    outside: Outside = Outside()
    house: House = House()
    sensors: Mapping[str, str] = field(default_factory=dict)
    """The rooms of devices that send over MQTT, by device."""

    @override
    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        windows, outside, house, sensors = (
            fields.optional_object(name) for name in ("windows", "outside", "home", "sensors")
        )
        placed = {device: sensors.object(device) for device in sensors.document} if sensors else {}
        return cls(
            windows={each: Window.read(windows.object(each)) for each in windows.document} if windows else {},
            outside=Outside.read(outside) if outside else Outside(),
            house=House.read(house) if house else House(),
            sensors={device: sensor.required("room", str) for device, sensor in placed.items()},
        )
