"""What a person at the terminal sees: one tidy line a part, with its time."""

import contextlib
import shutil
import sys
import time
from collections.abc import Iterator
from typing import TextIO

_NAME, _SENTENCE = 16, 72
"""Characters of the first column: a part's name, a step's sentence."""


class Line:
    """One part's line, while it is being written."""

    def __init__(self, terminal: Terminal, name: str) -> None:
        self._terminal = terminal
        self._name = name
        self._began = time.monotonic()
        self.detail = ""
        """What stands behind the name once it is ready."""

    def waiting(self, what: str) -> None:
        """Say what is being waited for; seen on a terminal, until the next word."""
        self._terminal.passing(f"  … {self._name}  {what} ({self.seconds:.0f} s)")

    @property
    def seconds(self) -> float:
        """Since the line began."""
        return time.monotonic() - self._began


class Terminal:
    """Writes lines; a terminal that was closed is no reason to fail."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._colour = not out.closed and out.isatty()
        self._passing = ""

    def say(self, text: str = "") -> None:
        """A line of its own."""
        self._clear()
        self._write(text + "\n")

    def passing(self, text: str) -> None:
        """A line that the next one replaces; nothing where nobody watches."""
        text = text[: shutil.get_terminal_size().columns - 1]  # a line that wraps cannot be replaced
        if self._colour and text != self._passing:
            self._clear()
            self._write(text)
            self._passing = text

    def part(self, name: str) -> contextlib.AbstractContextManager[Line]:
        """A line that ends with ✓ and its time, or with ✗ where the block raises."""
        return self._line(name, _NAME)

    def step(self, sentence: str) -> contextlib.AbstractContextManager[Line]:
        """The same for a sentence that has to be true."""
        return self._line(sentence, _SENTENCE)

    @contextlib.contextmanager
    def _line(self, name: str, width: int) -> Iterator[Line]:
        line = Line(self, name)
        line.waiting("")
        try:
            yield line
        except Exception:
            self.say(f"  {self._sign('✗', 31)} {line.seconds:6.2f} s  {name}")
            raise
        self.say(f"  {self._sign('✓', 32)} {line.seconds:6.2f} s  {name:<{width}} {line.detail}")

    def _sign(self, sign: str, colour: int) -> str:
        return f"\033[{colour}m{sign}\033[0m" if self._colour else sign

    def _clear(self) -> None:
        if self._passing:
            self._write("\r\033[K")
            self._passing = ""

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self._out.write(text)
            self._out.flush()
