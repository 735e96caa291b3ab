"""Libraries that are loaded ahead of the C library, to have a clock jump or a disk hang under one process alone."""

import shutil
import struct
import subprocess
from pathlib import Path
from typing import Literal

import pytest


def built(name: Literal["clock", "disk"], folder: Path) -> Path:
    """The library, compiled into the folder. Skips the test where there is no C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("needs a C compiler (cc)")
    library = folder / f"{name}.so"
    source = Path(__file__).with_name(f"{name}.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True)
    return library


class Clock:
    """The wall clock of a process that is started with this environment."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self._file.write_bytes(bytes(8))
        self.environment = {"LD_PRELOAD": str(built("clock", folder)), "TEST_CLOCK": str(self._file)}

    def put(self, seconds: int) -> None:
        """Put it so far ahead of the real time, or back where that is negative."""
        with self._file.open("r+b") as file:
            file.write(struct.pack("=q", seconds))


class Disk:
    """The disk of a process that is started with this environment."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "hangs"
        self.environment = {"LD_PRELOAD": str(built("disk", folder)), "TEST_DISK": str(self._file)}

    def hang(self) -> None:
        """From now on nothing that is written comes to its end."""
        self._file.touch()

    def recover(self) -> None:
        """All that waited comes to its end."""
        self._file.unlink(missing_ok=True)
