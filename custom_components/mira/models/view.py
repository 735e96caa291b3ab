"""All that is known of a mirror."""

from dataclasses import dataclass, field, replace
from typing import Self

from ..errors import CannotConnect, MiraError
from .presence import Presence
from .state import Snapshot


@dataclass(frozen=True)
class MirrorView:
    """All that is known of the mirror right now. What was known stays while it is away."""

    snapshot: Snapshot | None = None
    presence: Presence | None = None
    error: MiraError | None = field(default_factory=lambda: CannotConnect("Not connected yet."))
    """Why the mirror is away."""

    @property
    def connected(self) -> bool:
        """Whether state and presence are those of now."""
        return self.error is None

    def has(self, part: str) -> bool | None:
        """Whether the mirror has a `camera`, a `microphone`, a `pin`, or `gesture`s; None where nobody can tell.

        A standby has other devices, and can do other things, than the sidecar whose place it takes, for as long as it
        does.
        """
        if part == "pin":
            return self.snapshot.state.access.pin_set if self.snapshot else None
        if self.presence is None:
            return None
        if part == "gesture" and self.presence.subjects is None:
            return True
        known = self.presence.subjects if part == "gesture" else self.presence.devices
        return part in (known or ()) or (None if self.presence.standby or not self.connected else False)

    def without_mirror(self, error: MiraError) -> Self:
        """The view when the mirror is away; the very same where nothing is new."""
        return self if str(self.error) == str(error) else replace(self, error=error)
