"""Taking back: the last change, that of a source, or one by name.

Taking back is itself a change, which can be taken back by its own name.
"""

from typing import Any

import msgspec

from mira_sidecar.core.decision import Action, Change, Context, Refusal, Resolved
from mira_sidecar.core.state import Document, remove
from mira_sidecar.core.subject import Recorded
from mira_sidecar.protocol import CommandId, PatchOperation, Source

_NOTHING_TO_UNDO = Refusal("nothing_to_undo", "undo")
_CHANGED_SINCE = Refusal("changed_since", "undo")
_UNDONE_ALREADY = Refusal("already_done", "undo")


class UndoPayload(msgspec.Struct, frozen=True):
    """Payload of `undo`: a command, or the last one of a source, or simply the last one."""

    command_id: CommandId | None = None
    source: Source | None = None


def _undo(document: Document, payload: UndoPayload, context: Context) -> Change | Refusal:
    entries: list[dict[str, Any]] = document["undoable"]
    if payload.command_id is not None:
        indexes = [index for index, entry in enumerate(entries) if entry["command_id"] == payload.command_id]
        return _taken_back(document, indexes[-1], context) if indexes else _NOTHING_TO_UNDO
    return _last(document, payload.source, context)


def _last(document: Document, source: Source | None, context: Context) -> Change | Refusal:
    """Take back the last change of a source, or of all, that still can be; those that never can be again are dropped.

    What was itself a taking back is passed over.
    """
    entries: list[dict[str, Any]] = document["undoable"]
    skipped: list[str] = []
    dropped: list[PatchOperation] = []
    for index in reversed(range(len(entries))):
        entry = entries[index]
        if entry["is_undo"] or source not in (None, entry["source"]):
            continue
        outcome = _taken_back(document, index, context)
        if isinstance(outcome, Refusal) and outcome.passes:
            # Dropped, what can come again would be lost.
            return outcome
        if isinstance(outcome, Refusal):
            skipped.append(entry["command_id"])
            # What belongs to a subject that is switched off may be on again.
            if outcome is not _CHANGED_SINCE and outcome.reason != "unknown_action":
                dropped.append(remove(f"/undoable/{index}"))
        elif not skipped:
            return outcome
        else:
            done = {**outcome.payload, "skipped": skipped, **({"source": source} if source else {})}
            return msgspec.structs.replace(outcome, payload=done, patch=[*dropped, *outcome.patch])
    return _NOTHING_TO_UNDO


def _taken_back(document: Document, index: int, context: Context) -> Change | Refusal:
    """The change that takes back the one at this place, or why it cannot be taken back."""
    entries: list[dict[str, Any]] = document["undoable"]
    entry = entries[index]
    for later in entries[index + 1 :]:
        # A taking back ends what came after a change, but what is to come again may need what it took away.
        passed_over = later["is_undo"] and not entry["is_undo"]
        if not passed_over and set(later["touches"]) & set(entry["touches"]):
            return _CHANGED_SINCE
    outcome = context.mirror.perform(document, entry["action"], entry["payload"], context)
    if isinstance(outcome, Refusal):
        return outcome
    if not outcome.patch:
        return _UNDONE_ALREADY
    back = outcome.undo and msgspec.structs.replace(outcome.undo, is_undo=not entry["is_undo"])
    return msgspec.structs.replace(
        outcome,
        payload={"undone": entry["command_id"], "action": entry["action"], **outcome.payload},
        patch=[remove(f"/undoable/{index}"), *outcome.patch],
        undo=back,
        resolved=Resolved("undo", {"command_id": entry["command_id"]}),
    )


def asked(recorded: Recorded) -> dict[str, Any]:
    """What was asked to be taken back: one by name, unless others were passed over."""
    done = recorded.answer.payload
    return done if "skipped" in done else {"command_id": done["undone"]}


ACTIONS = (Action("undo", UndoPayload, _undo),)
