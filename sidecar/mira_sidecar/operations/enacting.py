"""A command of the owner's own, decided and stored while no sidecar runs. The next start publishes it."""

import time
from typing import Any

from mira_sidecar.core.arbiter import Position, settle
from mira_sidecar.core.decision import Rules
from mira_sidecar.deciding import new_id, own_command
from mira_sidecar.discovery import all_subjects
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.snapshots import load
from mira_sidecar.store.event_store import NO_PINS, EventStore, Pins


async def enact(store: EventStore, action: str, payload: dict[str, Any], pins: Pins = NO_PINS) -> Position:
    """The position after it; `pins` are as `append` takes it. Raises StoreError, OperationError where it is refused."""
    now_ms = time.time_ns() // 1_000_000
    position, events = settle(
        all_subjects(),
        await load(store),
        own_command(action, payload, now_ms),
        sender=None,
        arrived_ms=now_ms,
        now_ms=now_ms,
        rules=Rules(),
        new_id=new_id,
    )
    if events[0].message is not None:
        raise OperationError(f"{events[0].message} Nothing was changed.")
    await store.append(events, pins)
    return position
