"""Runs a module in a process of its own: what ends it there ends nothing else."""

import asyncio
import sys
from asyncio.subprocess import PIPE


async def run_apart(module: str, told: bytes, seconds: float, *, stderr: int | None = None) -> tuple[int | None, bytes]:
    """What the module returned and said, told this; killed where it takes longer. Raises TimeoutError."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", module, stdin=PIPE, stdout=PIPE, stderr=stderr)
    try:
        async with asyncio.timeout(seconds):
            said, _ = await process.communicate(told)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, said
