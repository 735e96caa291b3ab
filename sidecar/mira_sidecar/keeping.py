"""What a subject keeps of people beside the log, in the side store.

A subject keeps something where its folder has a `kept.py`, with an instance as `KEPT`. It is asked of those that are
switched off, too: who is erased is erased there as well. So it loads nothing that only a part needs.
"""

from collections.abc import Collection, Iterable
from importlib import resources
from typing import Any, ClassVar

from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Deed
from mira_sidecar.discovery import known, modules_of
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.store.side import SideStore, SideTables, Table


class Kept:
    """What is kept for a subject; each method may be left as it is."""

    tables: ClassVar[tuple[Table[Any], ...]] = ()
    """Its tables. The SQL that makes them is in the folder `side` beside its `kept.py`."""

    async def move(self, log: EventStore, side: SideStore) -> None:
        """Move into the side store what older versions kept in tables of the log. Raises StoreError.

        Whoever ends it on the way, it is done once more.
        """

    def undone(self, document: Document, commands: Collection[str]) -> Iterable[Deed]:
        """What takes out of the state what these commands, which are erased, have left there."""
        return ()

    async def erase(self, side: SideStore, document: Document, commands: Collection[str]) -> None:
        """Delete what came of these commands, with the state that is left. Raises StoreError.

        What is a person's goes with the person's key: the store sees to that.
        """


def all_kept() -> dict[str, Kept]:
    """That of all subjects that are installed, by their names."""
    return {name: module.KEPT for name, module in modules_of(known(), "kept").items()}


def side_tables() -> dict[str, SideTables]:
    """The tables of all subjects that are installed, by their names."""
    return {
        name: SideTables(resources.files(f"mira_sidecar.subjects.{name}") / "side", kept.tables)
        for name, kept in all_kept().items()
    }
