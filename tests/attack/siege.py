"""A mirror under load: three clients send, three read, while a test does its worst; then everything is compared."""

import contextlib
import random
import sqlite3
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import msgspec

from house import event_log
from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.core.state import initial_document
from mira_sidecar.protocol import Event, Snapshot, Source
from tests.attack.effort import Progress
from tests.attack.readers import Answers, Follower, Reader, StateReader
from tests.attack.writers import Writer
from tests.sidecar.process.mirror import Mirror, folded

SOURCES: tuple[Source, ...] = ("touch", "voice", "automation")
_SETTLED_S = 60
_COUNTED_S = 1.5
"""How long nothing may come for all to be over: refusals are counted for a second."""


class Siege:
    """The clients of one mirror."""

    def __init__(self, mirror: Mirror, seed: int) -> None:
        self.mirror = mirror
        self.random = random.Random(seed)
        self.seconds = 0.0
        self.others: set[str] = set()
        """Commands that are not from the writers."""
        url, keys = mirror.server.url, mirror.keys
        self.writers = [Writer(url, keys, source, seed + number) for number, source in enumerate(SOURCES)]
        self.resuming = Follower(url, keys, "that is cut off", seed, hangs_up=0.02)
        self.waiting = Follower(url, keys, "that waits", seed, hangs_up=0)
        self.of_state = StateReader(url, keys)
        self._answers = Answers(url, keys)
        self._readers: list[Reader] = [self.resuming, self.waiting, self.of_state, self._answers]
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        """Begin sending and reading."""
        for thread in (*self._readers, *self.writers):
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop sending; where all went well, wait until everything is answered and read."""
        for writer in self.writers:
            writer.end()
        try:
            if kind is None:
                self._settle()
        finally:
            with contextlib.ExitStack() as stack:
                for reader in self._readers:
                    stack.callback(reader.end)
        self.seconds = time.monotonic() - self._began

    def lull(self, longest: float) -> None:
        """Let the load go on for a while that nobody can guess."""
        time.sleep(self.random.uniform(0, longest))

    def until_served(self, seconds: float = 30) -> None:
        """Wait until commands are answered again."""
        before = len(self.waiting.answered)
        self.mirror.until(lambda: len(self.waiting.answered) > before, seconds)

    def rounds(self, what: str, count: int, progress: Progress) -> Iterator[int]:
        """Numbers, each after commands were answered and the load went on for a while; in the end they are again."""
        for number in range(1, count + 1):
            progress(f"{what} {number} of {count}")
            self.until_served()
            self.lull(1)
            yield number
        self.until_served()

    def check(self, mirror: Mirror | None = None) -> str:
        """Nothing is lost, nothing is twice, and everyone saw it all; what that was in figures.

        `mirror` is the same one with the log of another sidecar.
        """
        mirror = mirror or self.mirror
        mirror.check()
        stored = [msgspec.convert(event, Event) for event in mirror.stored()]
        answers = [event for event in stored if event.type != "state_patch"]
        sent = {command_id for writer in self.writers for command_id in writer.sent}
        # The mirror's own commands (`time_out`, `set_pages`) are from `system`; what only counts answers nobody.
        own = {event.command_id for event in answers if event.source != "system" and event.count == 1} - self.others
        assert own <= sent
        assert sent <= own | self._answers.answered
        assert len(answers) == len({event.command_id for event in answers})
        assert self.resuming.seen == self.waiting.seen == [(event.seq, event.id) for event in stored]
        assert self.of_state.compared > 0
        assert from_last_snapshot(mirror, stored) == folded(mirror.stored())
        resent = sum(writer.resent for writer in self.writers)
        return f"{len(sent):,} commands ({resent:,} sent again), {len(stored):,} events, {self.seconds:.0f} s"

    def _settle(self) -> None:
        """Have every command answered, and every reader at the end."""
        deadline = time.monotonic() + _SETTLED_S
        while sum(writer.insist(self.waiting.answered | self._answers.answered) for writer in self.writers):
            self._watch(deadline, "some commands were never answered")
            time.sleep(0.5)
        quiet_since, last = time.monotonic(), 0
        while time.monotonic() - quiet_since < _COUNTED_S:
            before, last = last, event_log.last_seq(self.mirror.database)
            if last != before or self.mirror.unanswered() or {self.resuming.end_seq, self.waiting.end_seq} != {last}:
                quiet_since = time.monotonic()
            self._watch(deadline, "the readers did not come to the end")
            time.sleep(0.05)

    def _watch(self, deadline: float, why: str) -> None:
        for reader in self._readers:
            if reader.fault is not None:
                raise reader.fault
        assert time.monotonic() < deadline, f"{why}:\n{self.mirror.sidecar.process.last_lines()}"


def from_last_snapshot(mirror: Mirror, stored: list[Event]) -> Position:
    """The state as a start finds it: the last snapshot, where there is one, and the events behind it."""
    with contextlib.closing(sqlite3.connect(f"file:{mirror.database}?mode=ro", uri=True)) as connection:
        found = connection.execute("SELECT body FROM snapshots ORDER BY seq DESC LIMIT 1").fetchall()
    position = Position(0, 0, initial_document())
    for (body,) in found:
        snapshot = msgspec.json.decode(body, type=Snapshot)
        position = Position(snapshot.seq, snapshot.rev, msgspec.to_builtins(snapshot.state))
    for event in stored[position.seq :]:
        position = fold(position, event)
    return position
