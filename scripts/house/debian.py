"""Files of Debian's packages, without installing those."""

import contextlib
import fcntl
import subprocess
import tempfile
from pathlib import Path

from house.process import HouseError


def unpacked(cache: Path, *names: str) -> Path:
    """The folder with the files of these packages, as they would lie in `/`; fetched once. Raises HouseError."""
    root = cache / "debian"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "debian.lock").open("w") as lock:  # tests run two at a time
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name in names:
            got = root / f".{name}"
            if got.exists():
                continue
            with tempfile.TemporaryDirectory(dir=cache) as folder:
                try:
                    _download(name, folder)
                    _run(["sh", "-c", 'dpkg -x ./*.deb "$0"', str(root)], folder)
                except FileNotFoundError as error:
                    raise HouseError(f"Debian's {name} is needed, and there is no {error.filename} here.") from error
                except subprocess.CalledProcessError as error:
                    raise HouseError(f"Debian's {name} cannot be fetched: {error.stderr.strip()}") from error
            got.touch()
    return root


def _download(name: str, folder: str) -> None:
    """A machine that is new has no lists of packages yet."""
    try:
        _run(["apt-get", "download", "-qq", name], folder)
    except subprocess.CalledProcessError:
        with contextlib.suppress(subprocess.CalledProcessError):
            _run(["apt-get", "update", "-qq"], folder)
        _run(["apt-get", "download", "-qq", name], folder)


def _run(command: list[str], folder: str) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
