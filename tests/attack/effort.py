"""How hard to attack: a little in every run, all of it with `MIRA_ATTACK=full` (`scripts/attack`)."""

import os
import random
from collections.abc import Callable

FULL = os.environ.get("MIRA_ATTACK") == "full"
SEED = int(os.environ.get("MIRA_ATTACK_SEED") or random.SystemRandom().randrange(1_000_000))
"""Chooses the moments and the damage; the report of a failed run names it."""

type Progress = Callable[[str], None]


def times(always: int, full: int) -> int:
    """How often, in this run."""
    return full if FULL else always
