"""The PIN in a real Home Assistant: set in its forms, and no open door on its overview while the mirror is unlocked."""

import pytest
from playwright.sync_api import Page, expect

from house.browser import asked
from house.household import Household
from house.stage import until
from tests.e2e.conftest import Opened
from tests.planted import OTHER_PIN, PIN


def locks(page: Page) -> list[str]:
    """The states of all locks in Home Assistant."""
    states = asked(page, {"type": "get_states"})
    return [state["state"] for state in states if state["entity_id"].startswith("lock.")]


@pytest.mark.timeout(300)
def test_a_pin_is_set_on_the_settings_page_and_removed_in_the_options_and_the_lock_comes_and_goes(
    opened: Opened, house: Household
) -> None:
    page = opened("/mira/settings")
    card = page.locator("mira-pin-settings")
    card.locator("input").nth(0).fill(PIN)
    card.locator("input").nth(1).fill(PIN)
    card.locator("[data-test=pin-save]").click()
    expect(card.locator("[data-test=pin-outcome]")).to_have_text("The PIN is set.")
    expect(card.locator("[data-test=pin-remove]")).to_be_visible()
    assert [card.locator("input").nth(place).input_value() for place in range(3)] == [""] * 3
    until("the lock is there", lambda: locks(page), lambda states: states == ["locked"])

    page.goto(f"{house.home_assistant.url}/config/integrations/integration/mira")
    page.locator("ha-config-entry-row").get_by_label("Configure").first.click()
    page.get_by_text("Remove the PIN").click()
    dialog = page.locator("dialog-data-entry-flow")
    dialog.locator("input").fill(OTHER_PIN)
    dialog.get_by_text("Submit").click()
    expect(dialog).to_contain_text("Wrong PIN. Enter the current PIN.")
    dialog.locator("input").fill(PIN)
    dialog.get_by_text("Submit").click()
    expect(dialog).to_contain_text("The PIN is removed.")
    until("the lock is gone", lambda: locks(page), lambda states: states == [])


@pytest.mark.timeout(300)
def test_an_unlocked_mirror_is_no_unlocked_door_on_the_overview(opened: Opened, house: Household) -> None:
    house.bus.send("set_pin", {"pin": PIN}, source="touch")
    house.bus.send("unlock", {"pin": PIN}, source="touch")
    page = opened("/home/overview")
    until("the mirror is unlocked", lambda: locks(page), lambda states: states == ["unlocked"])
    expect(page.get_by_role("heading", name="Summaries")).to_be_visible()
    expect(page.locator("hui-home-summary-card", has_text="Security")).to_have_count(0)
    expect(page.get_by_text("unlocked")).to_have_count(0)
    house.bus.send("set_pin", {"pin": None, "current": PIN}, source="touch")
