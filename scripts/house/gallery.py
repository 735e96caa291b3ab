"""The display's pages and states, and the cards, as pictures: for docs/display.md, and as references for tests/display.

`PYTHONPATH=scripts .venv/bin/python -m house.gallery` draws them anew. Look at each before you keep it.
"""

import re
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
from house.dev_page import SOURCES, build, served, show
from house.process import HouseError
from house.terminal import Terminal

type Picture = NDArray[np.uint8]

PICTURES: Final = REPOSITORY / "docs/images/display"
SIZES: Final = {"portrait": PORTRAIT, "landscape": LANDSCAPE, "cards": ViewportSize(width=1200, height=1400)}
CAPTIONS: Final = {
    name: caption
    for file in SOURCES
    for captions in re.findall(r"^export const captions = {$(.*?)^};$", file.read_text(), re.MULTILINE | re.DOTALL)
    for name, caption in re.findall(r'^  (\w+): "(.*)",$', captions, re.MULTILINE)
}
"""Scenes, and what they show."""
CARDS: Final = {"light": "The cards, in Home Assistant's light theme", "dark": "The cards, in its dark theme"}
"""Themes of lovelace/dev/cards.ts."""
_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def main() -> int:
    """Draw all pictures."""
    terminal = Terminal()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        build(Path(folder))
        with served(Path(folder)) as address:
            for kind, size in SIZES.items():
                page = opened(browser, size)
                for name, what in pictures(kind).items():
                    with terminal.step(name):
                        cv2.imwrite(str(kept(name)), drawn(page, address, what), [cv2.IMWRITE_PNG_COMPRESSION, 9])
    terminal.say(f"\nThe pictures are in {PICTURES.relative_to(REPOSITORY)}. Look at each before you keep it.")
    return 0


def pictures(kind: str) -> dict[str, str]:
    """The names of all pictures of a size, and what the dev page is asked for."""
    if kind == "cards":
        return {f"cards-{theme}": f"cards={theme}" for theme in CARDS}
    return {f"{scene}-{kind}": f"scene={scene}" for scene in CAPTIONS}


def kept(name: str) -> Path:
    """Where a picture is kept."""
    return PICTURES / f"{name}.png"


def opened(browser: Browser, size: ViewportSize) -> Page:
    """A page for scenes at noon of one day."""
    page = browser.new_page(viewport=size, reduced_motion="reduce", timezone_id="Europe/Berlin")
    page.clock.set_fixed_time(_NOON)
    return page


def drawn(page: Page, address: str, what: str) -> Picture:
    """What the dev page shows, in half of its size."""
    show(page, address, f"{what}&lang=en-GB")
    shot = cv2.imdecode(np.frombuffer(page.screenshot(animations="disabled"), np.uint8), cv2.IMREAD_COLOR)
    if shot is None:
        raise HouseError(f"The picture of {what} cannot be read.")
    return np.asarray(cv2.resize(shot, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)


if __name__ == "__main__":
    sys.exit(main())
