"""Moves the windows whose drives speak MQTT, and tells the mirror what those say.

A drive is told of a run that this very process has seen decided, once, within ten seconds, while the broker is
connected. What could not be told then is dropped in words and decided anew; nothing is ever told later.
"""

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import structlog

from mira_sidecar.core.questions import carried_out
from mira_sidecar.core.state import Document, initial_document
from mira_sidecar.parts import Now, Shell
from mira_sidecar.protocol import Event, Problem
from mira_sidecar.store.errors import StoreError
from mira_sidecar.subjects.windows.core.orders import Motion, Order, drives_in, is_unheard, to_go, to_stop
from mira_sidecar.subjects.windows.core.profiles import is_profile, order
from mira_sidecar.subjects.windows.core.reports import fault_of, is_news
from mira_sidecar.subjects.windows.core.rooms import ForeignCommand, WindowSeen
from mira_sidecar.subjects.windows.core.slice import slice_of

log = structlog.get_logger()

_REMEMBERED = 256
"""Decisions of which a run may still come, and commands that were told."""
_LOOK_S = 0.5
_DROPPED_AGAIN_S = 5.0
_RECOVERED_AGAIN_S = 10.0
_FAULT_AGAIN_S = 60.0
_EACH_S = 1.0
_OLDEST_MS = 2_000
_NEVER = -1e9
_DROPPED_IN_A_ROW = 3
"""After which a drive that has not heard of its run is judged like all others."""
_FOREIGN = 3
"""Commands of somebody else that are worth a word."""
type Dropped = Literal["late", "unreachable", "unheard"]


class Publisher(Protocol):
    """The way to the broker."""

    @property
    def connected(self) -> bool:
        """Whether it is open."""

    async def publish(self, topic: str, payload: bytes, *, expires_s: int | None = None, retain: bool = False) -> bool:
        """Send it; False where that is not possible now."""


@dataclass(slots=True)
class _Watched:
    """What is known of one window, beside the state."""

    told: str | None = None
    """The command of which its drive was told last."""
    said: Motion | None = None
    """What the drive said last."""
    fault: str | None = None
    """What it says is wrong with it."""
    reported: Motion | None = None
    """What of that the mirror was told last."""
    reported_s: float = _NEVER
    faulted_s: float = _NEVER
    recovered_s: float = _NEVER
    """When the mirror was told so, by the steady clock."""
    is_new: bool = False
    """Whether it has said something that was not looked at yet."""
    unheard: int = 0
    """How many runs in a row it has not heard of."""
    dropped: tuple[str, Dropped, float] | None = None
    """The run that was dropped last, why, and when the mirror was told."""


class Driver:
    """Has the drives over MQTT carry out what is decided."""

    def __init__(self, shell: Shell, broker: Publisher, *, look_s: float = _LOOK_S, each_s: float = _EACH_S) -> None:
        """`look_s`: between two looks at what nobody has said; `each_s`: between two words about one window."""
        self._shell, self._broker = shell, broker
        self._look_s, self._each_s = look_s, each_s
        self._document: Document = initial_document()
        self._deciding = False
        self._own: OrderedDict[str, Event] = OrderedDict()
        """What this process has seen decided, by its commands."""
        self._stops: list[tuple[str, Event]] = []
        self._sent: OrderedDict[str, None] = OrderedDict()
        """The commands of which drives were told."""
        self._windows: dict[str, _Watched] = {}
        self._foreign = 0
        self._strange: asyncio.Queue[ForeignCommand] = asyncio.Queue(_REMEMBERED)
        self._was_connected = False
        self._ordered, self._heard = asyncio.Event(), asyncio.Event()

    def changed(self, now: Now) -> None:
        """The mirror has changed. Returns at once."""
        self._document, self._deciding = now.document, now.deciding
        there = slice_of(now.document)["windows"]
        self._windows = {name: known for name, known in self._windows.items() if name in there}
        self._ordered.set()
        self._heard.set()

    def decided(self, events: Sequence[Event]) -> None:
        """These are stored and published. Returns at once."""
        for event in events:
            if event.type == "accepted" and "window" in event.payload:
                _remember(self._own, event.command_id, event)
                if (carried_out(event) or ("",))[0] == "set_window" and event.payload.get("position") == "stop":
                    self._stops.append((event.payload["window"], event))
        self._ordered.set()

    def seen(self, said: WindowSeen, at_ms: int) -> None:
        """What the drive of a window says. Returns at once."""
        for name, _, (profile, topic) in drives_in(slice_of(self._document)):
            if (profile, topic) == (said.profile, said.topic):
                known = self._watched(name)
                known.said = _motion(said, known.said, at_ms)
                known.fault = said.fault
                known.is_new = True
                self._heard.set()

    def foreign(self, command: ForeignCommand) -> None:
        """Somebody has told a drive where to go; our own commands come back so, too. Returns at once."""
        if command.id not in self._sent:
            with contextlib.suppress(asyncio.QueueFull):
                self._strange.put_nowait(command)

    async def drive(self) -> None:
        """Tell the drives what was decided, until cancelled."""
        while True:
            await self._woken(self._ordered)
            for one in self._orders():
                await self._give(one)

    async def report(self) -> None:
        """Tell the mirror what the drives say, and what they were never told, until cancelled."""
        while True:
            await self._woken(self._heard)
            if not self._deciding:
                continue
            is_back = self._broker.connected and not self._was_connected
            self._was_connected = self._broker.connected
            for name, window, drive in [*drives_in(slice_of(self._document))]:
                await self._follow(name, window, drive, is_back=is_back)

    async def count(self) -> None:
        """Count the commands of others, until cancelled."""
        while True:
            command = await self._strange.get()
            if not await self._is_ours(command.id):
                self._foreign += 1
                log.warning("somebody else told a drive where to go", count=self._foreign)
            if self._foreign >= _FOREIGN:
                text = (
                    f"Something other than Mira sends commands to the motors of windows ({self._foreign} so far, the "
                    f"last on window/{command.topic}/control). Mira decides without knowing of them. Have that "
                    "program ask Mira instead (`set_window`), or keep it from the topic in the broker's ACL."
                )
                self._shell.bulletin.happened(Problem("foreign_window_commands", text))

    def _orders(self) -> list[Order]:
        slice_ = slice_of(self._document)
        stops = [to_stop(slice_, name, event) for name, event in self._stops]
        self._stops.clear()
        runs = [*to_go(slice_, self._own)]
        for one in runs:
            del self._own[one.id]
        return [*(one for one in stops if one), *runs]

    async def _give(self, one: Order) -> None:
        left_ms = one.left_ms(self._shell.clock.now_ms())
        if left_ms <= 0:
            await self._drop(one.window, one.id, "late")
            return
        _remember(self._sent, one.id, None)
        if one.position is not None:
            self._watched(one.window).told = one.id
        if not is_profile(one.profile):
            log.warning("nobody knows how the drive of a window speaks", window=one.window, profile=one.profile)
            sent = False
        else:
            topic, payload = order(one.profile, one.topic, one.said())
            sent = await self._broker.publish(topic, payload, expires_s=max(1, left_ms // 1000))
        if not sent and one.position is not None:
            await self._drop(one.window, one.id, "unreachable")
        log.info("drive told" if sent else "drive not told", window=one.window, command_id=one.id)

    async def _drop(self, name: str, run: str, why: Dropped) -> None:
        self._watched(name).dropped = (run, why, time.monotonic())
        log.warning("a run is dropped", window=name, command_id=run, why=why)
        await self._submit("drop_run", {"window": name, "run": run, "why": why})

    async def _follow(self, name: str, window: Mapping[str, Any], drive: tuple[str, str], *, is_back: bool) -> None:
        """Bring the mirror up to date with what one drive says, and does not say."""
        known, now_s = self._watched(name), time.monotonic()
        is_new, known.is_new = known.is_new, False
        said, run = known.said, window["run"]
        if said is not None and is_news(window, said, known.reported):
            if now_s - known.reported_s < self._each_s:
                known.is_new = is_new  # in a moment
                return
            known.reported, known.reported_s = said, now_s
            await self._moved(name, said)
        if run is not None:
            await self._look_after(name, window, known, now_s)
        elif window["fault"] == "silent" and (is_new or is_back or self._is_reachable_again(known, drive)):
            await self._recover(name, known, now_s)
        if known.fault and window["fault"] is None and now_s - known.faulted_s > _FAULT_AGAIN_S:
            known.faulted_s = now_s
            await self._submit("window_fault", {"window": name, "fault": fault_of(known.fault)})

    def _is_reachable_again(self, known: _Watched, drive: tuple[str, str]) -> bool:
        """Whether the drive could not be told, and could be now."""
        was_not = known.dropped is not None and known.dropped[1] == "unreachable"
        return was_not and self._broker.connected and is_profile(drive[0])

    async def _recover(self, name: str, known: _Watched, now_s: float) -> None:
        """It is there, so it is not silent: what has to be done is decided anew."""
        if now_s - known.recovered_s > _RECOVERED_AGAIN_S:
            known.recovered_s, known.dropped = now_s, None
            await self._submit("window_recovered", {"window": name})

    async def _look_after(self, name: str, window: Mapping[str, Any], known: _Watched, now_s: float) -> None:
        """Drop a run that was never told; once more, where the mirror could not be told that."""
        run = window["run"].get("id")
        if known.dropped and known.dropped[0] == run:
            if now_s - known.dropped[2] > _DROPPED_AGAIN_S:
                await self._drop(name, run, known.dropped[1])
            return
        if known.said is not None and known.said.id == run:
            known.unheard = 0
        told, now_ms = run == known.told or run in self._own, self._shell.clock.now_ms()
        if known.unheard < _DROPPED_IN_A_ROW and is_unheard(window, known.said, now_ms, told=told):
            known.unheard += 1
            await self._drop(name, run, "unheard")

    async def _moved(self, name: str, said: Motion) -> None:
        closed = {} if said.closed is None else {"closed": said.closed}
        payload = {"window": name, "position": said.position, **closed}
        # What it said last still holds, however long nothing was decided.
        age_ms = min(max(0, self._shell.clock.now_ms() - said.at_ms), _OLDEST_MS)
        await self._submit("window_moved", payload, age_ms=age_ms)

    async def _submit(self, action: str, payload: dict[str, Any], *, age_ms: int = 0) -> None:
        await self._shell.submit("sensor", action, payload, age_ms=age_ms)

    async def _is_ours(self, command_id: str | None) -> bool:
        """Whether a command is of the log: one of before a restart may come back."""
        if command_id is None or command_id in self._sent:
            return command_id is not None
        try:
            return bool(await self._shell.store.answers([command_id]))
        except StoreError:
            return True

    async def _woken(self, event: asyncio.Event) -> None:
        """Wait until then, or for the next look."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._look_s):
                await event.wait()
        event.clear()

    def _watched(self, name: str) -> _Watched:
        return self._windows.setdefault(name, _Watched())


def _motion(said: WindowSeen, before: Motion | None, at_ms: int) -> Motion:
    """What a drive says, with what it said before, where it says only a part of it."""
    if before is None or said.profile == "mira":
        return Motion(said.position, said.moving, said.id, said.closed, at_ms)
    return Motion(
        before.position if said.position is None else said.position,
        before.moving if said.moving is None else said.moving,
        said.id,
        before.closed if said.closed is None else said.closed,
        at_ms,
    )


def _remember[T](known: OrderedDict[str, T], name: str, value: T) -> None:
    known[name] = value
    while len(known) > _REMEMBERED:
        known.popitem(last=False)
