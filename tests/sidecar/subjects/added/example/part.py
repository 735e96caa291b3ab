"""What is run for it."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import override

import msgspec

from mira_sidecar.parts import Now, Part, Shell, Work
from mira_sidecar.protocol import milliseconds
from mira_sidecar.queries.kind import Kind, QueryRefusedError
from mira_sidecar.store.log_reader import LogReader
from mira_sidecar.store.side import HOUSEHOLD, Row
from mira_sidecar.subjects.example.kept import COUNTED  # type: ignore[import-not-found]


class HowOften(msgspec.Struct, frozen=True):
    pass


class Times(msgspec.Struct, frozen=True):
    times: int


def _how_often(database: Path, payload: HowOften) -> Times:
    with LogReader(database) as log:
        times = sum(event.action == "count" and event.type == "accepted" for event in log.after(0))
    if not times:
        raise QueryRefusedError("never_counted")
    return Times(times)


async def _drawn(times: int) -> AsyncIterator[bytes]:
    for _ in range(times):
        yield b"|"


class ExamplePart(Part):
    queries = (Kind("how_often", HowOften, _how_often),)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._changed = asyncio.Event()

    @override
    def works(self) -> Mapping[str, Work]:
        return {"counting": self._keep}

    async def _keep(self) -> None:
        side, media, seq = await self.shell.side.opened(), await self.shell.media.opened(), 0
        while True:
            async for page in self.shell.store.events_after(seq):
                seq = page[-1].seq
                for event in page:
                    if event.action != "count" or event.type != "accepted":
                        continue
                    if await side.get(COUNTED, event.command_id) is None:
                        owner = (event.origin and event.origin.user_id) or HOUSEHOLD
                        at_ms, by = milliseconds(event.ts), event.payload["by"]
                        await media.add("example", "tally", _drawn(by), at_ms=at_ms, owner=owner)
                        await side.put(COUNTED, Row(id=event.command_id, at_ms=at_ms, value=by, owner=owner))
            self._changed.clear()
            await self._changed.wait()

    @override
    def changed(self, now: Now) -> None:
        self._changed.set()
        if now.deciding:
            sys.stderr.write(f"example: {now.document['parts']['example']['total']}\n")


PART = ExamplePart
