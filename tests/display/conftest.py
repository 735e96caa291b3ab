"""The packed display on its dev page, and a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_socket
from playwright.sync_api import Browser

from house.browser import chromium
from house.dev_page import build, served


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


@pytest.fixture
def browser(socket_enabled: None) -> Iterator[Browser]:
    """A Chromium of one test's own."""
    with chromium() as browser:
        yield browser
