"""Deletes beside the log what is to be forgotten, again and again until the side store has done it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from mira_sidecar.bulletin import Bulletin
from mira_sidecar.protocol import Problem
from mira_sidecar.store.errors import StoreError

log = structlog.get_logger()

_AGAIN_S: Final = 5.0
"""Between two attempts at what the side store did not do."""


class Forgetting:
    """What a subject has to forget."""

    def __init__(self, subject: str, what: str, tidy: Callable[[], Awaitable[None]], bulletin: Bulletin) -> None:
        """`what`: what it is of, in words; `tidy` deletes what nobody may keep, and raises StoreError."""
        self._subject = subject
        self._what = what
        self._tidy = tidy
        self._bulletin = bulletin
        self._wanted = asyncio.Event()

    def want(self) -> None:
        """There may be something to forget. Returns at once."""
        self._wanted.set()

    async def run(self) -> None:
        """Forget what is wanted, until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                await self._tidy()
            except StoreError as error:
                text = f"Something of {self._what} is still there, and is tried again: {error}"
                self._bulletin.degraded(self._subject, Problem("personal_data", text))
                log.warning("something is not forgotten yet; tried again", subject=self._subject, why=str(error))
                await asyncio.sleep(_AGAIN_S)
                self._wanted.set()
            else:
                self._bulletin.degraded(self._subject, None)
