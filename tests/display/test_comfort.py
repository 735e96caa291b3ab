"""The display that darkens: what wakes it, what a touch does then, and that nothing is seen at its edges."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from house.browser import chromium
from house.dev_page import MIRROR, answer

SIZE = ViewportSize(width=1080, height=1920)


@pytest.fixture
def browser(socket_enabled: None) -> Iterator[Browser]:
    """A Chromium of one test's own."""
    with chromium() as browser:
        yield browser


def opened(browser: Browser, folder: Path, scene: str) -> Page:
    page = browser.new_page(viewport=SIZE, reduced_motion="reduce", has_touch=True)
    page.route("**/*", lambda route: answer(route, folder))
    page.goto(f"{MIRROR}/?scene={scene}&lang=en")
    page.wait_for_function("window.panel !== undefined")
    return page


def test_the_touch_that_wakes_does_nothing_else(dev_page: Path, browser: Browser) -> None:
    page = opened(browser, dev_page, "dimmed")
    camera = page.locator("[data-test=camera]").bounding_box()
    assert camera
    place = camera["x"] + 20, camera["y"] + 20
    page.wait_for_function("panel.dataset.comfort === 'dim'")
    page.touchscreen.tap(*place)
    assert page.evaluate("[panel.dataset.comfort, house.calls.length]") == ["awake", 0]
    page.evaluate("house.show({ display: {} })")
    page.wait_for_function("!panel.renderRoot.querySelector('mira-comfort').hasAttribute('takes')")
    page.touchscreen.tap(*place)
    page.wait_for_function("house.calls.length === 1")


def test_a_moved_picture_leaves_no_edge(dev_page: Path, browser: Browser) -> None:
    page = opened(browser, dev_page, "home")
    page.evaluate("house.show({ display: { comfort: { pixel_shift: true } } })")
    page.evaluate("panel.style.translate = 'calc(2 * var(--step)) calc(2 * var(--step))'")
    picture = cv2.imdecode(np.frombuffer(page.screenshot(), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture[:12].max() == 0
    assert picture[:, :12].max() == 0
