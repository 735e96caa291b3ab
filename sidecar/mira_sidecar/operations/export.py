"""`mira-sidecar export`: the whole log as JSON lines."""

import sys
from pathlib import Path
from typing import TextIO

import msgspec

from mira_sidecar import __version__
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.operations.progress import Progress
from mira_sidecar.operations.recorded_log import Header
from mira_sidecar.store.log_reader import LogReader


def export(database: Path, output: Path | None) -> None:
    """Write the log to a file, or to standard output. Raises StoreError or OperationError."""
    with LogReader(database) as log:
        if output is None:
            _write(log, sys.stdout)
            return
        try:
            with output.open("w", encoding="utf-8") as file:
                _write(log, file)
        except OSError as error:
            raise OperationError(f"The export cannot be written ({error}). Name another file with --output.") from error


def _write(log: LogReader, file: TextIO) -> None:
    log.hold()
    file.write(msgspec.json.encode(Header(1, __version__, log.base())).decode() + "\n")
    total, seq = log.count(), 0
    with Progress("exporting") as progress:
        while page := log.after(seq):
            file.writelines(msgspec.json.encode(event).decode() + "\n" for event in page)
            seq = page[-1].seq
            progress.reach(seq, total)
