"""`scripts/kiosk`: a browser that is started before Home Assistant."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from house.configuration import REPOSITORY
from house.household import Household
from house.redis import free_port
from house.stage import until
from tests.network import Network

KIOSK = REPOSITORY / "scripts/kiosk"


@pytest.fixture
def debugged(tmp_path: Path) -> tuple[Path, int]:
    """A Chromium that is started by what the fixture returns, and can then be looked into at a port."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    port = free_port()
    flags = f"--headless --no-sandbox --disable-gpu --user-data-dir={tmp_path}/profile --remote-debugging-port={port}"
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\nexec {chromium} {flags} "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program, port


@pytest.mark.timeout(120)
def test_a_kiosk_that_is_started_before_home_assistant_waits_for_the_display(
    house: Household, network: Network, debugged: tuple[Path, int]
) -> None:
    program, port = debugged
    house.home_assistant.stop()
    url = f"http://127.0.0.1:{network.port}/mira"
    kiosk = subprocess.Popen([KIOSK, url], env={**os.environ, "MIRA_BROWSER": str(program)})
    try:
        house.home_assistant.launch()
        house.home_assistant.wait_until_running()
        with sync_playwright() as playwright:
            address = f"http://127.0.0.1:{port}"
            browser = until("the browser", lambda: playwright.chromium.connect_over_cdp(address), bool, 30)
            page: Page = browser.contexts[0].pages[0]
            page.locator("mira-panel [data-test=time]").wait_for(timeout=30_000)
            browser.close()
    finally:
        kiosk.terminate()
        kiosk.wait(20)


def test_a_kiosk_without_an_address_says_what_it_wants() -> None:
    ended = subprocess.run([KIOSK], capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("kiosk: say where the display is")
