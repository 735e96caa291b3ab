"""`mira-sidecar windows monitor`: what devices say, what is decided, and what motors are told, as it happens."""

import asyncio
import contextlib
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass

import aiomqtt
from redis.exceptions import RedisError

from mira_sidecar.config import Settings
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.operations.glass import log_key
from mira_sidecar.printing import say
from mira_sidecar.protocol import Event, Keys
from mira_sidecar.published import shown
from mira_sidecar.subjects.windows.commands.live import broker_of
from mira_sidecar.subjects.windows.core.profiles import is_profile
from mira_sidecar.subjects.windows.core.rooms import (
    Air,
    DeviceStatus,
    ForeignCommand,
    Heard,
    ModelAnswer,
    Refused,
    SensorReading,
    WindowSeen,
)
from mira_sidecar.subjects.windows.core.slice import slice_of
from mira_sidecar.subjects.windows.mqtt_connection import connected
from mira_sidecar.subjects.windows.mqtt_errors import BrokerError, LostError
from mira_sidecar.transport.connection import BLOCK_MS, connect, explain
from mira_sidecar.transport.feed import Feed

_STEPS = {"temperature": 0.5, "humidity": 2.0, "co2": 50.0, "noise": 3.0, "wind": 1.0, "gust": 1.0}
"""By how much a reading changes before it is shown again."""
_ACTIONS = ("set_window", "shut_window", "window_moved", "window_fault", "window_recovered", "drop_run")
_OBSERVED = ("observe_weather", "observe_home")


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What is to be shown."""

    all: bool
    """Whether each reading is shown."""
    seconds: int | None
    """None: until somebody ends it."""


def monitor(settings: Settings, watched: Watched) -> None:
    """Until Ctrl-C. Raises OperationError."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_monitor(settings, watched))


async def _monitor(settings: Settings, watched: Watched) -> None:
    address, redis = broker_of(settings), connect(settings.redis_url)
    feed = Feed(redis, Keys(settings.mirror), log_key(settings))
    screen = _Screen(watched)
    try:
        position = await shown(feed)
        if position is None:
            raise OperationError(f"No sidecar serves the mirror `{settings.mirror}`. Start it, and try again.")
        screen.know(position.document)
        name = f"mira-{settings.mirror}-monitor-{time.monotonic_ns()}"
        async with connected(address, name, screen.hear) as connection:
            await connection.follow(screen.air.subscriptions, with_own="mira/nothing")
            say("time      what     whose              says")
            await _until(_follow(feed, position.seq, screen), connection.until(asyncio.Event()), watched.seconds)
    except BrokerError as error:
        raise OperationError(str(error)) from error
    except LostError as error:
        raise OperationError(f"The connection to the MQTT broker {address} is over. Start this once more.") from error
    except (RedisError, OSError) as error:
        raise OperationError(explain(error, settings.redis_url)) from error
    finally:
        await redis.aclose()


async def _until(follow: object, connection: object, seconds: int | None) -> None:
    tasks = {asyncio.ensure_future(one) for one in (follow, connection)}  # type: ignore[call-overload]
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lambda: [task.cancel() for task in tasks])
    done, left = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    for task in done:
        if not task.cancelled():
            task.result()


async def _follow(feed: Feed, seq: int, screen: _Screen) -> None:
    while True:
        for event in await feed.after(seq, BLOCK_MS):
            seq = event.seq
            screen.decided(event)


class _Screen:
    """Prints a line for each thing that is worth one."""

    def __init__(self, watched: Watched) -> None:
        self.air = Air()
        self._all = watched.all
        self._shown: dict[tuple[str, str], float] = {}

    def know(self, document: dict[str, object]) -> None:
        """The windows and sensors of the mirror."""
        slice_ = slice_of(document)
        self.air.place({device: one["room"] for device, one in slice_["sensors"].items()})
        drives = ((name, window.get("drive")) for name, window in slice_["windows"].items())
        self.air.drive(
            {name: (one["profile"], one["topic"] or name) for name, one in drives if one and is_profile(one["profile"])}
        )

    def hear(self, message: aiomqtt.Message) -> None:
        """A message of MQTT. Returns at once."""
        if isinstance(payload := message.payload, bytes):
            now_ms = time.time_ns() // 1_000_000
            for one in self.air.hear(message.topic.value, payload, now_ms, retained=bool(message.retain)):
                for what, whose, says in self._lines(one):
                    _line(what, whose, says)

    def decided(self, event: Event) -> None:
        """What the mirror says."""
        if event.type == "state_patch" or event.action not in (*_ACTIONS, *_OBSERVED):
            return
        payload = event.payload
        whose = str(payload.get("window", "outside" if event.action == "observe_weather" else "house"))
        told = " ".join(f"{name}={value}" for name, value in payload.items() if name not in ("window", "features"))
        _line("decides", whose, f"{event.action} {told}" + (f": {event.message}" if event.message else ""))

    def _lines(self, heard: Heard) -> Iterator[tuple[str, str, str]]:
        match heard:
            case SensorReading(device=device, kind=kind, value=value):
                whose = device or "home"
                before = self._shown.get((whose, kind))
                if self._all or before is None or abs(value - before) >= _STEPS.get(kind, 0.5):
                    self._shown[whose, kind] = value
                    yield "reading", whose, f"{kind} {value:g}"
            case DeviceStatus(device=device, status=status):
                yield "device", device, "online" if status.online else "offline"
            case WindowSeen(topic=topic, motor=motor):
                fault = f", fault {motor.fault}" if motor.fault else ""
                yield "window", topic, f"at {motor.position}%{', moving' if motor.moving else ''}{fault}"
            case ForeignCommand(topic=topic, position=position, id=command):
                where = "stop" if position is None else f"{position:g}%"
                yield "told", topic, f"{where}, by {command or 'somebody who does not say'}"
            case ModelAnswer(topic=topic):
                yield "model", topic, "advises"
            case Refused(what=what, reason=reason, device=device):
                yield "refused", device or "-", f"{what}: {reason}"


def _line(what: str, whose: str, says: str) -> None:
    say(f"{time.strftime('%H:%M:%S')}  {what:<7}  {whose:<17}  {says}")
