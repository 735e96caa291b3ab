"""A motor that runs in real time, as a mirror knows it: it can be told to jam, drift, lie or fall silent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mira_sidecar.subjects.windows.simulator.drives import Failure

_PARTS: Mapping[Failure, float] = {"jams": 0.0, "lies": 0.0, "drifts": 0.8}
"""The part of its way that it goes."""
_LIES_S = 0.5


@dataclass(slots=True)
class Motor:
    """A motor with its window. Times are in seconds by a steady clock."""

    travel_s: float = 5.0
    failure: Failure | None = None
    id: str | None = None
    """The command that it follows, or followed last."""
    _start: float = 0.0
    _to: float = 0.0
    _at_s: float = 0.0
    _told: int = 0

    def go(self, to: int, command: str | None, now_s: float) -> None:
        """Run there."""
        start = self._real(now_s)
        part = _PARTS.get(self.failure, 1.0) if self.failure else 1.0
        self._start, self._to, self._told = start, start + (to - start) * part, to
        self._at_s, self.id = now_s, command

    def stop(self, command: str | None, now_s: float) -> None:
        """Stay there."""
        self.go(self.position(now_s), command, now_s)

    def position(self, now_s: float) -> int:
        """Where the window really is, in %."""
        return round(self._real(now_s))

    def is_moving(self, now_s: float) -> bool:
        """Whether it is on its way."""
        return now_s - self._at_s < self._way_s()

    def says(self, now_s: float) -> dict[str, Any] | None:
        """What it says of itself; None where it says nothing."""
        if self.failure == "silent":
            return None
        if self.failure == "lies":
            is_there = now_s - self._at_s >= _LIES_S
            return {"position": self._told if is_there else self.position(now_s), "moving": not is_there, "id": self.id}
        return {"position": self.position(now_s), "moving": self.is_moving(now_s), "id": self.id}

    def _real(self, now_s: float) -> float:
        way_s = self._way_s()
        part = 1.0 if way_s == 0 else min(1.0, (now_s - self._at_s) / way_s)
        return self._start + (self._to - self._start) * part

    def _way_s(self) -> float:
        return abs(self._to - self._start) / 100 * self.travel_s
