"""What gestures keep beside the log: the samples of those that people taught."""

import time
from collections.abc import Collection, Iterator
from typing import override

from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Deed
from mira_sidecar.keeping import Kept
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.store.side import SideStore
from mira_sidecar.subjects.gesture import samples


class KeptSamples(Kept):
    """They go with their gesture."""

    tables = (samples.SAMPLES,)
    left_in = samples.OF_OLDER

    @override
    async def move(self, log: EventStore, side: SideStore) -> None:
        await samples.move(log, side, time.time_ns() // 1_000_000)

    @override
    def undone(self, document: Document, commands: Collection[str]) -> Iterator[Deed]:
        for name, each in document["taught"].items():
            if each["command_id"] in commands:
                yield "forget_gesture", {"name": name}

    @override
    async def erase(self, side: SideStore, document: Document, commands: Collection[str]) -> None:
        await samples.forget_but(side, samples.known_to(document))


KEPT = KeptSamples()
