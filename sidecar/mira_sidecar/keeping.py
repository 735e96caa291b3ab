"""What a subject keeps of people beside the log, in the side store.

A subject keeps something where its folder has a `kept.py`, with an instance as `KEPT`. It is asked of those that are
switched off, too: who is erased is erased there as well. So it loads nothing that only a part needs.
"""

from collections.abc import Collection, Iterable, Mapping
from importlib import resources
from typing import Any, ClassVar

from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Deed
from mira_sidecar.discovery import known, modules_of
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.store.older import Older
from mira_sidecar.store.side import SideStore, SideTables, Table


class Kept:
    """What is kept for a subject; each method may be left as it is."""

    tables: ClassVar[tuple[Table[Any], ...]] = ()
    """Its tables. The SQL that makes them is in the folder `side` beside its `kept.py`."""
    at_once: ClassVar[bool] = True
    """Whether its part needs the side store from the start; otherwise once there is something to keep."""
    older: ClassVar[Older | None] = None
    """How events of older versions are brought up to date, where what they had belongs here."""
    left_in: ClassVar[str | None] = None
    """The table of the log in which older versions left what belongs here."""

    def limited(self, settings: Any) -> tuple[Table[Any], ...]:
        """Its tables, with the limits that the owner has set in its settings."""
        return self.tables

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


def side_tables(own: Mapping[str, Any] = {}) -> dict[str, SideTables]:
    """The tables of all subjects that are installed, by their names; `own`: their settings."""
    return {
        name: SideTables(
            resources.files(f"mira_sidecar.subjects.{name}") / "side",
            kept.limited(own[name]) if name in own else kept.tables,
        )
        for name, kept in all_kept().items()
    }


def older() -> list[Older]:
    """How all that are installed bring up to date what older versions wrote."""
    return [kept.older for kept in all_kept().values() if kept.older]
