"""The tasks beside the decisions: none of them ends, or goes on failing, without a word."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import structlog

from mira_sidecar.protocol import Problem

log = structlog.get_logger()

_RESTART_S = 5.0
_SOUND_S = 60.0
"""What a task has to work, since it failed, to count as sound again."""

type Report = Callable[[str, Problem | None], None]
"""Is told of a task that fails, and None once it is sound again."""


class Supervised:
    """A task that is started again when it fails, and says so."""

    def __init__(
        self, name: str, work: Callable[[], Awaitable[None]], report: Report, *, restart_s: float = _RESTART_S
    ) -> None:
        """`work` ends only where it has nothing more to do."""
        self._name = name
        self._work = work
        self._report = report
        self._restart_s = restart_s

    async def run(self) -> None:
        """Keep it going until it is done, or until cancelled."""
        while True:
            sound = asyncio.get_running_loop().call_later(_SOUND_S, self._report, self._name, None)
            try:
                await self._work()
            except Exception as error:
                # Not its text, which may repeat what somebody said.
                log.exception("a task failed and starts again", task=self._name, in_s=self._restart_s)
                self._report(self._name, failing(self._name, type(error).__name__))
            else:
                self._report(self._name, None)
                return
            finally:
                sound.cancel()
            await asyncio.sleep(self._restart_s)


@contextlib.asynccontextmanager
async def beside(tasks: Sequence[Supervised]) -> AsyncIterator[None]:
    """Run tasks beside the block; they are cancelled, and waited for, when it ends."""
    running = [asyncio.create_task(task.run()) for task in tasks]
    try:
        yield
    finally:
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def failing(name: str, error: str) -> Problem:
    """That a part of the sidecar keeps failing; `error` is its kind."""
    text = f"The part `{name}` of the sidecar keeps failing ({error}). The sidecar's log says more; please report it."
    return Problem("worker_failing", text)
