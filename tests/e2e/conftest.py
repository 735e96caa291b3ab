"""End to end: real parts, a real browser, the loopback interface."""

from collections.abc import Callable, Iterator

import pytest
import pytest_socket
from playwright.sync_api import Browser, Page

from house.browser import open_signed_in
from house.household import Household, running

type Opened = Callable[[str], Page]


@pytest.fixture(autouse=True)
def network(socket_enabled: None) -> None:
    """These tests talk to servers that they start."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Household]:
    """Redis, the sidecar and Home Assistant, running, for all tests of a module."""
    pytest_socket.enable_socket()  # before any test's own fixture could
    with running(tmp_path_factory.mktemp("house")) as household:
        yield household


@pytest.fixture
def opened(browser: Browser, house: Household) -> Opened:
    """Opens an address of Home Assistant's, as its administrator."""

    def opened(path: str) -> Page:
        page = open_signed_in(browser, house.home_assistant.url, house.home_assistant.login.token, path)
        page.set_default_timeout(20_000)
        return page

    return opened
