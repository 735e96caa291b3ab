"""Pictures of the running display and of pages of Home Assistant, for the README and docs/.

`PYTHONPATH=scripts .venv/bin/python -m house.screenshots` starts a household of its own, and ends it again.
"""

import contextlib
import shutil
import sys
import tempfile
import time
from pathlib import Path

import cv2
from playwright.sync_api import Browser, Page, ViewportSize

from house.browser import LANDSCAPE, PORTRAIT, chromium, open_signed_in, save_screenshot
from house.configuration import REPOSITORY
from house.display import Display
from house.hands import empty_room
from house.household import Household, Plan, shown
from house.process import HouseError
from house.redis import free_port
from house.stage import until
from house.stream_server import StreamServer
from house.terminal import Terminal

IMAGES = REPOSITORY / "docs/images"
_PAGE = ViewportSize(width=1250, height=1120)
_AUTOMATION = {
    "alias": "Show the to-dos",
    "triggers": [
        {
            "trigger": "mira.gesture_performed",
            "target": {"entity_id": "event.hall_gesture"},
            "options": {
                "sequence": [{"gesture": "palm"}, {"gesture": "swipe_left"}],
                "within": {"seconds": 2},
                "min_confidence": 80,
            },
        }
    ],
    "actions": [
        {"action": "select.select_option", "target": {"entity_id": "select.hall_page"}, "data": {"option": "todos"}}
    ],
}


def main() -> int:
    """Take all pictures."""
    terminal = Terminal()
    folder = Path(tempfile.mkdtemp(prefix="mira-screenshots-"))
    with contextlib.ExitStack() as stack:
        camera = stack.enter_context(StreamServer(empty_room()))
        house = Household(Plan(folder=folder, port=free_port(), camera=camera.url))
        stack.callback(house.stop, terminal)
        house.start(terminal)
        browser = stack.enter_context(chromium())
        for size, name in ((PORTRAIT, "display-portrait"), (LANDSCAPE, "display-landscape")):
            with terminal.step(name) as line:
                display = Display(browser, house.display_url, size)
                _live(house, display)
                display.screenshot(IMAGES / f"{name}.png")
                line.detail = f"{_shrink(IMAGES / f'{name}.png') / 1000:.0f} kB"
        for name, opened in (("settings", _settings), ("trigger-editor", _trigger_editor)):
            with terminal.step(name) as line:
                save_screenshot(opened(house, browser), IMAGES / f"{name}.png")
                line.detail = f"{_shrink(IMAGES / f'{name}.png') / 1000:.0f} kB"
    with contextlib.ExitStack() as stack:
        house = Household(Plan(folder=folder / "talk", port=free_port(), api=free_port(), voice=True))
        stack.callback(house.stop, terminal)
        house.start(terminal)
        browser = stack.enter_context(chromium())
        with terminal.step("talk-simulator") as line:
            save_screenshot(_simulator(house, browser), IMAGES / "talk-simulator.png")
            line.detail = f"{_shrink(IMAGES / 'talk-simulator.png') / 1000:.0f} kB"
    shutil.rmtree(folder)
    terminal.say(f"\nThe pictures are in {shown(IMAGES)}.")
    return 0


def _settings(house: Household, browser: Browser) -> Page:
    """The settings page of the display."""
    page = _signed_in(house, browser, "/mira/settings")
    page.locator("mira-settings ha-form ha-input, mira-settings ha-form ha-textfield").first.wait_for(timeout=30_000)
    page.frame_locator("mira-preview iframe").locator("[data-test=todo]").first.wait_for()
    return page


def _simulator(house: Household, browser: Browser) -> Page:
    """The talk simulator, after two answers of the persona."""
    page = _signed_in(house, browser, "/mira/settings/talk")
    page.set_viewport_size(ViewportSize(width=1120, height=640))
    part = page.locator("mira-talk-simulator")
    part.locator("[data-test=address]").fill(house.api_url)
    part.locator("[data-test=key]").fill(house.new_key())
    part.locator("[data-test=key]").press("Enter")
    for place, text in enumerate(("Hello", "Tell me a joke")):
        part.locator("[data-test=text]").fill(text)
        part.locator("[data-test=text]").press("Enter")
        part.locator("[data-test=turn][data-outcome=answered]").nth(place).wait_for()
    return page


def _trigger_editor(house: Household, browser: Browser) -> Page:
    """An automation, and the trigger of a gesture in its editor."""
    house.home_assistant.post("/api/config/automation/config/todos", _AUTOMATION)
    page = _signed_in(house, browser, "/config/automation/edit/todos")
    page.locator("ha-automation-trigger-row").click()
    page.get_by_text("swipe_left", exact=True).wait_for()
    page.wait_for_timeout(2_000)  # its fields are loaded one by one
    return page


def _signed_in(house: Household, browser: Browser, path: str) -> Page:
    page = open_signed_in(browser, house.home_assistant.url, house.home_assistant.login.token, path, _PAGE)
    page.set_default_timeout(30_000)
    return page


def _live(house: Household, display: Display) -> None:
    """The camera is on and a hand was just seen."""
    until("the todos on the display", lambda: display.todos, bool, 30)
    if display.camera == "off":
        display.tap("camera")
        display.tap("confirm")
    until("the camera is on", lambda: display.camera, lambda sign: sign == "on")
    time.sleep(1.1)  # the cooldown of the gesture before
    house.bus.send("gesture", {"name": "palm", "hold_ms": 640}, source="gesture", confidence=0.97)
    until("the palm on the display", lambda: display.gesture, lambda name: name == "palm")
    time.sleep(0.6)  # its animation


def _shrink(file: Path) -> int:
    """Pack a PNG as tightly as it goes, without loss; its size in bytes."""
    image = cv2.imread(str(file))
    if image is None:
        raise HouseError(f"{file} is no picture.")
    cv2.imwrite(str(file), image, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    return file.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
