"""The pictures of the display that are kept are those of the display as it is."""

from pathlib import Path

import cv2
import pytest
from playwright.sync_api import Browser

from house.gallery import CAPTIONS, CARDS, PICTURES, SIZES, drawn, kept, opened, pictures

FAR = 64
"""Levels of 256 by which a point of two pictures differs."""
MOST = 0.005
"""Of the points that may: edges of letters, where another Chromium draws them."""


@pytest.mark.parametrize("kind", SIZES)
def test_each_picture_is_as_it_was_when_somebody_looked_at_it(
    address: str, browser: Browser, tmp_path: Path, kind: str
) -> None:
    page = opened(browser, SIZES[kind])
    others = {}
    for name, what in pictures(kind).items():
        now = drawn(page, address, what)
        before = cv2.imread(str(kept(name)))
        assert before is not None
        differing = float((cv2.absdiff(now, before).max(axis=2) > FAR).mean())
        if differing > MOST:
            cv2.imwrite(str(tmp_path / f"{name}.png"), now)
            others[name] = f"{differing:.1%}"
    assert others == {}, f"They are in {tmp_path}. If they look as they should, draw them anew: house.gallery"


def test_each_picture_is_drawn_and_in_the_page_of_the_display() -> None:
    names = {kept(name).name for kind in SIZES for name in pictures(kind)}
    assert {file.name for file in PICTURES.iterdir()} == names
    page = Path("docs/display.md").read_text()
    assert [name for name in sorted(names) if f"images/display/{name}" not in page] == []
    assert [caption for caption in (*CAPTIONS.values(), *CARDS.values()) if caption not in page] == []
