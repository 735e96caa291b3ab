"""The system's Chromium, as a person or a mirror would use it."""

import contextlib
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from house.process import HouseError

PORTRAIT = ViewportSize(width=1080, height=1920)
LANDSCAPE = ViewportSize(width=1920, height=1080)

_FLAGS = (
    "--no-sandbox",  # the tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # Nothing leaves this machine:
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium, ended with the block. Raises HouseError where the system has none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        raise HouseError("Chromium is not installed; install your system's chromium package.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def open_page(browser: Browser, url: str, size: ViewportSize = PORTRAIT, *, touch: bool = False) -> Page:
    """A page of a browser that has never been here: no cookies, no login; with `touch`, on a screen that has it."""
    page = browser.new_context(viewport=size, locale="en-GB", has_touch=touch).new_page()
    page.goto(url)
    return page


def open_signed_in(browser: Browser, url: str, token: str, path: str, size: ViewportSize = LANDSCAPE) -> Page:
    """A page of Home Assistant at `url`, for whom this long-lived access token belongs to."""
    page = browser.new_context(viewport=size, locale="en-GB").new_page()
    never = (time.time() + 10**8) * 1000
    tokens = {"hassUrl": url, "clientId": f"{url}/", "access_token": token, "expires": never, "refresh_token": ""}
    page.add_init_script(f"localStorage.setItem('hassTokens', {json.dumps(json.dumps(tokens))})")
    page.goto(f"{url}{path}")
    return page


def asked(page: Page, message: dict[str, Any]) -> Any:
    """What Home Assistant answers to this message over the page's own connection."""
    page.wait_for_function("document.querySelector('home-assistant')?.hass?.connection")
    ask = "message => document.querySelector('home-assistant').hass.connection.sendMessagePromise(message)"
    return page.evaluate(ask, message)


def save_screenshot(page: Page, file: Path) -> None:
    """What the page shows now, animations finished."""
    file.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=file, animations="disabled")
