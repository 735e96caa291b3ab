"""`mira-sidecar events`: the end of the log, an event a line."""

import json
from pathlib import Path

from mira_sidecar.protocol import Event, Instant
from mira_sidecar.store.log_reader import LogReader


def show(database: Path, last: int, *, action: str | None = None, since: Instant | None = None) -> None:
    """Print the last events. Raises StoreError."""
    with LogReader(database) as log:
        for event in log.last(last, action=action, since=since):
            print(_line(event))


def _line(event: Event) -> str:
    sure = f" {event.confidence:.0%}" if event.confidence is not None else ""
    said = event.message or json.dumps(event.payload, ensure_ascii=False)
    return f"{event.seq:>7}  {event.ts}  {event.type:<11}  {event.source}{sure} {event.action}: {said}"
