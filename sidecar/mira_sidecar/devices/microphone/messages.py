"""What the level looker says."""

from typing import Final

import msgspec

LEVEL: Final = "mira_sidecar.devices.microphone.level"
"""The module of that looker."""
SILENT_DB: Final = -96.0
"""What 16 bits cannot tell from nothing."""


class Loudness(msgspec.Struct, frozen=True):
    """What was heard in a second."""

    decibels: float
    """Of the loudest that the microphone can hear (dBFS)."""
