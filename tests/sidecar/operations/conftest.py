"""Commands on logs, and beside a running sidecar."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from house.redis import RedisServer
from house.sidecar import SidecarProcess
from tests.sidecar.operations.kept import CommandLine, lived_in, written
from tests.sidecar.process.mirror import AT_ONCE, Mirror


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of this machine's own settings."""
    for name in os.environ:
        if name.startswith("MIRA_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "settings"))


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
    mirror = Mirror(redis_server, SidecarProcess(redis_server.url, tmp_path / "mira.db", **AT_ONCE))
    mirror.sidecar.start()
    yield mirror
    mirror.sidecar.kill()
    mirror.redis.close()
