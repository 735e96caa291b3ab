"""The state document, and the patches (RFC 6902) that change it."""

from collections.abc import Iterable
from typing import Any

import msgspec

from mira_sidecar.protocol import PatchOperation, Thresholds

type Document = dict[str, Any]
"""`protocol.State` as plain JSON. Never changed in place: a patch gives a new one that shares what stayed."""


FIRST_PAGES = ("home", "todos", "clock")


def initial_document() -> Document:
    """The mirror before its first command, whatever its settings: every log is folded from here.

    Everything that listens or sees is off.
    """
    return {
        "microphone": {"on": False},
        "camera": {"on": False},
        "page": FIRST_PAGES[0],
        "pages": list(FIRST_PAGES),
        "todos": [],
        "message": None,
        "gesture": None,
        "gestures_seen": {},
        "utterance": None,
        "pending": None,
        "access": {"pin_set": False, "unlocked_until": None, "wrong_tries": 0, "blocked_until": None, "elsewhere": {}},
        "last_changes": {},
        "undoable": [],
        "thresholds": msgspec.to_builtins(Thresholds()),
        "taught": {},
        "teaching": None,
    }


def apply(document: Document, patch: Iterable[PatchOperation]) -> Document:
    """The document after the patch. Raises LookupError where a path leads nowhere: the log is damaged."""
    for operation in patch:
        steps = operation.path.split("/")
        if "~" in operation.path:
            steps = [step.replace("~1", "/").replace("~0", "~") for step in steps]
        document = _applied(document, steps, 1, operation)
    return document


def _applied(node: Any, steps: list[str], depth: int, operation: PatchOperation) -> Any:
    """A copy of the node with what lies behind `steps[depth:]` changed."""
    step, last = steps[depth], depth == len(steps) - 1
    if isinstance(node, list):
        items = list(node)
        index = len(items) if step == "-" else int(step)
        if not last:
            items[index] = _applied(items[index], steps, depth + 1, operation)
        elif operation.op == "add":
            if index > len(items):
                raise IndexError(operation.path)
            items.insert(index, operation.value)
        elif operation.op == "remove":
            del items[index]
        else:
            items[index] = operation.value
        return items
    members = dict(node)
    if not last:
        members[step] = _applied(members[step], steps, depth + 1, operation)
    elif operation.op == "add":
        members[step] = operation.value
    else:
        del members[step]  # a KeyError here is the point: `replace` and `remove` need the member
        if operation.op == "replace":
            members[step] = operation.value
    return members


def replace(path: str, value: Any) -> PatchOperation:
    """A member or item that exists gets another value."""
    return PatchOperation("replace", path, value)


def add(path: str, value: Any) -> PatchOperation:
    """A member is set, or an item inserted; `-` is the end of a list."""
    return PatchOperation("add", path, value)


def remove(path: str) -> PatchOperation:
    """A member or item goes."""
    return PatchOperation("remove", path)
