"""The display in every scene of its dev page: readable from two metres, in every size and language."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize

from house.browser import chromium
from house.dev_page import DISPLAY, MIRROR, answer

MEASURE = (Path(__file__).parent / "measure.js").read_text()
SCENES = re.findall(r"^  (\w+): \(", (DISPLAY / "dev/scenes.ts").read_text(), re.MULTILINE)
DRAWN = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"

PORTRAIT = ViewportSize(width=1080, height=1920)
LANDSCAPE = ViewportSize(width=1920, height=1080)
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
def test_every_scene_is_readable(dev_page: Path, socket_enabled: None, size: ViewportSize, language: str) -> None:
    assert len(SCENES) > 20
    with chromium() as browser:
        page = browser.new_page(viewport=size, reduced_motion="reduce")
        page.route("**/*", lambda route: answer(route, dev_page))
        faults = {scene: found for scene in SCENES if (found := faults_of(page, scene, language))}
    assert faults == {}


def faults_of(page: Page, scene: str, language: str) -> list[str]:
    page.goto(f"{MIRROR}/?scene={scene}&lang={language}")
    page.wait_for_function("window.panel !== undefined", timeout=10_000)
    page.evaluate(DRAWN)
    found: list[str] = page.evaluate(MEASURE)
    return found
