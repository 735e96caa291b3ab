"""How right what was recognised is: confusions, false triggers, latency. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from .messages import Recognised
from .truth import Shown

_LATE_MS = 800
"""After its end a gesture may still be recognised: a swipe down has to come to rest."""
NOTHING = "nothing"


@dataclass(frozen=True)
class Told:
    """What was recognised in a film, and when the command was there, in milliseconds from the film's beginning."""

    recognised: Recognised
    at_ms: float


@dataclass
class Score:
    """The sum over films."""

    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often a gesture was told as another, as itself, or as nothing."""
    false_triggers: Counter[str] = field(default_factory=Counter)
    """What was recognised where nobody made a gesture, or once more than it was made."""
    hours: float = 0.0
    """Of films."""
    from_start_ms: list[float] = field(default_factory=list)
    """From a gesture's first frame to the command, where it was told right."""
    from_end_ms: list[float] = field(default_factory=list)
    """From a motion's last frame to the command: below 0 where it was clear before."""
    other_hand: int = 0
    """Right gestures of which the hand was told wrong."""

    @property
    def shown(self) -> int:
        """Gestures that were made."""
        return self.confusions.total()

    @property
    def right(self) -> int:
        """Of these, how many were told right."""
        return sum(count for (name, told), count in self.confusions.items() if name == told)

    @property
    def wrong(self) -> int:
        """Told as another gesture."""
        return sum(count for (name, told), count in self.confusions.items() if told not in {name, NOTHING})

    def add(self, shown: Sequence[Shown], told: Sequence[Told], length_ms: float) -> None:
        """Take a film of this length, with what is shown in it and what was told."""
        self.hours += length_ms / 3_600_000
        left = list(told)
        for one in shown:
            start_ms, end_ms = one.start_s * 1000, length_ms if one.end_s is None else one.end_s * 1000
            heard = [each for each in left if start_ms <= each.at_ms <= end_ms + _LATE_MS]
            mine = next((each for each in heard if each.recognised.name == one.name), heard[0] if heard else None)
            self.confusions[one.name, mine.recognised.name if mine else NOTHING] += 1
            if mine is None:
                continue
            left.remove(mine)
            if mine.recognised.name == one.name:
                self._right(one, mine, start_ms, end_ms)
        self.false_triggers.update(each.recognised.name for each in left)

    def _right(self, shown: Shown, told: Told, start_ms: float, end_ms: float) -> None:
        self.from_start_ms.append(told.at_ms - start_ms)
        if told.recognised.hold_ms == 0:
            self.from_end_ms.append(told.at_ms - end_ms)
        self.other_hand += shown.handedness not in {None, told.recognised.handedness}
