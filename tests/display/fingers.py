"""Fingers on a touch screen, at moments that the machine's own pace does not change."""

import time
from collections.abc import Sequence

from playwright.sync_api import Locator, Page

type Place = tuple[float, float]


class Fingers:
    """Real touches of a page, each at its own time: milliseconds from the first look at the clock."""

    def __init__(self, page: Page) -> None:
        self._input = page.context.new_cdp_session(page)
        self._began = time.time()

    def now(self) -> float:
        """The time."""
        return 1000 * (time.time() - self._began)

    def tap(self, place: Place, at: float | None = None, *, hold: float = 20) -> float:
        """Put a finger down and lift it after `hold`; when it was put down."""
        at = self.now() if at is None else at
        self.touch("touchStart", [place], at)
        self.touch("touchEnd", [], at + hold)
        return at

    def touch(self, kind: str, places: Sequence[Place], at: float) -> None:
        """All fingers that are on the glass from this moment on."""
        points = [{"x": x, "y": y, "id": index} for index, (x, y) in enumerate(places)]
        stamp = self._began + at / 1000
        self._input.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points, "timestamp": stamp})


def centre(target: Locator) -> Place:
    """The middle of what is seen of it."""
    box = target.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
