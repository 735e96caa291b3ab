"""The motor of a simulated window, and how it can fail: it jams, drifts, lies or falls silent."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

type Failure = Literal["jams", "drifts", "lies", "silent"]
FAILURES: tuple[Failure, ...] = get_args(Failure.__value__)
_DRIFT = 0.8
"""The part of its way after which one that drifts thinks that it has arrived."""


class Report(NamedTuple):
    """What a drive says, so many seconds after it was asked."""

    after_s: float
    position: int


@dataclass(slots=True)
class Drive:
    """A motor with its window."""

    travel_s: float = 30.0
    failure: Failure | None = None
    position: int = 0
    """Where the window really is."""

    def run(self, to: int) -> list[Report]:
        """Have it run there: what it says meanwhile."""
        start, way_s = self.position, abs(to - self.position) / 100 * self.travel_s
        match self.failure:
            case "jams":
                return [Report(way_s, start)]
            case "lies":
                return [Report(0.5, to)]
            case "silent":
                return []
            case "drifts":
                self.position = round(start + (to - start) * _DRIFT)
                return [Report(way_s * _DRIFT, self.position)]
        self.position = to
        return [Report(way_s / 2, round((start + to) / 2)), Report(way_s, to)]
