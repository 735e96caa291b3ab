"""The running sidecar's camera, borrowed: the other end of devices/camera/lending.py."""

import contextlib
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from mira_sidecar.devices.camera.lending import SILENCE_S, Lent, Refused, Request
from mira_sidecar.operations.errors import OperationError

_HANDED_OVER_S = 10.0
"""In which the sidecar has closed the camera, or said why not."""


def check_lender(place: Path) -> None:
    """Whether there is a sidecar beside this process that lends a camera. Raises OperationError."""
    if not place.is_socket() or not os.access(place, os.W_OK):
        raise OperationError(
            f"No sidecar lends its camera at {place}. Run this on the sidecar's machine, as the same user and with the "
            "same settings. Where it could not listen there, its log says why."
        )


class Borrowed:
    """The sidecar's camera, until it is given back, or this process ends, which closes it in any case."""

    def __init__(self, place: Path, seconds: float) -> None:
        """Have the sidecar close it. Raises OperationError."""
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(_HANDED_OVER_S)
            connection.connect(str(place))
            connection.sendall(msgspec.json.encode(Request(seconds)) + b"\n")
            answer = msgspec.json.decode(connection.recv(8192), type=Lent | Refused)
            connection.settimeout(SILENCE_S)
        except (OSError, msgspec.MsgspecError) as error:
            raise OperationError(f"The sidecar does not lend its camera ({error}). Its log may say more.") from error
        if isinstance(answer, Refused):
            raise OperationError(f"{answer.message} Nothing is filmed.")
        self.camera = answer
        self.lost = False
        """Whether the sidecar wants it back, or lives no more."""
        self._connection = connection
        os.dup(connection.fileno())  # open until the process has ended: Python may close ours before the camera

    def watch(self, lost: Callable[[], object]) -> None:
        """Have a thread call this when the camera is lost: it has to be closed then."""
        threading.Thread(target=self._watch, args=(lost,), name="loan", daemon=True).start()

    def give_back(self) -> None:
        """Say that the camera is closed."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)

    def _watch(self, lost: Callable[[], object]) -> None:
        with contextlib.suppress(OSError):  # also where the sidecar is silent
            while self._connection.recv(64):
                pass
        self.lost = True
        lost()
