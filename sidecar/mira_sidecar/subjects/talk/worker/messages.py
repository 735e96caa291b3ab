"""What the looker in the camera's process is told, and what it hands over: a picture or video that somebody agreed to.

It is the only one through which a picture leaves that process.
"""

import msgspec

PIECE_BYTES = 32_768
"""Of what is handed over at once: a line of this, in Base64, is one that the sidecar reads whole."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be taken, once."""

    capture: str
    at_ms: float
    """From when on, by this machine's monotonic clock."""
    seconds: int = 0
    """Those of a video; 0: a photo."""
    flip: bool = False
    """Whether the camera's pictures are mirrored, so that what is written in them would be, too."""


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of it, in order."""

    capture: str
    content: bytes
    last: bool
