"""A mirror with an API, for all tests of a module."""

from collections.abc import AsyncIterator, Iterator

import pytest

from house.redis import RedisServer
from tests.sidecar.api.interacting import ScriptedHome, scripted_home
from tests.sidecar.api.served import Served, served


@pytest.fixture(autouse=True)
def _loopback(socket_enabled: None) -> None:
    """These tests speak to Redis and to the API."""


@pytest.fixture(scope="module")
def api(shared_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Each test leaves it as it found it."""
    with served(shared_redis, tmp_path_factory.mktemp("api")) as one:
        yield one


@pytest.fixture
async def home(api: Served) -> AsyncIterator[ScriptedHome]:
    """Home Assistant's side of what programs say to a persona, by a script."""
    async with scripted_home(api) as home:
        yield home
