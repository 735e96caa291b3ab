"""How fast commands are decided, lately."""

from collections import deque

from mira_sidecar.protocol import Pace

_KEPT = 1_000
"""Batches whose times are remembered."""
_MINUTE_S = 60.0


class Stopwatch:
    """Times batches of commands, from their reading until their answers are published."""

    def __init__(self) -> None:
        self._batches: deque[tuple[float, int, float]] = deque(maxlen=_KEPT)
        """When each was answered, how many commands it had, and the seconds that it took."""

    def note(self, at: float, commands: int, seconds: float) -> None:
        """A batch was answered, at a time by the steady clock."""
        self._batches.append((at, commands, seconds))

    def read(self, now: float) -> Pace:
        """What it comes to now. Of more than 1,000 batches a minute the last ones count, for as long as they took."""
        times = sorted(seconds * 1_000 for _, _, seconds in self._batches)
        last = [(at, commands) for at, commands, _ in self._batches if now - at < _MINUTE_S]
        span_s = max(now - last[0][0], 1.0) if len(last) == _KEPT else _MINUTE_S
        a_minute = sum(commands for _, commands in last) * _MINUTE_S / span_s if last else 0
        return Pace(
            decision_ms_p50=_percentile(times, 50),
            decision_ms_p95=_percentile(times, 95),
            commands_a_minute=round(a_minute),
        )


def _percentile(ordered: list[float], percent: int) -> float | None:
    """The smallest that so many per cent do not exceed (nearest rank), to a hundredth; None of nothing."""
    return round(ordered[-(-len(ordered) * percent // 100) - 1], 2) if ordered else None
