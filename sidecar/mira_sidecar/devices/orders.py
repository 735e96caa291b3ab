"""What every process of a device has inside: it hears the sidecar, speaks to it, and does not outlive it."""

import os
import sys
import threading
import time
import traceback
from typing import NoReturn

import msgspec

from .messages import PULSE_S, SILENCE_S, Message, Orders


class Sidecar:
    """The sidecar, as the process sees it: its end, or its silence, ends the process at once."""

    def __init__(self) -> None:
        """Wait for the first orders."""
        # Not sys.stdin: a thread that waits for it keeps the interpreter from ending in order.
        self._lines = os.fdopen(0, "rb", closefd=False)
        self.orders = msgspec.json.decode(self._lines.readline(), type=Orders)
        """The newest."""
        self.device = self.orders.device
        """That of the first ones: those that may come right behind them name none."""
        self._heard_at = time.monotonic()
        for work in (self._read, self._watch):
            threading.Thread(target=work, daemon=True).start()

    def say(self, message: Message) -> None:
        """Say something."""
        sys.stdout.buffer.write(msgspec.json.encode(message) + b"\n")
        sys.stdout.buffer.flush()

    def _read(self) -> None:
        try:
            for line in self._lines:
                self._heard_at = time.monotonic()
                if line.strip():
                    self.orders = msgspec.json.decode(line, type=Orders)
        finally:
            os._exit(0)  # at once: a thread may be waiting for the device

    def _watch(self) -> None:
        while time.monotonic() - self._heard_at < SILENCE_S:
            time.sleep(PULSE_S / 4)
        os._exit(0)


def fall(error: Exception) -> NoReturn:
    """Leave because of a fault of our own: where it was is said, for the sidecar to log."""
    # Not its text, which may repeat what was seen or heard.
    traceback.print_tb(error.__traceback__)
    sys.stderr.write(f"{type(error).__name__}\n")
    sys.stderr.flush()
    leave(1)


def leave(code: int) -> NoReturn:
    """End without the interpreter's orderly end, which would wait for the thread that reads the device."""
    sys.stdout.flush()
    os._exit(code)
