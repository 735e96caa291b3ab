"""What the sidecar runs for the air in rooms: hears devices and Home Assistant, keeps it, and tells displays."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import structlog

from mira_sidecar.parts import Now, Shell, Work
from mira_sidecar.protocol import instant, milliseconds
from mira_sidecar.queries.kind import Asking
from mira_sidecar.subjects.windows.core.live_air import HomeReadings, LiveAir
from mira_sidecar.subjects.windows.core.orders import drives_in
from mira_sidecar.subjects.windows.core.rooms import AGE, Air, Heard, SensorReading, believed
from mira_sidecar.subjects.windows.core.slice import slice_of
from mira_sidecar.subjects.windows.recorder import Recorder
from mira_sidecar.subjects.windows.registry import Registry
from mira_sidecar.transport.live import LiveChannel
from mira_sidecar.transport.subscription import Subscription

log = structlog.get_logger()

_LIVE_S = 5.0
"""Between two looks whether displays have to be told."""
_MOST_BYTES = 65_536
_HOME_READINGS = msgspec.json.Decoder(HomeReadings)


class AskedAir(msgspec.Struct, frozen=True):
    """Payload of `windows_air`: nothing."""


class AirWatch:
    """Knows what the air is like."""

    def __init__(
        self,
        shell: Shell,
        told: Callable[[Sequence[Heard]], None] = lambda heard: None,
        acknowledge: Callable[[int], None] = lambda count: None,
    ) -> None:
        """`told` hears what is new, whoever says it.

        `acknowledge`: so many more messages of MQTT need not come again.
        """
        self._shell = shell
        self._told = told
        self.air = Air()
        self.registry = Registry(shell.side, self.air.devices, shell.clock.now_ms)
        self.recorder = Recorder(shell.side, self.air.devices, shell.clock.now_ms, acknowledge)
        self._from_home = Subscription(shell.redis, shell.keys.readings, self._take, "readings")
        self._live = LiveChannel(shell.redis, shell.keys.live)
        self._deciding = False
        self._part: object = None
        """The slice that we know, by its identity: what has not changed is the same object."""

    @property
    def questions(self) -> tuple[Asking[Any], ...]:
        """What may be asked of it."""
        air = Asking("windows_air", AskedAir, self._page)
        return (air, self.registry.question, self.recorder.question)

    @property
    def works(self) -> dict[str, Work]:
        """Its tasks."""
        return {
            "devices": self.registry.run,
            "readings": self.recorder.run,
            "home": self._from_home.run,
            "live": self._live.run,
            "air": self._tell,
        }

    def changed(self, now: Now) -> None:
        """The mirror has changed. Returns at once."""
        self._deciding = now.deciding
        self._from_home.listen(now.deciding)
        self.air.listen(now.document["microphone"]["on"])
        if (part := now.document["parts"].get("windows")) is not self._part:
            self._part, windows = part, slice_of(now.document)
            self.air.place({device: one["room"] for device, one in windows.get("sensors", {}).items()})
            self.air.drive({name: drive for name, _, drive in drives_in(windows)})

    def hear(self, topic: str, payload: bytes, *, retained: bool) -> list[Heard]:
        """What a message of MQTT says."""
        said = self.air.hear(topic, payload, self._shell.clock.now_ms(), retained=retained)
        self._keep(said)
        self.recorder.message()
        return said

    def live(self) -> LiveAir:
        """What the air is like now."""
        now_ms = self._shell.clock.now_ms()
        rooms = {room: self.air.shown(room, now_ms) for room in self.air.rooms()}
        shown = {room: values for room, values in rooms.items() if values}
        return LiveAir(rooms=shown, windows=dict(self.air.advice), at=instant(now_ms))

    def _take(self, body: bytes) -> None:
        """What Home Assistant measures; what is none of it is passed over."""
        if len(body) > _MOST_BYTES:
            return
        try:
            told = _HOME_READINGS.decode(body)
            at_ms = milliseconds(told.at)
        except ValueError, RecursionError:
            log.warning("readings of Home Assistant are none: do both have the same version?")
            return
        now_ms = self._shell.clock.now_ms()
        self._keep(self.air.take(told.room, told.values, believed(at_ms, now_ms)))

    def _keep(self, said: list[Heard]) -> None:
        for one in said:
            if isinstance(one, SensorReading):
                self.recorder.add(one)
        self._told(said)

    async def _tell(self) -> None:
        """Tell displays what has changed, until cancelled."""
        before: tuple[object, object] | None = None
        while True:
            await asyncio.sleep(_LIVE_S)
            live = self.live()
            now = (_without_age(live), live.windows)
            if self._deciding and now != before:
                before = now
                self._live.show(live)

    async def _page(self, asked: AskedAir) -> LiveAir:
        return self.live()


def _without_age(live: LiveAir) -> dict[str, dict[str, float]]:
    """That a reading grows older is nothing new."""
    return {room: {kind: one for kind, one in values.items() if kind != AGE} for room, values in live.rooms.items()}
