"""The display's pages and states as pictures: for docs/display.md, and as references for tests/display.

`PYTHONPATH=scripts .venv/bin/python -m house.gallery` draws them anew. Look at each before you keep it.
"""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, ViewportSize

from house.browser import LANDSCAPE, PORTRAIT, chromium
from house.configuration import REPOSITORY
from house.dev_page import build, served, show
from house.process import HouseError
from house.terminal import Terminal

type Picture = NDArray[np.uint8]

PICTURES: Final = REPOSITORY / "docs/images/display"
SIZES: Final = {"portrait": PORTRAIT, "landscape": LANDSCAPE}
SCENES: Final = {
    "home": "Home: clock, calendar, weather, people, todos, music, a hint",
    "todos": "All todos",
    "clock": "The time alone",
    "log": "The log: what was decided, and why",
    "hold": "A pose that is held fills its ring",
    "pointing": "A finger chooses a todo",
    "camera": "A camera's picture, and the hand that the mirror sees in it",
    "camera_page": "What the mirror sees, without a picture",
    "refusal": "A refusal says why",
    "undo": "What was done can be taken back",
    "question": "The mirror asks back, and counts down",
    "pin_pad": "The PIN",
    "message_picture_and_buttons": "A message with a picture and buttons",
    "teaching": "A gesture is being taught",
    "guest": "What guests see",
    "night": "The colours of the night",
    "camera_no_signal": "A camera that sends nothing",
    "mirror_lost": "The sidecar is away",
    "home_assistant_lost": "Home Assistant is away",
}
"""Scenes of lovelace/dev/scenes.ts, and what they show."""
_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def main() -> int:
    """Draw all pictures."""
    terminal = Terminal()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        build(Path(folder))
        pages = {name: opened(browser, size) for name, size in SIZES.items()}
        with served(Path(folder)) as address:
            for scene in SCENES:
                with terminal.step(scene):
                    for name, page in pages.items():
                        cv2.imwrite(str(kept(scene, name)), drawn(page, address, scene), [_PACKED, 9])
    terminal.say(f"\nThe pictures are in {PICTURES.relative_to(REPOSITORY)}. Look at each before you keep it.")
    return 0


_PACKED = cv2.IMWRITE_PNG_COMPRESSION


def kept(scene: str, orientation: str) -> Path:
    """Where the picture of a scene is kept."""
    return PICTURES / f"{scene}-{orientation}.png"


def opened(browser: Browser, size: ViewportSize) -> Page:
    """A page for scenes at noon of one day."""
    page = browser.new_page(viewport=size, reduced_motion="reduce", timezone_id="Europe/Berlin")
    page.clock.set_fixed_time(_NOON)
    return page


def drawn(page: Page, address: str, scene: str) -> Picture:
    """A scene in half of its size."""
    show(page, address, scene, "lang=en-GB")
    shot = cv2.imdecode(np.frombuffer(page.screenshot(animations="disabled"), np.uint8), cv2.IMREAD_COLOR)
    if shot is None:
        raise HouseError(f"The picture of {scene} cannot be read.")
    return np.asarray(cv2.resize(shot, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)


if __name__ == "__main__":
    sys.exit(main())
