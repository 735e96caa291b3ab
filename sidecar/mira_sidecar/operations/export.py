"""`mira-sidecar export`: the whole log as JSON lines, with all that is private or without."""

import sys
from pathlib import Path
from typing import TextIO

import msgspec

from mira_sidecar import __version__
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.operations.progress import Progress
from mira_sidecar.operations.recorded_log import Header
from mira_sidecar.operations.redaction import Redactor
from mira_sidecar.printing import printable, say
from mira_sidecar.private import private
from mira_sidecar.protocol import Event
from mira_sidecar.store.log_reader import LogReader
from mira_sidecar.unknown_subjects import UnknownSubjects


def export(database: Path, output: Path | None, *, redact: bool) -> None:
    """Write the log to a file, or to standard output. Raises StoreError or OperationError."""
    with LogReader(database) as log:
        if output is None:
            _write(log, sys.stdout, Redactor() if redact else None)
            return
        try:
            # With all that was written and seen: for this user alone.
            with open(output, "w", encoding="utf-8", opener=private) as file:
                _write(log, file, Redactor() if redact else None)
        except OSError as error:
            raise OperationError(f"The export cannot be written ({error}). Name another file with --output.") from error


def _write(log: LogReader, file: TextIO, redactor: Redactor | None) -> None:
    log.hold()
    log.check_words()
    base = log.base()
    if redactor:
        base = base and redactor.snapshot(base)
    file.write(_line(Header(2, __version__, base, redacted=redactor is not None)))
    total, seq, unknown = log.count(), 0, UnknownSubjects(log.base())
    with Progress("exporting") as progress:
        while page := log.after(seq):
            for event in page:
                unknown.look_at(event)
            file.writelines(_line(redactor.event(event) if redactor else event) for event in page)
            seq = page[-1].seq
            progress.reach(seq, total)
    if said := unknown.sentence():
        say(said, file=sys.stderr)


def _line(one: Header | Event) -> str:
    return printable(msgspec.json.encode(one).decode()) + "\n"
