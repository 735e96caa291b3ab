"""What the owner may say of a microphone."""

from typing import ClassVar, Final

import msgspec

from mira_sidecar.protocol import DeviceKind

OWN_MICROPHONE: Final = "microphone"
"""The id of the mirror's own."""


class Microphone(msgspec.Struct, frozen=True):
    """A microphone, and what it takes to open it."""

    kind: ClassVar[DeviceKind] = "microphone"
    process: ClassVar[str] = "mira_sidecar.devices.microphone.capture"
    """What has it open."""
    entity: ClassVar[None] = None

    address: str
    """Its name in ALSA, such as `default` or `hw:CARD=Device`."""
    loopback: int | None = None
    """The handle of what the speaker beside it plays: see loopback.py. None: there is no speaker."""

    @property
    def inherits(self) -> tuple[int, ...]:
        """The handles that its process needs."""
        return () if self.loopback is None else (self.loopback,)
