"""A household with a browser in front of it, shared by the tests of this folder: each leaves it running."""

from collections.abc import Iterator

import pytest
import pytest_socket
from playwright.sync_api import Browser

from house.display import Display
from house.household import Household, running
from tests.network import Network


@pytest.fixture(autouse=True)
def _loopback(socket_enabled: None) -> None:
    """These tests talk to servers that they start."""


@pytest.fixture(scope="package")
def household(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Household]:
    """Redis, the sidecar and Home Assistant, running."""
    pytest_socket.enable_socket()  # before any test's own fixture could
    with running(tmp_path_factory.mktemp("house")) as household:
        yield household


@pytest.fixture
def house(household: Household) -> Household:
    """The same, whatever the last test did to it."""
    assert household.redis
    if household.redis.process.pid is None:
        household.redis.start()
    if household.sidecar.process.pid is None:
        household.sidecar.start()
    if household.home_assistant.process.pid is None:
        household.home_assistant.launch()
    household.home_assistant.wait_until_running()
    return household


@pytest.fixture(scope="package")
def network(household: Household) -> Iterator[Network]:
    """What lies between the browser and Home Assistant."""
    between = Network(household.home_assistant.port)
    yield between
    between.close()


@pytest.fixture
def display(browser: Browser, house: Household, network: Network) -> Display:
    """The display, as the mirror's own user sees it through the network."""
    return Display(browser, f"http://127.0.0.1:{network.port}/mira")
