"""The display on every common screen, upright and across: what is seen can be touched, and nothing is cut or broken."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from house.browser import LANDSCAPE, PORTRAIT
from house.dev_page import SCENES, come_to_rest, show

SIZES = (
    *((480, 800), (800, 480), (600, 1024), (1024, 600), (768, 1024), (1024, 768), (1024, 1280), (1280, 1024)),
    *((1280, 800), (1080, 1920), (1920, 1080), (2160, 3840), (3840, 2160)),
)
MEASURES = [(Path(__file__).parent / name).read_text() for name in ("cut.js", "reach.js", "measure.js", "sound.js")]
ALL_AT_ONCE = f"[{', '.join(f'...{measure.strip().removesuffix(";")}' for measure in MEASURES)}]"


def faults(page: Page, address: str, what: str) -> dict[str, list[str]]:
    """What is wrong at each size."""
    found = {}
    for place, (width, height) in enumerate(SIZES):
        page.set_viewport_size(ViewportSize(width=width, height=height))
        if place == 0:
            show(page, address, what)
        # After one frame things may not be in their places yet.
        found[f"{width}x{height}"] = seen(page, frames=1) and seen(page, frames=3)
    return {size: sentences for size, sentences in found.items() if sentences}


def seen(page: Page, frames: int) -> list[str]:
    """What is cut through, dead or broken, or lies over something else, once nothing has moved for so many frames."""
    come_to_rest(page, frames)
    found: list[str] = page.evaluate(ALL_AT_ONCE)
    return found


@pytest.mark.parametrize("scene", SCENES)
def test_nothing_is_cut_through_and_what_looks_as_if_it_could_be_touched_can_be(
    address: str, page: Page, scene: str
) -> None:
    assert faults(page, address, f"scene={scene}&lang=de") == {}  # which has longer words


@pytest.mark.parametrize(("size", "least"), [(PORTRAIT, 8), (LANDSCAPE, 5)])
def test_home_shows_most_of_twelve_todos(address: str, page: Page, size: ViewportSize, least: int) -> None:
    page.set_viewport_size(size)
    show(page, address, "scene=home")
    todos = page.locator("[data-test=todo][data-status=needs_action]")
    assert todos.count() == 12
    assert sum(todos.nth(number).is_visible() for number in range(12)) >= least


def test_three_todos_come_before_the_hint_also_far_away(address: str, page: Page) -> None:
    found = {}
    for width, height in [size for size in SIZES if size[0] > size[1]]:
        page.set_viewport_size(ViewportSize(width=width, height=height))
        if not found:
            show(page, address, "scene=far_away")
        come_to_rest(page)
        found[f"{width}x{height}"] = [
            len(page.locator(f"[data-test={name}]").filter(visible=True).all()) for name in ("todo", "hint")
        ]
    assert {size: seen for size, seen in found.items() if seen != [3, 0]} == {}


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE])
def test_words_picture_and_buttons_of_a_message_stand_together(address: str, page: Page, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    show(page, address, "scene=message_picture_and_buttons")
    parts = ("message", "message-picture", "message-button")
    boxes = [page.locator(f"[data-test={part}]").first.bounding_box() for part in parts]
    message, picture, button = [box for box in boxes if box]
    assert message["x"] == picture["x"] == button["x"]
    apart = [below["y"] - above["y"] - above["height"] for above, below in ((message, picture), (picture, button))]
    assert all(0 < one < size["height"] / 40 for one in apart), apart


def test_on_a_screen_across_a_tap_on_the_first_todo_completes_it(address: str, browser: Browser) -> None:
    page = browser.new_page(viewport=LANDSCAPE, reduced_motion="reduce", has_touch=True)
    show(page, address, "scene=few")
    page.wait_for_timeout(500)  # the row has been in its place for a while
    page.locator("[data-test=todo]").first.tap(force=True)  # whoever lies over it gets it
    page.wait_for_function("house.calls.length > 0")
    assert page.evaluate("house.calls.map(({ action, payload }) => [action, payload.uid])") == [["update_todo", "1"]]
