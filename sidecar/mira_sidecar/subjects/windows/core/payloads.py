"""What devices say in a message, read: whatever it is, there is a value or a reason, and never an exception."""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

MOST_BYTES = 65_536
"""Of a message that is no sound."""
type Reason = Literal[
    "bad_chunk",
    "bad_kind",
    "duplicate",
    "implausible",
    "leap",
    "microphone_off",
    "not_a_value",
    "not_json",
    "not_sound",
    "retained",
    "too_large",
    "too_many",
    "unknown_topic",
    "wrong_unit",
]
"""Why a message is not taken."""
_NUMBER = re.compile(rb"[+-]?[0-9]{1,15}(\.[0-9]{0,15})?([eE][+-]?[0-9]{1,2})?")
_WORDS: Mapping[str, float] = {
    **dict.fromkeys(("on", "true", "yes", "open", "wet", "detected"), 1.0),
    **dict.fromkeys(("off", "false", "no", "closed", "dry", "clear"), 0.0),
}
_THERE: Mapping[str, bool] = {
    **dict.fromkeys(("online", "on", "true", "1", "connected"), True),
    **dict.fromkeys(("offline", "off", "false", "0", "disconnected"), False),
}
_CODE = re.compile(r"[0-9A-Za-z_.-]{1,64}")
_MOST_SECONDS = 1e11
"""A time that is more is in milliseconds."""
_MOVING: Mapping[str, bool] = {
    **dict.fromkeys(("opening", "closing", "up", "down", "moving", "true"), True),
    **dict.fromkeys(("open", "closed", "stop", "stopped", "idle", "false"), False),
}
_DEEP = 2
"""Levels of objects in an object that are looked through: the sensors of a device, and their members."""


class Value(NamedTuple):
    """A reading as it was sent."""

    value: float
    unit: str | None = None
    ts_ms: int | None = None
    """When it was measured, by the clock of the device."""
    mark: int | None = None
    """What tells it from others of its kind: its number, or else its time."""


class Status(NamedTuple):
    """What a device says of itself."""

    online: bool | None = None
    battery: float | None = None
    """In %."""
    rssi: float | None = None
    """In dBm."""
    version: str | None = None


class Motor(NamedTuple):
    """What the drive of a window says; None: nothing of that."""

    position: int | None = None
    """In %."""
    moving: bool | None = None
    id: str | None = None
    """The command that it follows."""
    fault: str | None = None
    closed: bool | None = None
    """What the contact of the window says."""
    rain: bool | None = None
    """What its own rain sensor says."""
    current_ma: float | None = None


class Answer(msgspec.Struct, frozen=True):
    """What a model of somebody else's advises."""

    position: Annotated[float, Meta(ge=0, le=100)]
    confidence: Annotated[float, Meta(ge=0, le=1)] = 0.0
    model: Annotated[str, Meta(pattern=r"^[0-9A-Za-z._-]{1,64}$(?!\n)")] | None = None
    request_id: Annotated[str, Meta(max_length=64)] | None = None


class Order(msgspec.Struct, frozen=True):
    """What somebody told a motor, as far as it matters who that was."""

    position: float | None = None
    id: Annotated[str, Meta(max_length=64)] | None = None


def json(payload: bytes) -> Any:
    """The JSON in a payload; None where there is none."""
    try:
        return msgspec.json.decode(payload)
    except ValueError, RecursionError:
        return None


def as_[T](what: type[T], payload: bytes) -> T | None:
    """The same where it is one of these."""
    try:
        return msgspec.json.decode(payload, type=what)
    except ValueError, RecursionError:
        return None


def value_of(payload: bytes) -> Value | Reason:
    """A reading: `21.4`, `ON`, or `{"value": 21.4, "unit": "°C", "ts": …, "seq": 812}`."""
    if len(payload) > MOST_BYTES:
        return "too_large"
    stripped = payload.strip()
    if not stripped.startswith(b"{"):
        plain = _scalar(stripped)
        return "not_a_value" if plain is None else Value(plain)
    told = json(stripped)
    if not isinstance(told, dict):
        return "not_json"
    if (value := number(told.get("value"))) is None:
        return "not_a_value"
    unit, seq, ts_ms = told.get("unit"), told.get("seq"), _time(told.get("ts"))
    mark = seq if isinstance(seq, int) and not isinstance(seq, bool) and abs(seq) < 2**63 else ts_ms
    return Value(value, unit if isinstance(unit, str) else None, ts_ms, mark)


def members_of(payload: bytes, wanted: Mapping[str, str], unit_in: str | None) -> dict[str, Value] | Reason:
    """The readings in the JSON of a device, by kind: the first of each that is found."""
    if len(payload) > MOST_BYTES:
        return "too_large"
    told = json(payload)
    if not isinstance(told, dict):
        return "not_json"
    unit, found = told.get(unit_in) if unit_in else None, dict[str, Value]()
    for name, said in _all_members(told, _DEEP):
        kind = wanted.get(name)
        if kind and kind not in found and (value := number(said)) is not None:
            found[kind] = Value(value, unit if kind == "temperature" and isinstance(unit, str) else None)
    return found


def status_of(payload: bytes) -> Status | Reason:
    """`online`, or `{"state": "online", "battery": 87, "rssi": -61, "version": "1.2"}`."""
    if len(payload) > MOST_BYTES:
        return "too_large"
    told = json(payload) if payload.lstrip().startswith(b"{") else {"state": payload[:16].decode("ascii", "replace")}
    if not isinstance(told, dict):
        return "not_json"
    online = _THERE.get(str(told.get("state")).strip().lower())
    battery, rssi, version = number(told.get("battery")), number(told.get("rssi")), told.get("version")
    if online is None and battery is None and rssi is None:
        return "not_a_value"
    return Status(
        online,
        battery if battery is not None and 0 <= battery <= 100 else None,
        rssi if rssi is not None and -200 <= rssi <= 0 else None,
        version if isinstance(version, str) and _CODE.fullmatch(version) else None,
    )


def motor_of(payload: bytes, ways: Mapping[str, tuple[str, ...]]) -> Motor | Reason:
    """What the drive of a window says. Without `ways` the payload is a position, or a word for what it does."""
    if len(payload) > MOST_BYTES:
        return "too_large"
    if not ways:
        word = payload[:16].strip().lower().decode("ascii", "replace")
        position = None if word in _MOVING else _scalar(payload.strip())
        motor = Motor(position=_percent(position), moving=_MOVING.get(word))
    else:
        told = json(payload)
        if not isinstance(told, dict):
            return "not_json"
        said = {name: _at(told, way) for name, way in ways.items()}
        motor = Motor(
            position=_percent(number(said.get("position"))),
            moving=_moving(said.get("moving")),
            id=_code(said.get("id")),
            fault=_code(said.get("fault")),
            closed=_flag(said.get("closed")),
            rain=_flag(said.get("rain")),
            current_ma=number(said.get("current_ma")),
        )
    return "not_a_value" if motor == Motor() else motor


def number(said: Any) -> float | None:
    """A number, or a word for one; None where it is neither."""
    if isinstance(said, bool):
        return float(said)
    if isinstance(said, int | float):
        try:
            return float(said) if math.isfinite(said) else None
        except OverflowError:
            return None
    return _scalar(said[:32].strip().encode()) if isinstance(said, str) else None


def _scalar(payload: bytes) -> float | None:
    if _NUMBER.fullmatch(payload):
        return float(payload)
    return _WORDS.get(payload[:16].decode("ascii", "replace").lower())


def _time(said: Any) -> int | None:
    """In milliseconds: of seconds, of milliseconds, or of ISO 8601 with its zone."""
    try:
        if isinstance(said, str):
            moment = datetime.fromisoformat(said)
            return round(moment.timestamp() * 1000) if moment.tzinfo else None
        if isinstance(said, int | float) and not isinstance(said, bool) and 0 < said < 1e15:
            return round(said if said >= _MOST_SECONDS else said * 1000)
    except ValueError, OverflowError:
        pass
    return None


def _all_members(told: dict[str, Any], levels: int) -> Iterator[tuple[str, Any]]:
    yield from told.items()
    for said in told.values():
        if levels and isinstance(said, dict):
            yield from _all_members(said, levels - 1)


def _at(told: Any, way: tuple[str, ...]) -> Any:
    for step in way:
        told = told.get(step) if isinstance(told, dict) else None
    return told


def _percent(said: float | None) -> int | None:
    return round(said) if said is not None and 0 <= said <= 100 else None


def _flag(said: Any) -> bool | None:
    return None if (value := number(said)) is None else value > 0


def _moving(said: Any) -> bool | None:
    """Of true and false, of a direction (-1, 0, 1), or of a word."""
    if isinstance(said, str):
        return _MOVING.get(said[:16].strip().lower())
    return None if (value := number(said)) is None else value != 0


def _code(said: Any) -> str | None:
    return said if isinstance(said, str) and _CODE.fullmatch(said) else None
