"""A made voice at the mirror: real parts, Whisper and flite in a real Home Assistant, and a real browser."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import pytest_socket
from playwright.sync_api import Browser, expect

from house.browser import open_page, open_signed_in
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


def accepted(house: Household, action: str) -> list[dict[str, Any]]:
    """The payloads with which an action was accepted."""
    log = events(house.sidecar.database)
    return [event["payload"] for event in log if event["type"] == "accepted" and event["action"] == action]


def ask(house: Household, question: str) -> None:
    """Say the wake word, and the question after a short breath; again where nobody has heard it, as people do."""
    assert house.sound
    before = len(accepted(house, "wake"))
    for _ in range(5):
        house.sound.play(pause(0.5) + spoken("okay nabu") + pause(0.2) + spoken(question) + pause(2))
        deadline = time.monotonic() + 6
        while time.monotonic() < deadline:
            if len(accepted(house, "wake")) > before:
                return
            time.sleep(0.05)
    raise AssertionError("The wake word was not heard.")


@pytest.mark.timeout(180)
def test_who_says_the_wake_word_and_asks_is_heard_answered_on_the_screen_and_aloud(
    house: Household, browser: Browser
) -> None:
    page = open_page(browser, house.display_url)  # as the mirror's own user, who is no administrator
    page.wait_for_selector("[data-test=clock]")
    ask(house, "what time is it?")
    expect(page.locator("[data-test=voice-heard]")).to_contain_text("What time is it", ignore_case=True, timeout=30_000)
    expect(page.locator("[data-test=voice-said]")).to_contain_text("M", timeout=30_000)
    until("the turn has ended", lambda: accepted(house, "end_turn"), lambda ended: len(ended) == 1, 30)
    assert accepted(house, "end_turn")[0]["outcome"] == "answered"
    assert house.sound
    assert any(house.sound.played), "the reply came out of the speaker"
    assert house.home_assistant.state(SATELLITE)["state"] == "idle"


@pytest.mark.timeout(180)
def test_who_asks_for_what_home_assistant_does_not_know_is_answered_by_the_persona_with_a_face(
    house: Household, browser: Browser
) -> None:
    page = open_page(browser, house.display_url)
    page.wait_for_selector("[data-test=clock]")
    before = len(accepted(house, "end_turn"))
    ask(house, "tell me a joke.")
    until(
        "it laughs", lambda: house.home_assistant.state("sensor.hall_emotion")["state"], lambda it: it == "laughing", 30
    )
    expect(page.locator("[data-test=voice-said]")).to_contain_text("Why did the mirror go to school", timeout=30_000)
    until("the turn has ended", lambda: accepted(house, "end_turn")[before:], lambda ended: len(ended) == 1, 60)
    assert accepted(house, "end_turn")[before]["outcome"] == "answered"
    until(
        "it is calm", lambda: house.home_assistant.state("sensor.hall_emotion")["state"], lambda it: it == "neutral", 10
    )
    assert "emotion:" not in page.content()


def test_home_assistants_dialog_asks_who_a_persona_is_and_adds_it(house: Household, browser: Browser) -> None:
    home = house.home_assistant
    page = open_signed_in(browser, home.url, home.login.token, "/config/integrations/integration/mira")
    page.get_by_role("button", name="Add persona").click()
    form = page.locator("step-flow-form")
    expect(form.locator("ha-selector-conversation_agent")).to_be_visible(timeout=30_000)
    form.locator("ha-selector-text input").first.fill("Butler")
    page.get_by_role("button", name="Submit").click()
    entities = "the entities of Home Assistant"
    until(entities, lambda: {one["entity_id"] for one in home.get("/api/states")}, {"conversation.butler"}.issubset, 30)
