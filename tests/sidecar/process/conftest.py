"""Running sidecars: one for a module, which its tests may break, and one for a test, which it may ruin."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from house.redis import RedisServer
from tests.sidecar.process.mirror import Mirror, running


@pytest.fixture(autouse=True)
def _loopback(socket_enabled: None) -> None:
    """These tests speak to Redis."""


@pytest.fixture(scope="module")
def shared(shared_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirror]:
    """A mirror for all tests of a module."""
    with running(shared_redis, tmp_path_factory.mktemp("shared") / "mira.db", name="Hall mirror") as mirror:
        yield mirror


@pytest.fixture
def mirror(shared: Mirror) -> Mirror:
    """The module's mirror, running whatever the last test did to it."""
    shared.server.resume()
    if shared.sidecar.process.pid is None or shared.sidecar.process.exit_code is not None:
        shared.sidecar.start()
    return shared


@pytest.fixture
def own_mirror(redis_server: RedisServer, tmp_path: Path) -> Iterator[Mirror]:
    """A mirror that the test may ruin, running."""
    with running(redis_server, tmp_path / "mira.db") as mirror:
        yield mirror
