"""What the process of a device is told, and what it says: one line of JSON each. No frame, and no sound."""

from typing import Literal

import msgspec

from mira_sidecar.protocol import Picture

PULSE_S = 1.0
"""Between two empty lines to the process, which say that the sidecar lives."""
SILENCE_S = 3.0
"""Without any line for so long the sidecar hangs, and could not switch the device off: the process ends by itself."""


class LookerOrder(msgspec.Struct, frozen=True):
    """What is to look."""

    module: str
    """Its module, which is imported in the process alone; see lookers.py."""
    settings: msgspec.Raw
    """For it alone to read."""


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """A line on the process's standard input, which then stays open: its end ends the process."""

    device: msgspec.Raw = msgspec.Raw(b"null")
    """What to open, and how: in the first line."""
    lookers: dict[str, LookerOrder]
    """All that are to look from now on, by their names."""


class Opened(msgspec.Struct, frozen=True, tag="opened"):
    """The first that the device gave has been read: it is open."""

    picture: Picture | None = None


class Said(msgspec.Struct, frozen=True, tag="said"):
    """What a looker says."""

    looker: str
    message: msgspec.Raw


class Faulted(msgspec.Struct, frozen=True, tag="faulted"):
    """A looker failed. The others go on, and it is tried again in a while."""

    looker: str
    error: str
    """The kind of the exception."""
    message: str | None
    """For people, where it has a sentence for them; without one, it is a fault of Mira."""
    trace: str
    """The places in the code, without any value."""


class Recovered(msgspec.Struct, frozen=True, tag="recovered"):
    """A looker that failed has worked for a while."""

    looker: str


type FailureCode = Literal[
    "unreachable",
    "refused",
    "not_found",
    "not_allowed",
    "busy",
    "no_video",
    "no_sound",
    "silent",
    "ended",
    "models",
    "crashed",
]


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The device is closed, and why."""

    code: FailureCode
    message: str


type Message = Opened | Said | Faulted | Recovered | Failed
