"""The display that darkens: what wakes it, what a touch does then, and that nothing is seen at its edges."""

import cv2
import numpy as np
from playwright.sync_api import Browser, Page, ViewportSize

from house.dev_page import show

SIZE = ViewportSize(width=1080, height=1920)


def opened(browser: Browser, address: str, scene: str) -> Page:
    page = browser.new_page(viewport=SIZE, reduced_motion="reduce", has_touch=True)
    show(page, address, f"scene={scene}&lang=en")
    return page


def test_the_touch_that_wakes_does_nothing_else(address: str, browser: Browser) -> None:
    page = opened(browser, address, "dimmed")
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


def test_a_moved_picture_leaves_no_edge(address: str, browser: Browser) -> None:
    page = opened(browser, address, "home")
    page.evaluate("house.show({ display: { comfort: { pixel_shift: true } } })")
    page.evaluate("panel.style.translate = 'calc(2 * var(--step)) calc(2 * var(--step))'")
    picture = cv2.imdecode(np.frombuffer(page.screenshot(), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture[:12].max() == 0
    assert picture[:, :12].max() == 0
