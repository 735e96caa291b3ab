"""A log to read: the database, or a file that `mira-sidecar export` wrote, here or elsewhere."""

import contextlib
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, override

import msgspec

from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.core.explanation import Step
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.operations.progress import Progress
from mira_sidecar.printing import say
from mira_sidecar.protocol import Event, Snapshot
from mira_sidecar.snapshots import nearest, position_of
from mira_sidecar.store.log_reader import LogReader
from mira_sidecar.unknown_subjects import UnknownSubjects

_EVENT = msgspec.json.Decoder(Event)
_EVERY = 500
"""Events between looks at the progress."""


class Header(msgspec.Struct, frozen=True, omit_defaults=True):
    """The first line of an exported log; an event is on each of the others."""

    mira_log: Literal[2]
    """The version of the format; the first one had what was said in it."""
    sidecar: str
    """The version that wrote it."""
    base: Snapshot | None = None
    """The state where the log begins that can be folded; absent where that is the first event."""
    redacted: bool = False


_HEADER = msgspec.json.Decoder(Header)


class RecordedLog(ABC):
    """A log that can be read from its beginning, as often as is needed."""

    def __init__(self, base: Snapshot | None, total: int) -> None:
        """`total`: how many events there are."""
        self.base = base
        self.total = total
        self.unknown = UnknownSubjects(base)
        """Those that were met in its steps."""

    @abstractmethod
    def events(self, behind: int = 0) -> Iterator[Event]:
        """All events behind a place, those ahead of the base too. Raises StoreError or OperationError."""

    @abstractmethod
    def place(self) -> str:
        """Where the event stands that was read last, for whoever has to look."""

    @abstractmethod
    def answers_like(self, prefix: str) -> list[Event]:
        """The answers to the first few commands whose ids begin so."""

    def answer_to(self, command_id: str) -> Event | None:
        """The answer to a command."""
        return next((event for event in self.answers_like(command_id) if event.command_id == command_id), None)

    def nearest(self, seq: int) -> Position:
        """The last position ahead of an event that need not be folded; that of the base where there is no other."""
        return position_of(self.base)

    def event_at(self, seq: int) -> Event | None:
        """The event at a place."""
        return next((event for event in self.events() if event.seq == seq), None)

    def steps(self, what: str, begin: Position | None = None) -> Iterator[Step]:
        """Each event behind a position, or behind the base, with the position before and after it.

        A count runs on the terminal. Raises StoreError or OperationError.
        """
        position = begin or position_of(self.base)
        with Progress(what) as progress:
            for number, event in enumerate(self.events(position.seq), position.seq + 1):
                before = position
                try:
                    position = fold(before, event)
                except (ValueError, LookupError, TypeError) as error:
                    why = str(error).rstrip(".")
                    raise OperationError(f"The log is damaged, or not whole, at {self.place()}: {why}.") from error
                self.unknown.look_at(event)
                yield event, before, position
                if number % _EVERY == 0:
                    progress.reach(number, self.total)


class StoredLog(RecordedLog):
    """The log in a database, as it was when it was opened."""

    def __init__(self, path: Path, reader: LogReader) -> None:
        super().__init__(reader.base(), reader.count())
        self._path = path
        self._reader = reader
        self._seq = 0

    @override
    def events(self, behind: int = 0) -> Iterator[Event]:
        while page := self._reader.after(behind):
            for event in page:
                self._seq = event.seq
                yield event
            behind = page[-1].seq

    @override
    def nearest(self, seq: int) -> Position:
        return nearest(self._reader, seq) or position_of(self.base)

    @override
    def place(self) -> str:
        return f"event {self._seq:,} of {self._path}"

    @override
    def answers_like(self, prefix: str) -> list[Event]:
        return self._reader.answers_like(prefix)

    @override
    def event_at(self, seq: int) -> Event | None:
        return next((event for event in self._reader.after(seq - 1)[:1] if event.seq == seq), None)


class LogFile(RecordedLog):
    """An exported log; each line is read when it is needed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._line = 1
        try:
            with path.open("rb") as file:
                first = file.readline()
                total = sum(1 for _ in file)
        except OSError as error:
            raise OperationError(f"The file {path} cannot be read ({error.strerror}).") from error
        if first.startswith(b"SQLite format 3"):
            raise OperationError(f"{path} is a database. Name it with --database instead.")
        try:
            header = _HEADER.decode(first)
        except ValueError as error:
            if first.startswith(b'{"mira_log":1,'):
                raise OperationError(
                    f"{path} was exported by an older sidecar, with what was said. Export the log once more."
                ) from error
            raise OperationError(
                f"{path} is no exported log: its first line is not the header that `mira-sidecar export` writes."
            ) from error
        super().__init__(header.base, total)

    @override
    def events(self, behind: int = 0) -> Iterator[Event]:
        with self._path.open("rb") as file:
            file.readline()
            for self._line, line in enumerate(file, 2):
                try:
                    event = _EVENT.decode(line)
                except ValueError as error:
                    raise OperationError(f"There is no event at {self.place()}: {error}.") from error
                if event.seq > behind:
                    yield event

    @override
    def place(self) -> str:
        return f"line {self._line:,} of {self._path}"

    @override
    def answers_like(self, prefix: str) -> list[Event]:
        alike = (e for e in self.events() if e.type != "state_patch" and e.command_id.startswith(prefix))
        return [event for event, _ in zip(alike, range(3), strict=False)]


@contextlib.contextmanager
def opened_log(database: Path, file: Path | None) -> Iterator[RecordedLog]:
    """The log in the file, or in the database where none is named. Raises StoreError or OperationError.

    In the end, what is to be said of subjects in it that this version does not know.
    """
    with contextlib.ExitStack() as stack:
        if file is not None:
            log: RecordedLog = LogFile(file)
        else:
            reader = stack.enter_context(LogReader(database))
            reader.hold()
            reader.check_words()
            log = StoredLog(database, reader)
        yield log
    if unknown := log.unknown.sentence():
        say(unknown, file=sys.stderr)
