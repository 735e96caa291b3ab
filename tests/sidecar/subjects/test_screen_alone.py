"""What a mirror has in memory that shows things, and neither sees nor hears nor is announced."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from house.redis import RedisServer
from mira_sidecar.store.files import side_of
from tests.sidecar.process.mirror import Mirror, running

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what is loaded is read from /proc")


@pytest.fixture
def alone(redis_server: RedisServer, tmp_path: Path) -> Iterator[Mirror]:
    with running(redis_server, tmp_path / "mira.db", subjects="none") as mirror:
        yield mirror


def test_the_screen_alone_loads_no_library_for_pictures_nor_one_for_announcing(alone: Mirror) -> None:
    alone.send("next_page")
    loaded = Path(f"/proc/{alone.sidecar.process.pid}/maps").read_text()
    assert "msgspec" in loaded
    assert [library for library in ("numpy", "/av/", "cv2", "litert", "zeroconf") if library in loaded] == []


def test_the_screen_alone_keeps_nothing_of_anybody_and_makes_no_side_store(alone: Mirror) -> None:
    alone.send("add_todo", {"summary": "Milk"})
    assert not side_of(alone.database).exists()
