"""All that is known of a mirror."""

from collections.abc import Collection, Hashable
from dataclasses import dataclass, field, replace
from functools import cached_property
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

    @cached_property
    def offer(self) -> Hashable:
        """What the mirror has, as the methods below tell it: while that is equal, the entities are the same."""
        there, presence = (self.connected, self.has_pin), self.presence
        if presence is None:
            return there
        devices = tuple((name, device.kind) for name, device in presence.devices.items())
        return there, presence.standby, tuple(presence.subjects.items()), devices

    def has_subject(self, subject: str, version: int = 1) -> bool | None:
        """Whether the mirror can do something, such as `gesture`, at least so well; None where nobody can tell."""
        known = self.presence.subjects if self.presence else None
        return self._has(subject, None if known is None else [name for name in known if known[name] >= version])

    def has_device(self, device_id: str) -> bool | None:
        """Whether the mirror has this device; None where nobody can tell."""
        return self._has(device_id, self.presence.devices if self.presence else None)

    def has_kind(self, kind: str) -> bool | None:
        """Whether the mirror has a `camera` or a `microphone`, or several; None where nobody can tell."""
        return self._has(kind, {one.kind for one in self.presence.devices.values()} if self.presence else None)

    def _has(self, name: str, known: Collection[str] | None) -> bool | None:
        """Whether it is among these.

        A standby has other devices, and can do other things, than the sidecar whose place it takes, for as long as it
        does.
        """
        if self.presence is None or known is None:
            return None
        return name in known or (None if self.presence.standby or not self.connected else False)

    @property
    def has_pin(self) -> bool | None:
        """Whether a PIN is set; None where nobody can tell."""
        return self.snapshot.state.access.pin_set if self.snapshot else None

    def without_mirror(self, error: MiraError) -> Self:
        """The view when the mirror is away; the very same where nothing is new."""
        return self if str(self.error) == str(error) else replace(self, error=error)
