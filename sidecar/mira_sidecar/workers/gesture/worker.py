"""The gesture worker: keeps a capture process while the camera is wanted, and sends what it recognises."""

import asyncio
import contextlib
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog

from mira_sidecar.protocol import Device

from .messages import CaptureSettings, Failed, Message, Opened, Recognised

type Submit = Callable[..., Awaitable[None]]
"""`await submit(source, action, payload, confidence=…, age_ms=…)`: sends a command that was captured so long ago."""

_FIRST_RETRY_S = 1.0
_LAST_RETRY_S = 30.0
_TERM_S = 2.0
"""What the capture process has to end by itself before it is killed."""
_NO_CAMERA = "No camera is configured; set `camera` in the sidecar's settings."
_decode = msgspec.json.Decoder(Message)
_log = structlog.get_logger("gesture")


@dataclass(frozen=True, kw_only=True)
class GestureSettings:
    """What to look at, and how."""

    camera: str | None
    """A file, a device such as /dev/video0, or an http:// or rtsp:// address."""
    models: Path
    """The folder of the hand models; see models.py."""
    mirrored: bool = False
    """The stream shows the person as a mirror does."""
    hold_ms: int = 600
    """How long a pose has to be held."""


class GestureWorker:
    """Watches the camera while it is wanted. It begins unwanted: somebody has to say that the camera may be opened."""

    def __init__(self, settings: GestureSettings, *, submit: Submit, observe: Callable[[Device], None]) -> None:
        """`observe` is told what the camera really does, each time that changes."""
        self._settings = settings
        self._submit = submit
        self._observe = observe
        self._wanted = False
        self._change = asyncio.Event()

    def want(self, on: bool) -> None:
        """Open the camera, or close it. Returns at once; `observe` is told when it is so."""
        if on != self._wanted:
            self._wanted = on
            self._change.set()

    async def run(self) -> None:
        """Work until cancelled. On return no capture process is left."""
        camera = self._settings.camera
        if camera is None:
            self._observe(Device("closed", _NO_CAMERA))
            await asyncio.Event().wait()
            return
        while True:
            self._observe(Device("closed"))
            await self._wait_until(True)
            await self._keep_open(camera)

    async def _keep_open(self, camera: str) -> None:
        """Open the camera, again and again, until it is not wanted any more and closed."""
        retry_s = _FIRST_RETRY_S
        while self._wanted:
            capture = _Capture(camera, self._settings, self._submit, self._observe)
            failed = await self._while_wanted(capture)
            if failed is None:
                return
            if capture.opened:
                retry_s = _FIRST_RETRY_S
            self._observe(Device("failed", failed.message))
            log = _log.warning if retry_s == _FIRST_RETRY_S else _log.debug
            log("camera failed", code=failed.code, reason=failed.message, retry_s=retry_s)
            await self._wait_until(False, retry_s)
            retry_s = min(_LAST_RETRY_S, 2 * retry_s)

    async def _while_wanted(self, capture: _Capture) -> Failed | None:
        """How the capture failed; None where it was ended because the camera is not wanted any more."""
        looking = asyncio.create_task(capture.run())
        unwanted = asyncio.create_task(self._wait_until(False))
        try:
            await asyncio.wait((looking, unwanted), return_when=asyncio.FIRST_COMPLETED)
            return looking.result() if looking.done() else None
        finally:
            unwanted.cancel()
            looking.cancel()
            await asyncio.wait((looking, unwanted))

    async def _wait_until(self, on: bool, seconds: float | None = None) -> None:
        """Wait until the camera is wanted, or not wanted, but no longer than `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._wanted is not on:
                    self._change.clear()
                    await self._change.wait()


class _Capture:
    """One life of the capture process."""

    def __init__(
        self, camera: str, settings: GestureSettings, submit: Submit, observe: Callable[[Device], None]
    ) -> None:
        self._camera = camera
        self._settings = settings
        self._submit = submit
        self._observe = observe
        self.opened = False

    async def run(self) -> Failed:
        """Start the process and listen until it has ended. When this returns or is cancelled, it is no more."""
        self._observe(Device("opening"))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "mira_sidecar.workers.gesture.capture"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C in the terminal is for the sidecar, which then ends this
        )
        try:
            return await self._listen(process)
        finally:
            await _end(process)

    async def _listen(self, process: asyncio.subprocess.Process) -> Failed:
        assert process.stdin and process.stdout and process.stderr  # noqa: PT018, S101 - they are pipes
        settings = CaptureSettings(
            camera=self._camera,  # not an argument: it may hold a password
            models=str(self._settings.models),
            mirrored=self._settings.mirrored,
            hold_ms=self._settings.hold_ms,
        )
        process.stdin.write(msgspec.json.encode(settings) + b"\n")
        last_words = asyncio.create_task(_last_lines(process.stderr))
        try:
            failed = None
            async for line in process.stdout:
                failed = await self._heard(_decode.decode(line)) or failed
            if failed is None:
                code = await process.wait()
                _log.error("capture ended by itself", exit_code=code, last_words=await last_words)
                failed = Failed("ended", f"The capture process ended by itself (exit code {code}); the log says more.")
            return failed
        finally:
            last_words.cancel()

    async def _heard(self, message: Message) -> Failed | None:
        match message:
            case Failed():
                return message
            case Opened():
                self.opened = True
                self._observe(Device("open"))
                _log.info("camera open", width=message.width, height=message.height)
            case Recognised():
                await self._submit(
                    "gesture",
                    "gesture",
                    {"name": message.name, "handedness": message.handedness, "hold_ms": message.hold_ms},
                    confidence=message.confidence,
                    age_ms=max(0, round(time.monotonic() * 1000 - message.t_ms)),
                )
        return None


async def _last_lines(stream: asyncio.StreamReader) -> str:
    """The end of what is written to the stream until it is closed."""
    lines: deque[bytes] = deque(maxlen=20)
    async for line in stream:
        lines.append(line)
    return b"".join(lines).decode(errors="replace")


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the process and reap it, also where this is cancelled meanwhile."""
    try:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        async with asyncio.timeout(_TERM_S):
            await process.wait()
    except TimeoutError, asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
