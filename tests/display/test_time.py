"""The clock on the glass, while the screen that shows it is moved to another time zone."""

from playwright.sync_api import Browser, expect

from house.browser import PORTRAIT
from house.dev_page import show


def test_the_clock_follows_the_screens_time_zone_while_it_hangs_there(address: str, browser: Browser) -> None:
    page = browser.new_page(viewport=PORTRAIT, reduced_motion="reduce")
    screen = page.context.new_cdp_session(page)
    screen.send("Emulation.setTimezoneOverride", {"timezoneId": "Europe/Berlin"})
    show(page, address, "scene=home&lang=de")
    for zone in ("Europe/Berlin", "Asia/Kathmandu"):  # a quarter of an hour is no other zone's
        screen.send("Emulation.setTimezoneOverride", {"timezoneId": zone})
        page.evaluate("house.show()")
        time = f"new Date().toLocaleTimeString('de', {{ hour: '2-digit', minute: '2-digit', timeZone: '{zone}' }})"
        expect(page.locator("[data-test=time]")).to_have_text(page.evaluate(time))
