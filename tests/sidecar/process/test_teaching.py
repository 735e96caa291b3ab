"""A gesture is taught to a real sidecar with a real camera stream, known after a restart, and forgotten for good."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from house.hand_video import ABSENT, HELD, Scene
from house.redis import RedisServer
from house.stream_server import StreamServer
from mira_sidecar.store.files import side_of
from tests.sidecar.process.mirror import Mirror, running

HAND = Path(os.environ.get("MIRA_TESTDATA") or Path(__file__).parents[4] / "shared" / "testdata") / "hands/four_04.png"
pytestmark = pytest.mark.skipif(not HAND.exists(), reason=f"there is no recorded hand at {HAND}; see MIRA_TESTDATA")


@pytest.fixture
def camera(socket_enabled: None) -> Iterator[StreamServer]:
    scene = Scene(photograph=HAND)
    with StreamServer(scene.jpegs(ABSENT)[0]) as server:
        server.play(scene.jpegs(ABSENT, HELD, HELD), loop=True)
        yield server


@pytest.fixture
def seeing(redis_server: RedisServer, tmp_path: Path, camera: StreamServer) -> Iterator[Mirror]:
    """A mirror in front of which a palm comes and goes."""
    with running(redis_server, tmp_path / "mira.db", camera=camera.url) as mirror:
        yield mirror


def samples(mirror: Mirror) -> int:
    with contextlib.closing(sqlite3.connect(side_of(mirror.database))) as side:
        return int(side.execute("SELECT count(*) FROM gesture_samples").fetchone()[0])


def names_seen(mirror: Mirror) -> set[str]:
    return set(mirror.snapshot()["state"]["gestures_seen"])


def test_what_was_taught_is_recognised_kept_and_forgotten(seeing: Mirror) -> None:
    seeing.send("set_camera", {"on": True})
    seeing.send("teach_gesture", {"name": "mine", "samples": 3}, source="automation")
    seeing.send("confirm")
    seeing.until(lambda: "mine" in seeing.snapshot()["state"]["taught"], 30)
    assert samples(seeing) == 3
    assert names_seen(seeing) <= {"palm"}  # from before the lesson
    seeing.until(lambda: "mine" in names_seen(seeing), 30)

    seeing.sidecar.stop()
    seeing.sidecar.start()
    before = seeing.snapshot()["state"]["gestures_seen"]["mine"]
    seeing.until(lambda: seeing.snapshot()["state"]["gestures_seen"]["mine"] > before, 30)

    seeing.send("forget_gesture", {"name": "mine"})
    seeing.until(lambda: samples(seeing) == 0)
    taken = [event["payload"] for event in seeing.published() if event["action"] == "take_sample"]
    assert [set(payload) for payload in taken if "patch" not in payload] == [{"name", "taken"}] * 3
