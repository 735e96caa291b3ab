"""A made voice at the mirror: real parts, Whisper and flite in a real Home Assistant, and a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest
import pytest_socket
from playwright.sync_api import Browser, expect

from house.browser import open_page
from house.event_log import events
from house.household import Household, running
from house.stage import until
from house.voices import pause, spoken

SATELLITE = "assist_satellite.hall_assist_satellite"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Household]:
    """A household with a microphone, which is on, a speaker, and speech in Home Assistant."""
    pytest_socket.enable_socket()
    with running(tmp_path_factory.mktemp("voice"), voice=True) as household:
        assert household.sound
        household.home_assistant.call("switch.turn_on", {"entity_id": "switch.hall_microphone"})
        until("the microphone is open", lambda: household.sound and household.sound.listened_to, bool, 30)
        yield household


def turns(house: Household) -> list[dict[str, Any]]:
    """How each turn ended."""
    log = events(house.sidecar.database)
    return [event["payload"] for event in log if event["type"] == "accepted" and event["action"] == "end_turn"]


@pytest.mark.timeout(180)
def test_who_says_the_wake_word_and_asks_is_heard_answered_on_the_screen_and_aloud(
    house: Household, browser: Browser
) -> None:
    assert house.sound
    page = open_page(browser, house.display_url)  # as the mirror's own user, who is no administrator
    page.wait_for_selector("[data-test=clock]")
    # Said in one breath: nobody waits for a sign after the wake word.
    house.sound.play(pause(0.5) + spoken("okay nabu") + spoken("what time is it?") + pause(2))
    expect(page.locator("[data-test=voice-heard]")).to_contain_text("What time is it", ignore_case=True, timeout=30_000)
    expect(page.locator("[data-test=voice-said]")).to_contain_text("M", timeout=30_000)
    until("the turn has ended", lambda: turns(house), lambda ended: len(ended) == 1, 30)
    assert turns(house)[0]["outcome"] == "answered"
    assert any(house.sound.played), "the reply came out of the speaker"
    assert house.home_assistant.state(SATELLITE)["state"] == "idle"
