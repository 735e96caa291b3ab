"""A person without administrator's rights, on a phone, in the display of a real Home Assistant: there is a way out."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from house.household import Household

PHONE = {"width": 390, "height": 844}


def opened(browser: Browser, house: Household) -> Page:
    """The display, as the mirror's own user comes to it from another page of Home Assistant's."""
    page = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="en-GB").new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{house.home_assistant.url}/profile")
    profile, login = page.locator("ha-panel-profile"), page.get_by_role("button", name="Log in")
    profile.or_(login).first.wait_for(state="attached")
    if login.count():  # on a machine without [::1] the page asks who comes, but for no password
        login.click()
    profile.wait_for(state="attached")
    page.evaluate("""() => {
        history.pushState(null, "", "/mira");
        window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace: false } }));
    }""")
    page.locator("[data-test=todo]").first.wait_for()
    assert page.evaluate("document.querySelector('home-assistant').hass.user.is_admin") is False
    return page


@pytest.mark.timeout(120)
def test_the_back_button_leaves_the_display(browser: Browser, house: Household) -> None:
    page = opened(browser, house)
    page.go_back()
    expect(page).to_have_url(re.compile("/profile"))
    expect(page.locator("mira-panel")).to_have_count(0)


@pytest.mark.timeout(120)
def test_a_finger_that_is_held_on_the_glass_leads_out_and_completes_nothing(browser: Browser, house: Household) -> None:
    page = opened(browser, house)
    todos = page.locator("[data-test=todo]")
    before = todos.count()
    page.wait_for_function("Boolean(customElements.get('mira-admin-buttons'))")
    assert page.locator("[data-test=close]").count() == 0
    box = todos.first.bounding_box()
    assert box
    place = {"x": box["x"] + 40, "y": box["y"] + box["height"] / 2}
    finger = page.context.new_cdp_session(page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [place]})
    page.locator("[data-test=close]").wait_for()
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(500)
    expect(todos).to_have_count(before)
    expect(page.locator("[data-test=settings]")).to_have_count(0)
    page.locator("[data-test=close]").tap()
    expect(page.locator("mira-panel")).to_have_count(0)
    assert "/mira" not in page.url
