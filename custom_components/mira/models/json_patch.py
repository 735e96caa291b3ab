"""JSON Patch (RFC 6902) with the three operations that a mirror uses."""

from collections.abc import Mapping, Sequence
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


def difference(before: Mapping[str, Any], after: Mapping[str, Any], path: str = "") -> list[dict[str, Any]]:
    """The patch that leads from one document to another; cheap where they share what stayed, as after `apply`."""
    patch = [{"op": "remove", "path": _at(path, name)} for name in before if name not in after]
    for name, value in after.items():
        if name in before:
            patch += _between(before[name], value, _at(path, name))
        else:
            patch.append({"op": "add", "path": _at(path, name), "value": value})
    return patch


def _between(before: Any, after: Any, path: str) -> list[dict[str, Any]]:
    """The same of two values."""
    if _same(before, after):
        return []
    if isinstance(before, dict) and isinstance(after, dict):
        return difference(before, after, path)
    if isinstance(before, list) and isinstance(after, list):
        patch = _items(before, after, path)
        if len(patch) <= len(after):
            return patch
    return [{"op": "replace", "path": path, "value": after}]


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same in JSON, where 1 is not true."""
    return one is other or (one == other and repr(one) == repr(other))


def _items(before: Sequence[Any], after: Sequence[Any], path: str) -> list[dict[str, Any]]:
    """The same of two lists: what was taken out, put in or moved costs as much as itself, not as what stands behind it.

    It goes through both, and where they part, skips to the nearer of the two places at which they meet again.
    """
    # What is not shared is known by what it says: what a reader may see of an item can be made anew each time.
    shared = set(map(id, before)) & set(map(id, after))
    old, new = ([id(item) if id(item) in shared else repr(item) for item in items] for items in (before, after))
    old_places, new_places = ({item: place for place, item in enumerate(items)} for items in (old, new))
    patch: list[dict[str, Any]] = []
    here = there = 0  # in the old list, and in the new one
    while here < len(old) or there < len(new):
        gone = (old_places.get(new[there], here) if there < len(new) else len(old)) - here
        come = (new_places.get(old[here], there) if here < len(old) else len(new)) - there
        if here < len(old) and there < len(new) and old[here] == new[there]:
            here, there = here + 1, there + 1
        elif gone > 0 and (come <= 0 or gone <= come):
            patch += [{"op": "remove", "path": f"{path}/{there}"}] * gone
            here += gone
        elif come > 0:
            patch += [{"op": "add", "path": f"{path}/{at}", "value": after[at]} for at in range(there, there + come)]
            there += come
        else:
            patch += _between(before[here], after[there], f"{path}/{there}")
            here, there = here + 1, there + 1
    return patch


def _at(path: str, name: str) -> str:
    return f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
