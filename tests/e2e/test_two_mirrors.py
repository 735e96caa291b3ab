"""Two mirrors in one Home Assistant, each with its own display: real parts, a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from house.display import Display
from house.event_log import events, last_seq
from house.household import QUIET, Household
from house.sidecar import SidecarProcess
from house.stage import until
from tests.display.test_every_size import SIZES
from tests.e2e.conftest import Opened

PAGES = ("home", "todos", "clock")
CONTROLS = (Path(__file__).parent / "controls.js").read_text()
ASKS_FOR = {
    "todo": "update_todo",
    "clear": "clear_completed_todos",
    "camera": "set_camera",
    "microphone": "set_microphone",
    "confirm": "confirm",
    "cancel": "cancel",
    "undo": "undo",
}
"""What the mirror is asked for by a tap on each control."""
PASSING = ("cancel", "confirm", "undo")
"""What may be gone after a tap on something else."""
MORE = {"home": ["todo"], "todos": ["todo"]}
"""What there is to tap on a page beside what is on each."""


@pytest.fixture(scope="module")
def bath(house: Household) -> Iterator[SidecarProcess]:
    """The bath's sidecar, added to Home Assistant."""
    settings = {"mirror": "bath", "name": "Bath", "pages": ",".join(PAGES), "script": QUIET}
    sidecar = SidecarProcess(house.redis_url, house.folder / "bath.db", **settings)
    sidecar.start()
    sidecar.bus.send("add_todo", {"summary": "Clean the bath"})
    house.home_assistant.add_another_mirror(house.redis_url, "bath")
    yield sidecar
    sidecar.kill()


@pytest.mark.timeout(120)
@pytest.mark.usefixtures("bath")
def test_each_glass_shows_its_own_mirror_and_a_new_one_asks_which(house: Household, opened: Opened) -> None:
    hall_todo, bath_todo = "Water the plants", "Clean the bath"
    hall = opened("/mira/hall")
    expect(hall.locator("[data-test=todo]").first).to_contain_text(hall_todo)
    expect(opened("/mira/Bath").locator("[data-test=todo]").first).to_contain_text(bath_todo)

    new = opened("/mira")
    expect(new.locator("[data-test=mirror]")).to_have_text(["Bath", "hall"], ignore_case=True)
    assert new.locator("[data-test=todo]").count() == 0
    new.locator("[data-test=mirror]", has_text="Bath").click()
    expect(new.locator("[data-test=todo]").first).to_contain_text(bath_todo)
    new.goto(f"{house.home_assistant.url}/mira")
    expect(new.locator("[data-test=todo]").first).to_contain_text(bath_todo)

    # A tap at the bath's glass is the bath's, and nothing else changes.
    new.wait_for_timeout(1_000)  # what has moved just now takes none, and the page has only just come
    new.locator("[data-test=todo]").first.click()
    expect(new.locator("[data-test=todo]")).to_have_count(0)
    expect(hall.locator("[data-test=todo]").first).to_contain_text(hall_todo)


class Taps:
    """Fingers on the bath's screen, and what came of each."""

    def __init__(self, glass: Display, bath: SidecarProcess) -> None:
        self._page = glass.page
        self._glass = glass
        self._bath = bath

    def turn_to(self, page: str) -> None:
        """Show a page that has something to tap."""
        snapshot = self._bath.bus.snapshot()
        assert snapshot
        for todo in snapshot["state"]["todos"]:
            self._bath.bus.send("remove_todos", {"uids": [todo["uid"]]})
        for summary in ("Clean the bath", "Buy soap"):
            self._bath.bus.send("add_todo", {"summary": summary})
        self._bath.bus.send("set_camera", {"on": False}, source="touch")
        self._bath.bus.send("show_page", {"page": page}, source="touch")
        until(f"the page {page}", lambda: self._glass.shown_page, lambda shown: shown == page)

    def all_of(self, page: str, first: str) -> set[str]:
        """Tap each control that is seen, also those that come by a tap; what was tapped. `first`: of two answers."""
        done: dict[str, str] = {}
        for _ in range(60):
            self._rest()
            controls = {one["key"]: one for one in self._page.evaluate(CONTROLS)}
            left = [one for key, one in controls.items() if key not in done]
            if not left:
                return {*done, *done.values()}
            control = min(left, key=lambda one: (one["hook"] != first, one["hook"] not in PASSING))
            done[control["key"]] = control["hook"]
            self._tap(control)
        pytest.fail(f"There is no end to what can be tapped on {page}: {list(done)}")

    def _rest(self) -> None:
        """Wait until the glass shows the mirror's state, and everything on it has been in its place for a while."""
        both = lambda: (self._glass.revision, (self._bath.bus.snapshot() or {})["rev"])  # noqa: E731
        until("the glass shows the mirror's state", both, lambda revisions: revisions[0] == revisions[1])
        self._page.wait_for_timeout(420)

    def _tap(self, control: dict[str, Any]) -> None:
        before = last_seq(self._bath.database)
        self._page.touchscreen.tap(control["x"], control["y"])
        action = ASKS_FOR[control["hook"]]
        found = until(
            f"{action} after a tap on {control}",
            lambda: [event for event in events(self._bath.database, before) if event["type"] != "state_patch"],
            lambda answers: action in [event["action"] for event in answers],
        )
        (answer,) = [event for event in found if event["action"] == action]
        assert (answer["type"], answer["source"]) == ("accepted", "touch")
        if control["uid"]:
            assert answer["payload"]["uid"] == control["uid"]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", PAGES)
def test_on_every_screen_each_control_of_a_page_does_what_it_shows_at_its_own_mirror_and_nothing_at_the_other(
    house: Household, bath: SidecarProcess, browser: Browser, page: str
) -> None:
    glass = Display(browser, f"{house.home_assistant.url}/mira/bath", touch=True)
    glass.page.emulate_media(reduced_motion="reduce")
    taps, others = Taps(glass, bath), last_seq(house.sidecar.database)
    for place, (width, height) in enumerate(SIZES):
        glass.page.set_viewport_size(ViewportSize(width=width, height=height))
        taps.turn_to(page)
        answer = ("confirm", "cancel")[place % 2]
        tapped = taps.all_of(page, answer)
        missing = {"camera", "microphone", answer, *MORE.get(page, ())} - tapped
        assert not missing, f"{width}x{height}: {missing} not among {tapped}"
        assert last_seq(house.sidecar.database) == others, f"{width}x{height}: the hall's mirror heard of it"
