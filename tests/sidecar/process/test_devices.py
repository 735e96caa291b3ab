"""A mirror with two cameras, as a client sees it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from house.hand_video import jpeg
from house.redis import RedisServer
from house.stream_server import StreamServer
from tests.sidecar.process.mirror import Mirror, running
from tests.sidecar.subjects import with_example

PROGRAM = (sys.executable, with_example.__file__)
WALL = jpeg(np.full((48, 64, 3), 90, np.uint8))


@pytest.fixture
def cameras(socket_enabled: None) -> Iterator[tuple[StreamServer, StreamServer]]:
    with StreamServer(WALL) as own, StreamServer(WALL) as door:
        yield own, door


@pytest.fixture
def mirror(
    redis_server: RedisServer,
    tmp_path: Path,
    cameras: tuple[StreamServer, StreamServer],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Mirror]:
    """A mirror with these cameras, into both of which somebody looks."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    own, door = cameras
    settings = {"camera": own.url, "cameras": f"door={door.url}", "subjects": "watching"}
    with running(redis_server, tmp_path / "mira.db", program=PROGRAM, **settings) as mirror:
        yield mirror


def captures(mirror: Mirror) -> dict[str, str]:
    devices = (mirror.presence() or {"devices": {}})["devices"]
    assert {device["kind"] for device in devices.values()} <= {"camera"}
    return {name: device["capture"] for name, device in devices.items()}


def test_one_switch_opens_and_closes_all_cameras(mirror: Mirror, cameras: tuple[StreamServer, StreamServer]) -> None:
    assert captures(mirror) == {"camera": "closed", "door": "closed"}
    mirror.send("set_camera", {"on": True})
    mirror.until(lambda: captures(mirror) == {"camera": "open", "door": "open"}, 30)
    mirror.send("set_camera", {"on": False})
    mirror.until(lambda: captures(mirror) == {"camera": "closed", "door": "closed"})
    assert all(camera.wait_ended(1) for camera in cameras)


def test_where_off_could_not_be_heard_all_cameras_are_closed(
    mirror: Mirror, cameras: tuple[StreamServer, StreamServer]
) -> None:
    mirror.send("set_camera", {"on": True})
    mirror.until(lambda: captures(mirror) == {"camera": "open", "door": "open"}, 30)
    mirror.server.pause()
    try:
        assert all(camera.wait_ended(5) for camera in cameras)
    finally:
        mirror.server.resume()
    mirror.until(lambda: captures(mirror) == {"camera": "open", "door": "open"}, 30)


def test_a_part_that_fails_on_every_change_keeps_no_camera_open(
    redis_server: RedisServer, tmp_path: Path, cameras: tuple[StreamServer, StreamServer]
) -> None:
    failing = (
        "import sys; from mira_sidecar.subjects.gesture import teacher; from mira_sidecar.cli import main\n"
        "right = teacher.Teacher.recognition\n"
        "def recognition(self, document):\n"
        "    if document['page'] == 'todos': raise KeyError('a secret of the household')\n"
        "    return right(self, document)\n"
        "teacher.Teacher.recognition = recognition; sys.exit(main())"
    )
    own, _ = cameras
    program = (sys.executable, "-c", failing)
    with running(redis_server, tmp_path / "mira.db", program=program, camera=own.url) as mirror:
        mirror.send("set_camera", {"on": True})
        assert own.wait_opened(30)
        mirror.send("show_page", {"page": "todos"})
        mirror.until(lambda: mirror.degraded() == ["worker_failing"])
        mirror.send("set_camera", {"on": False})
        assert own.wait_ended(5)


def test_who_was_recognised_stands_in_the_answer_of_a_sender_that_may_say_it(mirror: Mirror) -> None:
    claim = {"origin": {"person": "person-1"}}
    assert mirror.send("next_page", source="sensor", **claim)["origin"] == claim["origin"]
    refused = mirror.send("next_page", source="touch", **claim)
    assert (refused["reason"], refused.get("origin")) == ("bad_command", None)
