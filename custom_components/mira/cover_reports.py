"""Which of the positions that a cover says are told to the mirror. Pure."""

STEP = 5
"""Percent: what is less may be noise. The mirror takes no more than that for a hand's doing, either."""


class CoverReports:
    """Of one cover: what goes by 5 % is told at once, and where it rests, exactly.

    Near to where it was sent it is told only once it rests: the mirror takes it for arrived there, and noise that goes
    back from there for a hand.
    """

    def __init__(self) -> None:
        self.told: int | None = None
        self._rests = False
        self._aim: int | None = None

    def head_for(self, aim: int | None) -> None:
        """It is sent there; None: it is stopped."""
        self._aim, self._rests = aim, False

    def begin(self, told: int | None) -> None:
        """The mirror knows this; where the cover rests is to be told."""
        self.told, self._rests = told, False

    def see(self, position: int, *, moving: bool) -> bool:
        """Whether this is told at once."""
        if self._aim is not None and abs(position - self._aim) <= 2 * STEP:
            return False
        is_shut = position == 0 and self.told != 0
        is_told = self.told is None or abs(position - self.told) >= STEP or is_shut
        if is_told:
            self.told = position
        self._rests = self._rests and not (moving or is_told)
        return is_told

    def settle(self, position: int) -> bool:
        """Whether this is told, now that it has not moved for a while."""
        is_told = not self._rests and position != self.told
        self.told, self._rests, self._aim = position if is_told else self.told, True, None
        return is_told
