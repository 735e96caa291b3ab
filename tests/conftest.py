"""Fixtures for every kind of test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import custom_components  # noqa: F401 - before the test plugin's own package of that name
from house.redis import RedisServer


@pytest.fixture
def redis_server(tmp_path_factory: pytest.TempPathFactory, socket_enabled: None) -> Iterator[RedisServer]:
    """A real Redis of one test's own, which it may kill."""
    server = RedisServer(Path(tmp_path_factory.mktemp("redis")))
    server.start()
    yield server
    server.kill()
