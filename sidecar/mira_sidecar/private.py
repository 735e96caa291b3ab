"""Files and folders that only this user may read, from their first byte on and whatever the umask is."""

import contextlib
import os
import stat
import tempfile
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LONGEST_SECRET = 4_096


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing. One that is there stays as it is. Raises OSError."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=stat.S_IRWXU, exist_ok=True)


def private(path: str | Path, flags: int) -> int:
    """An opener, as `open` takes one. A file that was there is taken back first, as by `tighten`. Raises OSError."""
    descriptor = os.open(path, flags, stat.S_IRUSR | stat.S_IWUSR)
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode) and mode & _OTHERS:
        with contextlib.suppress(OSError):
            os.fchmod(descriptor, stat.S_IMODE(mode) & ~_OTHERS)
    return descriptor


def is_shared(path: Path) -> bool:
    """Whether others than its owner may do anything with a file. One that is missing is not."""
    try:
        return bool(path.stat().st_mode & _OTHERS)
    except OSError:
        return False


def tighten(path: Path) -> None:
    """Take a file back from the others. Where it is not ours, or its disk knows no modes, it stays as it is."""
    if is_shared(path):
        with contextlib.suppress(OSError):
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)


def secret_in(path: Path) -> str:
    """The password or token of a file. Raises ValueError, in which the secret is not."""
    try:
        with path.open() as opened:
            secret = opened.read(_LONGEST_SECRET + 1).removesuffix("\n").removesuffix("\r")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ValueError(f"cannot be read ({why})") from error
    if not secret or len(secret) > _LONGEST_SECRET or "\n" in secret:
        raise ValueError("has to hold one line, and nothing else")
    return secret


def write_private(path: Path, body: bytes) -> None:
    """Write a file, for this user alone from its first byte, and whole or not at all, after a power cut, too.

    Raises OSError; what was there is there then.
    """
    make_folder(path.parent)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
        sync(path.parent)
    except OSError:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def sync(path: Path) -> None:
    """What was written to a file, or renamed in a folder, is so after a power cut. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
