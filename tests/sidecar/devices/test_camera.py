"""A camera with a real stream and a real process: opened, closed, and opened again after a failure."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from house.redis import free_port
from house.stream_server import StreamServer
from mira_sidecar.devices.camera.settings import Camera
from mira_sidecar.devices.owner import tried
from mira_sidecar.protocol import Picture
from tests.sidecar.devices.watched import watched

pytestmark = pytest.mark.usefixtures("socket_enabled")


def children() -> set[int]:
    """The processes that this one has started and not reaped."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text().split()}


@pytest.mark.parametrize(
    ("camera", "entity"),
    [
        ("http://127.0.0.1:9/api/camera_proxy_stream/camera.hall", "camera.hall"),
        ("https://home.test/api/camera_proxy/camera.hall_2?token=secret", "camera.hall_2"),
        ("http://127.0.0.1:9/stream", None),
        ("/dev/video0", None),
        ("rtsp://user:pa[ss@camera/stream", None),
    ],
)
async def test_a_camera_of_home_assistant_is_named_whether_it_is_open_or_not(
    camera: str, entity: str | None, place: Path
) -> None:
    async with watched(place, camera=camera, on=False) as mirror:
        assert (await mirror.capture("closed")).entity == entity


async def test_a_camera_that_nobody_wants_is_never_opened(camera: StreamServer, place: Path) -> None:
    async with watched(place, camera=camera.url, on=False) as mirror:
        await mirror.capture("closed")
    assert camera.opened == 0


async def test_switched_off_the_connection_ends_and_only_then_it_is_closed(camera: StreamServer, place: Path) -> None:
    async with watched(place, camera=camera.url) as mirror:
        await mirror.capture("open")
        before = children()
        mirror.switch(False)
        assert await asyncio.to_thread(camera.wait_ended, 1)
        await mirror.capture("closed")
        assert children() < before
        mirror.switch(True)
        await mirror.capture("open")
        assert camera.connections == 1


async def test_wanted_again_while_it_is_closing_it_opens_again(camera: StreamServer, place: Path) -> None:
    async with watched(place, camera=camera.url) as mirror:
        await mirror.capture("open")
        mirror.switch(False)
        await asyncio.sleep(0)
        mirror.switch(True)
        await mirror.until(lambda: camera.opened == 2 and mirror.states[-1] == "open")
    assert mirror.states == ["closed", "opening", "open", "closed", "opening", "open", "closed"]


async def test_cancelled_it_leaves_no_process_and_no_connection(camera: StreamServer, place: Path) -> None:
    before = children()
    async with watched(place, camera=camera.url) as mirror:
        await mirror.capture("open")
    assert children() == before
    assert await asyncio.to_thread(camera.wait_ended, 1)


async def test_a_camera_that_does_not_answer_is_a_clear_error(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        async with watched(place, camera=f"http://someone:secret@127.0.0.1:{port}/stream") as mirror:
            device = await mirror.capture("no_signal")
    assert device.error == (
        f"The camera http://127.0.0.1:{port} sent no picture for 5 s. Is it on, and the address right?"
    )


async def test_a_camera_that_refuses_is_a_clear_error(place: Path) -> None:
    async with watched(place, camera=f"http://127.0.0.1:{free_port()}/") as mirror:
        device = await mirror.capture("failed")
    assert device.error
    assert "refused the connection" in device.error


async def test_what_is_no_video_is_a_clear_error(place: Path) -> None:
    async with watched(place, camera=__file__) as mirror:
        device = await mirror.capture("failed")
    assert device.error == f"What {__file__} sends is no video. Check the camera setting."


async def test_a_stream_that_stops_is_opened_again(camera: StreamServer, place: Path) -> None:
    async with watched(place, camera=camera.url) as mirror:
        await mirror.capture("open")
        camera.drop()
        device = await mirror.capture("no_signal")
        assert device.error
        assert "sends no more pictures" in device.error
        await mirror.capture("open")


async def test_a_capture_process_that_dies_is_started_again(camera: StreamServer, place: Path) -> None:
    before = children()
    async with watched(place, camera=camera.url) as mirror:
        await mirror.capture("open")
        (capture,) = children() - before
        os.kill(capture, signal.SIGKILL)
        device = await mirror.capture("failed")
        assert device.error
        assert "ended by itself (exit code -9)" in device.error
        await mirror.capture("open")


async def test_trying_a_camera_closes_it_again(camera: StreamServer) -> None:
    device = await tried(Camera(camera.url))
    assert (device.capture, device.error) == ("open", None)
    assert await asyncio.to_thread(camera.wait_ended, 1)


SIDECAR = """
import asyncio, sys
from pathlib import Path
from tests.sidecar.devices.watched import watched

async def main():
    async with watched(Path(sys.argv[2]), camera=sys.argv[1]) as mirror:
        await mirror.capture("open")
        print("open", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def test_a_killed_sidecar_leaves_no_capture_behind(camera: StreamServer, place: Path) -> None:
    sidecar = subprocess.Popen(
        [sys.executable, "-c", SIDECAR, camera.url, str(place)], stdout=subprocess.PIPE, text=True
    )
    assert sidecar.stdout
    with sidecar:
        assert next(line for line in sidecar.stdout if line == "open\n")
        sidecar.kill()
    assert camera.wait_ended(1)


async def test_an_open_camera_says_what_its_pictures_are_like(camera: StreamServer, place: Path) -> None:
    async with watched(place, camera=Camera(camera.url, mirrored=True)) as mirror:
        assert (await mirror.capture("open")).picture == Picture(64, 48, mirrored=True)
        mirror.switch(False)
        assert (await mirror.capture("closed")).picture is None


async def test_a_camera_at_which_nobody_looks_is_not_opened_and_closed_when_the_last_one_turns_away(
    camera: StreamServer, place: Path
) -> None:
    async with watched(place, camera=camera.url, looks=False) as mirror:
        await asyncio.sleep(0.2)
        assert (camera.opened, mirror.states) == (0, ["closed"])
        mirror.look("one")
        mirror.look("other")
        await mirror.capture("open")
        mirror.look("one", None)
        await asyncio.sleep(0.2)
        assert mirror.states[-1] == "open"
        mirror.look("other", None)
        await mirror.capture("closed")


async def test_a_camera_whose_switch_cannot_be_heard_is_closed(camera: StreamServer, place: Path) -> None:
    async with watched(place, camera=camera.url) as mirror:
        await mirror.capture("open")
        mirror.switch(True, deciding=False)
        await mirror.capture("closed")
        assert await asyncio.to_thread(camera.wait_ended, 1)


async def test_a_sidecar_that_hangs_loses_its_camera_after_three_seconds(camera: StreamServer, place: Path) -> None:
    sidecar = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SIDECAR, camera.url, str(place)), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert sidecar.stdout
        while await sidecar.stdout.readline() != b"open\n":
            assert sidecar.returncode is None
        sidecar.send_signal(signal.SIGSTOP)
        assert await asyncio.to_thread(camera.wait_ended, 6)
    finally:
        sidecar.kill()
        await sidecar.wait()
