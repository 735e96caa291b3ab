"""The pictures of the display that are kept are those of the display as it is."""

from pathlib import Path

import cv2
import pytest
from playwright.sync_api import Browser

from house.gallery import PICTURES, SCENES, SIZES, drawn, kept, opened

FAR = 64
"""Levels of 256 by which a point of two pictures differs."""
MOST = 0.005
"""Of the points that may: edges of letters, where another Chromium draws them."""


@pytest.mark.parametrize("orientation", SIZES)
def test_each_scene_looks_as_it_did_when_somebody_looked_at_it(
    address: str, browser: Browser, tmp_path: Path, orientation: str
) -> None:
    page = opened(browser, SIZES[orientation])
    others = {}
    for scene in SCENES:
        now = drawn(page, address, scene)
        before = cv2.imread(str(kept(scene, orientation)))
        assert before is not None
        differing = float((cv2.absdiff(now, before).max(axis=2) > FAR).mean())
        if differing > MOST:
            cv2.imwrite(str(tmp_path / f"{scene}.png"), now)
            others[scene] = f"{differing:.1%}"
    assert others == {}, f"They are in {tmp_path}. If they look as they should, draw them anew: house.gallery"


def test_each_picture_is_one_of_a_scene_and_in_the_page_of_the_display() -> None:
    names = {kept(scene, orientation).name for scene in SCENES for orientation in SIZES}
    assert {file.name for file in PICTURES.iterdir()} == names
    page = Path("docs/display.md").read_text()
    assert [name for name in sorted(names) if f"images/display/{name}" not in page] == []
    assert [caption for caption in SCENES.values() if caption not in page] == []
