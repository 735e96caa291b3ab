"""Pictures of the running display for the README: `PYTHONPATH=scripts .venv/bin/python -m house.screenshots`.

It starts a household of its own and ends it again.
"""

import contextlib
import shutil
import sys
import tempfile
import time
from pathlib import Path

import cv2

from house.browser import LANDSCAPE, PORTRAIT, chromium
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
    shutil.rmtree(folder)
    terminal.say(f"\nThe pictures are in {shown(IMAGES)}.")
    return 0


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
