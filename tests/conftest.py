"""Fixtures for every kind of test."""

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_socket
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser

import custom_components  # noqa: F401 - before the test plugin's own package of that name
from house.browser import chromium
from house.redis import RedisServer
from tests.shared_chromium import SharedChromium

# Home Assistant's test plugin has every log line written to the terminal too, the recorder's SQL among them. Its thread
# writes between two tests as well, where pytest catches nothing. What a failed test has logged pytest itself shows.
for handler in logging.root.handlers[:]:
    if type(handler) is logging.StreamHandler:
        logging.root.removeHandler(handler)
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)

# The same examples in every run, and no deadline that a busy machine could miss. `deep` looks for new ones.
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("deep", settings.get_profile("repeatable"), derandomize=False, max_examples=1_000)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Not as Home Assistant's test plugin has it: to note where each callback comes from takes 40 % of a test's time.

    `PYTHONASYNCIODEBUG=1 scripts/test` has it all the same.
    """


@pytest.fixture(scope="module")
def shared_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A real Redis for all tests of a module."""
    pytest_socket.enable_socket()  # before any test's own fixture could
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis_server(tmp_path_factory: pytest.TempPathFactory, socket_enabled: None) -> Iterator[RedisServer]:
    """A real Redis of one test's own, which it may kill."""
    with RedisServer(Path(tmp_path_factory.mktemp("redis"))) as server:
        yield server


@pytest.fixture(scope="module")
def shared_chromium() -> Iterator[SharedChromium]:
    """A Chromium for all tests of a module: to start one takes longer than most of them."""
    with contextlib.ExitStack() as stack:
        shared = SharedChromium(stack.enter_context(chromium()))
        yield shared
        with shared.taken():
            stack.close()


@pytest.fixture
def browser(shared_chromium: SharedChromium, socket_enabled: None) -> Iterator[Browser]:
    """A browser that has never been anywhere: what a test opens in it is closed after it."""
    with shared_chromium.taken() as browser:
        before = browser.contexts
        yield browser
        for context in browser.contexts:
            if context not in before:
                context.close()
