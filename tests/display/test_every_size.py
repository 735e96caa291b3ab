"""The display on every common screen, upright and across: what is seen can be touched."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize

from house.browser import LANDSCAPE
from house.dev_page import SCENES, come_to_rest, show
from house.gallery import opened

SIZES = (
    *((480, 800), (800, 480), (600, 1024), (1024, 600), (768, 1024), (1024, 768), (1024, 1280), (1280, 1024)),
    *((1280, 800), (1080, 1920), (1920, 1080), (2160, 3840), (3840, 2160)),
)
REACH = (Path(__file__).parent / "reach.js").read_text()


def faults(browser: Browser, address: str, scene: str, measure: str) -> dict[str, list[str]]:
    """What this script finds at each size, while the clock stands still: what is shown for some seconds stays."""
    page, found = opened(browser, LANDSCAPE), {}
    for place, (width, height) in enumerate(SIZES):
        page.set_viewport_size(ViewportSize(width=width, height=height))
        if place == 0:
            show(page, address, f"scene={scene}")
        else:
            come_to_rest(page)
        found[f"{width}x{height}"] = page.evaluate(measure)
    return {size: sentences for size, sentences in found.items() if sentences}


@pytest.mark.parametrize("scene", SCENES)
def test_whatever_looks_as_if_it_could_be_touched_can_be(address: str, browser: Browser, scene: str) -> None:
    assert faults(browser, address, scene, REACH) == {}


def test_on_a_screen_across_a_tap_on_the_first_todo_completes_it(address: str, browser: Browser) -> None:
    page = browser.new_page(viewport=LANDSCAPE, reduced_motion="reduce", has_touch=True)
    show(page, address, "scene=few")
    page.wait_for_timeout(500)  # the row has been in its place for a while
    page.locator("[data-test=todo]").first.tap(force=True)  # whoever lies over it gets it
    page.wait_for_function("house.calls.length > 0")
    assert page.evaluate("house.calls.map(({ action, payload }) => [action, payload.uid])") == [["update_todo", "1"]]
