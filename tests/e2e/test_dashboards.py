"""Mira on dashboards of a real Home Assistant, as an administrator meets it: by taps, in its own dialogs."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from house.browser import asked
from house.display import Display
from house.household import STARTER_TODOS, Household
from house.stage import until
from tests.e2e.conftest import Opened

EMPTY = {"views": [{"title": "Own", "type": "sections", "sections": [{"type": "grid", "cards": []}]}]}
CARDS = ("gestures", "log", "mirror", "privacy", "to-dos")


def own_dashboard(opened: Opened, house: Household, name: str, config: dict[str, Any]) -> Page:
    """A page that shows this dashboard, in its editor."""
    page = opened("/profile")
    asked(page, {"type": "lovelace/dashboards/create", "url_path": name, "title": name, "mode": "storage"})
    asked(page, {"type": "lovelace/config/save", "url_path": name, "config": config})
    page.goto(f"{house.home_assistant.url}/{name}/0?edit=1")
    return page


def todos(house: Household) -> list[str]:
    """The summaries of the open todos that the mirror has."""
    snapshot = house.bus.snapshot() or {"state": {"todos": []}}
    return [todo["summary"] for todo in snapshot["state"]["todos"] if todo.get("status") != "completed"]


@pytest.mark.timeout(120)
def test_a_dashboard_is_added_and_is_done(opened: Opened, house: Household) -> None:
    page = opened("/config/lovelace/dashboards")
    page.get_by_text("Add dashboard").first.click()
    page.locator("dashboard-card", has_text="Your mirrors").click()
    page.get_by_role("button", name="Create").click()
    until("the dashboard", lambda: asked(page, {"type": "lovelace/dashboards/list"}), bool)
    page.goto(f"{house.home_assistant.url}/dashboard-mirrors")

    glass = page.frame_locator("mira-mirror-card iframe")
    expect(glass.locator("[data-test=todo]").first).to_contain_text(STARTER_TODOS[0]["summary"])
    expect(page.locator("mira-privacy-card [data-test=camera]")).to_have_attribute("data-sign", "unknown")
    field = page.locator("mira-todo-card input")
    field.fill("<b>Buy milk</b>")
    field.press("Enter")
    row = page.locator("mira-todo-card [data-test=todo]", has_text="<b>Buy milk</b>")
    row.get_by_role("checkbox").click()
    expect(row.get_by_role("checkbox")).to_be_checked()
    assert "<b>Buy milk</b>" not in todos(house)
    page.locator("mira-mirror-card [data-test=show-clock]").click()
    expect(page.locator("mira-mirror-card [data-test=glass]")).to_have_attribute("aria-label", "On the glass: Clock")
    expect(glass.locator("[data-test=todo]")).to_have_count(0)


@pytest.mark.timeout(180)
def test_each_card_is_picked_by_its_name_and_settled_in_its_own_form(opened: Opened, house: Household) -> None:
    page = own_dashboard(opened, house, "own-cards", EMPTY)
    for name in CARDS:
        page.locator("hui-grid-section .add").first.click()
        page.get_by_role("tab", name="By card").click()
        page.get_by_placeholder("Search cards").fill(f"Mira: {name}")
        page.locator("hui-card-picker .card", has_text=f"Mira: {name}").first.click()
        expect(page.locator("ha-selector-device")).to_contain_text("Hall")
        page.locator("ha-selector-text input").fill(f"My {name}")
        expect(page.locator(".element-preview h2")).to_have_text(f"My {name}")
        page.get_by_role("button", name="Save").click()
        expect(page.locator("hui-dialog-edit-card ha-dialog")).to_have_count(0)
        expect(page.locator("hui-grid-section h2", has_text=f"My {name}")).to_be_visible()

    saved = asked(page, {"type": "lovelace/config", "url_path": "own-cards"})
    cards = saved["views"][0]["sections"][0]["cards"]
    assert [card["title"] for card in cards] == [f"My {name}" for name in CARDS]
    assert len({card["device_id"] for card in cards}) == 1


@pytest.mark.timeout(120)
def test_a_wrong_option_is_a_sentence_in_the_place_of_the_card(opened: Opened, house: Household) -> None:
    card = {"type": "custom:mira-todo-card", "count": "many"}
    page = own_dashboard(opened, house, "own-wrong", {"views": [{"title": "Wrong", "cards": [card]}]})
    expect(page.locator("hui-error-card")).to_contain_text("The option count has to be a number from 1 to 100.")


@pytest.mark.timeout(120)
def test_what_is_saved_on_the_settings_page_is_on_another_display_at_once(
    opened: Opened, browser: Browser, house: Household
) -> None:
    house.bus.send("show_page", {"page": "home"}, source="touch")
    display = Display(browser, house.display_url)
    page = opened("/mira")
    page.locator("[data-test=todo]").first.wait_for()
    page.mouse.move(200, 200)
    page.mouse.move(300, 300)
    page.locator("[data-test=settings]").click()
    page.locator("[data-test=region-bottom_bar] select").select_option("entities")
    page.locator("mira-layout-editor").get_by_text("Select an entity").click()
    page.locator("ha-picker-combo-box input").fill("Camera capture")
    page.locator("ha-picker-combo-box").get_by_text("Camera capture", exact=True).click()
    preview = page.frame_locator("mira-preview iframe")
    expect(preview.locator("[data-test=bottom_bar]")).to_contain_text("Camera capture")
    expect(display.page.locator("[data-test=bottom_bar]")).not_to_contain_text("Camera capture")
    page.locator("[data-test=save]").click()
    expect(display.page.locator("[data-test=bottom_bar]")).to_contain_text("Camera capture")


def test_the_settings_are_not_there_for_who_is_no_administrator(browser: Browser, house: Household) -> None:
    display = Display(browser, f"{house.home_assistant.url}/mira/settings")
    expect(display.page.locator("[data-test=todo]").first).to_be_visible(timeout=20_000)
    assert display.page.locator("mira-settings").count() == 0
