"""What the sidecar runs for windows: it knows the air, plans, and has motors move.

After a restart nobody knows whether it rains.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, override

from mira_sidecar.config import Settings
from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Deed
from mira_sidecar.operations.findings import Finding
from mira_sidecar.parts import Now, Part, Shell, Work
from mira_sidecar.protocol import Event, Problem
from mira_sidecar.queries.kind import Asking
from mira_sidecar.subjects.windows import broker_checks, shadow
from mira_sidecar.subjects.windows.core.orders import drives_in
from mira_sidecar.subjects.windows.core.rooms import OUTSIDE, ForeignCommand, Heard, SensorReading, WindowSeen
from mira_sidecar.subjects.windows.core.slice import slice_of
from mira_sidecar.subjects.windows.driver import Driver
from mira_sidecar.subjects.windows.model.folder import Models
from mira_sidecar.subjects.windows.model.keeper import ModelKeeper
from mira_sidecar.subjects.windows.mqtt import Broker, Message
from mira_sidecar.subjects.windows.planning import Planning
from mira_sidecar.subjects.windows.settings import WindowsSettings
from mira_sidecar.subjects.windows.watch import AirWatch
from mira_sidecar.subjects.windows.weather import Weather


class WindowsPart(Part):
    """Has the mirror open nothing by what was known before it was away."""

    queries = (shadow.QUERY,)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        settings = shell.settings
        self._broker = _broker(shell, self._hear)
        broker = self._broker or _NoBroker()
        self.watch = AirWatch(shell, self._told, broker.acknowledge)
        self.model = ModelKeeper(Models(settings.database_path), shell.bulletin, settings.of(WindowsSettings).saving)
        self._driver = Driver(shell, broker)
        self._there: tuple[object, bool] | None = None
        """By what the broker was told last what is heard, and whether we are to be there: the slice, and the way."""
        self._weather = Weather(shell, self.watch.air)
        self._planning = Planning(shell, self.watch.air, self.watch.recorder.page, self.model.planner)

    @classmethod
    @override
    async def checks(cls, settings: Settings) -> AsyncIterator[Finding]:
        async for finding in broker_checks.findings(settings.of(WindowsSettings).broker_address, settings.mirror):
            yield finding

    @override
    def due_at_start(self, document: Document) -> Iterator[Deed]:
        if slice_of(document)["outside"]["rain"] is False:
            yield "observe_weather", {"rain": None}

    @override
    def changed(self, now: Now) -> None:
        self.watch.changed(now)
        self.model.follow(now.document)
        self._driver.changed(now)
        self._weather.changed(now)
        self._planning.changed(now)
        # Not with each decision: the slice is the same object, where nothing in it has changed.
        if (there := (now.document["parts"].get("windows"), now.connected)) == self._there:
            return
        self._there = there
        if self._broker is None:
            self.shell.bulletin.degraded("windows.broker", _lacking(now.document))
            return
        self._broker.listen_to(self.watch.air.subscriptions)
        self._broker.serve(now.connected)

    @override
    def decided(self, events: Sequence[Event]) -> None:
        self._driver.decided(events)
        self._planning.decided(events)

    @override
    def questions(self) -> tuple[Asking[Any], ...]:
        return self.watch.questions

    @override
    def works(self) -> dict[str, Work]:
        works: dict[str, Work] = {
            **self.watch.works,
            "model": self.model.run,
            "driving": self._driver.drive,
            "reports": self._driver.report,
            "foreign": self._driver.count,
            "weather": self._weather.run,
            "planning": self._planning.plan,
            "decisions": self._planning.keep,
            "effects": self._planning.watch,
        }
        return {**works, "mqtt": self._broker.run} if self._broker is not None else works

    def _hear(self, message: Message) -> None:
        """A message of MQTT. Returns at once."""
        self.watch.hear(message.topic, message.payload, retained=message.retained)

    def _told(self, heard: Sequence[Heard]) -> None:
        """What devices or Home Assistant have said. Returns at once."""
        now_ms, rooms = self.shell.clock.now_ms(), set[str]()
        for one in heard:
            match one:
                case SensorReading(room=str(room)):
                    rooms.add(room)
                case WindowSeen():
                    self._driver.seen(one, now_ms)
                    if one.rain is not None:
                        self._weather.wet[f"{one.profile}/{one.topic}"] = (one.rain, now_ms)
                        rooms.add(OUTSIDE)
                case ForeignCommand():
                    self._driver.foreign(one)
        if OUTSIDE in rooms:
            self._weather.heard()
        self._planning.heard(rooms)


class _NoBroker:
    """Where no broker is set: nothing can be told."""

    connected = False

    async def publish(self, topic: str, payload: bytes, *, expires_s: int | None = None, retain: bool = False) -> bool:
        return False

    def acknowledge(self, count: int) -> None:
        """There are none."""


def _broker(shell: Shell, heard: Callable[[Message], None]) -> Broker | None:
    address = shell.settings.of(WindowsSettings).broker_address
    if address is None:
        return None
    return Broker(address, shell.settings.mirror, heard, shell.bulletin, now_ms=shell.clock.now_ms, at_once=False)


def _lacking(document: Document) -> Problem | None:
    """That windows are to be moved over MQTT where there is none."""
    names = ", ".join(name for name, _, _ in drives_in(slice_of(document)))
    if not names:
        return None
    text = (
        f"No MQTT broker is set, so nothing moves these windows: {names}. Set `windows_broker`, or have Home "
        "Assistant move them."
    )
    return Problem("broker_missing", text)


PART = WindowsPart
