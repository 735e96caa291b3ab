"""What is printed for people. Nothing else in the sidecar prints: ruff sees to that."""

import re
import sys
from typing import TextIO

_COMMANDS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a terminal obeys instead of showing it: C0 and C1 controls, ends of lines, and what turns the direction of
writing. Also halves of characters, as names of files may have: they cannot be written at all."""
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def printable(text: str) -> str:
    """One line of text that no terminal obeys, whoever wrote what is in it.

    What it would obey is written as JSON writes it, so a line of JSON stays the same JSON.
    """
    return _COMMANDS.sub(lambda found: _SHORT.get(found[0], f"\\u{ord(found[0]):04x}"), text)


def begin(text: str) -> None:
    """Print text that goes on in the same line, on standard output; ends of lines in it are its own."""
    sys.stdout.write("\n".join(map(printable, text.split("\n"))))
    sys.stdout.flush()


def say(*lines: str, file: TextIO | None = None) -> None:
    """Print lines, on standard output unless told otherwise."""
    for line in lines:
        print(printable(line), file=file)
    (file or sys.stdout).flush()
