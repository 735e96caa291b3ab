"""Real small disks of one test's own: one that is soon full, one that turns read-only as a failing one does."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


def _run(*command: str | Path) -> None:
    """Run a system's program. Skips the test where this user may not, or the machine cannot."""
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
    except FileNotFoundError:
        pytest.skip(f"needs `{command[0]}`")
    if done.returncode not in (0, 1):  # 1: e2fsck mended something
        pytest.skip(f"a disk for this test needs root and loop devices ({done.stderr.strip().splitlines()[-1]})")


class Disk:
    """A mounted file system."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, leave: int) -> None:
        """Leave no more than so many bytes."""
        ballast = os.open(self.folder / "ballast", os.O_WRONLY | os.O_CREAT)
        with contextlib.suppress(OSError):
            while True:
                os.write(ballast, bytes(4_096))
        os.ftruncate(ballast, max(os.lseek(ballast, 0, os.SEEK_CUR) - leave, 0))
        os.close(ballast)

    def clear(self) -> None:
        """Delete all that is on it."""
        for file in self.folder.iterdir():
            file.unlink()

    def make_room(self) -> None:
        (self.folder / "ballast").unlink()

    def read_only(self, value: bool) -> None:
        """Mount it anew; nothing may be open on it."""
        _run("mount", "-o", f"remount,{'ro' if value else 'rw'}", self.folder)


class FailingDisk(Disk):
    """One with a file system that stops all writing once it has met an error, whoever has what open."""

    def __init__(self, folder: Path, image: Path) -> None:
        super().__init__(folder)
        self._image = image
        with image.open("wb") as file:
            file.truncate(64 << 20)
        _run("mkfs.ext4", "-q", "-F", image)
        self.mount()

    def mount(self) -> None:
        _run("mount", "-o", "loop,errors=remount-ro", self._image, self.folder)

    def fail(self) -> None:
        """Meet an error: from now on it is read-only."""
        device = subprocess.check_output(["findmnt", "-n", "-o", "SOURCE", self.folder], text=True).strip()
        Path("/sys/fs/ext4", Path(device).name, "trigger_fs_error").write_text("a test")

    def repair(self) -> None:
        """Take it out, mend it, put it in again; nothing may be open on it."""
        _run("umount", self.folder)
        _run("e2fsck", "-fy", self._image)
        self.mount()


@contextlib.contextmanager
def unmounted(folder: Path) -> Iterator[None]:
    """Take out, at the end, what was mounted there."""
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=False, capture_output=True, timeout=30)


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """A disk of 64 MB in memory."""
    folder.mkdir()
    with unmounted(folder):
        _run("mount", "-t", "tmpfs", "-o", "size=64m", "none", folder)
        yield Disk(folder)


@contextlib.contextmanager
def failing_disk(folder: Path) -> Iterator[FailingDisk]:
    """A disk of 64 MB in a file."""
    folder.mkdir()
    with unmounted(folder):
        yield FailingDisk(folder, folder.with_suffix(".img"))
