"""What is known of rooms and devices, from messages of MQTT and from Home Assistant. It has no clock: times come in."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mira_sidecar.subjects.windows.core.chunks import Chunks
from mira_sidecar.subjects.windows.core.devices import MOST_KINDS, Device, Devices, Series
from mira_sidecar.subjects.windows.core.kinds import KINDS, is_possible, is_switch, kind_of, ours
from mira_sidecar.subjects.windows.core.live_air import Advised
from mira_sidecar.subjects.windows.core.payloads import (
    MOST_BYTES,
    Answer,
    Motor,
    Order,
    Reason,
    Status,
    Value,
    as_,
    members_of,
    motor_of,
    status_of,
    value_of,
)
from mira_sidecar.subjects.windows.core.planner import Readings
from mira_sidecar.subjects.windows.core.profiles import (
    ANSWER,
    CONTROL,
    DRIVES,
    SENSORS,
    STATUSES,
    Profile,
    Sends,
    filters,
    is_profile,
)
from mira_sidecar.subjects.windows.core.sound import Chunk, heard, is_level
from mira_sidecar.subjects.windows.core.topics import MOST, built, device_of, parsed

OUTSIDE = "outside"
"""The room that is the weather."""
_LIE_MS = 120_000
"""By how much the clock of a device may differ from ours, and ours from itself, and be believed."""
_USUAL_HUMIDITY = 70.0
"""Outdoors, in %, where nobody measures it."""
MOST_ROOMS = 64
AGE = "age_s"
"""What stands beside the readings of a room: how old they are."""
_HOME_S = 180
"""For which what Home Assistant says counts: it says so again each minute."""
_SHOWN = frozenset({*KINDS, "pressure", "illuminance", "voc", "pm25"})
"""Of what devices of other makes send, what is a reading of air."""
_SOUND = "audio"


class SensorReading(NamedTuple):
    """A reading that was taken."""

    device: str | None
    """None: from Home Assistant."""
    room: str | None
    """None: nobody placed the device."""
    kind: str
    value: float
    at_ms: int
    """When it was measured."""
    mark: int | None = None


class DeviceStatus(NamedTuple):
    """What a device said of itself."""

    device: str
    status: Status


class WindowSeen(NamedTuple):
    """What the drive of a window said; `topic` and `profile` are those of its drive."""

    topic: str
    profile: Profile
    motor: Motor

    @property
    def position(self) -> int | None:
        """In %, where it stands."""
        return self.motor.position

    @property
    def moving(self) -> bool | None:
        """Whether it is on its way."""
        return self.motor.moving

    @property
    def id(self) -> str | None:
        """The command that it follows."""
        return self.motor.id

    @property
    def fault(self) -> str | None:
        """What it says is wrong with it."""
        return self.motor.fault

    @property
    def closed(self) -> bool | None:
        """What the contact of the window says."""
        return self.motor.closed

    @property
    def rain(self) -> bool | None:
        """What its own rain sensor says."""
        return self.motor.rain


class ForeignCommand(NamedTuple):
    """Somebody told a motor where to go; who knows the ids of its own commands knows whether it was somebody else."""

    topic: str
    position: float | None
    id: str | None


class ModelAnswer(NamedTuple):
    """A model of somebody else's advises."""

    topic: str
    answer: Answer


class Refused(NamedTuple):
    """A message, or a part of it, that was not taken."""

    what: str
    """`reading`, `sound`, `status`, `window`, `control`, `model` or `message`: what it was to be, by its topic."""
    reason: Reason
    device: str | None = None
    kind: str | None = None


type Heard = SensorReading | DeviceStatus | WindowSeen | ForeignCommand | ModelAnswer | Refused


class Known(NamedTuple):
    """What a room is like in one respect."""

    value: float
    age_s: int
    fresh: bool


class _State(NamedTuple):
    """Whose state a topic has, and where in it what stands."""

    profile: Profile
    topic: str
    ways: dict[str, tuple[str, ...]]


class Air:
    """What is known of rooms and devices."""

    def __init__(self) -> None:
        self.devices = Devices()
        self.advice: dict[str, Advised] = {}
        """By window, what is advised; who plans keeps it."""
        self.counts: Counter[tuple[str, str]] = Counter()
        """Of messages, by what they were and why they were refused; an empty reason: they were taken."""
        self._placed: dict[str, list[str]] = {}
        """By room, the devices in it."""
        self._home: dict[str, dict[str, Series]] = {}
        """By room and kind, what Home Assistant says."""
        self._drives: dict[str, tuple[Profile, str]] = {}
        self._states: dict[str, list[_State]] = {}
        """By topic, whose states it has."""
        self._chunks = Chunks()
        self._hears_sound = False
        self._now_ms = 0

    @property
    def subscriptions(self) -> list[str]:
        """The filters of all topics that are understood."""
        return list(filters(self._drives))

    def place(self, sensors: Mapping[str, str]) -> None:
        """In which rooms devices stand."""
        self.devices.rooms = dict(sensors)
        self._placed = {room: [one for one, where in sensors.items() if where == room] for room in sensors.values()}

    def drive(self, drives: Mapping[str, tuple[str, str]]) -> None:
        """By window, the profile and the topic of its motor; one of a profile that we do not know says nothing."""
        self._drives = {name: (one, topic) for name, (one, topic) in drives.items() if is_profile(one)}
        self._states = {}
        for profile, topic in dict.fromkeys(self._drives.values()):
            names = DRIVES[profile].names(topic)
            for pattern, ways in DRIVES[profile].states.items():
                found = {name: tuple(built(step, names) for step in way) for name, way in ways.items()}
                self._states.setdefault(built(pattern, names), []).append(_State(profile, topic, found))

    def listen(self, on: bool) -> None:
        """Whether the microphone of the mirror is on: otherwise no sound of any other is listened to."""
        self._hears_sound = on
        if not on:
            self._chunks.clear()

    def hear(self, topic: str, payload: bytes, at_ms: int, *, retained: bool = False) -> list[Heard]:
        """What a message says that came now."""
        self._tick(at_ms)
        steps = topic.split("/") if len(topic) <= MOST else []
        said = list(self._hear(topic, steps, payload, retained=retained))
        for one in said:
            self.counts[_label(one)] += 1
        return said

    def take(self, room: str, values: Mapping[str, float | None], at_ms: int) -> list[Heard]:
        """What Home Assistant says of a room; None: that is not known any more."""
        self._tick(at_ms)
        if room not in self._home and len(self._home) >= MOST_ROOMS and not self._forget_room():
            return [Refused("reading", "too_many")]
        series, said = self._home.setdefault(room, {}), list[Heard]()
        for name, value in values.items():
            kind = kind_of(name)
            if kind is None:
                said.append(Refused("reading", "bad_kind"))
            elif value is not None and kind not in series and len(series) >= MOST_KINDS:
                said.append(Refused("reading", "too_many", kind=kind))
            elif value is None:
                series.pop(kind, None)
            elif refused := _into(series, kind, value, at_ms):
                said.append(Refused("reading", refused, kind=kind))
            else:
                said.append(SensorReading(None, room, kind, value, at_ms))
        for one in said:
            self.counts[_label(one)] += 1
        return said

    def known(self, room: str, now_ms: int) -> dict[str, Known]:
        """What a room is like, by kind: of several devices the median of what is fresh, otherwise the youngest."""
        self._tick(now_ms)
        found: dict[str, list[Known]] = {}
        for kind, value, at_ms, is_fresh in self._said_in(room, now_ms):
            found.setdefault(kind, []).append(Known(value, max(0, now_ms - at_ms) // 1000, is_fresh))
        return {kind: _together(kind, values) for kind, values in found.items()}

    def rooms(self) -> list[str]:
        """Of which something may be known."""
        return sorted({*self._placed, *self._home})

    def shown(self, room: str, now_ms: int) -> dict[str, float]:
        """What is fresh, by kind, and how old the oldest of it is that is measured again and again."""
        fresh = {kind: one for kind, one in self.known(room, now_ms).items() if one.fresh}
        ages = [one.age_s for kind, one in fresh.items() if not is_switch(kind)] or [0]
        return {**{kind: round(one.value, 1) for kind, one in fresh.items()}, AGE: max(ages)} if fresh else {}

    def readings(self, room: str, now_ms: int) -> Readings | None:
        """What a planner goes by; None while too little was ever said for that."""
        indoors, outdoors = self.known(room, now_ms), self.known(OUTSIDE, now_ms)
        needed = [indoors.get("temperature"), indoors.get("humidity"), outdoors.get("temperature")]
        temperature, humidity, outdoor = needed
        if temperature is None or humidity is None or outdoor is None:
            return None
        humid, wind, rain = (_fresh(outdoors, kind) for kind in ("humidity", "wind", "rain"))
        return Readings(
            temperature=temperature.value,
            humidity=humidity.value,
            outdoor_temperature=outdoor.value,
            co2=_fresh(indoors, "co2"),
            outdoor_humidity=_USUAL_HUMIDITY if humid is None else humid,
            wind=wind or 0.0,
            occupied=bool(_fresh(indoors, "occupied")),
            noise=_fresh(indoors, "noise"),
            rain=None if rain is None else rain > 0,
            age_s=max(temperature.age_s, humidity.age_s, outdoor.age_s),
        )

    def _hear(self, topic: str, steps: list[str], payload: bytes, *, retained: bool) -> Iterator[Heard]:
        own = self._states.get(topic, ())
        for state in own:
            seen = _seen(state.topic, state.profile, motor_of(payload, state.ways))
            # Devices of other makes say more than that on the same topics.
            if state.profile == "mira" or isinstance(seen, WindowSeen):
                yield seen
        if own and own[0].profile == "mira":
            return
        if steps[:1] == ["window"] or steps[:1] == ["ml"]:
            yield _of_window(steps, payload, retained=retained)
            return
        if (found := _status_in(steps)) is not None:
            yield from self._status(*found, payload)
            return
        for sends in SENSORS:
            if (names := parsed(sends.topic, steps)) is not None:
                read = self._one if "kind" in names else self._several
                yield from read(sends, names, payload, retained=retained)
                return
        if not own:
            yield Refused("message", "unknown_topic")

    def _status(self, profile: Profile, name: str, payload: bytes) -> Iterator[Heard]:
        device, status = device_of(name), status_of(payload)
        # Whatever speaks ESPHome or the like says so: it is none of ours until it measures something.
        if profile != "mira" and self.devices.get(device) is None:
            return
        if not isinstance(status, Status):
            yield Refused("status", status, device)
            return
        self.devices.heard(device, profile, self._now_ms).says(status)
        yield DeviceStatus(device, status)

    def _one(self, sends: Sends, names: Mapping[str, str], payload: bytes, *, retained: bool) -> Iterator[Heard]:
        """A message that is one reading, whose kind stands in the topic."""
        name, kind = device_of(names["device"]), kind_of(names["kind"])
        if kind is None:
            yield Refused("reading", "bad_kind", name)
            return
        if sends.profile == "mira":
            # Also who sends nonsense is to be seen.
            self.devices.heard(name, sends.profile, self._now_ms)
            if kind == _SOUND:
                yield from self._sound(name, payload, retained=retained)
                return
        elif kind not in _SHOWN:
            return
        value = value_of(payload)
        if isinstance(value, Value):
            yield from self._readings(sends.profile, name, {kind: value}, retained=retained)
        else:
            yield Refused("reading", value, name, kind)

    def _several(self, sends: Sends, names: Mapping[str, str], payload: bytes, *, retained: bool) -> Iterator[Heard]:
        """A message that is JSON with any number of readings."""
        name, said = device_of(names["device"]), members_of(payload, sends.members, sends.unit_in)
        if not isinstance(said, dict):
            yield Refused("reading", said, name)
            return
        battery, known = said.pop("battery", None), self.devices.get(name)
        if battery and known:
            known.says(Status(battery=battery.value))
        yield from self._readings(sends.profile, name, said, retained=retained)

    def _readings(self, profile: Profile, name: str, said: Mapping[str, Value], *, retained: bool) -> Iterator[Heard]:
        if said:
            device = self.devices.heard(name, profile, self._now_ms)
            for kind, value in said.items():
                yield self._reading(device, kind, value, retained=retained)

    def _reading(self, device: Device, kind: str, said: Value, *, retained: bool) -> Heard:
        # What a broker has kept may be of last year.
        refused: Reason | None = "retained" if retained else None
        value, at_ms = ours(kind, said.value, said.unit), believed(said.ts_ms, self._now_ms)
        if value is None:
            refused = refused or "wrong_unit"
        elif not is_possible(kind, value):
            refused = refused or "implausible"
        elif not refused:
            refused = device.take(kind, value, at_ms, self._now_ms, said.mark)
        if refused or value is None:
            return Refused("reading", refused or "wrong_unit", device.id, kind)
        return SensorReading(device.id, self.devices.rooms.get(device.id), kind, value, at_ms, said.mark)

    def _sound(self, name: str, payload: bytes, *, retained: bool) -> Iterator[Heard]:
        if not (self._hears_sound or is_level(payload)):
            yield Refused("sound", "microphone_off", name)
            return
        said = heard(payload)
        if isinstance(said, Chunk):
            whole = self._chunks.take(name, said, self._now_ms)
            if whole is None:
                return
            said = whole if isinstance(whole, str) else heard(whole)
        if isinstance(said, Chunk):
            said = "bad_chunk"
        if isinstance(said, str):
            yield Refused("sound", said, name)
            return
        yield from self._readings("mira", name, {"noise": Value(said)}, retained=retained)

    def _forget_room(self) -> bool:
        """Let a room go of which Home Assistant says nothing any more; whether there was one."""
        for room, series in self._home.items():
            if all(self._now_ms - one.at_ms > _HOME_S * 1000 for one in series.values()):
                del self._home[room]
                return True
        return False

    def _said_in(self, room: str, now_ms: int) -> Iterator[tuple[str, float, int, bool]]:
        """By kind, the value, its time, and whether it is fresh, of each that says something of a room."""
        for kind, one in self._home.get(room, {}).items():
            yield kind, one.value, one.at_ms, now_ms - one.at_ms <= _HOME_S * 1000
        for name in self._placed.get(room, ()):
            if (device := self.devices.get(name)) is not None:
                for kind, one in device.series.items():
                    value = one.mean(now_ms) if kind == "noise" else one.value
                    yield kind, value, one.at_ms, device.is_fresh(kind, now_ms)

    def _tick(self, now_ms: int) -> None:
        """Where our clock was put back, everything is as old as it was before."""
        if (back_ms := self._now_ms - now_ms) > _LIE_MS:
            self.devices.shift(back_ms)
            for series in (one for room in self._home.values() for one in room.values()):
                series.at_ms -= back_ms
            self._chunks.clear()
            self._now_ms = now_ms
        self._now_ms = max(self._now_ms, now_ms)


def believed(ts_ms: int | None, now_ms: int) -> int:
    """When something was measured: a clock that is wrong is not believed, and nobody measures what is to come."""
    return now_ms if ts_ms is None or abs(ts_ms - now_ms) > _LIE_MS else min(ts_ms, now_ms)


def _into(series: dict[str, Series], kind: str, value: float, at_ms: int) -> Reason | None:
    if not is_possible(kind, value):
        return "implausible"
    known = series.setdefault(kind, Series(value, at_ms, at_ms))
    if refused := known.refuses(kind, value, at_ms, None):
        return refused
    known.take(value, at_ms, at_ms, None)
    return None


def _together(kind: str, values: list[Known]) -> Known:
    fresh = [one for one in values if one.fresh] or [min(values, key=lambda one: one.age_s)]
    age_s, is_fresh = min(one.age_s for one in fresh), fresh[0].fresh
    found = sorted(one.value for one in fresh)
    # It rains where one of them says so.
    value = found[-1] if is_switch(kind) else (found[(len(found) - 1) // 2] + found[len(found) // 2]) / 2
    return Known(value, age_s, is_fresh)


def _fresh(known: Mapping[str, Known], kind: str) -> float | None:
    one = known.get(kind)
    return one.value if one is not None and one.fresh else None


def _status_in(steps: list[str]) -> tuple[Profile, str] | None:
    for says in STATUSES:
        if (names := parsed(says.topic, steps)) is not None:
            return says.profile, names["device"]
    return None


def _of_window(steps: list[str], payload: bytes, *, retained: bool) -> Heard:
    """The state of a window that nobody has added, what somebody tells a motor, and what a model answers."""
    for pattern, ways in DRIVES["mira"].states.items():
        if (names := parsed(pattern, steps)) is not None:
            return _seen(names["topic"], "mira", motor_of(payload, ways))
    if (names := parsed(CONTROL, steps)) is not None:
        told = as_(Order, payload) if len(payload) <= MOST_BYTES else None
        if retained or told is None:
            return Refused("control", "retained" if retained else "not_json")
        return ForeignCommand(names["topic"], told.position, told.id)
    if (names := parsed(ANSWER, steps)) is not None:
        answer = as_(Answer, payload) if len(payload) <= MOST_BYTES else None
        if retained or answer is None:
            return Refused("model", "retained" if retained else "not_json")
        return ModelAnswer(names["topic"], answer)
    return Refused("message", "unknown_topic")


def _seen(topic: str, profile: Profile, said: Motor | Reason) -> WindowSeen | Refused:
    return WindowSeen(topic, profile, said) if isinstance(said, Motor) else Refused("window", said)


_WHAT = {DeviceStatus: "status", WindowSeen: "window", ForeignCommand: "control", ModelAnswer: "model"}


def _label(said: Heard) -> tuple[str, str]:
    """How it is counted: by kinds that are known, for others may be without number."""
    if isinstance(said, Refused):
        return said.what, said.reason
    if isinstance(said, SensorReading):
        return said.kind if said.kind in KINDS else "other", ""
    return _WHAT[type(said)], ""
