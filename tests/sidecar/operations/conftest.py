"""Commands on logs, and beside a running sidecar."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from house.redis import RedisServer
from tests.sidecar.operations.kept import CommandLine, lived_in, written
from tests.sidecar.process.mirror import Mirror, running


@pytest.fixture(autouse=True)
def _alone(no_settings: None) -> None:
    """These tests are about what a command is given."""


@pytest.fixture
def mira(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line."""
    return CommandLine(capsys)


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    """The log of a mirror that was used, and is not running."""
    return await written(tmp_path / "mira.db", lived_in().events)


@pytest.fixture
def mirror(redis_server: RedisServer, tmp_path: Path) -> Iterator[Mirror]:
    """A mirror of the test's own, running."""
    with running(redis_server, tmp_path / "mira.db") as mirror:
        yield mirror
