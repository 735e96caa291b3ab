"""What a sidecar says of itself, and which one decides."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from mira_sidecar.protocol.wire import Instant, MirrorName


class Picture(msgspec.Struct, frozen=True):
    """What the pictures of a camera are like."""

    width: int
    """Pixels."""
    height: int
    mirrored: bool
    """Whether it shows a person as a mirror does: their left hand on the left."""


type DeviceKind = Literal["camera", "microphone"]
"""Each obeys the switch of the state that has its name."""
type DeviceId = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,32}$(?!\n)")]
type CaptureState = Literal["closed", "opening", "open", "no_signal", "failed", "unknown"]


class Device(msgspec.Struct, frozen=True):
    """What was observed of a camera or microphone, not what was asked for."""

    kind: DeviceKind
    capture: CaptureState
    """`no_signal`: it was reached, and sends no pictures; `unknown`: it is there, and nobody observes it."""
    error: str | None = None
    """Why it is not open although it should be, and what to do, in English."""
    entity: str | None = None
    """The camera of Home Assistant that it is, where it is one."""
    picture: Picture | None = None
    """Of a camera that is open."""
    filming: bool = False
    """Whether it is open for films that somebody agreed to: nothing is recognised meanwhile."""
    code: str | None = None
    """Of `error`: a stable code; clients translate it."""


class Problem(msgspec.Struct, frozen=True):
    """What is wrong: a stable code, and a sentence in English."""

    code: str
    message: str


class Pace(msgspec.Struct, frozen=True):
    """How fast commands are decided, lately."""

    decision_ms_p50: float | None
    """Milliseconds from the reading of a command until its answer is published, median of the last 1,000 batches."""
    decision_ms_p95: float | None
    commands_a_minute: int


class Presence(msgspec.Struct, frozen=True):
    """The heartbeat; it expires three seconds after the sidecar stops renewing it."""

    protocol: int
    version: str
    server_id: str
    """Stays the same as long as the database does."""
    mirror: MirrorName
    name: str
    """What people call the mirror."""
    node: str
    started_at: Instant
    devices: dict[DeviceId, Device]
    """Those that the sidecar has, no others. The mirror's own are `camera` and `microphone`."""
    problem: Problem | None = None
    """What keeps the sidecar from deciding (a full disk), while it lasts."""
    degraded: list[Problem] = []
    """What does not work although commands are decided, while it lasts."""
    subjects: dict[str, int] = {}
    """What the mirror can do, by name, and in which version."""
    standby: bool = False
    """Whether the standby serves, because the mirror's own sidecar is away."""
    pace: Pace | None = None
    """As of the last ten seconds."""
    log_bytes: int | None = None
    """What the event log takes on the disk, as of the last ten seconds."""
    disk_free_mb: int | None = None
    """What the log's disk has left, in tens of MB, as of the last ten seconds."""


class Lease(msgspec.Struct, frozen=True):
    """Which sidecar decides; it expires two seconds after its holder stops renewing it."""

    fence: int
    """Grows with every holder: nothing is published by one whose number is not the last."""
    server_id: str
    """Of the log, which a standby shares with the sidecar that it stands by for."""
    store_id: str
    """Of the database file, which nobody shares."""
    node: str
