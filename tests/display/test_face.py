"""The face of a persona: what it costs, and that it is in nobody's way."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from house.browser import LANDSCAPE, PORTRAIT
from house.dev_page import show

SMALL = ViewportSize(width=480, height=800)
CANVAS = "panel.renderRoot.querySelector('mira-talk').renderRoot.querySelector('canvas')"
WATCH = """() => {
    window.drawn = 0;
    const { reset } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.reset = function () { drawn += 1; reset.call(this); };
}"""
SPEAK = "house.talk({ turn: { id: 'turn', stage: 'speaking' }, speech: { id: 'speech' } })"
CUT = f"""() => {{
    const {{ width, height }} = {CANVAS};
    const ink = (...box) => {CANVAS}.getContext("2d").getImageData(...box).data.some(Boolean);
    const edges = [[0, 0, width, 1], [0, height - 1, width, 1], [0, 0, 1, height], [width - 1, 0, 1, height]];
    return [ink(0, 0, width, height), edges.some((edge) => ink(...edge))];
}}"""
EMOTIONS = re.findall(r'Emotion\("(\w+)"', Path("custom_components/mira/emotions.py").read_text())


@pytest.fixture
def moving(address: str, browser: Browser) -> Iterator[Page]:
    """Home, on a screen where things may move, with a persona that answers."""
    page = browser.new_page(viewport=PORTRAIT)
    page.goto(f"{address}/?scene=home")
    page.wait_for_function("window.house")
    page.evaluate("house.express('happy')")
    page.locator("[data-test=face]").wait_for()
    page.wait_for_timeout(1_000)  # what arrives has arrived
    page.evaluate(WATCH)
    yield page
    page.close()


def frames(page: Page, milliseconds: int = 3_000) -> int:
    """How often the face is drawn in that time."""
    before: int = page.evaluate("drawn")
    page.wait_for_timeout(milliseconds)
    return int(page.evaluate("drawn")) - before


def test_at_rest_it_is_drawn_few_times_and_while_it_speaks_at_most_thirteen_a_second(moving: Page) -> None:
    assert 6 <= frames(moving) <= 30
    moving.evaluate(SPEAK)
    assert 20 <= frames(moving) <= 39
    moving.evaluate("house.talk({})")
    assert 6 <= frames(moving) <= 30


@pytest.mark.parametrize("gone", ["house.express(null, { open: false })", "panel.dataset.comfort = 'blank'"])
def test_a_face_that_nobody_sees_is_not_drawn(moving: Page, gone: str) -> None:
    moving.evaluate(gone)
    moving.wait_for_timeout(300)
    assert frames(moving) == 0


def test_nothing_is_laid_out_while_it_lives_and_speaks(moving: Page) -> None:
    devtools = moving.context.new_cdp_session(moving)
    devtools.send("Performance.enable")

    def layouts() -> float:
        found = devtools.send("Performance.getMetrics")["metrics"]
        return next(float(one["value"]) for one in found if one["name"] == "LayoutCount")

    moving.evaluate(SPEAK)
    moving.wait_for_timeout(1_000)
    before = layouts()
    assert frames(moving) > 15
    assert layouts() - before <= 1  # of the page, now and then


def test_an_emotion_is_drawn_in_the_frame_that_brings_it(moving: Page) -> None:
    seen = moving.evaluate(f"""async () => {{
        await new Promise(requestAnimationFrame);
        const before = {CANVAS}.toDataURL();
        house.express("angry");
        await new Promise(requestAnimationFrame);
        return {CANVAS}.toDataURL() !== before;
    }}""")
    assert seen


def test_where_motion_is_reduced_it_stands_still_and_changes_at_once(address: str, page: Page) -> None:
    page.set_viewport_size(PORTRAIT)
    show(page, address, "scene=face_reply")
    page.evaluate(WATCH)
    assert frames(page, 1_000) == 0
    page.evaluate("house.express('sad')")
    page.wait_for_timeout(100)
    assert 0 < page.evaluate("drawn") <= 2


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE, SMALL])
def test_no_emotion_is_cut_off(address: str, page: Page, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    show(page, address, "scene=face_always")
    assert len(EMOTIONS) == 22
    found = {}
    for emotion in EMOTIONS:
        page.evaluate("emotion => house.express(emotion)", emotion)
        page.locator(f"[data-emotion={emotion}]").wait_for()
        found[emotion] = page.evaluate(CUT)
    assert {emotion: seen for emotion, seen in found.items() if seen != [True, False]} == {}


@pytest.mark.parametrize("scene", ["face_reply", "face_fluent", "face_always"])
def test_it_takes_no_taps(address: str, page: Page, scene: str) -> None:
    page.set_viewport_size(PORTRAIT)
    show(page, address, f"scene={scene}")
    box = page.locator("[data-test=face]").bounding_box()
    assert box
    hit = page.evaluate(
        "([x, y]) => panel.renderRoot.elementFromPoint(x, y).localName",
        [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2],
    )
    assert hit != "mira-talk"
