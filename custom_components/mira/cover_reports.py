"""Which of the positions that a cover says are told to the mirror. Pure."""

STEP = 5
"""Percent: what is less may be noise. The mirror takes no more than that for a hand's doing, either."""


class CoverReports:
    """Of one cover: what goes by 5 % is told at once, and where it rests, exactly."""

    def __init__(self) -> None:
        self.told: int | None = None
        self._rests = False

    def begin(self, told: int | None) -> None:
        """The mirror knows this; where the cover rests is to be told."""
        self.told, self._rests = told, False

    def see(self, position: int, *, moving: bool) -> bool:
        """Whether this is told at once."""
        is_shut = position == 0 and self.told != 0
        is_told = self.told is None or abs(position - self.told) >= STEP or is_shut
        if is_told:
            self.told = position
        self._rests = self._rests and not (moving or is_told)
        return is_told

    def settle(self, position: int) -> bool:
        """Whether this is told, now that it has not moved for a while."""
        is_told = not self._rests and position != self.told
        self.told, self._rests = position if is_told else self.told, True
        return is_told
