"""Several devices, and several that look: one switch closes all, and nobody's fault is another's."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from structlog.testing import capture_logs

from house.hand_video import jpeg
from house.stream_server import StreamServer
from mira_sidecar.devices.messages import Orders
from mira_sidecar.protocol import Device
from tests.sidecar.devices.lookers import Wish
from tests.sidecar.devices.stubborn import Stubborn
from tests.sidecar.devices.watched import watched

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
def door(socket_enabled: None) -> Iterator[StreamServer]:
    """Another camera."""
    with StreamServer(jpeg(np.full((24, 32, 3), 90, np.uint8))) as server:
        yield server


def alive(pid: int) -> bool:
    """Whether the process is there, also as one that was not reaped."""
    return Path(f"/proc/{pid}").exists()


async def test_off_closes_every_camera(camera: StreamServer, door: StreamServer, place: Path) -> None:
    async with watched(place, camera=camera.url, door=door.url) as mirror:
        await mirror.capture("open")
        await mirror.capture("open", "door")
        mirror.switch(False)
        await mirror.capture("closed")
        await mirror.capture("closed", "door")
        assert await asyncio.to_thread(camera.wait_ended, 1)
        assert await asyncio.to_thread(door.wait_ended, 1)
    assert {device.kind for device in (*mirror.seen["camera"], *mirror.seen["door"])} == {"camera"}


async def test_a_camera_that_fails_leaves_the_other_open(door: StreamServer, place: Path) -> None:
    async with watched(place, camera="/nowhere/video", door=door.url) as mirror:
        assert (await mirror.capture("failed")).code == "not_found"
        await mirror.capture("open", "door")
        assert mirror.states[-1] == "failed"


@pytest.mark.parametrize("opens", [True, False], ids=["open", "hangs_while_it_opens"])
async def test_one_that_does_not_end_is_killed_and_closed_only_then_and_keeps_no_other_open(
    door: StreamServer, place: Path, opens: bool
) -> None:
    async with watched(place, camera=Stubborn("camera", opens), door=door.url) as mirror:
        await mirror.capture("open" if opens else "opening")
        await mirror.capture("open", "door")
        await mirror.until(lambda: mirror.owner._capture is not None)
        stubborn = pid_of("tests.sidecar.devices.stubborn")
        await asyncio.sleep(1)  # until it does not listen to its end any more
        began = time.monotonic()
        mirror.switch(False)
        await mirror.capture("closed", "door")
        assert mirror.states[-1] == ("open" if opens else "opening")
        await mirror.capture("closed")
        assert not alive(stubborn)
        assert time.monotonic() - began < 4


def pid_of(module: str) -> int:
    """The process of this one that runs the module."""
    for task in Path("/proc/self/task").glob("*/children"):
        for pid in task.read_text().split():
            if module in Path(f"/proc/{pid}/cmdline").read_text().split("\0"):
                return int(pid)
    raise AssertionError(f"nobody runs {module}")


async def test_two_look_at_the_same_frames_in_one_process(camera: StreamServer, place: Path) -> None:
    async with watched(place, camera=camera.url, looks=False) as mirror:
        mirror.look("one")
        mirror.look("other", Wish(tag="b"))
        await mirror.until(lambda: len(mirror.heard.get("other", [])) >= 5)
        one, other = mirror.heard["one"], mirror.heard["other"]
        assert {each.pid for each in one} == {each.pid for each in other}
        assert [each.t_ms for each in one][:5] == [each.t_ms for each in other][:5]
        assert {each.tag for each in other} == {"b"}
        assert one[0].pid != os.getpid()
        assert camera.opened == 1


async def test_one_that_comes_later_and_one_that_changes_need_no_other_process(
    camera: StreamServer, place: Path
) -> None:
    async with watched(place, camera=camera.url, looks=False) as mirror:
        mirror.look("one")
        await mirror.until(lambda: bool(mirror.heard.get("one")))
        mirror.look("other")
        await mirror.until(lambda: bool(mirror.heard.get("other")))
        mirror.look("one", Wish(tag="changed"))
        await mirror.until(lambda: mirror.heard["one"][-1].tag == "changed")
        mirror.look("other", None)
        said = len(mirror.heard["other"])
        await asyncio.sleep(0.3)
        assert len(mirror.heard["other"]) <= said
        frames = [each.frame for each in mirror.heard["one"]]
        assert frames == sorted(set(frames))  # it goes on where it was
        assert mirror.heard["one"][-1].pid == mirror.heard["one"][0].pid


def test_orders_that_change_while_the_process_starts_do_not_take_the_device_from_it() -> None:
    first, changed = Orders(device=msgspec.Raw(b'{"camera": "hall"}'), lookers={}), Orders(lookers={})
    told = b"".join(msgspec.json.encode(orders) + b"\n" for orders in (first, changed))
    program = (
        "import sys, time; from mira_sidecar.devices.orders import Sidecar; sidecar = Sidecar(); "
        "time.sleep(0.3); sys.stdout.buffer.write(bytes(sidecar.device)); sys.stdout.flush()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(told)
        process.stdin.flush()
        assert process.stdout.read() == b'{"camera": "hall"}'


async def test_one_that_fails_is_named_and_the_other_goes_on(camera: StreamServer, place: Path) -> None:
    async with watched(place, camera=camera.url, looks=False) as mirror:
        mirror.look("sound")
        mirror.look("broken", Wish(fails_at=3))
        await mirror.until(lambda: bool(mirror.problems))
        ((name, problem),) = mirror.problems
        assert (name, problem and problem.code) == ("camera.broken", "worker_failing")
        assert "secret" not in str(problem)
        said = len(mirror.heard["sound"])
        await mirror.until(lambda: len(mirror.heard["sound"]) > said + 3)
        assert [each.frame for each in mirror.heard["broken"]] == [1, 2]
        assert mirror.states[-1] == "open"
        mirror.switch(False)
        await mirror.capture("closed")
        assert mirror.problems[-1] == ("camera.broken", None)  # it is not looking, so it is not failing


async def test_one_that_failed_and_is_to_look_no_more_does_not_fail(camera: StreamServer, place: Path) -> None:
    async with watched(place, camera=camera.url, looks=False) as mirror:
        mirror.look("sound")
        mirror.look("broken", Wish(fails_at=3))
        await mirror.until(lambda: bool(mirror.problems))
        mirror.look("broken", None)
        assert mirror.problems[-1] == ("camera.broken", None)
        assert mirror.states[-1] == "open"


async def test_one_that_is_not_there_is_named_and_the_other_goes_on(camera: StreamServer, place: Path) -> None:
    async with watched(place, camera=camera.url) as mirror:
        await mirror.until(lambda: bool(mirror.heard.get("counting")))
        mirror.look("missing", module="tests.sidecar.devices.nothing_of_this_name")
        await mirror.until(lambda: bool(mirror.problems))
        assert mirror.problems[0][0] == "camera.missing"
        said = len(mirror.heard["counting"])
        await mirror.until(lambda: len(mirror.heard["counting"]) > said + 3)


async def test_when_nobody_can_look_the_camera_is_closed(camera: StreamServer, place: Path) -> None:
    async with watched(place, camera=camera.url, looks=False) as mirror:
        mirror.look("broken", Wish(fails_at=1))
        mirror.look("broken_too", Wish(fails_at=2))
        with capture_logs() as said:
            device = await mirror.capture("failed")
        assert device.code == "crashed"
        (line,) = [line for line in said if line["event"] == "the process of a device ended by itself"]
        assert line["last_lines"].splitlines()[-1] == "KeyError"  # without its text
        assert await asyncio.to_thread(camera.wait_ended, 1)


async def test_one_that_hangs_does_not_keep_the_camera_open(camera: StreamServer, place: Path) -> None:
    async with watched(place, camera=camera.url, looks=False) as mirror:
        mirror.look("hangs", Wish(hangs=True))
        await mirror.capture("open")
        mirror.switch(False)
        await mirror.capture("closed")
        assert await asyncio.to_thread(camera.wait_ended, 1)


async def test_what_a_part_cannot_take_is_named_and_the_others_are_heard(camera: StreamServer, place: Path) -> None:
    async with watched(place, camera=camera.url) as mirror:

        async def hear(said: object) -> None:
            raise KeyError("a secret of the household")

        mirror.look("deaf", hear=hear)
        await mirror.until(lambda: bool(mirror.problems))
        assert mirror.problems[0][0] == "camera.deaf"
        said = len(mirror.heard["counting"])
        await mirror.until(lambda: len(mirror.heard["counting"]) > said + 3)


async def test_a_part_that_hangs_does_not_keep_the_camera_open(camera: StreamServer, place: Path) -> None:
    hangs, disk_works = asyncio.Event(), asyncio.Event()

    async def hear(said: object) -> None:
        hangs.set()
        try:
            await disk_works.wait()
        finally:
            await disk_works.wait()  # as a transaction does, which waits for what is under way on its disk

    async with watched(place, camera=camera.url, looks=False) as mirror:
        mirror.look("keeping", hear=hear)
        try:
            await hangs.wait()
            mirror.switch(False)
            await mirror.capture("closed", seconds=5)
        finally:
            disk_works.set()
        assert await asyncio.to_thread(camera.wait_ended, 1)


async def test_who_looks_is_told_that_the_device_is_closed(camera: StreamServer, place: Path) -> None:
    async with watched(place, camera=camera.url) as mirror:
        await mirror.capture("open")
        mirror.switch(False)
        await mirror.capture("closed")
        assert mirror.closed == ["counting"]


async def test_a_microphone_obeys_its_own_switch_by_the_same_rules(place: Path) -> None:
    async with watched(place, microphone=Stubborn("microphone")) as mirror:
        await asyncio.sleep(0.2)
        assert mirror.seen["microphone"] == [Device("microphone", "closed")]
        mirror.all.changed({"camera": {"on": False}, "microphone": {"on": True}}, deciding=True)
        await mirror.capture("open", "microphone")
        mirror.switch(True)
        await mirror.capture("closed", "microphone")


async def test_the_sign_says_so_while_pictures_leave_the_process_whoever_else_looks(
    camera: StreamServer, place: Path
) -> None:
    async with watched(place, camera=camera.url) as mirror:
        await mirror.capture("open")
        opened = mirror.devices[-1]
        assert not opened.filming
        mirror.look("films", films=True)
        await mirror.until(lambda: mirror.devices[-1].filming)
        assert mirror.devices[-1].picture == opened.picture
        mirror.look("films", None, films=True)
        assert mirror.devices[-1] == opened
        assert mirror.states == ["closed", "opening", "open", "open", "open"]


async def test_the_sign_says_so_from_the_moment_on_in_which_the_camera_is_open_for_that(
    camera: StreamServer, place: Path
) -> None:
    async with watched(place, looks=False, camera=camera.url) as mirror:
        mirror.look("films", films=True)
        assert (await mirror.capture("open")).filming
        mirror.look("films", None, films=True)
        await mirror.capture("closed")
