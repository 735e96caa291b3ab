"""Refusals that come in crowds: the first of a kind stands in the log for those that follow within a second.

A tap costs its sender nothing. If each refusal were a row of the log, one sender that runs wild could push a year of
history out of it.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from mira_sidecar.core.arbiter import Position
from mira_sidecar.protocol import Event, Sender, Source, instant

WINDOW_MS = 1_000
_UNREAD = ("source", "rate", "validation", "expiry")
"""Policies that refuse a command for what it is, not for what it asks for: of these, all are of one kind."""


class Kind(NamedTuple):
    """What refusals have in common that are counted together."""

    sender: Sender | None
    source: Source
    reason: str | None
    asked: bytes
    """The action and the payload, where they were looked at."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A refusal in the log, and how many more came after it."""

    event: Event
    since_ms: int
    more: int = 0

    def is_over(self, now_ms: int) -> bool:
        """Whether nothing more is counted: after a second, or where the clock was set back."""
        return not 0 <= now_ms - self.since_ms < WINDOW_MS

    def in_place_of(self, answer: Event) -> Event:
        """The answer to a command that it stands for: says what is wrong with that one, and has this one's place."""
        place = {name: getattr(self.event, name) for name in ("seq", "id", "ts", "captured_at")}
        return msgspec.structs.replace(answer, **place)


type Refusals = Mapping[Kind, Standing]
"""What stands now. Not part of the log: after a restart the next refusal of a kind is the first again."""


def counted(refusals: Refusals, answer: Event, now_ms: int) -> tuple[Refusals, Standing | None]:
    """The refusals after an answer that changed nothing, and the one that stands for it, if there is one already."""
    kind = _kind(answer)
    standing = refusals.get(kind)
    if standing is None or standing.is_over(now_ms):
        return {**refusals, kind: Standing(answer, now_ms)}, None
    standing = dataclasses.replace(standing, more=standing.more + 1)
    return {**refusals, kind: standing}, standing


def ended(refusals: Refusals, now_ms: int) -> tuple[Refusals, list[Standing]]:
    """The refusals that still stand, and those whose second is over and that stand for more than themselves."""
    over = {kind: standing for kind, standing in refusals.items() if standing.is_over(now_ms)}
    if not over:
        return refusals, []
    left = {kind: standing for kind, standing in refusals.items() if kind not in over}
    return left, [standing for standing in over.values() if standing.more]


def sums(position: Position, standing: list[Standing], ids: Iterator[str], now_ms: int) -> tuple[Position, list[Event]]:
    """For each an event that says how many there were, and the position behind them."""
    events = [
        msgspec.structs.replace(
            one.event,
            seq=position.seq + number,
            id=next(ids),
            command_id=next(ids),
            ts=instant(now_ms),
            count=one.more + 1,
        )
        for number, one in enumerate(standing, 1)
    ]
    return msgspec.structs.replace(position, seq=position.seq + len(events)), events


def _kind(answer: Event) -> Kind:
    asked = b"" if answer.policy in _UNREAD else msgspec.json.encode((answer.action, answer.payload))
    return Kind(answer.sender, answer.source, answer.reason, asked)
