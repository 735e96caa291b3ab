"""Two mirrors in one Home Assistant, each with its own display: real parts, a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_socket
from playwright.sync_api import Browser, Page, expect

from house.browser import chromium, open_signed_in
from house.household import Household, running
from house.sidecar import SidecarProcess


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where everything keeps its data."""
    return tmp_path_factory.mktemp("house")


@pytest.fixture(scope="module")
def house(folder: Path) -> Iterator[Household]:
    """Redis, the hall's sidecar and Home Assistant, running."""
    pytest_socket.enable_socket()  # before any test's own fixture could
    with running(folder) as household:
        yield household


@pytest.fixture(scope="module")
def bath(house: Household, folder: Path) -> Iterator[SidecarProcess]:
    """The bath's sidecar, added to Home Assistant."""
    sidecar = SidecarProcess(house.redis_url, folder / "bath.db", mirror="bath", name="Bath")
    sidecar.start()
    sidecar.bus.send("add_todo", {"summary": "Clean the bath"})
    house.home_assistant.add_another_mirror(house.redis_url, "bath")
    yield sidecar
    sidecar.kill()


@pytest.fixture
def page() -> Iterator[Page]:
    """A browser that was never at a mirror."""
    with chromium() as browser:
        yield browser


def opened(browser: Browser, house: Household, path: str) -> Page:
    """A page of this browser at this address."""
    page = open_signed_in(browser, house.home_assistant.url, house.home_assistant.login.token, path)
    page.set_default_timeout(20_000)
    return page


@pytest.mark.timeout(120)
def test_each_glass_shows_its_own_mirror_and_a_new_one_asks_which(
    house: Household, bath: SidecarProcess, page: Browser
) -> None:
    hall_todo, bath_todo = "Water the plants", "Clean the bath"
    hall = opened(page, house, "/mira/hall")
    expect(hall.locator("[data-test=todo]").first).to_contain_text(hall_todo)
    expect(opened(page, house, "/mira/Bath").locator("[data-test=todo]").first).to_contain_text(bath_todo)

    new = opened(page, house, "/mira")
    expect(new.locator("[data-test=mirror]")).to_have_text(["Bath", "hall"], ignore_case=True)
    assert new.locator("[data-test=todo]").count() == 0
    new.locator("[data-test=mirror]", has_text="Bath").click()
    expect(new.locator("[data-test=todo]").first).to_contain_text(bath_todo)
    new.goto(f"{house.home_assistant.url}/mira")
    expect(new.locator("[data-test=todo]").first).to_contain_text(bath_todo)

    # A tap at the bath's glass is the bath's, and nothing else changes.
    new.locator("[data-test=todo]").first.click()
    expect(new.locator("[data-test=todo]")).to_have_count(0)
    expect(hall.locator("[data-test=todo]").first).to_contain_text(hall_todo)
