"""The process of a device, seen from the sidecar: started, listened to, ended and reaped."""

import asyncio
import contextlib
import os
import sys
from collections import deque
from collections.abc import AsyncIterator

import msgspec
import structlog

from .messages import PULSE_S, Failed, Message, Orders

_TERM_S = 2.0
"""What the process has to end by itself before it is killed."""
_decode = msgspec.json.Decoder(Message)
_log = structlog.get_logger("devices")


class Capture:
    """A process that has a device open."""

    def __init__(self, to: asyncio.StreamWriter, says: AsyncIterator[Message]) -> None:
        self._to = to
        self.messages = says
        """What it says; the last is always Failed."""

    def tell(self, orders: Orders) -> None:
        """What to open, first; then how to go on. Not as arguments: everybody may read those."""
        self._to.write(msgspec.json.encode(orders) + b"\n")


@contextlib.asynccontextmanager
async def capturing(module: str, orders: Orders) -> AsyncIterator[Capture]:
    """A process that runs this module, with its first orders. After the block it is no more, and the device closed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # The orders come over standard input; what decodes pictures of others needs no password of Redis.
        env={name: value for name, value in os.environ.items() if not name.startswith("MIRA_")},
        start_new_session=True,  # Ctrl-C in the terminal is for the sidecar, which then ends this
    )
    assert process.stdin and process.stdout and process.stderr  # noqa: PT018, S101 - they are pipes
    last_lines = asyncio.create_task(_last_lines(process.stderr))
    pulse = asyncio.create_task(_pulse(process.stdin))
    try:
        capture = Capture(process.stdin, _messages(process, process.stdout, last_lines))
        capture.tell(orders)
        yield capture
    finally:
        last_lines.cancel()
        pulse.cancel()
        await _end(process)


async def _messages(
    process: asyncio.subprocess.Process, lines: asyncio.StreamReader, last_lines: asyncio.Task[str]
) -> AsyncIterator[Message]:
    async for line in lines:
        message = _decode.decode(line)
        yield message
        if isinstance(message, Failed):
            return
    code = await process.wait()
    _log.error("the capture process ended by itself", exit_code=code, last_lines=await last_lines)
    yield Failed("crashed", f"The capture process ended by itself (exit code {code}); the log says more.")


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
