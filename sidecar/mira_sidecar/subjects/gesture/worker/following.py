"""Which hand of one frame is which of the frame before. Pure."""

import math
from collections.abc import Mapping, Sequence

from .hand import Hand

_REACH = 1.5
"""Palms that a hand may be away from where it was, and …"""
_REACH_A_SECOND = 30.0
"""… as many more for the time between: a quick swipe has 20 palms a second."""
_OTHER_HAND = 1.0
"""Palms that it counts as farther where it seems to be the other hand: the model errs at times."""


def matched(known: Mapping[int, tuple[float, Hand]], hands: Sequence[Hand], t_ms: float) -> list[int | None]:
    """For each hand the one of the known (when and how it was last seen) that it is; None: it is new.

    The nearest go together first, each once.
    """
    pairs = sorted(
        (cost, number, key)
        for number, hand in enumerate(hands)
        for key, (seen_ms, before) in known.items()
        if (cost := _cost(before, hand, t_ms - seen_ms)) < math.inf
    )
    found: list[int | None] = [None] * len(hands)
    for _, number, key in pairs:
        if found[number] is None and key not in found:
            found[number] = key
    return found


def _cost(before: Hand, hand: Hand, passed_ms: float) -> float:
    """Palms between the two; infinite where they cannot be the same."""
    palms = float(math.dist(before.centre, hand.centre)) / max(before.palm, hand.palm, 1e-6)
    if palms > _REACH + _REACH_A_SECOND * passed_ms / 1000:
        return math.inf
    return palms + (_OTHER_HAND if before.handedness != hand.handedness else 0.0)
