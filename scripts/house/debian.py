"""Files of Debian's packages, without installing those."""

import subprocess
import tempfile
from pathlib import Path

from house.process import HouseError


def unpacked(cache: Path, *names: str) -> Path:
    """The folder with the files of these packages, as they would lie in `/`; fetched once. Raises HouseError."""
    root = cache / "debian"
    cache.mkdir(parents=True, exist_ok=True)
    for name in names:
        got = root / f".{name}"
        if got.exists():
            continue
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            try:
                for command in (["apt-get", "download", "-qq", name], ["sh", "-c", 'dpkg -x ./*.deb "$0"', str(root)]):
                    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
            except FileNotFoundError as error:
                raise HouseError(f"Debian's {name} is needed, and there is no {error.filename} here.") from error
            except subprocess.CalledProcessError as error:
                raise HouseError(f"Debian's {name} cannot be fetched: {error.stderr.strip()}") from error
        got.touch()
    return root
