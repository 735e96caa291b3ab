"""The settings: from flags, the environment (MIRA_…), a TOML file and defaults, in this order."""

import difflib
import os
import re
import socket
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from mira_sidecar.core.actions.display import PageName
from mira_sidecar.core.actions.system import SetPages
from mira_sidecar.core.decision import Rate, Rules
from mira_sidecar.core.state import FIRST_PAGES
from mira_sidecar.protocol import Confidence, CooldownMs, HoldMs, MirrorName, Source, Thresholds
from mira_sidecar.retention import Limits
from mira_sidecar.transport.connection import check_url
from mira_sidecar.workers.gesture import models

_SOURCES = "touch|voice|gesture|automation|sensor|system"
type Cooldown = Annotated[str, Meta(pattern=r"^[a-z_]+=\d{1,6}$")]
type Token = Annotated[str, Meta(pattern=r"^[0-9A-Za-z._~+/=-]{1,1024}$(?!\n)")]
type RateLimit = Annotated[str, Meta(pattern=rf"^({_SOURCES})=\d+(\.\d+)?/[1-9]\d{{0,6}}$")]
type Deed = Annotated[str, Meta(pattern=r"^[a-z_]+$")]
type GuardedDeed = Annotated[str, Meta(pattern=rf"^[a-z_]+:({_SOURCES})$")]


class ConfigError(Exception):
    """A setting is wrong; the text names it, where it was set, and what it takes."""


def _data_folder() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "mira"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the owner of a mirror may set. The descriptions are what `--help` shows."""

    mirror: Annotated[MirrorName, Meta(description="the mirror's name in Redis: a-z, 0-9, _ (hall)")] = "hall"
    name: Annotated[
        str, Meta(max_length=64, description="what people call the mirror, up to 64 characters (from `mirror`)")
    ] = ""
    redis_url: Annotated[str, Meta(description="redis:// or rediss:// URL, with user and password")] = (
        "redis://127.0.0.1:6379/0"
    )
    database: Annotated[Path | None, Meta(description="file of the event log (~/.local/share/mira/<mirror>.db)")] = None
    standby: Annotated[
        bool, Meta(description="true to follow the mirror's own sidecar, and to serve while that is away (false)")
    ] = False
    announce: Annotated[
        bool,
        Meta(description="true to announce the mirror in the house, so that Home Assistant finds it (true)"),
    ] = True
    camera: Annotated[
        str | None, Meta(description="/dev/video0, an http, https or rtsp URL, or a file (no camera)")
    ] = None
    camera_token: Annotated[
        Token | None,
        Meta(description="a long-lived access token, where the camera is an entity of Home Assistant (none)"),
    ] = None
    camera_mirrored: Annotated[
        bool, Meta(description="true where the camera's picture is flipped already, like a mirror's (false)")
    ] = False
    models: Annotated[Path | None, Meta(description="folder of the hand models (the user's cache folder)")] = None
    gesture_hold_ms: Annotated[
        HoldMs | None,
        Meta(description="ms that a pose must be held, 100 to 10000 (as set in Home Assistant, first 600)"),
    ] = None
    gesture_cooldown_ms: Annotated[
        CooldownMs | None,
        Meta(description="ms in which the same gesture counts once, up to 60000 (as set there, 1000)"),
    ] = None
    gesture_min_confidence: Annotated[
        Confidence | None, Meta(description="0 to 1, below it gestures are refused (as set there, 0.7)")
    ] = None
    voice_min_confidence: Annotated[float, Meta(ge=0, le=1, description="0 to 1, below it voice is refused (0.5)")] = (
        0.5
    )
    ranks: Annotated[
        list[Source], Meta(description="sources, the highest rank first (touch,voice,gesture,automation,sensor,system)")
    ] = msgspec.field(default_factory=lambda: ["touch", "voice", "gesture", "automation", "sensor", "system"])
    hold_ms: Annotated[
        int, Meta(ge=0, le=60_000, description="ms that a change stands against lower ranks, up to 60000 (800)")
    ] = 800
    cooldowns: Annotated[
        list[Cooldown], Meta(description="gestures with a cooldown of their own in ms, such as palm=3000 (none)")
    ] = msgspec.field(default_factory=list)
    rates: Annotated[
        list[RateLimit],
        Meta(description="commands a second and at once, by source, or none (touch=20/40,voice=5/10,…)"),
    ] = msgspec.field(
        default_factory=lambda: ["touch=20/40", "voice=5/10", "gesture=10/20", "automation=200/2000", "sensor=50/500"]
    )
    confirm: Annotated[
        list[Deed], Meta(description="what is asked back, or none (camera_on,clear_completed_todos)")
    ] = msgspec.field(default_factory=lambda: ["camera_on", "clear_completed_todos"])
    confirm_ms: Annotated[
        int, Meta(ge=1_000, le=300_000, description="ms to answer a question in, 1000 to 300000 (15000)")
    ] = 15_000
    guarded: Annotated[
        list[GuardedDeed],
        Meta(description="what needs the PIN, by source, or none (camera_on:touch,microphone_on:touch)"),
    ] = msgspec.field(default_factory=lambda: ["camera_on:touch", "microphone_on:touch"])
    unlock_ms: Annotated[
        int, Meta(ge=1_000, le=3_600_000, description="ms that the mirror stays unlocked, 1000 to 3600000 (60000)")
    ] = 60_000
    pages: Annotated[
        list[PageName], Meta(min_length=1, max_length=16, description="1 to 16 names of a-z, 0-9, _ (home,todos,clock)")
    ] = msgspec.field(default_factory=lambda: list(FIRST_PAGES))
    keep_days: Annotated[
        int, Meta(ge=0, le=36_500, description="days that events are kept, up to 36500; 0: for ever (365)")
    ] = 365
    keep_mb: Annotated[
        int, Meta(ge=0, le=1_000_000, description="MB that the log may take, up to 1000000; 0: without limit (2000)")
    ] = 2_000
    script: Annotated[Path | None, Meta(description="file of timed commands to play, for demonstrations")] = None
    script_loop: Annotated[bool, Meta(description="true to play the script over and over (false)")] = False
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="debug, info, warning or error (info)")
    ] = "info"

    @property
    def display_name(self) -> str:
        """What people call the mirror."""
        return self.name or self.mirror.replace("_", " ").title()

    @property
    def database_path(self) -> Path:
        """The file of the event log."""
        return self.database or _data_folder() / f"{self.mirror}.db"

    @property
    def lending_path(self) -> Path:
        """The socket over which the sidecar lends its camera to a command."""
        return self.database_path.with_name(f"{self.database_path.name}.camera")

    @property
    def models_path(self) -> Path:
        """The folder of the hand models."""
        return self.models or models.default_directory()

    @property
    def limits(self) -> Limits:
        """How much of the log is kept."""
        return Limits(days=self.keep_days, megabytes=self.keep_mb)

    @property
    def thresholds(self) -> dict[str, float]:
        """Those of the gestures' thresholds that the settings name: they win over what was set in Home Assistant."""
        named = {name: getattr(self, name) for name in Thresholds.__struct_fields__ if name != "gestures"}
        return {name: value for name, value in named.items() if value is not None}

    @property
    def rules(self) -> Rules:
        """What the core may decide by."""
        cooldowns = (text.split("=") for text in self.cooldowns)
        rates = (re.split("[=/]", text) for text in self.rates)
        return Rules(
            voice_min_confidence=self.voice_min_confidence,
            cooldowns={gesture: int(ms) for gesture, ms in cooldowns},
            ranks={source: len(self.ranks) - place for place, source in enumerate(self.ranks)},
            hold_ms=self.hold_ms,
            confirm=frozenset(self.confirm),
            confirm_ms=self.confirm_ms,
            guarded=frozenset((deed, source) for deed, source in (text.split(":") for text in self.guarded)),
            unlock_ms=self.unlock_ms,
            rates={source: Rate(float(a_second), int(burst)) for source, a_second, burst in rates},
        )


_CHECKS: dict[str, Callable[[Any], object]] = {"redis_url": check_url, "pages": SetPages}
"""What the type of a setting does not say; they raise ValueError."""
_LISTS = ("pages", "ranks", "cooldowns", "rates", "confirm", "guarded")
"""In the environment and as flags they are written with commas; `none` is the empty list."""
FIELDS = {field.name: field for field in msgspec.structs.fields(Settings)}


def load(flags: Mapping[str, Any], environment: Mapping[str, str], file: Path | None) -> Settings:
    """The settings. Raises ConfigError."""
    values: dict[str, Any] = {}
    if file is not None:
        values |= _from_file(file)
    for name in FIELDS:
        variable = f"MIRA_{name.upper()}"
        # Compose files write a variable that is not set as an empty one.
        if environment.get(variable):
            values[name] = _converted(name, environment[variable], f"the environment variable {variable}")
    for name, value in flags.items():
        values[name] = _converted(name, value, f"the flag --{name.replace('_', '-')}")
    return Settings(**values)


def node_name() -> str:
    """This machine and process, for whoever has to find it."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _from_file(file: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(file.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The settings file {file} cannot be read ({error}).") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"The settings file {file} is no TOML: {error}.") from error
    for name in table:
        if name not in FIELDS:
            near = difflib.get_close_matches(name, FIELDS, 1)
            hint = f"Did you mean `{near[0]}`?" if near else f"There are: {', '.join(FIELDS)}."
            raise ConfigError(f"The settings file {file} sets `{name}`, which Mira does not know. {hint}")
    return {name: _converted(name, value, str(file)) for name, value in table.items()}


def _converted(name: str, value: Any, origin: str) -> Any:
    field = FIELDS[name]
    if name in _LISTS and isinstance(value, str):
        value = [] if value == "none" else [part.strip() for part in value.split(",")]
    try:
        converted = msgspec.convert(value, field.type, strict=not isinstance(value, str | list), dec_hook=_path)
        if isinstance(converted, str):
            converted.encode()  # bytes that are no text come from the environment as well
        if name in _CHECKS:
            _CHECKS[name](converted)
    except ValueError as error:
        description = field.type.__metadata__[-1].description
        raise ConfigError(f"`{name}`, set by {origin}, is wrong: {error}. It is: {description}.") from error
    return converted


def _path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value).expanduser()
    raise msgspec.ValidationError(f"Expected `path`, got `{type(value).__name__}`")
