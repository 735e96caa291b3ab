"""A Chromium that several tests use, one after another."""

import asyncio
import contextlib
from collections.abc import Iterator

from playwright.sync_api import Browser


class SharedChromium:
    """To be taken for each use: Playwright leaves its own event loop marked as the one that runs, and before and after
    each test pytest runs fixtures of Home Assistant's on another."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)

    @contextlib.contextmanager
    def taken(self) -> Iterator[Browser]:
        """The browser, for as long as the block lasts."""
        asyncio._set_running_loop(self._loop)
        try:
            yield self._browser
        finally:
            asyncio._set_running_loop(None)
