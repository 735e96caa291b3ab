"""A camera that is lent: to whom, for how long, and what is said of it meanwhile."""

import asyncio
import contextlib
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest
import pytest_socket

from house.stream_server import StreamServer
from mira_sidecar.devices.camera import lending
from mira_sidecar.devices.camera.lending import Lent, Loan, Refused
from mira_sidecar.devices.camera.settings import Camera
from mira_sidecar.protocol import Device
from tests.sidecar.devices.watched import Watched, watched

pytestmark = pytest.mark.usefixtures("command")


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Of this machine alone, also those that have a place in a folder."""
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    """The process for which this one passes: who keeps a camera is killed."""
    with subprocess.Popen(["sleep", "60"]) as process:
        monkeypatch.setattr(lending, "_pid_of", lambda connection: process.pid)
        yield process
        process.kill()


@pytest.fixture
async def mirror(camera: StreamServer, place: Path) -> AsyncIterator[Watched]:
    """Somebody looks at the camera, which can be had."""
    async with watched(place, camera=camera.url) as mirror:
        await mirror.capture("open")
        yield mirror


class Asking:
    """What asks for the camera."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.close = writer.close

    async def answer(self) -> Lent | Refused | None:
        """None: the connection was closed."""
        async with asyncio.timeout(10):
            line = await self._reader.readline()
        return msgspec.json.decode(line, type=Lent | Refused) if line else None

    async def lost(self) -> None:
        """Wait until the camera is taken back."""
        async with asyncio.timeout(10):
            await self._reader.read()


@contextlib.asynccontextmanager
async def asking(at: Path | socket.socket, request: bytes = b'{"seconds": 1}\n') -> AsyncIterator[Asking]:
    """A connection that is closed after the block, if not before."""
    place = {"path": at} if isinstance(at, Path) else {"sock": at}
    reader, writer = await asyncio.open_unix_connection(**place)
    writer.write(request)
    try:
        yield Asking(reader, writer)
    finally:
        writer.close()


async def test_a_lent_camera_is_closed_here_and_opened_again(
    mirror: Watched, camera: StreamServer, place: Path
) -> None:
    async with asking(place) as command:
        assert await command.answer() == Lent(camera.url, None, mirrored=False)
        assert await asyncio.to_thread(camera.wait_ended)
        assert mirror.devices[-1] == Device("camera", "open", filming=True)
        command.close()
        await mirror.until(lambda: mirror.states[-2:] == ["opening", "open"] and camera.opened == 2)
    assert mirror.states == ["closed", "opening", "open", "closed", "open", "closed", "opening", "open"]


async def test_a_camera_that_is_off_is_not_lent(mirror: Watched, camera: StreamServer, place: Path) -> None:
    mirror.switch(False)
    async with asking(place) as command:
        assert await command.answer() == Refused("The camera is switched off.")


async def test_a_camera_that_is_not_open_is_not_lent(mirror: Watched, camera: StreamServer, place: Path) -> None:
    await asyncio.to_thread(camera.stop)
    await mirror.until(lambda: mirror.devices[-1].capture not in ("open", "opening"))
    async with asking(place) as command:
        assert await command.answer() == Refused("The camera is not open. Try again when it is.")


async def test_a_camera_that_is_switched_off_before_it_is_handed_over_is_not(mirror: Watched) -> None:
    here, there = socket.socketpair()
    mirror.owner.lend(Loan(there, 1, Camera("/dev/video0")))
    mirror.switch(False)
    async with asking(here) as command:
        assert await command.answer() == Refused("The camera is switched off.")


async def test_a_loan_ends_with_the_time_that_was_asked_for(
    mirror: Watched, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lending, "_LATE_S", 0.1)
    async with asking(place) as command:
        await command.answer()
        await command.lost()
    await mirror.until(lambda: mirror.states[-2:] == ["opening", "open"])


async def test_who_does_not_close_a_camera_is_ended_and_it_counts_as_open_until_then(
    mirror: Watched, place: Path, command: subprocess.Popen[bytes]
) -> None:
    async with asking(place) as keeper:
        await keeper.answer()
        mirror.switch(False)
        assert await asyncio.to_thread(command.wait, 10) == -9
        assert mirror.states[-1] == "open"
    await mirror.capture("closed")


@pytest.mark.parametrize("pid", [0, 1 << 30])
async def test_who_could_not_be_ended_gets_no_camera(
    mirror: Watched, place: Path, monkeypatch: pytest.MonkeyPatch, pid: int
) -> None:
    """In another container it has no number here; another user's is as good as gone."""
    monkeypatch.setattr(lending, "_pid_of", lambda connection: pid)
    async with asking(place) as nobody:
        answer = await nobody.answer()
    assert isinstance(answer, Refused)
    assert answer.message.startswith("The camera is lent only to a command beside the sidecar")


@pytest.mark.parametrize("request_", [b"", b"hello\n", b"{}\n", b'{"seconds": 1e9}\n'])
async def test_what_is_no_request_gets_nothing_and_keeps_nobody_waiting_for_long(
    mirror: Watched, place: Path, request_: bytes
) -> None:
    async with asking(place, request_) as stray, asking(place) as command:
        assert isinstance(await command.answer(), Lent)
        assert await stray.answer() is None
