"""All that is known of a mirror, as displays and automations get it."""

from dataclasses import asdict
from typing import Any

from .coordinator import MiraCoordinator
from .errors import CannotWrite
from .privacy import Reader


def view_of(coordinator: MiraCoordinator, reader: Reader) -> dict[str, Any]:
    """What the display of this reader shows. While the mirror is away the last known state stays, for it to dim."""
    entry, view = coordinator.config_entry, coordinator.data
    snapshot, presence = view.snapshot, view.presence
    problem = None
    if view.error:
        code = f"redis_{view.error.cause}" if isinstance(view.error, CannotWrite) else view.error.code
        problem = {"code": code, "message": str(view.error)}
    elif presence and presence.problem:
        problem = asdict(presence.problem)
    return {
        "mirror": {
            "entry_id": entry.entry_id,
            "unique_id": entry.unique_id,
            "id": coordinator.client.mirror,
            "name": coordinator.name,
        },
        "connected": view.connected,
        "problem": problem,
        "state": reader.state(snapshot.document if snapshot else None),
        "devices": reader.devices(presence.devices if presence else {}),
        "rev": snapshot.rev if snapshot else 0,
        "seq": snapshot.seq if snapshot else 0,
    }
