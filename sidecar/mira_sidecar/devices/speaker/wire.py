"""What the player is told, on its standard input, and what it says: lines of JSON.

An order is a byte that says what it is, four with the length of what follows (big-endian), and that.
"""

import struct
from typing import Final

import msgspec

from mira_sidecar.devices.messages import FailureCode

HEAD: Final = struct.Struct(">cI")
START: Final = b"S"
"""A speech begins; with its id. The speaker is opened, also where no file follows."""
DATA: Final = b"D"
"""The next piece of its file."""
END_FILE: Final = b"F"
END: Final = b"E"
"""It has no more files."""
CHIME: Final = b"C"
"""A speech that is the sign that the mirror listens, with its id."""
STOP: Final = b"X"
"""All that plays or waits is over."""


class Playing(msgspec.Struct, frozen=True, tag="playing"):
    """The first sound of a speech is handed to the speaker."""

    speech: str
    t_ms: float
    """When: milliseconds of the monotonic clock."""


class Level(msgspec.Struct, frozen=True, tag="level"):
    """How loud it is now, ten times a second: a face moves with it."""

    speech: str
    level: float
    """0 (silent) to 1. It is said also while more is waited for: so the sidecar knows that the player lives."""


class Played(msgspec.Struct, frozen=True, tag="played"):
    """It was heard to its end."""

    speech: str


class Stopped(msgspec.Struct, frozen=True, tag="stopped"):
    """It was stopped, and is silent."""

    speech: str


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """It cannot be played, or not to its end."""

    speech: str
    code: FailureCode
    message: str


type Heard = Playing | Level | Played | Stopped | Failed
"""What becomes of a speech; one of the last three is the last."""


def order(kind: bytes, content: bytes = b"") -> bytes:
    """An order as it is written."""
    return HEAD.pack(kind, len(content)) + content
