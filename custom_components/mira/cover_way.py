"""How an existing cover can be moved: to a position, or by opening, stopping and shutting it; as a whole, or tilted."""

from typing import Final, NamedTuple

from homeassistant.components.cover import (
    ATTR_CURRENT_POSITION,
    ATTR_CURRENT_TILT_POSITION,
    ATTR_POSITION,
    ATTR_TILT_POSITION,
    CoverEntityFeature,
)
from homeassistant.const import (
    SERVICE_CLOSE_COVER,
    SERVICE_CLOSE_COVER_TILT,
    SERVICE_OPEN_COVER,
    SERVICE_OPEN_COVER_TILT,
    SERVICE_SET_COVER_POSITION,
    SERVICE_SET_COVER_TILT_POSITION,
    SERVICE_STOP_COVER,
    SERVICE_STOP_COVER_TILT,
)


class CoverWay(NamedTuple):
    """The actions that a cover has, and the attribute that says where it stands."""

    opens: str | None
    shuts: str | None
    stops: str | None
    goes_to: str | None
    to: str
    """The field of `goes_to`."""
    position: str
    """The attribute."""

    @property
    def is_partial(self) -> bool:
        """Whether it can be opened a bit."""
        return bool(self.goes_to or self.stops)


_FEATURES: Final = CoverEntityFeature
_WAYS: Final = (
    (
        (
            (SERVICE_OPEN_COVER, _FEATURES.OPEN),
            (SERVICE_CLOSE_COVER, _FEATURES.CLOSE),
            (SERVICE_STOP_COVER, _FEATURES.STOP),
            (SERVICE_SET_COVER_POSITION, _FEATURES.SET_POSITION),
        ),
        (ATTR_POSITION, ATTR_CURRENT_POSITION),
    ),
    (
        (
            (SERVICE_OPEN_COVER_TILT, _FEATURES.OPEN_TILT),
            (SERVICE_CLOSE_COVER_TILT, _FEATURES.CLOSE_TILT),
            (SERVICE_STOP_COVER_TILT, _FEATURES.STOP_TILT),
            (SERVICE_SET_COVER_TILT_POSITION, _FEATURES.SET_TILT_POSITION),
        ),
        (ATTR_TILT_POSITION, ATTR_CURRENT_TILT_POSITION),
    ),
)
"""One that can move as a whole is not tilted."""


def way_of(features: int) -> CoverWay | None:
    """The way of a cover, by what it supports; None: it cannot be both opened and shut."""
    for actions, fields in _WAYS:
        opens, shuts, stops, goes_to = (action if features & feature else None for action, feature in actions)
        if goes_to or (opens and shuts):
            return CoverWay(opens, shuts, stops, goes_to, *fields)
    return None
