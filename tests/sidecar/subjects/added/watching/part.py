"""What it has look into every device."""

from typing import override

import msgspec

from mira_sidecar.devices.owner import Looker
from mira_sidecar.parts import Now, Part


class Wish(msgspec.Struct, frozen=True):
    """As the looker takes it; here it has none."""


class WatchingPart(Part):
    looks_at = ("camera", "microphone")

    @override
    def changed(self, now: Now) -> None:
        for owner in (one for kind in self.looks_at for one in self.shell.devices.of(kind).values()):
            owner.look(Looker(name="watching", module="tests.sidecar.devices.lookers", hear=self._hear), Wish())

    async def _hear(self, said: msgspec.Raw) -> None:
        """What it sees is nobody's business."""


PART = WatchingPart
