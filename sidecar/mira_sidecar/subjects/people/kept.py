"""What is kept of people beside the log: what they are called, and what their faces and voices are like.

All of it is under the key of its person, and goes with that.
"""

from collections.abc import Collection
from typing import Annotated, override

import msgspec
from msgspec import Meta

from mira_sidecar.core.state import Document
from mira_sidecar.keeping import Kept
from mira_sidecar.store.side import SideStore, Table


class Name(msgspec.Struct, frozen=True):
    """The words beside `add_person` and `change_person`."""

    name: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"\S")]


class Print(msgspec.Struct, frozen=True):
    """The words beside `take_print`."""

    vector: Annotated[list[float], Meta(min_length=1, max_length=2_048)]


NAMES: Table[str] = Table("people_names", str)
PRINTS: Table[list[float]] = Table("people_prints", list[float], columns=("kind", "model"))


class KeptPeople(Kept):
    """A name has the id of its person, a print that of the command that took it."""

    tables = (NAMES, PRINTS)
    at_once = False

    @override
    async def erase(self, side: SideStore, document: Document, commands: Collection[str]) -> None:
        for command_id in commands:
            await side.delete(PRINTS, id=command_id)


KEPT = KeptPeople()
