"""What a running sidecar tells of itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from ..errors import WrongProtocol
from .json_object import JsonObject

PROTOCOL_VERSION = 2


@dataclass(frozen=True)
class Picture:
    """What the pictures of a camera are like."""

    width: int
    height: int
    mirrored: bool
    """Whether it shows a person as a mirror does."""

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """A Picture of the protocol."""
        return cls(fields.required("width", int), fields.required("height", int), fields.required("mirrored", bool))


@dataclass(frozen=True)
class Device:
    """What was observed of a camera or microphone."""

    kind: str
    """`camera` or `microphone`: it obeys the switch of that name."""
    capture: str
    """`closed`, `opening`, `open`, `no_signal` or `failed`; `unknown`: it is there, and nobody observes it."""
    error: str | None
    entity: str | None
    """The camera of Home Assistant that it is, where it is one."""
    picture: Picture | None
    """Of a camera that is open."""
    filming: bool
    """Whether it is open for films that somebody agreed to: nothing is recognised meanwhile."""
    code: str | None
    """Of the error."""

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """A Device of the protocol."""
        picture = fields.optional_object("picture")
        return cls(
            kind=fields.required("kind", str),
            capture=fields.required("capture", str),
            error=fields.optional("error", str),
            entity=fields.optional("entity", str),
            picture=Picture.read(picture) if picture else None,
            filming=fields.optional("filming", bool) or False,
            code=fields.optional("code", str),
        )


@dataclass(frozen=True)
class Problem:
    """What keeps the sidecar from deciding, or what does not work while it decides; as long as it lasts."""

    code: str
    message: str

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """A Problem of the protocol."""
        return cls(fields.required("code", str), fields.required("message", str))


@dataclass(frozen=True)
class Pace:
    """How fast the mirror decides, lately."""

    decision_ms_p50: float | None
    decision_ms_p95: float | None
    commands_a_minute: int

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """A Pace of the protocol."""
        return cls(
            decision_ms_p50=fields.optional("decision_ms_p50", float),
            decision_ms_p95=fields.optional("decision_ms_p95", float),
            commands_a_minute=fields.required("commands_a_minute", int),
        )


@dataclass(frozen=True)
class Presence:
    """The heartbeat of a running sidecar."""

    version: str
    server_id: str
    mirror: str
    name: str
    started_at: datetime
    devices: Mapping[str, Device]
    """By id; the mirror's own are `camera` and `microphone`."""
    problem: Problem | None
    """What keeps it from deciding."""
    degraded: tuple[Problem, ...]
    """What does not work while it decides."""
    subjects: Mapping[str, int]
    """What the mirror can do, and in which version."""
    standby: bool
    """Whether a standby serves, because the mirror's own sidecar is away."""
    pace: Pace | None
    log_bytes: int | None
    disk_free_mb: int | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """A Presence of the protocol. Raises WrongProtocol, without a look at the rest, or BadMessage."""
        fields = JsonObject.parse("The mirror's presence", text)
        protocol = fields.required("protocol", int)
        if protocol != PROTOCOL_VERSION:
            raise WrongProtocol(protocol, PROTOCOL_VERSION)
        devices = fields.object("devices")
        problem, pace = fields.optional_object("problem"), fields.optional_object("pace")
        subjects = fields.optional_object("subjects")
        return cls(
            version=fields.required("version", str),
            server_id=fields.required("server_id", str),
            mirror=fields.required("mirror", str),
            name=fields.required("name", str),
            started_at=fields.time("started_at"),
            devices={name: Device.read(devices.object(name)) for name in devices.document},
            problem=Problem.read(problem) if problem else None,
            degraded=tuple(map(Problem.read, fields.objects("degraded"))) if "degraded" in fields.document else (),
            subjects={name: subjects.required(name, int) for name in subjects.document} if subjects else {},
            standby=fields.optional("standby", bool) or False,
            pace=Pace.read(pace) if pace else None,
            log_bytes=fields.optional("log_bytes", int),
            disk_free_mb=fields.optional("disk_free_mb", int),
        )
