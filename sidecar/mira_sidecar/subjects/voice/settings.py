"""What the owner may set of voice."""

from typing import Annotated

import msgspec
from msgspec import Meta


class VoiceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of voice."""

    min_confidence: Annotated[float, Meta(ge=0, le=1, description="0 to 1, below it voice is refused (0.5)")] = 0.5
    keep_days: Annotated[
        int, Meta(ge=0, le=3_650, description="days for which what was said is kept, 0: not at all (7)")
    ] = 7


SETTINGS = VoiceSettings
