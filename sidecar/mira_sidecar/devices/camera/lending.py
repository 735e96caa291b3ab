"""Lends a camera to a command such as `mira-sidecar gestures record`, over a socket that this user alone may open.

It is beside the log. Not over Redis: whoever may write there must not come by films. No picture goes over it either.
"""

import asyncio
import contextlib
import os
import signal
import socket
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec
import structlog
from msgspec import Meta

from mira_sidecar.devices.owner import NotLentError

from .settings import Camera

_REQUEST_S = 1.0
_PULSE_S = 1.0
SILENCE_S = 3.0
"""Without a pulse for so long the sidecar hangs: the camera could not be switched off, and has to be closed."""
_CLOSING_S = 2.0
"""What a command has to close the camera before it is killed."""
_LATE_S = 30.0
"""So much longer than it asked for may a command take: a camera opens, a disk is slow."""
_log = structlog.get_logger("devices")


class Request(msgspec.Struct, frozen=True):
    """What a command says first, and all that it says. Its end of the connection closes with its camera."""

    seconds: Annotated[float, Meta(ge=1, le=86_400)]
    """For which somebody agreed to be filmed."""


class Lent(msgspec.Struct, frozen=True, tag="lent"):
    """The camera is closed here, and theirs until one side closes the connection. A byte a second says that we live."""

    camera: str
    token: str | None
    mirrored: bool


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """Why it is not; for people."""

    message: str


class Loan:
    """A camera in the hands of a command, for as long as the connection lasts."""

    def __init__(self, connection: socket.socket, seconds: float, camera: Camera) -> None:
        """Raises NotLentError where the camera could not be got back from whoever is there."""
        self.seconds = seconds
        self._camera = camera
        self._connection = connection
        self._pid = _pid_of(connection)
        if not _killable(self._pid):
            raise NotLentError("The camera is lent only to a command beside the sidecar, of the same user.")

    def refuse(self, reason: str) -> None:
        """Say why it is not lent after all; nobody hears it where it was."""
        with self._connection:
            _say(self._connection, Refused(reason))

    async def keep(self) -> None:
        """Hand the camera over, and return once it is closed there. Cancelled or overdue, it is taken back first."""
        camera = self._camera
        with self._connection:
            try:
                _say(self._connection, Lent(camera.address, camera.token, camera.mirrored))
                async with asyncio.timeout(self.seconds + _LATE_S):
                    await self._closed_there()
            except TimeoutError:
                _log.warning("camera taken back: the time that was agreed on is over")
            finally:
                await self._take_back()

    async def _take_back(self) -> None:
        """Have the command close the camera, or end it: it may be suspended."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
        try:
            async with asyncio.timeout(_CLOSING_S):
                await self._closed_there()
        except TimeoutError:
            _log.warning("killed a command that kept the camera", pid=self._pid)
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            await self._closed_there()

    async def _closed_there(self) -> None:
        """Wait until the command has ended, or closed its camera in order."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                async with asyncio.timeout(_PULSE_S):
                    if not await loop.sock_recv(self._connection, 64):
                        return
            except TimeoutError:
                with contextlib.suppress(OSError):
                    self._connection.send(b"\n")
            except OSError:  # it ended with something unread
                return


class Lending:
    """Listens for commands that want the camera."""

    def __init__(self, place: Path, camera: Camera, lend: Callable[[Loan], None]) -> None:
        """`lend` takes a loan on at once, or raises NotLentError."""
        self._place = place
        self._camera = camera
        self._lend = lend

    async def run(self) -> None:
        """Listen until cancelled. Where that is not possible, films cannot be made; all else can."""
        try:
            listener = _listening(self._place)
        except OSError as error:
            _log.warning("no films can be made: the camera has no socket", place=str(self._place), reason=str(error))
            return
        try:
            with listener:
                while True:
                    connection, _ = await asyncio.get_running_loop().sock_accept(listener)
                    await self._serve(connection)
        finally:
            self._place.unlink(missing_ok=True)

    async def _serve(self, connection: socket.socket) -> None:
        """Lend the camera, or say why not."""
        with contextlib.ExitStack() as unlent:
            unlent.enter_context(connection)
            try:
                async with asyncio.timeout(_REQUEST_S):
                    line = await asyncio.get_running_loop().sock_recv(connection, 1024)
                self._lend(Loan(connection, msgspec.json.decode(line, type=Request).seconds, self._camera))
            except NotLentError as error:
                _say(connection, Refused(str(error)))
            except (OSError, msgspec.MsgspecError) as error:
                _log.warning("what asked for the camera is no command of this version", error=type(error).__name__)
            else:
                unlent.pop_all()


def _listening(place: Path) -> socket.socket:
    """A socket at this place. Raises OSError, also where the path is longer than a socket's may be."""
    if place.is_socket():
        place.unlink()  # of a sidecar that was killed: whoever has the database is the only one
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(place))
        place.chmod(0o600)  # nobody is let in before it listens
        listener.listen()
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def _say(connection: socket.socket, answer: Lent | Refused) -> None:
    with contextlib.suppress(OSError):  # they have gone; that is seen where it matters
        connection.send(msgspec.json.encode(answer) + b"\n")


def _pid_of(connection: socket.socket) -> int:
    """The process at the other end; 0 where it is none of this machine's, or this container's."""
    if sys.platform == "darwin":
        return connection.getsockopt(0, 2)  # SOL_LOCAL, LOCAL_PEERPID: <sys/un.h>
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", credentials)[0])


def _killable(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return pid > 0
