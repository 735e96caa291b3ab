"""What it keeps of people."""

from collections.abc import Collection
from typing import override

from mira_sidecar.core.state import Document
from mira_sidecar.keeping import Kept
from mira_sidecar.store.side import SideStore, Table

COUNTED: Table[int] = Table("example_counted", int, days=30)


class KeptCounts(Kept):
    tables = (COUNTED,)

    @override
    async def erase(self, side: SideStore, document: Document, commands: Collection[str]) -> None:
        for command_id in commands:
            await side.delete(COUNTED, id=command_id)


KEPT = KeptCounts()
