"""Running sidecars: one for a module, which its tests may break, and one for a test, which it may ruin."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_socket

from house.redis import RedisServer
from house.sidecar import SidecarProcess
from tests.sidecar.process.mirror import AT_ONCE, Mirror


@pytest.fixture(autouse=True)
def _loopback(socket_enabled: None) -> None:
    """These tests speak to Redis."""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirror]:
    """A mirror for all tests of a module."""
    pytest_socket.enable_socket()  # before any test's own fixture could
    folder = tmp_path_factory.mktemp("shared")
    server = RedisServer(folder / "redis")
    server.start()
    mirror = Mirror(server, SidecarProcess(server.url, folder / "mira.db", name="Hall mirror", **AT_ONCE))
    mirror.sidecar.start()
    yield mirror
    mirror.sidecar.kill()
    mirror.redis.close()
    server.kill()


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
    mirror = Mirror(redis_server, SidecarProcess(redis_server.url, tmp_path / "mira.db", **AT_ONCE))
    mirror.sidecar.start()
    yield mirror
    mirror.sidecar.kill()
    mirror.redis.close()
