"""What the owner may set of the screen."""

from typing import Annotated

import msgspec
from msgspec import Meta

from mira_sidecar.core.state import FIRST_PAGES

PageName = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,32}$(?!\n)")]


class ScreenSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of the screen."""

    pages: Annotated[
        list[PageName], Meta(min_length=1, max_length=16, description="1 to 16 names of a-z, 0-9, _ (home,todos,clock)")
    ] = msgspec.field(default_factory=lambda: list(FIRST_PAGES))
    unlock_ms: Annotated[
        int, Meta(ge=1_000, le=3_600_000, description="ms that the mirror stays unlocked, 1000 to 3600000 (60000)")
    ] = 60_000

    def __post_init__(self) -> None:
        """Raise ValueError where a page is named twice."""
        if len(set(self.pages)) < len(self.pages):
            raise ValueError("a page is named twice")


SETTINGS = ScreenSettings
OLD_NAMES = {"pages": "pages", "unlock_ms": "unlock_ms"}
