"""What the owner may set of voice."""

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta


class VoiceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of voice."""

    wake_words: Annotated[
        list[Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,64}$(?!\n)")]],
        Meta(max_length=2, description="wake words, one or two (as set in Home Assistant, first okay_nabu)"),
    ] = []
    wake_models: Annotated[
        Path | None, Meta(description="folder of further wake words: microWakeWord's .json and .tflite files (none)")
    ] = None
    chime: Annotated[
        bool, Meta(description="false to leave out the sound that says that the mirror listens (true)")
    ] = True
    min_confidence: Annotated[float, Meta(ge=0, le=1, description="0 to 1, below it voice is refused (0.5)")] = 0.5
    keep_days: Annotated[
        int, Meta(ge=0, le=3_650, description="days for which what was said is kept, 0: not at all (7)")
    ] = 7


SETTINGS = VoiceSettings
