"""The process of a device, seen from the sidecar: started, listened to, ended and reaped."""

import asyncio
import contextlib
import sys
from collections import deque
from collections.abc import AsyncIterator, Sequence

import msgspec
import structlog

from mira_sidecar.apart import bare_environment

from .messages import PULSE_S, Failed, Message, Orders

_TERM_S = 2.0
"""What the process has to end by itself before it is killed."""
_decode = msgspec.json.Decoder(Message)
_log = structlog.get_logger("devices")


class Started:
    """A process that runs beside the sidecar."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin and process.stdout and process.stderr  # noqa: PT018, S101 - they are pipes
        self._process = process
        self.to = process.stdin
        self.lines = process.stdout
        self._last_lines = asyncio.create_task(_last_lines(process.stderr))

    @property
    def pid(self) -> int:
        """Its id, as long as it runs."""
        return self._process.pid

    async def ended(self) -> int:
        """Wait for its end, which it should not have come to, and log it; the exit code."""
        code = await self._process.wait()
        _log.error("the process of a device ended by itself", exit_code=code, last_lines=await self._last_lines)
        return code

    async def end(self) -> None:
        """End it and reap it, also where this is cancelled meanwhile."""
        self._last_lines.cancel()
        try:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
            async with asyncio.timeout(_TERM_S):
                await self._process.wait()
        except TimeoutError, asyncio.CancelledError:
            self.kill()
            await self._process.wait()

    def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()


@contextlib.asynccontextmanager
async def started(module: str, *arguments: str, inherits: Sequence[int] = ()) -> AsyncIterator[Started]:
    """A process that runs this module, with these handles. After the block it is no more, and its device closed."""
    process = Started(
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, *arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=bare_environment(),
            pass_fds=inherits,
            start_new_session=True,  # Ctrl-C in the terminal is for the sidecar, which then ends this
        )
    )
    try:
        yield process
    finally:
        await process.end()


class Capture:
    """A process that has a device open, for lookers."""

    def __init__(self, process: Started) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """The id of the process, for those that measure it."""
        return self._process.pid

    def tell(self, orders: Orders) -> None:
        """What to open, first; then how to go on. Not as arguments: everybody may read those."""
        self._process.to.write(msgspec.json.encode(orders) + b"\n")

    async def messages(self) -> AsyncIterator[Message]:
        """What it says; the last is always Failed."""
        async for line in self._process.lines:
            message = _decode.decode(line)
            yield message
            if isinstance(message, Failed):
                return
        code = await self._process.ended()
        yield Failed("crashed", f"The capture process ended by itself (exit code {code}); the log says more.")


@contextlib.asynccontextmanager
async def capturing(module: str, orders: Orders, inherits: Sequence[int] = ()) -> AsyncIterator[Capture]:
    """A process that runs this module, with its first orders. After the block it is no more, and the device closed."""
    async with started(module, inherits=inherits) as process:
        capture = Capture(process)
        capture.tell(orders)
        pulse = asyncio.create_task(_pulse(process.to))
        try:
            yield capture
        finally:
            pulse.cancel()


async def _pulse(to: asyncio.StreamWriter) -> None:
    """Say that we live: one who hangs could not switch the camera off."""
    while not to.is_closing():
        to.write(b"\n")
        await asyncio.sleep(PULSE_S)


async def _last_lines(stream: asyncio.StreamReader) -> str:
    """The end of what is written to the stream until it is closed."""
    lines: deque[bytes] = deque(maxlen=20)
    async for line in stream:
        lines.append(line)
    return b"".join(lines).decode(errors="replace")
