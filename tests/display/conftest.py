"""The packed display on its dev page, and a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_socket
from playwright.sync_api import Browser, Page

from house.browser import PORTRAIT
from house.dev_page import build, served
from house.gallery import opened
from tests.shared_chromium import SharedChromium


@pytest.fixture
def verify_cleanup() -> None:
    """Nothing of Home Assistant's: it would find the threads that serve a browser which outlives a test."""


@pytest.fixture(scope="session")
def dev_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the dev page and the display, packed as it goes into the integration."""
    folder = tmp_path_factory.mktemp("dev")
    build(folder)
    return folder


@pytest.fixture(scope="package")
def address(dev_page: Path) -> Iterator[str]:
    """Where the dev page is served."""
    pytest_socket.enable_socket()  # before any test's own fixture could
    with served(dev_page) as address:
        yield address


@pytest.fixture(scope="module")
def warm_page(shared_chromium: SharedChromium) -> Page:
    """A page for all scenes of a module: a new one would load and compile the thirty files of each again."""
    with shared_chromium.taken() as browser:
        return opened(browser, PORTRAIT)


@pytest.fixture
def page(browser: Browser, warm_page: Page) -> Page:
    """The same, to be led elsewhere. Its clock stands still: what is shown for some seconds stays."""
    return warm_page
