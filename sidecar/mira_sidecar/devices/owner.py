"""The gesture worker: keeps a capture process while the camera is wanted and not lent, and sends what it recognises."""

import asyncio
import contextlib
import re
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import structlog

from mira_sidecar.protocol import Device, Picture
from mira_sidecar.subjects.gesture.worker.messages import (
    CaptureSettings,
    Failed,
    FailureCode,
    Opened,
    Recognised,
    RecogniserSettings,
    Sampled,
    Seen,
)

from .camera.lending import Lent, Loan, NotLentError
from .process import Capture, capturing

type Submit = Callable[..., Awaitable[None]]
"""`await submit(source, action, payload, confidence=…, age_ms=…)`: sends a command that was captured so long ago."""
type Keep = Callable[[Sampled], Awaitable[None]]
type Show = Callable[..., None]
"""`show(hands, age_ms=…)`: these hands were seen so long ago. Returns at once."""

_AS_EVER = RecogniserSettings()
_FIRST_RETRY_S = 1.0
_LAST_RETRY_S = 30.0
_NO_SIGNAL: tuple[FailureCode, ...] = ("silent", "ended")
_NO_CAMERA = "No camera is configured; set `camera` in the sidecar's settings."
_OFF = "The camera is switched off."
_ENTITY = re.compile(r"/api/camera_proxy(?:_stream)?/(camera\.\w+)$")
"""The path of a camera's pictures in Home Assistant."""
_log = structlog.get_logger("gesture")


@dataclass(frozen=True, kw_only=True)
class CameraSettings:
    """What to look at, and how."""

    camera: str | None
    """A file, a device such as /dev/video0, or an http:// or rtsp:// address."""
    token: str | None = None
    """What an http:// camera asks for: a token of Home Assistant, where the camera is one of its entities."""
    models: Path
    """The folder of the hand models; see models.py."""

    @property
    def entity(self) -> str | None:
        """The camera of Home Assistant that it is, where it is one."""
        try:
            found = _ENTITY.search(urlsplit(self.camera or "").path)
        except ValueError:  # an address that nobody can read; it may hold a password all the same
            return None
        return found[1] if found else None


class GestureWorker:
    """Watches the camera while it is wanted. It begins unwanted: somebody has to say that the camera may be opened."""

    def __init__(
        self, settings: CameraSettings, *, submit: Submit, keep: Keep, show: Show, observe: Callable[[Device], None]
    ) -> None:
        """`observe` is told what the camera really does, each time that changes; `keep` gets what is taught."""
        self._settings = settings
        self._submit = submit
        self._keep = keep
        self._show = show
        self._tell = observe
        self._wanted = False
        self._recognition = _AS_EVER
        self._capture: Capture | None = None
        self._observed = Device("closed")
        self._loan: Loan | None = None
        self._change = asyncio.Event()

    def want(self, on: bool, recognition: RecogniserSettings = _AS_EVER) -> None:
        """Open the camera, or close it. Returns at once; `observe` is told when it is so.

        How hands become gestures changes while it is open.
        """
        if recognition != self._recognition:
            self._recognition = recognition
            if self._capture:
                self._capture.tell(recognition)
        wanted = on and self._settings.camera is not None
        if wanted != self._wanted:
            self._wanted = wanted
            self._change.set()

    def lend(self, loan: Loan) -> None:
        """Close the camera, and leave it to a command. Returns at once. Raises NotLentError."""
        if self._loan:
            raise NotLentError("Another command is filming. Try again when it is done.")
        if not self._wanted:
            raise NotLentError(_OFF)
        if self._observed.capture != "open":
            raise NotLentError("The camera is not open. Try again when it is.")
        self._loan = loan
        self._change.set()

    async def run(self) -> None:
        """Work until cancelled. When this ends, however it does, the camera is closed and no process is left."""
        self._observe(Device("closed", None if self._settings.camera else _NO_CAMERA))
        while True:
            await self._while(lambda: not self._wanted and self._loan is None)
            try:
                await (self._give(self._loan) if self._loan else self._keep_open())
            finally:
                self._observe(Device("closed"))

    def _observe(self, device: Device) -> None:
        self._observed = msgspec.structs.replace(device, entity=self._settings.entity)
        self._tell(self._observed)

    async def _give(self, loan: Loan) -> None:
        """Leave the camera to a command until that has closed it, which it has to as soon as it is not wanted."""
        try:
            if self._wanted:
                await self._so_long(lambda: self._wanted, self._lent(loan))
        finally:
            loan.refuse(_OFF)
            self._loan = None

    async def _lent(self, loan: Loan) -> None:
        """The camera's sign at the glass says all the time that it is in use, and what for."""
        assert self._settings.camera is not None  # noqa: S101 - without one it is not wanted
        self._observe(Device("open", filming=True))
        _log.info("camera lent", seconds=loan.seconds)
        try:
            await loan.keep(Lent(self._settings.camera, self._settings.token, self._recognition.mirrored))
        finally:
            _log.info("camera is back")

    async def _keep_open(self) -> None:
        """Open the camera, again and again, until it is not wanted any more or to be lent, and closed."""
        retry_s = _FIRST_RETRY_S
        while self._looking():
            opened = asyncio.Event()
            failed = await self._so_long(self._looking, self._look(opened))
            if failed is None:
                return
            if opened.is_set():
                retry_s = _FIRST_RETRY_S
            self._observe(_device(failed))
            log = _log.warning if retry_s == _FIRST_RETRY_S else _log.debug
            log("camera failed", code=failed.code, reason=failed.message, retry_s=retry_s)
            await self._while(self._looking, retry_s)
            retry_s = min(_LAST_RETRY_S, 2 * retry_s)

    async def _look(self, opened: asyncio.Event) -> Failed:
        """Send what one capture process recognises, until it fails."""
        self._observe(Device("opening"))
        seen = Seen(hands=[], t_ms=0)
        try:
            async with capturing(_capture_settings(self._settings, self._recognition)) as self._capture:
                async for message in self._capture.messages:
                    match message:
                        case Opened():
                            opened.set()
                            picture = Picture(message.width, message.height, self._recognition.mirrored)
                            self._observe(Device("open", picture=picture))
                            _log.info("camera open", width=message.width, height=message.height)
                        case Recognised():
                            await self._send(message)
                        case Sampled():
                            await self._keep(message)
                        case Seen():
                            seen = message
                            self._show(seen.hands, age_ms=_age_ms(seen))
                        case Failed():
                            return message
        finally:
            self._capture = None
            if seen.hands:
                self._show((), age_ms=0)
        raise AssertionError("a capture ends with Failed")

    async def _send(self, seen: Recognised) -> None:
        await self._submit(
            "gesture",
            "gesture",
            {"name": seen.name, "handedness": seen.handedness, "hold_ms": seen.hold_ms},
            confidence=seen.confidence,
            age_ms=_age_ms(seen),
        )

    def _looking(self) -> bool:
        """Whether hands are to be looked for."""
        return self._wanted and self._loan is None

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


def _device(failed: Failed) -> Device:
    return Device("no_signal" if failed.code in _NO_SIGNAL else "failed", failed.message, code=failed.code)


async def _all_ended(*tasks: asyncio.Task[Any]) -> None:
    """Wait until these tasks have ended, and only then be cancelled: they close the camera."""
    cancelled: asyncio.CancelledError | None = None
    while under_way := [task for task in tasks if not task.done()]:
        try:
            await asyncio.wait(under_way)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled:
        raise cancelled


def _age_ms(message: Recognised | Seen) -> int:
    return max(0, round(time.monotonic() * 1000 - message.t_ms))


async def try_camera(settings: CameraSettings) -> Device:
    """Open the camera until its first picture, close it again, and say how that went."""
    if settings.camera is None:
        return Device("failed", _NO_CAMERA)
    async with capturing(_capture_settings(settings, _AS_EVER)) as capture:
        async for message in capture.messages:
            match message:
                case Opened():
                    return Device("open")
                case Failed():
                    return _device(message)
    raise AssertionError("a capture begins with Opened or Failed")


def _capture_settings(settings: CameraSettings, recognition: RecogniserSettings) -> CaptureSettings:
    """What a capture process is told first."""
    assert settings.camera is not None  # noqa: S101 - without one it is not wanted
    return CaptureSettings(
        camera=settings.camera, token=settings.token, models=str(settings.models), recognition=recognition
    )
