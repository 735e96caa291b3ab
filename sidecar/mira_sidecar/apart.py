"""Runs a module in a process of its own: what ends it there ends nothing else."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE


def bare_environment() -> dict[str, str]:
    """The environment without Mira's settings: what decodes things of others needs no password of Redis."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MIRA_")}


async def run_apart(module: str, told: bytes, seconds: float, *, stderr: int | None = None) -> tuple[int | None, bytes]:
    """What the module returned and said, told this; killed where it takes longer. Raises TimeoutError."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module),
        stdin=PIPE,
        stdout=PIPE,
        stderr=stderr,
        env=bare_environment(),
        start_new_session=True,  # Ctrl-C in the terminal is for the sidecar, which then ends this
    )
    try:
        async with asyncio.timeout(seconds):
            said, _ = await process.communicate(told)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, said
