"""A slow disk to order: a library that is loaded before the C library's own fsync."""

import shutil
import subprocess
from pathlib import Path

from house.process import HouseError

SYNC_MS = 5
"""As written in slow_disk.c."""


def build(folder: Path) -> Path:
    """Compile the library. Raises HouseError where there is no C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise HouseError("There is no C compiler (cc): the slow disk is left out.")
    library = folder / "slow_disk.so"
    source = Path(__file__).with_name("slow_disk.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True)
    return library
