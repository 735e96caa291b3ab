"""A speech in the player: the pieces of its files, as they come, and whether it is to be silent."""

import threading
import time
from collections import deque
from collections.abc import Callable

_TICK_S = 0.5
"""Between two words that it is still waited for."""


class StoppedError(Exception):
    """It is to be silent."""


class Speech:
    """Files one after another, of which more may come: one thread adds to it, another reads."""

    def __init__(self, speech_id: str, waiting: Callable[[], None]) -> None:
        """`waiting` is called, by the one who reads, again and again while nothing comes."""
        self.id = speech_id
        self.over = False
        """Whether nobody reads it any more."""
        self._waiting = waiting
        self._change = threading.Condition()
        self._pieces = deque[bytes | None]()
        """None ends a file."""
        self._in_file = False
        self._ended = False
        self._stopped = False

    def add(self, piece: bytes | None) -> None:
        """The next piece of its file; None: that was the last."""
        with self._change:
            self._pieces.append(piece)
            self._change.notify()

    def end(self) -> None:
        """No more files come."""
        with self._change:
            self._ended = True
            self._change.notify()

    def stop(self) -> None:
        """Whoever waits in here waits no longer."""
        with self._change:
            self._stopped = True
            self._change.notify()

    def wait(self, until_s: float) -> None:
        """Wait until then (of the monotonic clock). Raises StoppedError."""
        with self._change:
            if self._change.wait_for(lambda: self._stopped, max(0.0, until_s - time.monotonic())):
                raise StoppedError

    def next_file(self) -> bool:
        """Wait until the next file begins, which `read` then reads; False where there is none. Raises StoppedError."""
        while self._in_file:  # what nobody wanted of the one before
            self.read(65_536)
        self._in_file = self._comes()
        return self._in_file

    def read(self, size: int) -> bytes:
        """So many bytes at most of the file, and at least one; none at its end. Raises StoppedError."""
        while self._in_file and self._comes():
            piece = self._pieces.popleft()
            if piece is None:
                break
            if len(piece) > size:
                self._pieces.appendleft(piece[size:])
            if piece:
                return piece[:size]
        self._in_file = False
        return b""

    def _comes(self) -> bool:
        """Wait for the next piece; False where none comes any more. Raises StoppedError."""
        with self._change:
            while not self._change.wait_for(lambda: self._stopped or self._pieces or self._ended, _TICK_S):
                self._waiting()
            if self._stopped:
                raise StoppedError
            return bool(self._pieces)
