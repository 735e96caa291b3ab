"""A program that we started: its log, its end, and that it never outlives us."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from mira_sidecar.config import FIELDS, OLD_NAMES

_PR_SET_PDEATHSIG = 1


class HouseError(Exception):
    """What went wrong, what it means and what to do, in words for the one at the terminal."""


class Process:
    """One child process whose output goes to a log file."""

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, arguments: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> None:
        """Start it; the log is continued."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [str(argument) for argument in arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**handed_on(), **(environment or {})},
                start_new_session=True,  # Ctrl-C in the terminal is for the one who started us
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - one thread here
            )

    def wait_until(self, answers: Callable[[], bool], seconds: float = 10) -> None:
        """Wait until it answers. Raises HouseError, with its own last words, where it ends or takes longer."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.exit_code is None:
            if answers():
                return
            time.sleep(0.02)
        self.kill()
        raise HouseError(f"{self.name} did not start:\n{self.last_lines(5)}")

    @property
    def pid(self) -> int | None:
        """The process id while it has not been waited for."""
        return self._process.pid if self._process else None

    @property
    def exit_code(self) -> int | None:
        """None while it runs; also None where it was never started or was ended by us."""
        return self._process.poll() if self._process else None

    def stop(self, seconds: float = 20) -> None:
        """Ask it to end (SIGTERM); after `seconds` end it."""
        if self._process is None:
            return
        self.signal(signal.SIGTERM)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL)."""
        self.signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
            self._process = None

    def last_lines(self, count: int = 15) -> str:
        """The end of its log."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-count:])

    def signal(self, number: int) -> None:
        """Send it a signal, while it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)


class Server(ABC):
    """A server of our own that is started, stopped, killed and paused; as a context it is killed in the end."""

    process: Process

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it as a power cut would."""
        self.kill()

    @abstractmethod
    def start(self) -> None:
        """Start, and wait until it answers. Raises HouseError with the server's own last words."""

    def stop(self) -> None:
        """End it in order; what it keeps stays."""
        self.resume()
        self.process.stop()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()

    def pause(self) -> None:
        """Let it hang without closing connections."""
        self.process.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """The end of `pause`."""
        self.process.signal(signal.SIGCONT)


def listens(port: int) -> bool:
    """Whether something on this machine accepts connections at a port."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def handed_on() -> dict[str, str]:
    """The environment for what we start. What is for scripts and tests alone (MIRA_ATTACK) would stop a sidecar."""
    settings = {f"MIRA_{name.upper()}" for name in (*FIELDS, *OLD_NAMES)}
    return {name: text for name, text in os.environ.items() if not name.startswith("MIRA_") or name in settings}


def _end_with_parent() -> None:
    """Have the kernel end this child when whoever started it is gone, whatever the way (Linux)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
