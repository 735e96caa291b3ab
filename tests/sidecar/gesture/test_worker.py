"""The worker with a real camera stream, a real capture process and the real models."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from house.hand_video import ABSENT, HELD, PALM_THEN_SWIPE_RIGHT, Scene
from house.redis import free_port
from house.stream_server import StreamServer
from mira_sidecar.devices.owner import CameraSettings, try_camera
from mira_sidecar.protocol import Picture
from mira_sidecar.subjects.gesture.worker import models
from mira_sidecar.subjects.gesture.worker.messages import GestureRule, Lesson, OwnGesture, RecogniserSettings
from tests.sidecar.gesture.watched import watched

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture(scope="module")
def scene(recorded: Path) -> Scene:
    return Scene(photograph=recorded / "hands" / "four_04.png")


@pytest.fixture
def camera(scene: Scene, socket_enabled: None) -> Iterator[StreamServer]:
    """A camera that looks at an empty room."""
    with StreamServer(scene.jpegs(ABSENT)[0]) as server:
        yield server


def children() -> set[int]:
    """The processes that this one has started and not reaped."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text().split()}


async def test_a_palm_held_and_a_swipe_become_commands(camera: StreamServer, scene: Scene, models_path: Path) -> None:
    async with watched(camera.url, models_path) as mirror:
        await mirror.capture("open")
        camera.play(scene.jpegs(*PALM_THEN_SWIPE_RIGHT))
        await mirror.until(lambda: len(mirror.sent) == 2)
    palm, swipe = mirror.sent
    assert palm["source"] == palm["action"] == "gesture"
    assert (palm["name"], palm["handedness"]) == ("palm", "right")
    assert palm["hold_ms"] >= 600
    assert palm["confidence"] > 0.9
    assert (swipe["name"], swipe["hold_ms"]) == ("swipe_right", 0)
    assert swipe["confidence"] > 0.7
    assert max(palm["age_ms"], swipe["age_ms"]) < 500
    assert mirror.states == ["closed", "opening", "open", "closed"]


async def test_an_open_camera_says_what_its_pictures_are_like(camera: StreamServer, models_path: Path) -> None:
    async with watched(camera.url, models_path, wanted=False) as mirror:
        mirror.worker.want(True, RecogniserSettings(mirrored=True))
        assert (await mirror.capture("open")).picture == Picture(640, 480, mirrored=True)
        mirror.worker.want(False)
        assert (await mirror.capture("closed")).picture is None


@pytest.mark.parametrize(
    ("camera", "entity"),
    [
        ("http://127.0.0.1:9/api/camera_proxy_stream/camera.hall", "camera.hall"),
        ("https://home.test/api/camera_proxy/camera.hall_2?token=secret", "camera.hall_2"),
        ("http://127.0.0.1:9/stream", None),
        ("/dev/video0", None),
        ("rtsp://user:pa[ss@camera/stream", None),
        (None, None),
    ],
)
async def test_a_camera_of_home_assistant_is_named_whether_it_is_open_or_not(
    camera: str | None, entity: str | None, models_path: Path
) -> None:
    async with watched(camera, models_path, wanted=False) as mirror:
        assert (await mirror.capture("closed")).entity == entity


async def test_a_hand_is_shown_while_it_is_there(camera: StreamServer, scene: Scene, models_path: Path) -> None:
    async with watched(camera.url, models_path) as mirror:
        await mirror.capture("open")
        camera.play(scene.jpegs(ABSENT, HELD, ABSENT))
        await mirror.until(lambda: mirror.shown != [] and mirror.shown[-1] == [])
    assert [hands for hands in mirror.shown if not hands] == [[]]
    held = [hand.held_ms for (hand,) in mirror.shown[:-1] if hand.pose == "palm"]
    assert held == sorted(held)
    assert len({ms for ms in held if 0 < ms < 600}) >= 3
    assert held[-1] == 600
    assert [sent["name"] for sent in mirror.sent] == ["palm"]


async def test_a_hand_that_is_shown_is_gone_with_the_camera(
    camera: StreamServer, scene: Scene, models_path: Path
) -> None:
    async with watched(camera.url, models_path) as mirror:
        await mirror.capture("open")
        camera.play(scene.jpegs(HELD), loop=True)
        await mirror.until(lambda: mirror.shown != [])
        mirror.worker.want(False)
        await mirror.capture("closed")
        assert not mirror.shown[-1]


async def test_a_camera_that_nobody_wants_is_never_opened(camera: StreamServer, models_path: Path) -> None:
    async with watched(camera.url, models_path, wanted=False) as mirror:
        await mirror.capture("closed")
    assert camera.opened == 0


async def test_switched_off_the_connection_ends_and_only_then_it_is_closed(
    camera: StreamServer, models_path: Path
) -> None:
    async with watched(camera.url, models_path) as mirror:
        await mirror.capture("open")
        before = children()
        mirror.worker.want(False)
        assert await asyncio.to_thread(camera.wait_ended, 1)
        await mirror.capture("closed")
        assert children() < before
        mirror.worker.want(True)
        await mirror.capture("open")
        assert camera.connections == 1


async def test_wanted_again_while_it_is_closing_it_opens_again(camera: StreamServer, models_path: Path) -> None:
    async with watched(camera.url, models_path) as mirror:
        await mirror.capture("open")
        mirror.worker.want(False)
        await asyncio.sleep(0)
        mirror.worker.want(True)
        await mirror.until(lambda: camera.opened == 2 and mirror.states[-1] == "open")
    assert mirror.states == ["closed", "opening", "open", "closed", "opening", "open", "closed"]


async def test_cancelled_it_leaves_no_process_and_no_connection(camera: StreamServer, models_path: Path) -> None:
    before = children()
    async with watched(camera.url, models_path) as mirror:
        await mirror.capture("open")
    assert children() == before
    assert await asyncio.to_thread(camera.wait_ended, 1)


async def test_a_camera_that_does_not_answer_is_a_clear_error(models_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        async with watched(f"http://someone:secret@127.0.0.1:{port}/stream", models_path) as mirror:
            device = await mirror.capture("no_signal")
    assert device.error == (
        f"The camera http://127.0.0.1:{port} sent no picture for 5 s. Is it on, and the address right?"
    )


async def test_a_camera_that_refuses_is_a_clear_error(models_path: Path) -> None:
    async with watched(f"http://127.0.0.1:{free_port()}/", models_path) as mirror:
        device = await mirror.capture("failed")
    assert device.error
    assert "refused the connection" in device.error


async def test_what_is_no_video_is_a_clear_error(models_path: Path) -> None:
    async with watched(__file__, models_path) as mirror:
        device = await mirror.capture("failed")
    assert device.error == f"What {__file__} sends is no video. Check the camera setting."


async def test_after_a_failure_it_tries_again(scene: Scene, models_path: Path, tmp_path: Path) -> None:
    video = tmp_path / "hand.mp4"
    async with watched(str(video), models_path) as mirror:
        device = await mirror.capture("failed")
        assert device.error == f"There is no camera at {video}. Check the camera setting."
        scene.write(video, *PALM_THEN_SWIPE_RIGHT)
        await mirror.until(lambda: len(mirror.sent) == 2)
    assert [sent["name"] for sent in mirror.sent] == ["palm", "swipe_right"]


async def test_a_stream_that_stops_is_opened_again(camera: StreamServer, models_path: Path) -> None:
    async with watched(camera.url, models_path) as mirror:
        await mirror.capture("open")
        camera.drop()
        device = await mirror.capture("no_signal")
        assert device.error
        assert "sends no more pictures" in device.error
        await mirror.capture("open")


async def test_a_model_with_the_wrong_checksum_is_a_clear_error(camera: StreamServer, tmp_path: Path) -> None:
    (tmp_path / models.PALM).write_bytes(b"no model")
    async with watched(camera.url, tmp_path) as mirror:
        device = await mirror.capture("failed")
        assert await asyncio.to_thread(camera.wait_ended, 1)
    assert device.error
    assert "palm_detection_full.tflite has the wrong checksum" in device.error
    assert "`mira-sidecar models`" in device.error


async def test_without_a_camera_it_says_so() -> None:
    async with watched(None, Path("nowhere")) as mirror:
        device = await mirror.capture("closed")
    assert device.error
    assert device.error.startswith("No camera is configured")


async def test_a_capture_process_that_dies_is_started_again(camera: StreamServer, models_path: Path) -> None:
    before = children()
    async with watched(camera.url, models_path) as mirror:
        await mirror.capture("open")
        (capture,) = children() - before
        os.kill(capture, signal.SIGKILL)
        device = await mirror.capture("failed")
        assert device.error
        assert "ended by itself (exit code -9)" in device.error
        await mirror.capture("open")


async def test_trying_a_camera_closes_it_again(camera: StreamServer, models_path: Path) -> None:
    device = await try_camera(CameraSettings(camera=camera.url, models=models_path))
    assert (device.capture, device.error) == ("open", None)
    assert await asyncio.to_thread(camera.wait_ended, 1)


SIDECAR = """
import asyncio, sys
from pathlib import Path
from mira_sidecar.devices.owner import CameraSettings, GestureWorker

async def main():
    settings = CameraSettings(camera=sys.argv[1], models=Path(sys.argv[2]))
    observe = lambda device: print(device.capture, flush=True)
    worker = GestureWorker(settings, submit=None, keep=None, show=None, observe=observe)
    worker.want(True)
    await worker.run()

asyncio.run(main())
"""


def test_a_killed_sidecar_leaves_no_capture_behind(camera: StreamServer, models_path: Path) -> None:
    sidecar = subprocess.Popen(
        [sys.executable, "-c", SIDECAR, camera.url, str(models_path)], stdout=subprocess.PIPE, text=True
    )
    assert sidecar.stdout
    with sidecar:
        assert next(line for line in sidecar.stdout if line == "open\n")
        sidecar.kill()
    assert camera.wait_ended(1)


async def test_thresholds_change_while_the_camera_stays_open(
    camera: StreamServer, scene: Scene, models_path: Path
) -> None:
    async with watched(camera.url, models_path) as mirror:
        await mirror.capture("open")
        camera.play(scene.jpegs(HELD), loop=True)
        await mirror.until(lambda: len(mirror.sent) == 1)
        mirror.worker.want(True, RecogniserSettings(hold_ms=900))
        await mirror.until(lambda: len(mirror.sent) == 2)
        mirror.worker.want(True, RecogniserSettings(hold_ms=300, gestures={"palm": GestureRule(hold_ms=1_500)}))
        await mirror.until(lambda: len(mirror.sent) == 3)
        mirror.worker.want(True, RecogniserSettings(gestures={"palm": GestureRule(enabled=False)}))
        await mirror.until(lambda: mirror.shown[-1] != [] and mirror.shown[-1][0].pose is None)
    assert [sent["hold_ms"] // 300 for sent in mirror.sent] == [2, 3, 5]
    assert (camera.opened, mirror.states) == (1, ["closed", "opening", "open", "closed"])


async def test_what_is_shown_in_a_lesson_is_known_afterwards(
    camera: StreamServer, scene: Scene, models_path: Path
) -> None:
    lesson = Lesson(name="mine", kind="pose", command_id="command-1")
    async with watched(camera.url, models_path) as mirror:
        mirror.worker.want(True, RecogniserSettings(lesson=lesson))
        await mirror.capture("open")
        camera.play(scene.jpegs(HELD), loop=True)
        await mirror.until(lambda: len(mirror.kept) == 3)
        assert mirror.sent == []  # a hand that teaches does nothing else
        own = OwnGesture(name="mine", kind="pose", samples=[sample.values for sample in mirror.kept])
        mirror.worker.want(True, RecogniserSettings(own=[own]))
        await mirror.until(lambda: len(mirror.sent) == 1)
    assert (mirror.sent[0]["name"], mirror.sent[0]["confidence"] >= 0.7) == ("mine", True)
    assert {sample.lesson for sample in mirror.kept} == {lesson}
