"""What the owner may set of it."""

from typing import Annotated

import msgspec
from msgspec import Meta


class ExampleSettings(msgspec.Struct, frozen=True, kw_only=True):
    most: Annotated[int, Meta(ge=1, description="how far it counts (10)")] = 10


SETTINGS = ExampleSettings
