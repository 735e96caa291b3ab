"""Taking back: the last change, that of a source, or one by name.

Taking back is itself a change, which can be taken back by its own name.
"""

import dataclasses
from typing import Any

import msgspec

from mira_sidecar.core.decision import Action, Change, Context, Refusal
from mira_sidecar.core.state import Document, add, remove
from mira_sidecar.protocol import PatchOperation, Source, Undoable

KEPT = 20
"""Changes that can be taken back: more than anyone remembers, and a state document that stays small."""


class UndoPayload(msgspec.Struct, frozen=True):
    """Payload of `undo`: a command, or the last one of a source, or simply the last one."""

    command_id: str | None = None
    source: Source | None = None


def remembered(document: Document, context: Context, change: Change) -> list[PatchOperation]:
    """The patch that remembers how a change is taken back."""
    if change.undo is None:
        return []
    entry = Undoable(
        command_id=context.command.id,
        source=context.command.source,
        touches=list(change.touches),
        action=change.undo.action,
        payload=change.undo.payload,
        is_undo=change.undo.is_undo,
    )
    patch = [add("/undoable/-", msgspec.to_builtins(entry))]
    return [remove("/undoable/0"), *patch] if len(document["undoable"]) >= KEPT else patch


def _undo(document: Document, payload: UndoPayload, context: Context) -> Change | Refusal:
    entries: list[dict[str, Any]] = document["undoable"]
    index = _place(entries, payload)
    if index is None:
        return Refusal("nothing_to_undo", "undo", "There is nothing of this kind to take back.")
    entry = entries[index]
    for later in entries[index + 1 :]:
        # A taking back ends what came after a change, but what is to come again may need what it took away.
        passed_over = later["is_undo"] and not entry["is_undo"]
        if not passed_over and set(later["touches"]) & set(entry["touches"]):
            return Refusal("changed_since", "undo", "It cannot be taken back: the same place was changed later.")
    outcome = context.perform(document, entry["action"], entry["payload"], context)
    if isinstance(outcome, Refusal):
        return outcome
    back = outcome.undo and dataclasses.replace(outcome.undo, is_undo=not entry["is_undo"])
    return dataclasses.replace(
        outcome,
        payload={"undone": entry["command_id"], "action": entry["action"], **outcome.payload},
        patch=[remove(f"/undoable/{index}"), *outcome.patch],
        undo=back,
    )


def _place(entries: list[dict[str, Any]], payload: UndoPayload) -> int | None:
    """Where the meant change is; without a name, what was itself a taking back is passed over."""
    for index in reversed(range(len(entries))):
        entry = entries[index]
        if payload.command_id is not None:
            if entry["command_id"] == payload.command_id:
                return index
        elif not entry["is_undo"] and payload.source in (None, entry["source"]):
            return index
    return None


ACTIONS = (Action("undo", UndoPayload, _undo),)
