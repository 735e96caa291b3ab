"""Pages, gestures and what was said."""

import pytest

from mira_sidecar.protocol import Gesture, Utterance
from tests.sidecar.core.situation import Situation, refused


def pages(mirror: Situation, *commands: str) -> list[str]:
    """The page after each command."""
    shown = []
    for command in commands:
        mirror.send(command)
        shown.append(mirror.state.page)
    return shown


def test_after_the_last_page_comes_the_first() -> None:
    assert pages(Situation(), *["next_page"] * 4) == ["todos", "clock", "home", "todos"]
    assert pages(Situation(), *["previous_page"] * 4) == ["clock", "todos", "home", "clock"]


def test_a_page_is_shown_by_its_name() -> None:
    mirror = Situation()
    assert mirror.send("show_page", page="clock").payload == {"page": "clock"}
    assert mirror.state.page == "clock"
    answer = mirror.send("show_page", page="attic")
    assert refused(answer) == ("unknown_page", "pages")
    assert answer.message == "There is no page of this name; there are: home, todos, clock."


def test_the_only_page_has_itself_as_its_neighbour() -> None:
    mirror = Situation()
    mirror.send("set_pages", source="system", pages=["clock"])
    before = mirror.position.rev
    assert pages(mirror, "next_page", "previous_page") == ["clock", "clock"]
    assert mirror.position.rev == before


@pytest.mark.parametrize("source", ["voice", "gesture", "touch", "automation"])
def test_only_the_settings_name_the_pages(source: str) -> None:
    mirror = Situation()
    assert refused(mirror.send("set_pages", source=source, pages=["home"])) == ("not_allowed", "access")


@pytest.mark.parametrize(("shown", "expected"), [("todos", "todos"), ("clock", "weather")])
def test_a_page_that_is_gone_makes_room_for_the_first(shown: str, expected: str) -> None:
    mirror = Situation()
    mirror.send("show_page", page=shown)
    mirror.send("set_pages", source="system", pages=["weather", "todos"])
    assert (mirror.state.pages, mirror.state.page) == (["weather", "todos"], expected)


@pytest.mark.parametrize(
    ("swipe", "page"),
    [("swipe_left", "todos"), ("swipe_right", "clock"), ("swipe_up", "home"), ("swipe_down", "home")],
)
def test_a_swipe_turns_the_page(swipe: str, page: str) -> None:
    mirror = Situation()
    assert mirror.gesture(swipe).type == "accepted"
    assert mirror.state.page == page


def test_the_last_gesture_stands_in_the_state() -> None:
    mirror = Situation()
    mirror.gesture("palm", handedness="left", hold_ms=700, age_ms=80)
    at = "2026-11-20T11:59:59.920Z"
    assert mirror.state.gesture == Gesture("palm", 0.9, "left", 700, at)
    assert mirror.state.gestures_seen == {"palm": at}


def test_what_was_said_stands_in_the_state() -> None:
    mirror = Situation()
    mirror.say(language="en", age_ms=500)
    assert mirror.state.utterance == Utterance(12, None, "en", "2026-11-20T11:59:59.500Z")
