"""A mirror that is attacked, under load."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from house.redis import RedisServer
from house.terminal import Terminal
from tests.attack.effort import FULL, SEED, Progress
from tests.attack.siege import Siege
from tests.sidecar.process.mirror import Mirror, running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The full run takes as long as it takes."""
    for item in items:
        if FULL and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(3_600))


@pytest.fixture
def progress(request: pytest.FixtureRequest) -> Iterator[Progress]:
    """Says what is being done where a person watches; what remains is the last thing that was said."""
    terminal = Terminal(sys.stderr)
    said = [""]

    def say(text: str) -> None:
        said.append(text)
        terminal.passing(f"  … {request.node.name}: {text}")

    terminal.say(f"\nMIRA_ATTACK_SEED={SEED}")
    yield say
    terminal.say(f"  {request.node.name}: {said[-1]}")


@pytest.fixture
def attacked(redis_server: RedisServer, tmp_path: Path) -> Iterator[Mirror]:
    """A running mirror of one test's own."""
    with running(redis_server, tmp_path / "mira.db") as mirror:
        yield mirror


@pytest.fixture
def siege(attacked: Mirror) -> Siege:
    """The same, with three clients that send and three that read once it is entered."""
    return Siege(attacked, SEED)
