"""Somebody talks to the mirror: what moves, and what a finger ends."""

import pytest
from playwright.sync_api import Browser, Page, expect

from house.browser import LANDSCAPE, PORTRAIT
from house.dev_page import show
from tests.display.fingers import Fingers, centre

LATER = 500
"""Milliseconds after which what has come is tapped on purpose."""
MOVING = """() => panel.renderRoot.querySelector("mira-voice").renderRoot.getAnimations().map((animation) => [
    animation.effect.target.className,
    ...new Set(animation.effect.getKeyframes().flatMap(Object.keys)),
].filter((name) => !["offset", "computedOffset", "easing", "composite"].includes(name)))"""
"""Each element that moves for as long as it is there, and what of it is changed."""


def opened(browser: Browser, address: str, scene: str) -> tuple[Page, Fingers]:
    page = browser.new_page(viewport=LANDSCAPE, reduced_motion="reduce", has_touch=True)
    show(page, address, f"scene={scene}")
    page.wait_for_timeout(LATER)
    return page, Fingers(page)


def asked(page: Page) -> list[str]:
    page.wait_for_timeout(200)
    found: list[str] = page.evaluate("house.calls.map(({ action }) => action)")
    return found


def test_a_tap_on_the_words_and_one_on_the_ring_end_what_is_being_said(address: str, browser: Browser) -> None:
    page, fingers = opened(browser, address, "voice_reply_long")
    began = fingers.tap(centre(page.locator("[data-test=voice]")))
    assert asked(page) == ["stop_talking"]
    fingers.tap((4, LANDSCAPE["height"] / 2), began + LATER)
    assert asked(page) == ["stop_talking", "stop_talking"]


def test_what_the_ring_lies_around_is_tapped_as_ever(address: str, browser: Browser) -> None:
    page, fingers = opened(browser, address, "voice_listening")
    began = fingers.tap(centre(page.locator("[data-test=todo]").first))
    fingers.tap(centre(page.locator("[data-test=microphone]")), began + LATER)
    fingers.tap((LANDSCAPE["width"] * 0.6, LANDSCAPE["height"] / 2), began + 2 * LATER)
    assert asked(page) == ["update_todo", "set_microphone"]


def test_a_tap_on_a_timer_that_rings_ends_it_and_one_that_runs_is_only_looked_at(
    address: str, browser: Browser
) -> None:
    page, fingers = opened(browser, address, "voice_timer_done")
    running = page.locator("[data-test=timer][data-state=running]").first
    began = fingers.tap(centre(running))
    assert asked(page) == []
    ringing = page.locator("[data-test=timer][data-state=done]")
    fingers.tap(centre(ringing), began + LATER)
    assert asked(page) == ["stop_talking"]
    expect(ringing).to_have_count(0)


@pytest.mark.parametrize("stage", ["listening", "thinking", "reply"])
def test_one_small_light_is_moved_by_the_compositor_alone_and_nothing_once_it_is_over(
    address: str, browser: Browser, stage: str
) -> None:
    page = browser.new_page(viewport=PORTRAIT)
    show_moving(page, address, f"scene=voice_{stage}")
    page.wait_for_timeout(1000)  # what arrives has arrived
    assert page.evaluate(MOVING) == [["light", "transform"]]
    page.evaluate("house.talk({}, {})")
    expect(page.locator("[data-test=voice-ring]")).to_have_count(0)
    assert page.evaluate(MOVING) == []


def test_where_motion_is_reduced_nothing_moves(address: str, browser: Browser) -> None:
    page, _ = opened(browser, address, "voice_listening")
    assert page.evaluate(MOVING) == []


def show_moving(page: Page, address: str, what: str) -> None:
    """Load the dev page: it never comes to rest."""
    page.goto(f"{address}/?{what}")
    page.locator("[data-test=voice-ring]").wait_for()
