"""Which windows there are."""

from mira_sidecar.core.summary import Line
from mira_sidecar.discovery import known, registry_of
from mira_sidecar.subjects.windows.core.windows import MOST
from tests.sidecar.core.situation import Situation, refused
from tests.sidecar.subjects.windows.house import House


def test_off_unless_it_is_asked_for() -> None:
    assert not known()["windows"].default
    without = Situation(registry=registry_of([name for name in known() if name != "windows"]))
    assert without.send("add_window", window="bed", kind="bedroom").reason == "unknown_action"
    assert "windows" not in Situation().document["parts"]


def test_a_window_is_added_changed_and_removed() -> None:
    house = House()
    assert refused(house.send("add_window", window="bed", kind="bath")) == ("window_exists", "windows")
    house.send("change_window", window="bed", kind="living", room="hall")
    assert (house.bed["kind"], house.bed["room"], house.bed["travel_s"]) == ("living", "hall", 30.0)
    house.send("remove_window", window="bed")
    assert house.document["parts"]["windows"]["windows"] == {}


def test_a_mirror_moves_so_many_windows() -> None:
    house = House()
    for number in range(MOST - 1):
        house.send("add_window", window=f"w{number}", kind="bath")
    full = house.send("add_window", window="one_more", kind="bath")
    assert (full.reason, full.values) == ("too_many_windows", {"limit": MOST})


def test_a_page_of_the_state_says_where_they_stand_and_why() -> None:
    house = House()
    assert list(known()["windows"].summary(house.document)) == [Line("window", "bed: 0%")]
    house.ask(50)
    house.send("lock_window", window="bed", locked=True)
    held = house.bed["held_until"]
    (line,) = known()["windows"].summary(house.document)
    assert line.text == f"bed: 0%, to be at 50%, held until {held}, locked"
