"""Subjects that a log knows and this version does not: another version has written it, or one with more installed.

Such a log is whole. What is in it of them is kept, and nothing of it is done.
"""

import contextlib
from collections.abc import Iterable, Iterator

import msgspec

from mira_sidecar.core.state import Document, steps_of
from mira_sidecar.discovery import all_subjects, known
from mira_sidecar.protocol import Event, PatchOperation, Snapshot


class UnknownSubjects:
    """Those that are met along a log."""

    def __init__(self, base: Snapshot | None = None) -> None:
        self._subjects = set(unknown_in({"parts": base.state.parts})) if base else set()
        self._actions: set[str] = set()

    def look_at(self, event: Event) -> bool:
        """Look at the next event; whether it is about one of them."""
        if event.type == "state_patch":
            found = set(_parts(event)) - known().keys()
            self._subjects |= found
            return bool(found)
        # What was erased has no name any more.
        if event.type == "rejected" or event.action in all_subjects().inner or "erased" in event.payload:
            return False
        self._actions.add(event.action)
        return True

    def sentence(self) -> str | None:
        """What is to be said of them; None where there are none."""
        if not (self._subjects or self._actions):
            return None
        return sentence(self._subjects, self._actions)


def unknown_in(document: Document) -> list[str]:
    """The subjects with a slice of this state that this version does not know."""
    return sorted(document["parts"].keys() - known().keys())


def sentence(subjects: Iterable[str], actions: Iterable[str] = ()) -> str:
    """What is to be said of a log with these subjects, or with these actions of such a subject."""
    names, commands = _named(subjects), _named(actions)
    what = f"the subject {names}" if names else "another subject"
    sent = f" (commands: {commands})" if commands else ""
    return (
        f"This log was written by a version with {what}{sent}, which this one does not know. "
        "It is not damaged: that is kept as it is. Install that version again to go on with it."
    )


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _parts(event: Event) -> Iterator[str]:
    """The subjects whose slices of the state are changed; none where the patch is no patch, which others say."""
    with contextlib.suppress(msgspec.ValidationError):
        for operation in msgspec.convert(event.payload.get("patch", []), list[PatchOperation]):
            _, *steps = steps_of(operation.path)
            if steps[:1] == ["parts"]:
                yield from steps[1:2] or (operation.value if isinstance(operation.value, dict) else ())
