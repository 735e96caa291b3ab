"""What the start needed and serving does not goes back to the system."""

import contextlib
import ctypes


def give_back() -> None:
    """Have glibc return the memory that imports and the fold of the log have freed: 9 of 62 MB. Elsewhere nothing."""
    with contextlib.suppress(OSError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
