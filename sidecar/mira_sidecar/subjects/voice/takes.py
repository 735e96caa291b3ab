"""How the wake words sound that people have taught.

Personal, and so in no event: a log can be shown around without them. They are the household's: who said which is known
to nobody.
"""

from collections.abc import Collection

from mira_sidecar.core.state import Document
from mira_sidecar.store.side import Row, SideStore, Table
from mira_sidecar.subjects.voice.core.slice import voice

TAKES: Table[bytes] = Table("voice_takes", bytes, columns=("command_id",))


async def takes(side: SideStore) -> dict[str, list[bytes]]:
    """All of them that can be read, by the commands that asked for them. Raises StoreError."""
    found: dict[str, list[bytes]] = {}
    async for row in side.rows(TAKES):
        theirs = found.setdefault(row.columns["command_id"], [])
        if row.value is not None:
            theirs.append(row.value)
    return found


async def keep(side: SideStore, command_id: str, number: int, sounds: bytes, at_ms: int) -> None:
    """Keep one of a word that is being taught; `number`: how many it has already. Raises StoreError."""
    row_id = f"{command_id}:{number:03}"
    await side.put(TAKES, Row(id=row_id, at_ms=at_ms, value=sounds, columns={"command_id": command_id}))


async def forget_but(side: SideStore, wanted: Collection[str]) -> None:
    """Delete all but those of these commands. Raises StoreError."""
    for command_id in (await takes(side)).keys() - wanted:
        await side.delete(TAKES, command_id=command_id)


def known_to(document: Document) -> frozenset[str]:
    """The commands whose takes a state needs."""
    own = voice(document)
    lesson = own["lesson"]
    begun = {lesson["id"]} if lesson and not lesson["outcome"] else set()
    return frozenset({one["command_id"] for one in own["taught"].values()} | begun)
