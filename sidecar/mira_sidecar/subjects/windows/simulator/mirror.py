"""The real core with one window: commands in, what the motor does out. No Redis, no log that is kept."""

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from mira_sidecar.core.arbiter import Position, settle
from mira_sidecar.core.decision import Rules
from mira_sidecar.core.registry import gather
from mira_sidecar.core.state import initial_document
from mira_sidecar.protocol import Command, Event, Sender, Source, instant
from mira_sidecar.subjects.windows.core import safety
from mira_sidecar.subjects.windows.core.slice import RoomKind, slice_of
from mira_sidecar.subjects.windows.settings import WindowsSettings
from mira_sidecar.subjects.windows.simulator.drives import Drive
from mira_sidecar.subjects.windows.subject import SUBJECT

WINDOW = "window"
_REGISTRY = gather([SUBJECT])


class Mirror:
    """Decides for one window, and moves its drive."""

    def __init__(
        self, kind: RoomKind, drive: Drive, settings: WindowsSettings, heard: Callable[[Event], None] | None = None
    ) -> None:
        """`heard` is told of each answer."""
        self.settings, self.drive = settings, drive
        self._rules = Rules(rates={}, own={"windows": settings})
        self._position = Position(0, 0, initial_document())
        self._ids = (f"simulated-{number}" for number in itertools.count(1))
        self._heard = heard
        self.now_ms = 0
        self._later_ms = 0
        """How far the present step has got: what a drive says comes a little later than what it was asked."""
        self.runs = 0
        self.tell("add_window", {"window": WINDOW, "kind": kind, "travel_s": drive.travel_s}, source="touch")
        self.tell("window_moved", {"window": WINDOW, "position": drive.position})

    @property
    def document(self) -> dict[str, Any]:
        """The state."""
        return self._position.document

    @property
    def window(self) -> Mapping[str, Any]:
        """The window's part of it."""
        window: Mapping[str, Any] = slice_of(self.document)["windows"][WINDOW]
        return window

    def go_to(self, now_ms: int) -> None:
        """It is so late now, in Unix milliseconds."""
        self.now_ms, self._later_ms = now_ms, 0

    def tell(
        self, action: str, payload: dict[str, Any], *, source: Source = "sensor", confidence: float | None = None
    ) -> Event:
        """Have a command decided, and its drive run where that is what it comes to; the answer."""
        now_ms = self.now_ms + self._later_ms
        command = Command(next(self._ids), instant(now_ms), source, action, payload, confidence=confidence)
        before = slice_of(self.document)["windows"].get(WINDOW)
        self._position, events = settle(
            _REGISTRY,
            self._position,
            command,
            sender=_SENDERS.get(source),
            arrived_ms=now_ms,
            now_ms=now_ms,
            rules=self._rules,
            new_id=lambda: next(self._ids),
        )
        if self._heard:
            self._heard(events[0])
        run = self.window["run"]
        if before is not None and run is not None and action != "window_moved" and run != before["run"]:
            self._move(run["to"])
        return events[0]

    def do_what_is_due(self) -> None:
        """What is to be shut is shut, and what is wrong with the drive is noticed."""
        for action, payload in safety.due(self.document, self.now_ms, _REGISTRY):
            self.tell(action, payload, source="system")

    def _move(self, to: int) -> None:
        self.runs += 1
        asked_ms = self._later_ms
        for report in self.drive.run(to):
            self._later_ms = asked_ms + round(report.after_s * 1000)
            self.tell("window_moved", {"window": WINDOW, "position": report.position})


_SENDERS: Mapping[Source, Sender] = {"sensor": "sensor", "touch": "home", "automation": "home"}
