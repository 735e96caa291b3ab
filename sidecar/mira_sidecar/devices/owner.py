"""The owner of a device: opens it while it may be open and somebody wants to look, closes it, lends it.

This is the one place where that is decided, for every device, whatever looks:

- it is open only while its switch is on and can be heard, and somebody looks;
- it is closed once its process has ended and was reaped, or who borrowed it has closed it, and is said to be so then;
- what was not told to be open is closed: so it begins, and so it ends.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec
import structlog

from mira_sidecar.protocol import CaptureState, Device, DeviceId, DeviceKind, Picture, Problem
from mira_sidecar.supervision import Report, failing

from .messages import Failed, FailureCode, Faulted, LookerOrder, Opened, Orders, Recovered, Said
from .process import Capture, capturing

_FIRST_RETRY_S = 1.0
_LAST_RETRY_S = 30.0
_NO_SIGNAL: tuple[FailureCode, ...] = ("silent", "ended")
_SOUND_S = 60.0
"""After which a part that could not take what its looker said counts as sound again, where it could since."""


class Hardware(Protocol):
    """What there is to open: a struct that its process is told."""

    @property
    def kind(self) -> DeviceKind:
        """What it is, and so which switch it obeys."""

    @property
    def process(self) -> str:
        """The module that has it open."""

    @property
    def inherits(self) -> tuple[int, ...]:
        """The handles of the sidecar's that its process needs."""

    @property
    def entity(self) -> str | None:
        """What it is in Home Assistant, where it is that."""


class Loan(Protocol):
    """A device in other hands."""

    @property
    def seconds(self) -> float:
        """For how long it was asked for."""

    def refuse(self, reason: str) -> None:
        """Say why it is not lent after all."""

    async def keep(self) -> None:
        """Hand it over, and return once it is closed there; so it is also where this is cancelled."""


class NotLentError(Exception):
    """The device cannot be lent; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Looker:
    """What wants to look, as the sidecar knows it."""

    name: str
    """That of its subject."""
    module: str
    """The one that looks, inside the process of the device; see lookers.py."""
    hear: Callable[[msgspec.Raw], Awaitable[None]]
    """Gets what it says there."""
    closed: Callable[[], None] = lambda: None
    """Is told that the device is closed: what was seen last is over."""
    films: bool = False
    """Whether pictures leave the process by it: the sign at the glass says so, as of a camera that is lent."""


class Owner:
    """Has a device. It begins closed: somebody has to say that it may be open."""

    def __init__(self, name: DeviceId, hardware: Hardware, observe: Callable[[Device], None], report: Report) -> None:
        """`observe` is told what the device really does, `report` of those that cannot look, each as it changes."""
        self._name = name
        self._hardware = hardware
        self._log = structlog.get_logger("devices").bind(device=name)
        self._tell = observe
        self._report = report
        self._on = False
        self._lookers: dict[str, Looker] = {}
        self._orders: dict[str, LookerOrder] = {}
        self._capture: Capture | None = None
        self._device = Device(hardware.kind, "closed")
        """What was observed last."""
        self._loan: Loan | None = None
        self._failing: dict[str, asyncio.TimerHandle | None] = {}
        """The lookers that are, with when they count as sound by themselves."""
        self._change = asyncio.Event()

    @property
    def kind(self) -> DeviceKind:
        """What it is."""
        return self._hardware.kind

    def switch(self, on: bool) -> None:
        """Whether it may be open. Returns at once; `observe` is told when it is so."""
        if on != self._on:
            self._on = on
            self._change.set()

    def look(self, looker: Looker, settings: msgspec.Struct | None) -> None:
        """Have it look like this; None: not any more. Returns at once. It may change while the device is open."""
        name = looker.name
        before = self._orders.get(name)
        order = LookerOrder(looker.module, msgspec.Raw(msgspec.json.encode(settings))) if settings is not None else None
        self._lookers[name] = looker
        if order == before:
            return
        if order is None:
            del self._orders[name]
            self._sound(name)  # it does not look, so it does not fail
        else:
            self._orders[name] = order
        if self._capture and self._orders:
            self._capture.tell(Orders(lookers=self._orders))
        if self._capture and self._device.capture == "open" and self._device.filming != self._films:
            self._observe("open", picture=self._device.picture, filming=self._films)
        if (before is None) != (order is None):
            self._change.set()

    def lend(self, loan: Loan) -> None:
        """Close the device, and leave it to a command. Returns at once. Raises NotLentError."""
        if self._loan:
            raise NotLentError("Another command is filming. Try again when it is done.")
        if not self._on:
            raise NotLentError(self._off)
        if self._device.capture != "open":
            raise NotLentError(f"The {self.kind} is not open. Try again when it is.")
        self._loan = loan
        self._change.set()

    async def run(self) -> None:
        """Work until cancelled. When this ends, however it does, the device is closed and no process is left."""
        self._observe("closed")
        while True:
            await self._while(lambda: not self._looking() and self._loan is None)
            try:
                await (self._give(self._loan) if self._loan else self._keep_open())
            finally:
                self._observe("closed")

    def _observe(self, capture: CaptureState, *, picture: Picture | None = None, filming: bool = False) -> None:
        self._show(Device(self.kind, capture, picture=picture, filming=filming))

    def _show(self, device: Device) -> None:
        self._device = msgspec.structs.replace(device, entity=self._hardware.entity)
        self._tell(self._device)

    @property
    def _films(self) -> bool:
        return any(self._lookers[name].films for name in self._orders)

    @property
    def _off(self) -> str:
        return f"The {self.kind} is switched off."

    async def _give(self, loan: Loan) -> None:
        """Leave the device to a command until that has closed it, which it has to as soon as it is switched off."""
        try:
            if self._on:
                await self._so_long(lambda: self._on, self._lent(loan))
        finally:
            loan.refuse(self._off)
            self._loan = None

    async def _lent(self, loan: Loan) -> None:
        """The sign at the glass says all the time that it is in use, and what for."""
        self._observe("open", filming=True)
        self._log.info("device lent", seconds=loan.seconds)
        try:
            await loan.keep()
        finally:
            self._log.info("device is back")

    async def _keep_open(self) -> None:
        """Open the device, again and again, until nobody may look or it is to be lent, and closed."""
        retry_s = _FIRST_RETRY_S
        while self._looking():
            opened = asyncio.Event()
            failed = await self._so_long(self._looking, self._open(opened))
            if failed is None:
                return
            if opened.is_set():
                retry_s = _FIRST_RETRY_S
            self._show(_device(self.kind, failed))
            log = self._log.warning if retry_s == _FIRST_RETRY_S else self._log.debug
            log("device failed", code=failed.code, reason=failed.message, retry_s=retry_s)
            await self._while(self._looking, retry_s)
            retry_s = min(_LAST_RETRY_S, 2 * retry_s)

    async def _open(self, opened: asyncio.Event) -> Failed:
        """Pass on what is said in one process, until it fails."""
        self._observe("opening")
        try:
            orders = _first(self._hardware, dict(self._orders))
            async with capturing(self._hardware.process, orders, self._hardware.inherits) as self._capture:
                if orders.lookers != self._orders:  # they changed while it started
                    self._capture.tell(Orders(lookers=self._orders))
                async for message in self._capture.messages():
                    match message:
                        case Opened():
                            opened.set()
                            self._observe("open", picture=message.picture, filming=self._films)
                            self._log.info(
                                "device open", **(msgspec.structs.asdict(message.picture) if message.picture else {})
                            )
                        case Said():
                            await self._hear(message)
                        case Faulted():
                            self._fault(message)
                        case Recovered():
                            self._sound(message.looker)
                        case Failed():
                            return message
        finally:
            self._capture = None
            for name in [*self._failing]:
                self._sound(name)
            for looker in self._lookers.values():
                looker.closed()
        raise AssertionError("a capture ends with Failed")

    async def _hear(self, said: Said) -> None:
        """Pass on what a looker says. What its part cannot take is no fault of the others."""
        name = said.looker
        if name not in self._orders:
            return  # it was said before it was told to look no more
        hearing = asyncio.ensure_future(self._lookers[name].hear(said.message))
        try:
            # The device is closed without waiting for it: it may be in the middle of something on a disk that hangs.
            await asyncio.shield(hearing)
        except asyncio.CancelledError:
            hearing.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is shown
            if name not in self._failing:
                self._log.exception("a fault of Mira: please report it", looker=name)
            self._fail(name, failing(name, type(error).__name__))
            self._failing[name] = asyncio.get_running_loop().call_later(_SOUND_S, self._sound, name)

    def _fault(self, fault: Faulted) -> None:
        name, message = fault.looker, fault.message
        if name not in self._orders:
            return  # as in `_hear`
        self._log.error("a looker failed", looker=name, error=fault.error, reason=message, trace=fault.trace)
        self._fail(name, Problem("worker_failing", message) if message else failing(name, fault.error))

    def _fail(self, name: str, problem: Problem) -> None:
        if timer := self._failing.get(name):
            timer.cancel()
        self._failing[name] = None
        self._report(f"{self._name}.{name}", problem)

    def _sound(self, name: str) -> None:
        if timer := self._failing.pop(name, None):
            timer.cancel()
        self._report(f"{self._name}.{name}", None)

    def _looking(self) -> bool:
        """Whether somebody is to look."""
        return self._on and bool(self._orders) and self._loan is None

    async def _so_long[Result](self, holds: Callable[[], bool], work: Coroutine[Any, Any, Result]) -> Result | None:
        """What came of the work; None where it was ended because it does not hold any more."""
        working = asyncio.create_task(work)
        over = asyncio.create_task(self._while(holds))
        try:
            await asyncio.wait((working, over), return_when=asyncio.FIRST_COMPLETED)
            return working.result() if working.done() else None
        finally:
            over.cancel()
            working.cancel()
            await _all_ended(working, over)

    async def _while(self, holds: Callable[[], bool], seconds: float | None = None) -> None:
        """Wait for as long as it holds, but no longer than `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while holds():
                    self._change.clear()
                    await self._change.wait()


async def tried(hardware: Hardware) -> Device:
    """Open the device until it gives something, close it again, and say how that went."""
    async with capturing(hardware.process, _first(hardware, {}), hardware.inherits) as capture:
        async for message in capture.messages():
            match message:
                case Opened():
                    return Device(hardware.kind, "open")
                case Failed():
                    return _device(hardware.kind, message)
    raise AssertionError("a capture begins with Opened or Failed")


async def said_first(hardware: Hardware, looker: str) -> msgspec.Raw | Device:
    """What a looker of this module says first, the device being closed again then; else how that failed."""
    orders = {looker: LookerOrder(looker, msgspec.Raw(b"null"))}
    async with capturing(hardware.process, _first(hardware, orders), hardware.inherits) as capture:
        async for message in capture.messages():
            match message:
                case Said():
                    return message.message
                case Failed():
                    return _device(hardware.kind, message)
    raise AssertionError("a capture ends with Failed")


def _first(hardware: Hardware, lookers: dict[str, LookerOrder]) -> Orders:
    """What the process is told first."""
    return Orders(device=msgspec.Raw(msgspec.json.encode(hardware)), lookers=lookers)


def _device(kind: DeviceKind, failed: Failed) -> Device:
    state: CaptureState = "no_signal" if failed.code in _NO_SIGNAL else "failed"
    return Device(kind, state, failed.message, code=failed.code)


async def _all_ended(*tasks: asyncio.Task[Any]) -> None:
    """Wait until these tasks have ended, and only then be cancelled: they close the device."""
    cancelled: asyncio.CancelledError | None = None
    while under_way := [task for task in tasks if not task.done()]:
        try:
            await asyncio.wait(under_way)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled:
        raise cancelled
