"""What a decision of the mirror's own was made from: from that, its planner advises the same once more."""

from typing import Any

import msgspec

from mira_sidecar.subjects.windows.core.planner import Advice, Planner, Readings
from mira_sidecar.subjects.windows.core.slice import OpenTo, RoomKind


class Basis(msgspec.Struct, frozen=True):
    """The numbers behind one `set_window`."""

    model: str
    kind: RoomKind
    standing: OpenTo
    """How far the window was open."""
    readings: dict[str, float | bool | None]
    advised: OpenTo
    """By the planner; what policies made of it is in the log."""
    probabilities: tuple[float, ...]
    """Of each step of the ladder."""

    def advice(self, planner: Planner) -> Advice:
        """What the planner says to that now."""
        known: dict[str, Any] = {name: self.readings[name] for name in Readings._fields if name in self.readings}
        return planner.advise(Readings(**known), self.standing)


class Noting:
    """A planner that remembers what it was asked last, and what it said."""

    def __init__(self, planner: Planner, kind: RoomKind) -> None:
        self._planner, self._kind = planner, kind
        self.basis: Basis | None = None

    @property
    def name(self) -> str:
        """That of the planner."""
        return self._planner.name

    def advise(self, readings: Readings, position: int) -> Advice:
        """What the planner says."""
        advice = self._planner.advise(readings, position)
        self.basis = Basis(
            self.name, self._kind, position, readings._asdict(), advice.position, tuple(advice.probabilities)
        )
        return advice
