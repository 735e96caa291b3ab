"""The air and its windows under a real finger."""

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from house.browser import LANDSCAPE, PORTRAIT
from house.dev_page import show
from tests.display.fingers import Fingers, centre

LATER = 500
"""From here on a tap is another one."""
SIZES = (PORTRAIT, LANDSCAPE, ViewportSize(width=1280, height=1024), ViewportSize(width=480, height=800))
ASKED = "house.calls.map(({ action, payload }) => [action, payload])"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size['width']}x{size['height']}")
def test_a_window_is_tapped_on_and_opened_and_no_doubled_tap_asks_for_more(
    address: str, browser: Browser, size: ViewportSize
) -> None:
    page = browser.new_page(viewport=size, reduced_motion="reduce", has_touch=True)
    show(page, address, "scene=air")
    page.locator("[data-test=air-values]").first.wait_for()
    page.wait_for_timeout(LATER)  # the rows have been in their places for a while
    fingers = Fingers(page)
    place = centre(page.locator("[data-test=room][data-room=living_room]"))
    began = fingers.tap(place)
    window = page.locator("[data-test=window][data-room=living_room]")
    expect(window).to_be_visible()
    fingers.tap(place, began + 200)
    assert page.evaluate(ASKED) == []
    wish = centre(window.locator("[data-test=air-open]"))
    fingers.tap(wish, began + LATER)
    fingers.tap(wish, began + LATER + 120)
    page.wait_for_function("house.calls.length > 0")
    page.wait_for_timeout(100)
    assert page.evaluate(ASKED) == [["set_window", {"window": "living_room", "position": 100}]]
    expect(window).to_be_visible()
    fingers.tap(centre(window.locator("[data-test=air-back]")), began + 3 * LATER)
    expect(page.locator("[data-test=room]").first).to_be_visible()
