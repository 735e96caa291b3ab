"""The state document, and the patches (RFC 6902) that change it."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from mira_sidecar.protocol import Access, PatchOperation, Thresholds

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
        "access": msgspec.to_builtins(Access()),
        "last_changes": {},
        "undoable": [],
        "thresholds": msgspec.to_builtins(Thresholds()),
        "taught": {},
        "teaching": None,
        "parts": {},
    }


def apply(document: Document, patch: Iterable[PatchOperation]) -> Document:
    """The document after the patch. Raises LookupError where a path leads nowhere: the log is damaged."""
    after = dict(document)
    # What was copied once belongs to this patch: a second change of the same place need not copy it again.
    copied: dict[int, Any] = {id(after): after}
    for operation in patch:
        steps = steps_of(operation.path)
        node: Any = after
        for step in steps[1:-1]:
            place: Any = _index(step) if isinstance(node, list) else step
            child = node[place]
            if not isinstance(child, dict | list):
                raise LookupError(operation.path)  # noqa: TRY004 - the document is right, the path leads nowhere
            if id(child) not in copied:
                child = node[place] = child.copy()
                copied[id(child)] = child
            node = child
        _change(node, steps[-1], operation)
    return after


def _change(node: Any, step: str, operation: PatchOperation) -> None:
    """Change one member or item, in place."""
    if isinstance(node, list):
        index = len(node) if step == "-" else _index(step)
        if operation.op == "add":
            if index > len(node):
                raise IndexError(operation.path)
            node.insert(index, operation.value)
        elif operation.op == "remove":
            del node[index]
        else:
            node[index] = operation.value
    elif operation.op == "add":
        node[step] = operation.value
    else:
        del node[step]  # a KeyError here is the point: `replace` and `remove` need the member
        if operation.op == "replace":
            node[step] = operation.value


def _index(step: str) -> int:
    """A place in a list, which has no sign. Raises LookupError."""
    if not (step.isascii() and step.isdigit()):
        raise LookupError(step)
    return int(step)


def steps_of(path: str) -> list[str]:
    """The steps of a path in a patch (RFC 6901), behind an empty one: the document itself."""
    steps = path.split("/")
    return [step.replace("~1", "/").replace("~0", "~") for step in steps] if "~" in path else steps


def member(path: str, name: str) -> str:
    """The path to a member of what is at a path."""
    return f"{path}/{name.replace('~', '~0').replace('/', '~1')}"


def replace(path: str, value: Any) -> PatchOperation:
    """A member or item that exists gets another value."""
    return PatchOperation("replace", path, value)


def add(path: str, value: Any) -> PatchOperation:
    """A member is set, or an item inserted; `-` is the end of a list."""
    return PatchOperation("add", path, value)


def changed_part(
    document: Document, part: str, empty: Mapping[str, Any], members: Mapping[str, Any]
) -> list[PatchOperation]:
    """The patch that gives these members of a subject's slice other values.

    `empty`: the slice where there is none yet; an older one may lack members that were added since.
    """
    known = document["parts"].get(part)
    if known is None:
        return [add(f"/parts/{part}", {**empty, **members})]
    own = {**empty, **known}
    return [
        (replace if name in known else add)(f"/parts/{part}/{name}", value)
        for name, value in members.items()
        if own[name] != value
    ]


def remove(path: str) -> PatchOperation:
    """A member or item goes."""
    return PatchOperation("remove", path)
