"""The display in every scene of its dev page: readable from two metres, in each direction of writing.

In German, whose words are longer, test_every_size.py measures the same at more sizes.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize

from house.browser import LANDSCAPE, PORTRAIT
from house.dev_page import SCENES, come_to_rest, show

MEASURE = (Path(__file__).parent / "measure.js").read_text()

SMALL = ViewportSize(width=1280, height=720)
LARGE = ViewportSize(width=2160, height=3840)
SIZES = {"en": (PORTRAIT, SMALL, LARGE), "de&dir=rtl": (PORTRAIT,), "en&dir=rtl": (LANDSCAPE,)}


@pytest.mark.parametrize("language", SIZES)
@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_is_readable(address: str, page: Page, scene: str, language: str) -> None:
    assert len(SCENES) > 20
    first, *others = SIZES[language]
    page.set_viewport_size(first)
    show(page, address, f"scene={scene}&lang={language}")
    assert page.evaluate(MEASURE) == []
    for size in others:
        page.set_viewport_size(size)
        come_to_rest(page)
        assert page.evaluate(MEASURE) == [], size
