"""How the gestures look that people have taught: landmarks of a hand, or the way of one, without size and place.

Personal, and so in no event: a log can be shown around without them. They are the household's: whose hand it was is
known to nobody.
"""

from collections.abc import Collection

import msgspec

from mira_sidecar.core.state import Document
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.store.side import Row, SideStore, Table

SAMPLES: Table[list[float]] = Table("gesture_samples", list[float], columns=("command_id",))

OF_OLDER = "taught"
"""The table of the log in which older versions kept them."""


async def samples(side: SideStore) -> dict[str, list[list[float]]]:
    """All of them that can be read, by the commands that asked for them. Raises StoreError."""
    found: dict[str, list[list[float]]] = {}
    async for row in side.rows(SAMPLES):
        theirs = found.setdefault(row.columns["command_id"], [])
        if row.value is not None:
            theirs.append(row.value)
    return found


async def keep(side: SideStore, command_id: str, number: int, values: list[float], at_ms: int) -> None:
    """Keep one of a gesture that is being taught; `number`: how many it has already. Raises StoreError."""
    await side.put(SAMPLES, _row(command_id, number, values, at_ms))


async def forget_but(side: SideStore, wanted: Collection[str]) -> None:
    """Delete all samples but those of these commands. Raises StoreError."""
    for command_id in (await samples(side)).keys() - wanted:
        await side.delete(SAMPLES, command_id=command_id)


async def move(log: EventStore, side: SideStore, at_ms: int) -> None:
    """Move them out of a log of an older version. Raises StoreError."""
    numbers: dict[str, int] = {}
    rows = []
    for command_id, sample in await log.left_in(OF_OLDER):
        # The same number each time it is done: none is there twice.
        numbers[command_id] = number = numbers.get(command_id, -1) + 1
        rows.append(_row(command_id, number, msgspec.json.decode(sample, type=list[float]), at_ms))
    if rows:
        await side.put(SAMPLES, *rows)
        await log.empty(OF_OLDER)


def known_to(document: Document) -> set[str]:
    """The commands whose samples a state needs."""
    known = {each["command_id"] for each in document["taught"].values()}
    return known | ({document["teaching"]["command_id"]} if document["teaching"] else set())


def _row(command_id: str, number: int, values: list[float], at_ms: int) -> Row[list[float]]:
    row_id = f"{command_id}:{number:03}"
    return Row(id=row_id, at_ms=at_ms, value=values, columns={"command_id": command_id})
