"""`mira-sidecar forget-pin`: for whoever forgot it, and owns the machine that the log is on."""

from pathlib import Path

from mira_sidecar.operations.enacting import enact
from mira_sidecar.operations.opened import opened
from mira_sidecar.printing import say
from mira_sidecar.snapshots import load
from mira_sidecar.store.event_store import EventStore


async def forget_pin(database: Path) -> None:
    """Clear the PIN of a stopped sidecar, and what wrong tries have locked. Raises StoreError or OperationError."""
    async with opened(database) as store:
        if not await _is_set(store):
            say("There is no PIN; nothing was changed.")
            return
        none = dict.fromkeys([None, *await store.pins()], b"")
        await enact(store, "set_pin", {"pin": "cleared", "current": "owner"}, none)
    say("The PIN is cleared, and wrong tries lock nothing any more. From its next start on the mirror is open to")
    say("whoever stands before it, until a new PIN is set.")


async def _is_set(store: EventStore) -> bool:
    position = await load(store)
    return bool(position.document["access"]["pin_set"]) or bool(await store.pins())
