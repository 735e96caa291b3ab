"""`mira-sidecar events`: the end of the log, an event a line."""

import json
from pathlib import Path

from mira_sidecar.printing import say
from mira_sidecar.protocol import Event, Instant
from mira_sidecar.store.log_reader import LogReader

_NOTES = ("/last_changes/", "/undoable/")


def show(database: Path, last: int, *, action: str | None = None, since: Instant | None = None) -> None:
    """Print the last events. Raises StoreError."""
    with LogReader(database) as log:
        say(*map(_line, log.last(last, action=action, since=since)))


def show_set_aside(database: Path) -> None:
    """Print the events that are no part of the log: another sidecar decided in their place. Raises StoreError."""
    with LogReader(database) as log:
        say(*map(_line, log.set_aside()))


def _line(event: Event) -> str:
    sure = f" {event.confidence:.0%}" if event.confidence is not None else ""
    said = _patch(event) if event.type == "state_patch" else event.message or _json(event.payload)
    return f"{event.seq:>7}  {event.ts}  {event.type:<11}  {event.source}{sure} {event.action}: {said}"


def _patch(event: Event) -> str:
    """What changed, without what the arbiter noted beside it for undo and for contradictions."""
    changes = (one for one in event.payload.get("patch", []) if not one["path"].startswith(_NOTES))
    said = (f"{one['path']} {'→ ' + _json(one['value']) if 'value' in one else 'removed'}" for one in changes)
    return f"revision {event.rev}: {', '.join(said)}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
