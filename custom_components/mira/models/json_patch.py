"""JSON Patch (RFC 6902) with the three operations that a mirror uses."""

from collections.abc import Mapping
from typing import Any

from ..errors import BadMessage


def apply(document: Mapping[str, Any], patch: object) -> dict[str, Any]:
    """The document after the patch: a new one, that shares what stayed with the one before.

    Raises BadMessage where the patch is none, or leads nowhere.
    """
    if not isinstance(patch, list):
        raise BadMessage("A change of the mirror's state has no patch.")
    after = dict(document)
    # What was copied once belongs to this patch: a second change of the same place need not copy it again.
    own: dict[int, Any] = {id(after): after}
    for operation in patch:
        try:
            _change(after, own, operation["op"], operation["path"], operation)
        except (LookupError, ValueError, TypeError, AttributeError) as err:
            raise BadMessage("A change of the mirror's state leads nowhere.") from err
    return after


def _change(node: Any, own: dict[int, Any], kind: str, path: str, operation: Mapping[str, Any]) -> None:
    """Change one member or item of the document. What raises has changed only what belongs to this patch."""
    root, *steps = path.split("/")
    *way, last = [step.replace("~1", "/").replace("~0", "~") for step in steps]
    if root or kind not in ("add", "remove", "replace"):
        raise ValueError
    for step in way:
        place = _index(step) if isinstance(node, list) else step
        child = node[place]
        if id(child) not in own:
            child = node[place] = child.copy()
            own[id(child)] = child
        node = child
    if isinstance(node, list):
        place = len(node) if last == "-" else _index(last)
        if kind == "add":
            if place > len(node):
                raise IndexError
            node.insert(place, operation["value"])
            return
    else:
        place = last
        if kind == "add":
            node[place] = operation["value"]
            return
    if kind == "replace":
        node[place]  # it has to be there
        node[place] = operation["value"]
    else:
        del node[place]


def _index(step: str) -> int:
    """A place in a list, which has no sign. Raises ValueError."""
    if not (step.isascii() and step.isdigit()):
        raise ValueError
    return int(step)
