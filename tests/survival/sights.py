"""What the tests of this folder look for on the glass."""

import contextlib
from collections.abc import Iterator

from house.display import Display
from house.household import Household
from house.stage import until

CONNECTED = ("connected", "connected")


def is_connected(display: Display) -> None:
    """The display says that Home Assistant and the mirror's service are there."""
    until("the display is connected", lambda: display.links, lambda links: links == CONNECTED, 60)


def changes_arrive(house: Household, display: Display) -> None:
    """A page is turned, and the glass shows it."""
    wanted = "todos" if display.shown_page == "home" else "home"
    house.bus.send("show_page", {"page": wanted}, source="touch")
    until(f"the page {wanted}", lambda: display.shown_page, lambda page: page == wanted)


@contextlib.contextmanager
def stays(display: Display) -> Iterator[None]:
    """Nothing loads the page anew meanwhile."""
    display.page.evaluate("window.stayed = true")
    yield
    assert display.page.evaluate("window.stayed"), "the page was loaded anew"
