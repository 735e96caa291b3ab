"""The core alone: how long one decision takes, without reading, storing or publishing."""

import statistics
import time
from uuid import uuid7

import msgspec

from house.bench.figures import Measured
from house.bench.wire import bodies
from mira_sidecar.core.arbiter import Position, settle
from mira_sidecar.core.decision import Rules
from mira_sidecar.core.state import initial_document
from mira_sidecar.discovery import all_subjects
from mira_sidecar.protocol import Command

_DECISIONS = 5_000


def figures(rounds: int) -> dict[str, Measured]:
    """Microseconds a decision that changes the state, with the last 20 changes remembered."""
    passed = [_round() for _ in range(rounds)]
    return {
        "decision_us": Measured(statistics.median(passed), f"{rounds} rounds of {_DECISIONS:,} changes of the page")
    }


def _round() -> float:
    commands = [msgspec.json.decode(body, type=Command) for body in bodies(_DECISIONS)]
    now_ms = time.time_ns() // 1_000_000
    position = Position(0, 0, initial_document())
    registry, rules = all_subjects(), Rules(rates={})
    ids = iter([str(uuid7()) for _ in range(2 * _DECISIONS)])  # they come from outside, like the time
    began = time.perf_counter()
    for command in commands:
        position, _ = settle(
            registry,
            position,
            command,
            sender="home",
            arrived_ms=now_ms,
            now_ms=now_ms,
            rules=rules,
            new_id=ids.__next__,
        )
    return (time.perf_counter() - began) / _DECISIONS * 1_000_000
