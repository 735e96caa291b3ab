"""What is known of devices: when they were heard, how often they send, and what they said last of each kind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from mira_sidecar.subjects.windows.core.kinds import is_switch, leaps
from mira_sidecar.subjects.windows.core.payloads import Reason, Status
from mira_sidecar.subjects.windows.core.profiles import Profile

MOST = 10_000
"""Devices that are known. The least seen of those that nobody placed makes room."""
_AT_ONCE = 100
"""That make room together."""
MOST_KINDS = 16
"""Of one device."""
_INTERVALS = 9
"""Whose median is the interval of a device."""
_MARKS = 8
"""By which a message that comes twice is known."""
_TIMES = 3
"""A device that was not heard for so many of its intervals is gone."""
_LEAST_S = 180.0
"""For which a reading counts at least: a message may be lost."""
_UNKNOWN_S = 3_600.0
"""The interval of a device that sends only when something changes, or was heard once."""
_STUTTER_MS = 1_000
"""What follows sooner belongs to the same look of the sensor."""
_LEAP_MS = 300_000
"""After which a sensor may have changed by any amount."""
_MINUTE_MS = 60_000
type DeviceStatus = Literal["new", "online", "offline", "inactive"]


@dataclass(slots=True)
class Series:
    """What one sender says of one kind."""

    value: float
    at_ms: int
    """When that was measured."""
    heard_ms: int
    marks: tuple[int, ...] = ()
    doubted: float | None = None
    """What leapt, and has not been said again."""
    minute: int = 0
    total: float = 0.0
    count: int = 0
    """Of the minute under way."""

    def refuses(self, kind: str, value: float, at_ms: int, mark: int | None) -> Reason | None:
        """Why this is not taken as the next."""
        if mark is not None and mark in self.marks:
            return "duplicate"
        if abs(at_ms - self.at_ms) < _LEAP_MS and leaps(kind, self.value, value):
            was, self.doubted = self.doubted, value
            if was is None or leaps(kind, was, value):
                return "leap"
        return None

    def take(self, value: float, at_ms: int, now_ms: int, mark: int | None) -> None:
        """This is the next."""
        if at_ms >= self.at_ms:  # Otherwise it was overtaken.
            self.value, self.at_ms, self.doubted = value, at_ms, None
        self.heard_ms = now_ms
        if mark is not None:
            self.marks = (*self.marks[1 - _MARKS :], mark)
        if now_ms // _MINUTE_MS != self.minute:
            self.minute, self.total, self.count = now_ms // _MINUTE_MS, 0.0, 0
        self.total += value
        self.count += 1

    def mean(self, now_ms: int) -> float:
        """Of the minute under way; the last value where nothing came in it."""
        return self.total / self.count if self.minute == now_ms // _MINUTE_MS and self.count else self.value


@dataclass(slots=True)
class Device:
    """A device that sends over MQTT."""

    id: str
    profile: Profile
    first_seen_ms: int
    last_seen_ms: int
    online: bool | None = None
    """What it, or the broker for it, said last of that."""
    battery: float | None = None
    rssi: float | None = None
    version: str | None = None
    messages: int = 0
    intervals: tuple[int, ...] = ()
    """In milliseconds, the last ones."""
    series: dict[str, Series] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    """Kinds that it sent in an earlier life of ours."""

    @property
    def kinds(self) -> list[str]:
        """What it measures."""
        return sorted({*self.series, *self.before})

    @property
    def interval_s(self) -> float | None:
        """How often it sends; None: it was not heard often enough, or sends only what changes."""
        return sorted(self.intervals)[len(self.intervals) // 2] / 1000 if self.intervals else None

    def is_silent(self, now_ms: int) -> bool:
        """Whether it has said nothing for longer than it does."""
        return now_ms - self.last_seen_ms > _TIMES * 1000 * max(self.interval_s or _UNKNOWN_S, _LEAST_S / _TIMES)

    def status(self, now_ms: int, *, placed: bool) -> DeviceStatus:
        """How it fares."""
        if self.online is False:
            return "offline"
        if self.is_silent(now_ms):
            return "inactive"
        return "online" if placed else "new"

    def is_fresh(self, kind: str, now_ms: int) -> bool:
        """Whether what it said last of a kind still counts."""
        if self.online is False or self.is_silent(now_ms):
            return False
        limit_s = max(_TIMES * (self.interval_s or _LEAST_S), _LEAST_S)
        return is_switch(kind) or now_ms - self.series[kind].at_ms <= limit_s * 1000

    def says(self, status: Status) -> None:
        """What it says of itself."""
        self.online = self.online if status.online is None else status.online
        self.battery = self.battery if status.battery is None else status.battery
        self.rssi = self.rssi if status.rssi is None else status.rssi
        self.version = status.version or self.version

    def take(self, kind: str, value: float, at_ms: int, now_ms: int, mark: int | None) -> Reason | None:
        """A reading; why it is not taken."""
        known = self.series.get(kind)
        if known is None:
            if len(self.series) >= MOST_KINDS:
                return "too_many"
            known = self.series[kind] = Series(value, at_ms, now_ms)
        elif refused := known.refuses(kind, value, at_ms, mark):
            return refused
        elif not is_switch(kind) and now_ms - known.heard_ms >= _STUTTER_MS:
            self.intervals = (*self.intervals[1 - _INTERVALS :], now_ms - known.heard_ms)
        known.take(value, at_ms, now_ms, mark)
        self.online = True  # It speaks.
        return None


class Devices:
    """All devices that were heard, by their ids."""

    def __init__(self) -> None:
        self._known: dict[str, Device] = {}
        self.rooms: Mapping[str, str] = {}
        """Where those stand that somebody placed."""
        self.changed: set[str] = set()
        """Those that were heard since this was emptied, and those that made room."""

    def __iter__(self) -> Iterator[Device]:
        return iter(self._known.values())

    def __len__(self) -> int:
        return len(self._known)

    def get(self, device: str) -> Device | None:
        """One of them."""
        return self._known.get(device)

    def add(self, device: Device) -> None:
        """One that was known before."""
        if len(self._known) < MOST:
            self._known.setdefault(device.id, device)

    def heard(self, name: str, profile: Profile, now_ms: int) -> Device:
        """It has sent something."""
        device = self._known.get(name)
        if device is None:
            if len(self._known) >= MOST:
                self._make_room()
            device = self._known[name] = Device(name, profile, now_ms, now_ms)
        device.last_seen_ms = now_ms
        device.messages += 1
        self.changed.add(name)
        return device

    def shift(self, by_ms: int) -> None:
        """The clock was put back: everything is as old as it was."""
        for device in self:
            device.first_seen_ms -= by_ms
            device.last_seen_ms -= by_ms
            for series in device.series.values():
                series.at_ms -= by_ms
                series.heard_ms -= by_ms

    def _make_room(self) -> None:
        new = (one for one in self if one.id not in self.rooms)
        for device in sorted(new, key=lambda one: (one.messages, one.last_seen_ms))[:_AT_ONCE]:
            del self._known[device.id]
            self.changed.add(device.id)
