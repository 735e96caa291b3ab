"""The PIN and the people in a real Home Assistant: set in its forms, and no open door while the mirror is unlocked."""

import pytest
from playwright.sync_api import Locator, Page, expect

from house.browser import asked
from house.household import Household
from house.stage import until
from tests.e2e.conftest import Opened
from tests.planted import OTHER_PIN, PIN


def locks(page: Page, attribute: str | None = None) -> list[str]:
    """The states of all locks in Home Assistant, or an attribute of them."""
    states = [state for state in asked(page, {"type": "get_states"}) if state["entity_id"].startswith("lock.")]
    return [state["attributes"].get(attribute) if attribute else state["state"] for state in states]


def press(part: Locator, name: str) -> None:
    """Press a button by its key: the page takes no tap at once where one has just been."""
    part.locator(f"[data-test={name}]").press("Enter")


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


@pytest.mark.timeout(300)
def test_somebody_is_added_unlocks_the_mirror_with_a_pin_of_their_own_and_is_forgotten(
    opened: Opened, house: Household
) -> None:
    house.bus.send("set_pin", {"pin": PIN}, source="touch")
    page = opened("/mira/settings")
    asked(page, {"type": "person/create", "name": "Anna", "device_trackers": []})
    card = page.locator("mira-people-settings")
    expect(card.locator("[data-test=people-empty]")).to_be_visible()
    press(card, "person-add")
    press(card, "person-cancel")
    press(card, "person-add")
    form = card.locator("mira-person-settings")
    form.get_by_text("Select an entity").click()
    page.locator("ha-picker-combo-box").get_by_text("Anna", exact=True).click()
    name = form.locator("input").first
    expect(name).to_have_value("Anna")
    name.fill("Mum")
    form.locator("ha-selector-boolean").first.locator("ha-switch").press("Space")
    press(form, "person-save")
    expect(card.locator("[data-test=people-outcome]")).to_have_text("Mum is added.")
    row = card.locator("[data-test=person]")
    expect(row).to_contain_text("Mum")
    expect(row).to_contain_text("Anna · face")

    press(row, "person-edit")
    pin = form.locator("mira-pin-settings")
    for place, digits in enumerate((PIN, OTHER_PIN, OTHER_PIN)):
        pin.locator("input").nth(place).fill(digits)
    pin.locator("ha-switch").click()
    pin.get_by_text("Microphone on").click()
    press(pin, "pin-save")
    expect(pin.locator("[data-test=pin-outcome]")).to_have_text("The PIN is set.")
    expect(pin.locator("[data-test=pin-is]")).to_contain_text("It opens: Microphone on.")
    house.bus.send("unlock", {"pin": OTHER_PIN}, source="touch")
    until("the lock says who it was", lambda: locks(page, "changed_by"), lambda names: names == ["Anna"])

    pin.locator("input").nth(0).fill(PIN)
    press(pin, "pin-remove")
    expect(pin.locator("[data-test=pin-outcome]")).to_have_text("The PIN is removed.")
    press(form, "person-forget")
    press(form, "person-forget-no")
    press(form, "person-forget")
    press(form, "person-forget-yes")
    expect(card.locator("[data-test=people-outcome]")).to_have_text("Mum is forgotten.")
    expect(card.locator("[data-test=people-empty]")).to_be_visible()
    house.bus.send("set_pin", {"pin": None, "current": PIN}, source="touch")
