"""A sidecar with the subject talk, which tests may ruin."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from house.redis import RedisServer
from tests.sidecar.process.mirror import Mirror, running


@pytest.fixture
def running_mirror(redis_server: RedisServer, tmp_path: Path, socket_enabled: None) -> Iterator[Mirror]:
    """One that runs, and speaks to Redis."""
    with running(redis_server, tmp_path / "data" / "mira.db", subjects="talk") as mirror:
        yield mirror
