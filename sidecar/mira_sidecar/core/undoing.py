"""What is remembered of a change, so that it can be taken back."""

from mira_sidecar.core.decision import Change, Context
from mira_sidecar.core.state import Document, add, remove
from mira_sidecar.protocol import PatchOperation

KEPT = 20
"""Changes that can be taken back: more than anyone remembers, and a state document that stays small."""


def remembered(document: Document, context: Context, change: Change) -> list[PatchOperation]:
    """The patch that remembers how a change is taken back."""
    if change.undo is None:
        return []
    # An Undoable, written down at once: this is done for each change.
    entry = {
        "command_id": context.command.id,
        "source": context.command.source,
        "touches": list(change.touches),
        "action": change.undo.action,
        "payload": change.undo.payload,
        "is_undo": change.undo.is_undo,
    }
    patch = [add("/undoable/-", entry)]
    if len(document["undoable"]) < KEPT:
        return patch
    # What is taken back has made room for itself.
    made_room = any(operation.path.startswith("/undoable/") for operation in change.patch)
    return patch if made_room else [remove("/undoable/0"), *patch]
