"""Photos and videos that a real sidecar takes with a real camera stream, keeps for an hour, and hands to who asks."""

import base64
import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from house.hand_video import jpeg
from house.redis import RedisServer
from house.stream_server import StreamServer
from mira_sidecar.store.files import media_of, side_of
from tests.sidecar.process.mirror import Message, Mirror, running
from tests.sidecar.process.test_queries import ask

ANNA = "p_0198c0de"
CANARY = np.zeros((1_440, 2_560, 3), np.uint8)
CANARY[:, :1_280, 0] = 220
"""A room that is red on the left, larger than any picture that is handed over."""


@pytest.fixture
def camera(socket_enabled: None) -> Iterator[StreamServer]:
    with StreamServer(jpeg(CANARY), rate=15) as server:
        yield server


@pytest.fixture
def countdown_ms() -> int:
    """From the yes to the picture."""
    return 1_000


@pytest.fixture
def mirror(redis_server: RedisServer, tmp_path: Path, camera: StreamServer, countdown_ms: int) -> Iterator[Mirror]:
    """A mirror with a camera at which nothing looks by itself."""
    flags: dict[str, Any] = {"camera": camera.url, "subjects": "talk", "talk_countdown_ms": countdown_ms}
    with running(redis_server, tmp_path / "mira.db", **flags) as mirror:
        mirror.send("set_camera", {"on": True})
        yield mirror


def agreed(mirror: Mirror, person: str | None = None, **fields: Any) -> str:
    """Have somebody say yes to a picture; the capture."""
    origin = {"person": person}
    asked = mirror.send("request_capture", {"kind": "photo", **fields}, source="sensor", origin=origin)
    assert asked["payload"]["outcome"] == "pending"
    return str(mirror.send("confirm")["command_id"])


def end_of(mirror: Mirror, capture: str, seconds: float = 20) -> Message:
    """What became of it."""
    found: list[Message] = []

    def is_over() -> bool:
        found[:] = [
            event["payload"]
            for event in mirror.published()
            if (event["type"], event["action"], event["payload"].get("capture")) == ("accepted", "end_capture", capture)
        ]
        return bool(found)

    mirror.until(is_over, seconds)
    (end,) = found
    return end


def read(mirror: Mirror, media: str) -> bytes:
    """All of a file, as Home Assistant reads it."""
    content = b""
    while True:
        piece = ask(mirror, "talk_media", {"id": media, "start": len(content)})["result"]
        assert len(piece["content"]) <= 262_144
        content += base64.b64decode(piece["content"])
        if len(content) >= piece["size"]:
            return content


def kept(mirror: Mirror) -> list[Path]:
    folder = media_of(side_of(mirror.database))
    return [one for one in folder.rglob("*") if one.is_file()]


def rgb(content: bytes) -> list[Any]:
    with av.open(io.BytesIO(content), "r") as file:
        return [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]


def films(mirror: Mirror) -> bool:
    """Whether the sign at the glass says that somebody is filmed."""
    return bool((mirror.presence() or {})["devices"]["camera"].get("filming"))


def is_red(picture: Any) -> tuple[bool, bool]:
    """Whether it is, on the left and on the right."""
    return picture[360, 100, 0] > 180, picture[360, 1_180, 0] > 180


def test_a_photo_is_taken_after_the_count_down_and_the_camera_is_open_for_it_alone(
    mirror: Mirror, camera: StreamServer, countdown_ms: int
) -> None:
    time.sleep(0.5)
    assert camera.opened == 0
    began = time.monotonic()
    capture = agreed(mirror)
    assert mirror.snapshot()["state"]["parts"]["talk"]["capture"]["id"] == capture
    mirror.until(lambda: films(mirror))
    end = end_of(mirror, capture)
    assert countdown_ms / 1_000 - 0.1 < time.monotonic() - began < 4
    assert (end["outcome"], camera.opened) == ("taken", 1)
    mirror.until(lambda: camera.connections == 0 and not films(mirror))
    content = read(mirror, end["media"])
    assert len(content) == end["bytes"]
    (picture,) = rgb(content)
    assert picture.shape == (720, 1_280, 3)
    assert is_red(picture) == (True, False)
    assert b"Exif" not in content
    assert mirror.snapshot()["state"]["parts"]["talk"]["capture"] is None
    files = [file for file in mirror.database.parent.rglob("*") if file.is_file()]
    assert len(files) > 5
    assert all(content[-60:] not in file.read_bytes() for file in files)
    mirror.check()


def test_a_video_has_its_length_and_no_sound(mirror: Mirror) -> None:
    end = end_of(mirror, agreed(mirror, kind="video", seconds=2))
    assert end["outcome"] == "taken"
    content = read(mirror, end["media"])
    with av.open(io.BytesIO(content)) as film:
        assert [stream.type for stream in film.streams] == ["video"]
        assert film.streams.video[0].codec_context.name in ("h264", "mpeg4")
    frames = rgb(content)
    assert 14 <= len(frames) <= 21
    assert {frame.shape for frame in frames} == {(360, 640, 3)}


def test_a_camera_that_mirrors_gives_pictures_in_which_one_can_read(
    redis_server: RedisServer, tmp_path: Path, camera: StreamServer
) -> None:
    flags: dict[str, Any] = {"camera": camera.url, "subjects": "talk", "talk_countdown_ms": 500}
    with running(redis_server, tmp_path / "mira.db", camera_mirrored=True, **flags) as mirror:
        mirror.send("set_camera", {"on": True})
        (picture,) = rgb(read(mirror, end_of(mirror, agreed(mirror))["media"]))
    assert is_red(picture) == (False, True)


@pytest.mark.parametrize("countdown_ms", [3_000])
def test_a_camera_that_is_switched_off_meanwhile_leaves_nothing(
    mirror: Mirror, camera: StreamServer, countdown_ms: int
) -> None:
    capture = agreed(mirror)
    mirror.until(lambda: camera.connections == 1)
    mirror.send("set_camera", {"on": False})
    assert end_of(mirror, capture)["outcome"] == "camera_off"
    mirror.until(lambda: camera.connections == 0)
    time.sleep(countdown_ms / 1_000 + 0.5)
    assert kept(mirror) == []


def test_a_camera_that_does_not_open_fails_in_time(mirror: Mirror, camera: StreamServer) -> None:
    camera.__exit__(None, None, None)
    assert end_of(mirror, agreed(mirror))["outcome"] == "timed_out"
    assert kept(mirror) == []


def test_without_a_camera_it_says_so(redis_server: RedisServer, tmp_path: Path) -> None:
    with running(redis_server, tmp_path / "mira.db", subjects="talk") as mirror:
        mirror.send("set_camera", {"on": True})
        assert end_of(mirror, agreed(mirror))["outcome"] == "no_camera"


def test_nothing_is_taken_by_a_sidecar_that_has_only_just_started(mirror: Mirror) -> None:
    capture = agreed(mirror)
    mirror.sidecar.kill()
    mirror.sidecar.start()
    assert end_of(mirror, capture)["outcome"] == "failed"
    assert kept(mirror) == []


def test_what_is_a_persons_goes_with_the_person(mirror: Mirror) -> None:
    mirror.send("add_person", {"person": ANNA}, words={"name": "Anna"})
    end = end_of(mirror, agreed(mirror, ANNA))
    assert len(kept(mirror)) == 1
    mirror.send("forget_person", {"person": ANNA})
    mirror.send("confirm")
    mirror.until(lambda: kept(mirror) == [])
    gone = ask(mirror, "talk_media", {"id": end["media"]})
    assert gone["reason"] == "unknown_media"


def test_files_of_others_are_not_read_by_it(mirror: Mirror) -> None:
    nobody = "0198c0de-0000-7000-8000-000000000000"
    assert ask(mirror, "talk_media", {"id": nobody})["reason"] == "unknown_media"
    assert ask(mirror, "talk_media", {"id": "../mira.db"})["reason"] == "bad_query"


def test_home_assistant_may_ask_and_stop_and_not_say_that_one_was_taken(mirror: Mirror, countdown_ms: int) -> None:
    capture = agreed(mirror)
    said = [
        mirror.command("end_capture", {"capture": capture, "outcome": one}, source="sensor")
        for one in ("taken", "cancelled")
    ]
    for command in said:
        mirror.redis.xadd(mirror.keys.commands["home"], {"command": json.dumps(command)})
    assert [answer.get("reason") for answer in mirror.answers(said)] == ["not_allowed", None]
    time.sleep(countdown_ms / 1_000 + 0.5)
    assert kept(mirror) == []
