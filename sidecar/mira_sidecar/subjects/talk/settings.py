"""What the owner may set of talk."""

from datetime import UTC, datetime, tzinfo
from typing import Annotated

import msgspec
from msgspec import Meta

TimeOfDay = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)")]


class TalkSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of talk."""

    keep_days: Annotated[
        int, Meta(ge=0, le=3_650, description="days for which talk with personas is kept, 0: not at all (30)")
    ] = 30
    speak_up_per_day: Annotated[
        int, Meta(ge=0, le=1_000, description="how often a day the mirror may speak by itself, 0: never (6)")
    ] = 6
    quiet_from: Annotated[
        TimeOfDay, Meta(description="local time from which on it does not speak by itself (22:00)")
    ] = "22:00"
    quiet_until: Annotated[
        TimeOfDay, Meta(description="until when; the same as `quiet_from`: there are no quiet hours (07:00)")
    ] = "07:00"
    countdown_ms: Annotated[
        int, Meta(ge=500, le=10_000, description="milliseconds from the yes to a photo or a video (3000)")
    ] = 3_000
    """People lower the hand that said yes, and look up."""
    time_zone: Annotated[
        str | None, Meta(description="whose local time that is, such as Europe/Berlin (this machine's)")
    ] = None

    def __post_init__(self) -> None:
        """Raise ValueError where there is no such time zone."""
        if self.time_zone is not None:
            _zone(self.time_zone)

    def local(self, at_ms: int) -> datetime:
        """A time in Unix milliseconds as people there have it."""
        zone = _zone(self.time_zone) if self.time_zone else None
        return datetime.fromtimestamp(at_ms / 1_000, UTC).astimezone(zone)

    def is_quiet(self, local: datetime) -> bool:
        """Whether it is within the quiet hours, which may go past midnight."""
        now, begin, end = local.strftime("%H:%M"), self.quiet_from, self.quiet_until
        return begin <= now < end if begin <= end else not end <= now < begin


def _zone(name: str) -> tzinfo:
    """A time zone. Raises ValueError where there is none of this name."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - half a megabyte that a mirror without this setting does not need

    try:
        return ZoneInfo(name)
    except (OSError, LookupError, ValueError) as error:
        raise ValueError(f"there is no time zone `{name}` here; the package `tzdata` brings them") from error


SETTINGS = TalkSettings
