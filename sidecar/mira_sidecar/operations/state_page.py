"""The state of a mirror on a page, for people."""

from collections.abc import Iterator
from typing import Any

import msgspec

from mira_sidecar.core.summary import Line, shown
from mira_sidecar.discovery import all_subjects
from mira_sidecar.protocol import Snapshot
from mira_sidecar.unknown_subjects import unknown_in


def page(snapshot: Snapshot) -> Iterator[str]:
    """The lines of the page."""
    yield f"revision {snapshot.rev:,} at event {snapshot.seq:,}, {snapshot.at}"
    for name, text in _lines(msgspec.to_builtins(snapshot.state)):
        yield f"{name:<11} {text}" if name else f"  {text}"


def _lines(document: dict[str, Any]) -> Iterator[Line]:
    parts = document["parts"]
    mirror, *others = all_subjects().subjects
    for subject in (*others, mirror):
        told = list(subject.summary(document))
        yield from told
        if not told and subject.name in parts:
            yield Line(subject.name, shown(parts[subject.name]))
    for name in unknown_in(document):
        yield Line(name, f"{shown(parts[name])}, of a subject that this version does not know")
