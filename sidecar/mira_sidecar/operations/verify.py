"""`mira-sidecar verify`: whether a log is whole, beside a running sidecar or in a backup."""

from collections.abc import Iterator
from operator import is_not
from pathlib import Path

import msgspec

from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.keeping import older
from mira_sidecar.operations.findings import Finding, of_side
from mira_sidecar.operations.progress import Progress
from mira_sidecar.protocol import Event, Snapshot
from mira_sidecar.snapshots import picture, position_of
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.files import lock_of, side_of
from mira_sidecar.store.log_reader import EventRow, LogReader
from mira_sidecar.store.older import brought_up
from mira_sidecar.store.schema import check_version, steps
from mira_sidecar.unknown_subjects import UnknownSubjects

_WAY_OUT = "Restore a backup with `mira-sidecar restore FILE`; this database is kept beside it."


def verify(database: Path) -> int:
    """Print a line for each thing; 0 where all are sound, else 1. Raises StoreError where there is no database."""
    sound = True
    with LogReader(database) as log:
        for finding in _findings(log, database):
            sound &= finding.sound
            finding.show()
    if (side := side_of(database)).exists():
        # The sidecar makes a lock beside its database, and nobody makes one beside a backup.
        finding = of_side(side, in_backup=not lock_of(database).exists())
        sound &= finding.sound
        finding.show()
    return 0 if sound else 1


def _findings(log: LogReader, database: Path) -> Iterator[Finding]:
    try:
        log.hold()
        version = log.schema()
        check_version(version, database)
        log.check("integrity_check")
    except StoreError as error:
        yield Finding("file", False, str(error))
        return
    yield Finding("file", True, f"SQLite finds every page of {database} sound")
    if version < (known := len(steps())):
        text = f"is of an older sidecar ({version}, this one knows {known}). Start it once: that brings it up to date."
        yield Finding("schema", False, text)
        return
    yield Finding("schema", True, f"{version}, as this sidecar knows it")
    try:
        walk = _Walk(log.base(), log.snapshot())
    except StoreError as error:
        yield Finding("snapshot", False, str(error))
        return
    total, seq = log.count(), 0
    with Progress("verifying") as progress:
        while rows := log.rows(seq):
            for row in rows:
                walk.step(row)
            seq = rows[-1].seq
            progress.reach(walk.count, total)
    yield from walk.findings(log.answered_twice())
    if walk.has_folded:
        yield _pin(log, walk.position)


class _Stored(Event, frozen=True, forbid_unknown_fields=True):
    """An event whose every field is one that was written: a sidecar that reads skips what it does not know."""


class _Walk:
    """Goes along the log once; of each kind of fault it keeps the first."""

    def __init__(self, base: Snapshot | None, snapshot: Snapshot | None) -> None:
        self.count = 0
        self.position = position_of(base)
        self._base_seq, self._base_rev = self.position.seq, self.position.rev
        self._snapshot = snapshot
        self._first: EventRow | None = None
        self._last: EventRow | None = None
        self._rev: int | None = None
        self._erased = 0
        self._faults: dict[str, str] = {}
        self._older = older()
        self._of_command: list[Event] = []
        """What was read last, as far as it is of one command."""
        self._unknown = UnknownSubjects(base)
        if snapshot is not None and snapshot.seq <= self._base_seq:
            self._compare(snapshot)

    @property
    def has_folded(self) -> bool:
        """Whether it knows the state at the end."""
        return "fold" not in self._faults

    def step(self, row: EventRow) -> None:
        """Look at the next row."""
        self.count += 1
        if self._last and row.seq != self._last.seq + 1:
            self._fault("events", f"event {row.seq:,} follows {self._last.seq:,}")
        if row.type == "state_patch" and not (self._last and self._last.command_id == row.command_id):
            self._fault("answers", f"the change at {row.seq:,} does not follow the answer to its command")
        try:
            event = msgspec.convert(msgspec.json.decode(row.body), _Stored)
        except ValueError as error:
            self._fault("events", f"event {row.seq:,} cannot be read ({error})")
        else:
            self._look_at(event, row)
        self._first, self._last = self._first or row, row

    def _look_at(self, event: Event, row: EventRow) -> None:
        beside = (row.seq, row.command_id, row.type, row.action, row.ts)
        if beside != (event.seq, event.command_id, event.type, event.action, event.ts):
            self._fault("events", f"event {row.seq:,} is not what stands beside it")
        self._unknown.look_at(event)
        if self._of_command and self._of_command[0].command_id != event.command_id:
            self._look_for_words()
        self._of_command.append(event)
        self._erased += "erased" in event.payload
        if event.seq > self._base_seq:
            self._fold(event)
        elif event.rev is not None:
            if self._rev is not None and event.rev != self._rev + 1:
                self._fault("fold", f"revision {event.rev:,} follows {self._rev:,}")
            self._rev = event.rev

    def _look_for_words(self) -> None:
        """See that the events of a command are as they are written today: without what was said."""
        before, self._of_command = self._of_command, []
        now = brought_up(before, self._older)
        # Most are the very same: only what was looked into is made anew.
        if any(map(is_not, now, before, strict=True)) and msgspec.json.encode(now) != msgspec.json.encode(before):
            self._fault("words", f"event {before[0].seq:,} has what was said in it")

    def _fold(self, event: Event) -> None:
        if not self.has_folded:
            return
        try:
            self.position = fold(self.position, event)
        except (ValueError, LookupError, TypeError) as error:
            self._fault("fold", f"event {event.seq:,} does not fit ({error})")
            return
        if self._snapshot is not None and event.seq == self._snapshot.seq:
            self._compare(self._snapshot)

    def _compare(self, snapshot: Snapshot) -> None:
        try:
            # As it would be written now: a question that an older version asked lacks what was added since.
            now = picture(self.position, snapshot.at)
        except ValueError:
            now = None
        if now != snapshot:
            self._fault("snapshot", f"the one at {snapshot.seq:,} is another state")

    def _fault(self, subject: str, text: str) -> None:
        self._faults.setdefault(subject, text)

    def findings(self, answered_twice: str | None) -> Iterator[Finding]:
        """What was found on the way."""
        self._look_for_words()
        first, last = (self._first.seq, self._last.seq) if self._first and self._last else (0, self._base_seq)
        if answered_twice:
            self._fault("answers", f"the command {answered_twice} has two answers")
        if first > self._base_seq + 1:
            self._fault("events", f"the first is {first:,}, and the state before it is missing")
        if self._rev is not None and self._rev > self._base_rev:
            self._fault("fold", f"the base has revision {self._base_rev:,}, the events before it lead to {self._rev:,}")
        if self._snapshot is not None and self._snapshot.seq > last:
            self._fault("snapshot", f"it is of {self._snapshot.seq:,}, and the log ends at {last:,}")
        erased = f"; {self._erased:,} are erased" if self._erased else ""
        place = f"{self._snapshot.seq:,}" if self._snapshot else ""
        yield self._finding("events", f"{self.count:,}, from {first:,} to {last:,}, none missing, all readable{erased}")
        yield self._finding("words", "no event has any of what was said")
        yield self._finding("answers", "every command has exactly one, and every change follows its own")
        begin = f"the state at {self._base_seq:,}" if self._base_seq else "the beginning"
        yield self._finding("fold", f"from {begin} they lead to revision {self.position.rev:,} at {last:,}")
        if unknown := self._unknown.sentence():
            yield Finding("subjects", True, unknown)
        yield self._finding("snapshot", f"is the state at {place}" if place else "there is none yet")

    def _finding(self, subject: str, sound: str) -> Finding:
        fault = self._faults.get(subject)
        return Finding(subject, False, f"{fault}. {_WAY_OUT}") if fault else Finding(subject, True, sound)


def _pin(log: LogReader, position: Position) -> Finding:
    is_set, has_hash = position.document["access"]["pin_set"], log.has_pin()
    if is_set and not has_hash:
        # A standby never gets the hash, so this is no fault.
        text = "one is set, but its hash is in another database. Where there is none, use `mira-sidecar forget-pin`."
        return Finding("PIN", True, text)
    if has_hash and not is_set:
        return Finding("PIN", False, f"there is a hash, and none is set. {_WAY_OUT}")
    return Finding("PIN", True, "one is set, and its hash is there" if is_set else "none is set")
