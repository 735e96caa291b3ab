"""The display in every scene of its dev page: readable from two metres, in every size and language."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from house.browser import LANDSCAPE, PORTRAIT
from house.dev_page import SCENES, show

MEASURE = (Path(__file__).parent / "measure.js").read_text()

SMALL = ViewportSize(width=1280, height=720)
LARGE = ViewportSize(width=2160, height=3840)


@pytest.mark.parametrize(
    ("size", "language"),
    [
        *((PORTRAIT, "en"), (PORTRAIT, "de"), (LANDSCAPE, "de"), (SMALL, "en"), (LARGE, "en")),
        *((PORTRAIT, "de&dir=rtl"), (LANDSCAPE, "en&dir=rtl")),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value['width']}x{value['height']}",
)
def test_every_scene_is_readable(address: str, browser: Browser, size: ViewportSize, language: str) -> None:
    assert len(SCENES) > 20
    page = browser.new_page(viewport=size, reduced_motion="reduce")
    faults = {scene: found for scene in SCENES if (found := faults_of(page, address, scene, language))}
    assert faults == {}


def faults_of(page: Page, address: str, scene: str, language: str) -> list[str]:
    show(page, address, f"scene={scene}&lang={language}")
    found: list[str] = page.evaluate(MEASURE)
    return found
