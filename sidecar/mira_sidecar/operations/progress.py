"""A count on the terminal while something long runs."""

import sys
import time
from typing import Self

_PAUSE_S = 0.1


class Progress:
    """Shows `what: done of total units` on standard error, where that is a terminal; elsewhere nothing."""

    def __init__(self, what: str, units: str = "events") -> None:
        self._what = what
        self._units = units
        self._stream = sys.stderr if sys.stderr.isatty() else None
        self._shown_at = 0.0

    def __enter__(self) -> Self:
        """Nothing to show yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the line to what is said next."""
        if self._stream and self._shown_at:
            self._write("\r\x1b[K")

    def reach(self, done: int, total: int) -> None:
        """Show how far it has come, now and then."""
        now = time.monotonic()
        if self._stream and now - self._shown_at >= _PAUSE_S:
            self._shown_at = now
            self._write(f"\r{self._what}: {done:,} of {total:,} {self._units}")

    def _write(self, text: str) -> None:
        """Words of our own, and what moves the cursor."""
        if self._stream:
            self._stream.write(text)
            self._stream.flush()
