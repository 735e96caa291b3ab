"""The settings: from flags, the environment (MIRA_…), a TOML file and defaults, in this order."""

import os
import re
import socket
import tomllib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from mira_sidecar.address import UNREADABLE, password_in, place_of, with_password
from mira_sidecar.core.decision import Rate, Rules
from mira_sidecar.devices.camera.settings import OWN_CAMERA, Camera, Token
from mira_sidecar.devices.microphone.settings import OWN_MICROPHONE, Microphone
from mira_sidecar.devices.owner import Hardware
from mira_sidecar.discovery import all_subjects, known, modules_of
from mira_sidecar.private import secret_in
from mira_sidecar.protocol import DeviceId, DeviceKind, MirrorName, Source
from mira_sidecar.retention import Limits
from mira_sidecar.store.files import key_of
from mira_sidecar.store.media import MediaLimits
from mira_sidecar.transport.connection import check_url
from mira_sidecar.words import check_word, near

_SOURCES: tuple[str, ...] = get_args(Source.__value__)
_OWN = modules_of(known(), "settings")
"""The settings of subjects, by their names."""
_ABOVE = tuple(name for name, subject in known().items() if not subject.below)
_BELOW = tuple(name for name, subject in known().items() if subject.below)
_DEFAULT = tuple(name for name, subject in known().items() if subject.default)
type AlsaName = Annotated[str, Meta(min_length=1, max_length=256)]
type RateLimit = Annotated[str, Meta(pattern=r"^[a-z_]+=\d+(\.\d+)?/[1-9]\d{0,6}$(?!\n)")]
type Guarded = Annotated[str, Meta(pattern=r"^[a-z_]+:[a-z_]+$(?!\n)")]


class ConfigError(Exception):
    """A setting is wrong; the text names it, where it was set, and what it takes."""


def _variable(name: str) -> str:
    """A setting in the environment."""
    return f"MIRA_{name.upper()}"


def _data_folder() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "mira"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the owner of a mirror may set. The descriptions are what `--help` shows."""

    mirror: Annotated[MirrorName, Meta(description="the mirror's name in Redis: a-z, 0-9, _ (hall)")] = "hall"
    name: Annotated[
        str, Meta(max_length=64, description="what people call the mirror, up to 64 characters (from `mirror`)")
    ] = ""
    redis_url: Annotated[
        str, Meta(description="redis:// or rediss:// URL, with the user where there is one (redis://127.0.0.1:6379/0)")
    ] = "redis://127.0.0.1:6379/0"
    redis_password_file: Annotated[Path | None, Meta(description="file with the password of Redis (no password)")] = (
        None
    )
    database: Annotated[Path | None, Meta(description="file of the event log (~/.local/share/mira/<mirror>.db)")] = None
    log_key_file: Annotated[
        Path | None,
        Meta(description="file of the key that signs the log in Redis; a standby needs the same (<database>.key)"),
    ] = None
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
    camera_url_file: Annotated[
        Path | None, Meta(description="file with the camera's URL, where that has a password in it (none)")
    ] = None
    camera_token: Annotated[
        Token | None,
        Meta(description="a long-lived access token, where the camera is an entity of Home Assistant (none)"),
    ] = None
    camera_token_file: Annotated[Path | None, Meta(description="file with that token (none)")] = None
    camera_mirrored: Annotated[
        bool, Meta(description="true where the camera's picture is flipped already, like a mirror's (false)")
    ] = False
    cameras: Annotated[
        dict[DeviceId, str | Camera],
        Meta(description="further cameras, each with a name of a-z, 0-9, _: door=/dev/video2 (none)"),
    ] = {}
    microphone: Annotated[
        AlsaName | None, Meta(description="its name in ALSA, such as default or hw:CARD=Device (no microphone)")
    ] = None
    speaker: Annotated[AlsaName | None, Meta(description="its name in ALSA, such as default (nothing is played)")] = (
        None
    )
    ranks: Annotated[
        list[Source], Meta(description="sources, the highest rank first (touch,voice,gesture,automation,sensor,system)")
    ] = msgspec.field(default_factory=lambda: ["touch", "voice", "gesture", "automation", "sensor", "system"])
    hold_ms: Annotated[
        int, Meta(ge=0, le=60_000, description="ms that a change stands against lower ranks, up to 60000 (800)")
    ] = 800
    rates: Annotated[
        list[RateLimit],
        Meta(description="commands a second and at once, by source, or none (touch=20/40,voice=5/10,…)"),
    ] = msgspec.field(
        default_factory=lambda: ["touch=20/40", "voice=5/10", "gesture=10/20", "automation=200/2000", "sensor=50/500"]
    )
    confirm: Annotated[
        list[str], Meta(description="what needs confirmation, or none (camera_on,clear_completed_todos)")
    ] = msgspec.field(default_factory=lambda: ["camera_on", "clear_completed_todos"])
    confirm_ms: Annotated[
        int, Meta(ge=1_000, le=300_000, description="ms to answer a question in, 1000 to 300000 (15000)")
    ] = 15_000
    guarded: Annotated[
        list[Guarded],
        Meta(description="what needs the PIN, by source, or none (camera_on:touch,microphone_on:touch)"),
    ] = msgspec.field(default_factory=lambda: ["camera_on:touch", "microphone_on:touch"])
    keep_days: Annotated[
        int, Meta(ge=0, le=36_500, description="days that events are kept, up to 36500; 0: for ever (365)")
    ] = 365
    keep_mb: Annotated[
        int, Meta(ge=0, le=1_000_000, description="MB that the log may take, up to 1000000; 0: without limit (2000)")
    ] = 2_000
    media_mb: Annotated[
        int,
        Meta(ge=0, le=1_000_000, description="MB that the files of a subject may take; 0: without limit (2000)"),
    ] = 2_000
    media_free_mb: Annotated[
        int, Meta(ge=0, le=1_000_000, description="MB of the disk that files of subjects leave free (500)")
    ] = 500
    api_port: Annotated[
        Annotated[int, Meta(ge=1, le=65_535)] | None, Meta(description="port of the API for other programs (off)")
    ] = None
    api_host: Annotated[
        str, Meta(min_length=1, description="address at which it listens; 0.0.0.0: in the whole network (127.0.0.1)")
    ] = "127.0.0.1"
    api_certificate: Annotated[
        Path | None, Meta(description="file of its certificate, for https; `mira-sidecar certificate` makes one (http)")
    ] = None
    api_certificate_key: Annotated[
        Path | None, Meta(description="file of the certificate's key (from `api_certificate`)")
    ] = None
    api_origins: Annotated[
        list[str], Meta(description="web pages from elsewhere that may use it, such as https://panel.lan (none)")
    ] = msgspec.field(default_factory=list)
    subjects: Annotated[
        list[str], Meta(description=f"what the mirror can do beside its screen, or none ({','.join(_DEFAULT)})")
    ] = msgspec.field(default_factory=lambda: list(_DEFAULT))
    script: Annotated[Path | None, Meta(description="file of timed commands to play, for demonstrations")] = None
    script_loop: Annotated[bool, Meta(description="true to play the script over and over (false)")] = False
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="debug, info, warning or error (info)")
    ] = "info"
    own: Mapping[str, msgspec.Struct] = msgspec.field(
        default_factory=lambda: {name: module.SETTINGS() for name, module in _OWN.items()}
    )
    """The settings of subjects, by their names."""

    def of[S](self, kind: type[S]) -> S:
        """The settings of the subject that has this kind."""
        return next(own for own in self.own.values() if isinstance(own, kind))

    @property
    def all_subjects(self) -> tuple[str, ...]:
        """What the mirror can do, its screen among it."""
        return (*_BELOW, *self.subjects)

    @property
    def display_name(self) -> str:
        """What people call the mirror."""
        return self.name or self.mirror.replace("_", " ").title()

    @property
    def database_path(self) -> Path:
        """The file of the event log."""
        return self.database or _data_folder() / f"{self.mirror}.db"

    @property
    def log_key_path(self) -> Path:
        """The file of the key that signs what Redis has of the log."""
        return self.log_key_file or key_of(self.database_path)

    @property
    def all_cameras(self) -> dict[DeviceId, Camera]:
        """The mirror's own, and the further ones."""
        own = {OWN_CAMERA: Camera(self.camera, self.camera_token, self.camera_mirrored)} if self.camera else {}
        return own | {name: Camera(one) if isinstance(one, str) else one for name, one in self.cameras.items()}

    @property
    def all_devices(self) -> dict[DeviceId, Hardware]:
        """Cameras and microphones."""
        own = {OWN_MICROPHONE: Microphone(self.microphone)} if self.microphone else {}
        return {**self.all_cameras, **own}

    @property
    def lending_path(self) -> Path:
        """The socket over which the sidecar lends its camera to a command."""
        return self.database_path.with_name(f"{self.database_path.name}.camera")

    @property
    def limits(self) -> Limits:
        """How much of the log is kept."""
        return Limits(days=self.keep_days, megabytes=self.keep_mb)

    @property
    def media_limits(self) -> MediaLimits:
        """How much room the files of subjects may take."""
        return MediaLimits(self.media_mb * 1_000_000, self.media_free_mb * 1_000_000)

    @property
    def rules(self) -> Rules:
        """What the core may decide by."""
        rates = (re.split("[=/]", text) for text in self.rates)
        return Rules(
            ranks={source: len(self.ranks) - place for place, source in enumerate(self.ranks)},
            hold_ms=self.hold_ms,
            confirm=frozenset(self.confirm),
            confirm_ms=self.confirm_ms,
            guarded=frozenset((name, source) for name, source in (text.split(":") for text in self.guarded)),
            rates={source: Rate(float(a_second), int(burst)) for source, a_second, burst in rates},
            own=self.own,
        )


_SECRETS = {"redis_url": "redis_password_file", "camera": "camera_url_file", "camera_token": "camera_token_file"}
"""Settings in which a secret may stand, and those that name a file with it instead."""
OF_SUBJECTS = {
    f"{subject}_{field.name}": (subject, field)
    for subject, module in _OWN.items()
    for field in msgspec.structs.fields(module.SETTINGS)
}
"""The settings of subjects, each with the subject and its field there."""
FIELDS = {
    **{field.name: field for field in msgspec.structs.fields(Settings) if field.name != "own"},
    **{name: field for name, (_, field) in OF_SUBJECTS.items()},
}
OLD_NAMES = {
    old: f"{subject}_{name}"
    for subject, module in _OWN.items()
    for old, name in getattr(module, "OLD_NAMES", {}).items()
}
"""What settings were called before they were those of a subject, with the names that they have now."""
_LISTS = [
    name for name, field in FIELDS.items() if callable(field.default_factory) and field.default_factory() is not None
]
"""In the environment and as flags they are written with commas; `none` is the empty one."""
_VARIABLES = {_variable(name): name for name in (*FIELDS, *OLD_NAMES)}


def load(
    flags: Mapping[str, Any], environment: Mapping[str, str], file: Path | None, needed: Collection[str] = tuple(FIELDS)
) -> Settings:
    """The settings. Files with secrets are read for those that are `needed`. Raises ConfigError."""
    values: dict[str, Any] = {}
    if file is not None:
        values |= _from_file(file)
    values |= _from_environment(environment)
    for name, value in flags.items():
        origin = f"the flag {flag(name)}"
        values |= _converted(name, value, origin)
        if _holds_secret(name, values.get(name)):
            instead = f"Name a file with {flag(_SECRETS[name])}" if name in _SECRETS else "Use the settings file"
            raise ConfigError(
                f"`{name}`, set by {origin}, may hold a secret, and everybody on this machine can read a program's "
                f"arguments. {instead}, or set {_variable(name)}."
            )
    for name, by_file in _SECRETS.items():
        if name in needed and values.get(by_file) is not None:
            values |= _from_secret_file(name, values)
    return _placed(values)


def node_name() -> str:
    """This machine and process, for whoever has to find it."""
    return f"{socket.gethostname()}:{os.getpid()}"


def flag(name: str) -> str:
    """A setting as an argument."""
    return f"--{name.replace('_', '-')}"


_FOR_CLIENTS = frozenset({"MIRA_API_KEY"})
"""Variables that are no settings: they are for `mira-sidecar talk`, and clients of other people's."""


def _placed(values: Mapping[str, Any]) -> Settings:
    """The settings of these values, those of subjects in their places."""
    own: dict[str, dict[str, Any]] = {subject: {} for subject in _OWN}
    for name, (subject, field) in OF_SUBJECTS.items():
        if name in values:
            own[subject][field.name] = values[name]
    general = {name: value for name, value in values.items() if name not in OF_SUBJECTS}
    try:
        placed = {subject: _OWN[subject].SETTINGS(**theirs) for subject, theirs in own.items()}
    except ValueError as error:
        raise ConfigError(f"The settings of a subject do not fit together: {error}.") from error
    return Settings(**general, own=placed)


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for variable, text in environment.items():
        # Compose files write a variable that is not set as an empty one.
        if text and variable.startswith("MIRA_") and variable not in _FOR_CLIENTS:
            name = _VARIABLES.get(variable, "")
            if not name:
                hint = near(variable.removeprefix("MIRA_").lower(), FIELDS, _variable)
                raise ConfigError(
                    f"Mira does not know the environment variable {variable}{hint}. Those that begin with MIRA_ are "
                    "the sidecar's settings: correct it, or unset it. `mira-sidecar run --help` lists the settings."
                )
            values |= _converted(name, text, f"the environment variable {variable}")
    return values


def _from_file(file: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(file.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The settings file {file} cannot be read ({error}).") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"The settings file {file} is not valid TOML: {error}.") from error
    # A subject may have a table of its own, and so has the API: `hold_ms` in `[gesture]` is `gesture_hold_ms`.
    tables = {name: table.pop(name) for name in (*_OWN, "api") if isinstance(table.get(name), dict)}
    written = list(table.items())
    written += [(f"{subject}_{name}", value) for subject, own in tables.items() for name, value in own.items()]
    values: dict[str, Any] = {}
    for name, value in written:
        if name not in FIELDS and name not in OLD_NAMES:
            hint = near(name, FIELDS) or f". There are: {', '.join(FIELDS)}"
            raise ConfigError(f"The settings file {file} sets `{name}`, which Mira does not know{hint}.")
        converted = _converted(name, value, str(file))
        if twice := converted.keys() & values:
            raise ConfigError(f"The settings file {file} sets `{twice.pop()}` twice, by two names. Leave one of them.")
        values |= converted
    return values


def _from_secret_file(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A setting with the secret of its file in it. Raises ConfigError, in which the secret is not."""
    by_file = _SECRETS[name]
    file: Path = values[by_file]
    try:
        secret = secret_in(file)
    except ValueError as error:
        raise ConfigError(f"The file {file}, set by `{by_file}`, {error}.") from error
    url = values.get("redis_url", FIELDS["redis_url"].default)
    if _holds_secret(name, url) if name == "redis_url" else values.get(name) is not None:
        raise ConfigError(f"There is a secret in `{name}` and one in `{by_file}`. Set one of them.")
    return _converted(name, with_password(url, secret) if name == "redis_url" else secret, f"the file {file}")


def _holds_secret(name: str, value: Any) -> bool:
    """Whether a setting must not be an argument. It is one of those that can be, and that its type allows."""
    match name:
        case "camera_token":
            return True
        case "camera" if place_of(value) != value:
            # What the query of a camera means, only the camera knows.
            parts = urlsplit(value)
            return "@" in parts.netloc or bool(parts.query or parts.fragment)
        case "cameras":
            return any(_holds_secret("camera", one) for one in value.values())
        case "redis_url":
            return password_in(value) or "password" in urlsplit(value).query
    return False


def _converted(name: str, value: Any, origin: str) -> dict[str, Any]:
    """A setting, by the name that it has now. Raises ConfigError."""
    name = OLD_NAMES.get(name, name)
    field = FIELDS[name]
    if name in _LISTS and isinstance(value, str):
        value = [] if value == "none" else [part.strip() for part in value.split(",")]
    try:
        if name == "cameras" and isinstance(value, list):
            value = _by_name(value)
        converted = msgspec.convert(value, field.type, strict=not isinstance(value, str | list), dec_hook=_path)
        if isinstance(converted, str):
            converted.encode()  # bytes that are no text come from the environment as well
        if name in _CHECKS:
            _CHECKS[name](converted)
        if name in OF_SUBJECTS:
            subject, own = OF_SUBJECTS[name]
            _OWN[subject].SETTINGS(**{own.name: converted})
    except ValueError as error:
        description = field.type.__metadata__[-1].description
        raise ConfigError(f"`{name}`, set by {origin}, is wrong: {error}. It is: {description}.") from error
    return {name: converted}


def _check_camera(camera: str | None) -> None:
    if camera is not None and place_of(camera) == UNREADABLE:
        raise ValueError(
            "Expected a device, a file, or a URL such as rtsp://user:password@camera.lan/stream, "
            "and in user and password %40 for @, %2F for /, %3A for :"
        )


def _by_name(entries: list[str]) -> dict[str, str]:
    """What is written as `name=value`. Raises ValueError."""
    named = dict(entry.split("=", 1) for entry in entries if "=" in entry)
    if len(named) < len(entries):
        raise ValueError("Expected each as name=address, and each name once")
    return named


def _check_cameras(cameras: Mapping[str, str | Camera]) -> None:
    for name, camera in cameras.items():
        if name in get_args(DeviceKind.__value__):
            raise ValueError(f"`{name}` is the mirror's own; give this one another name")
        _check_camera(camera if isinstance(camera, str) else camera.address)


def _check_origins(origins: list[str]) -> None:
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or origin != f"{parts.scheme}://{parts.netloc}" or not parts.netloc:
            raise ValueError(
                f"`{origin}` is no origin: expected scheme, name and port alone, such as https://panel.lan"
            )


def _check_confirm(names: list[str]) -> None:
    for name in names:
        check_word(name, _RISKY, "an action or a risk")


def _check_guarded(entries: list[str]) -> None:
    for name, source in (entry.split(":") for entry in entries):
        check_word(name, _RISKY, "an action or a risk")
        check_word(source, _SOURCES, "a source")


def _check_subjects(names: list[str]) -> None:
    if len(set(names)) < len(names):
        raise ValueError("a subject is named twice")
    for name in names:
        check_word(name, _ABOVE, "a subject")


def _check_rates(entries: list[str]) -> None:
    for entry in entries:
        check_word(entry.partition("=")[0], _SOURCES, "a source")


_RISKY = all_subjects().risky
_CHECKS: dict[str, Callable[[Any], object]] = {
    "redis_url": check_url,
    "camera": _check_camera,
    "cameras": _check_cameras,
    "api_origins": _check_origins,
    "confirm": _check_confirm,
    "guarded": _check_guarded,
    "rates": _check_rates,
    "subjects": _check_subjects,
}
"""What the type of a setting does not say; they raise ValueError."""


def _path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value).expanduser()
    raise msgspec.ValidationError(f"Expected `path`, got `{type(value).__name__}`")
