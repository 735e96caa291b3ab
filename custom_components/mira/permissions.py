"""Who may read what was written: administrators, and whom it came from.

The log holds words: messages, to-dos, those of before included. Everybody else gets an event
without them, marked `redacted`. What stands openly on the mirror, such as its to-dos, is for everybody.
Deny by default: a text passes only behind a name that has words of the protocol or names of pages and gestures.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant

from .coordinator import MiraCoordinator
from .errors import CannotWrite
from .models.json_object import Document
from .models.part import Part
from .models.presence import Device

_TEXTS: Final = frozenset(
    {
        *(
            "action",
            "answer",
            "asked",
            "handedness",
            "language",
            "kind",
            "opened",
            "outcome",
            "reason",
            "source",
            "status",
        ),
        *("cancelled", "command_id", "confirmed", "message_id", "skipped", "undone"),
        *("button", "name", "page", "pages", "pin"),
        *("active", "code", "microphone", "speech", "stage", "turn", "word"),
        *("deadline", "until"),
    }
)
"""Names in payloads behind which there is a word of the protocol, an id of a command, a name of a page, or a time."""
_OPEN: Final = frozenset(
    {
        *("access", "camera", "gesture", "gestures_seen", "last_changes", "microphone", "page", "pages"),
        *("taught", "teaching", "thresholds", "utterance"),
    }
)
"""Parts of the state document that hold no words of anybody."""
_SHOWN: Final = _OPEN | {"message", "pending", "todos"}
"""Those that stand openly on the mirror."""
_VALIDATED: Final = frozenset({"accepted", "state_patch"})
"""Types of events in which a name is one: what is refused may hold anything under any name."""


@dataclass(frozen=True)
class Reader:
    """Somebody who reads the log."""

    user_id: str | None
    reads_all: bool
    """As administrators do, and what no user has asked for: an automation."""

    @classmethod
    def of(cls, user: User) -> Reader:
        """A user of Home Assistant."""
        return cls(user.id, user.is_admin)

    def may_read(self, event: Document) -> bool:
        """Whether an event is theirs, or any is. Only Home Assistant's own stream is believed who somebody is."""
        origin = event.get("origin")
        own = event.get("sender") == "home" and isinstance(origin, dict) and origin.get("user_id") == self.user_id
        return self.reads_all or own

    def event(self, event: Document) -> Document:
        """An event as this reader may see it."""
        if self.may_read(event):
            return event
        payload = event.get("payload")
        before = payload if isinstance(payload, dict) else {}
        names = _TEXTS if event.get("type") in _VALIDATED else frozenset()
        after = {
            name: value for name, value in before.items() if _is_wordless(value) or (name in names and _is_text(value))
        }
        if isinstance(patch := before.get("patch"), list):
            after["patch"] = [_operation(operation) for operation in patch]
        return event if after == before else {**event, "payload": after, "redacted": True}

    def explanation(self, found: Document) -> Document:
        """An explanation as this reader may see it; what could be undone is always somebody else's, too."""
        if self.reads_all:
            return found
        own, changed = self.may_read(found["answer"]), found.get("changed")
        seen = {
            "answer": self.event(found["answer"]),
            "changed": None if changed is None else [_change(change, own=own) for change in changed],
        }
        return found if {**found, **seen} == found else {**found, **seen, "redacted": True}

    def view(self, coordinator: MiraCoordinator) -> dict[str, Any]:
        """What a display of this reader shows. While the mirror is away the last known state stays, for it to dim."""
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
            "state": self.state(snapshot.document if snapshot else None),
            "devices": self.devices(presence.devices if presence else {}),
            "rev": snapshot.rev if snapshot else 0,
            "seq": snapshot.seq if snapshot else 0,
        }

    def state(self, state: Document | None) -> Document | None:
        """The state as this reader may see it: what stands openly on the mirror, and what could be undone by its place.

        The slice of a subject that we know holds facts without words, and is there to be seen, but for one that links
        people to users. What only a newer sidecar, or an extension of it, keeps there is for those who read all.
        """
        if self.reads_all or state is None:
            return state
        undoable = state.get("undoable")
        kept = [{**entry, "payload": {}} for entry in undoable] if isinstance(undoable, list) else []
        shown = {name: value for name, value in state.items() if name in _SHOWN}
        if isinstance(parts := state.get("parts"), dict):
            shown["parts"] = {
                subject: slice_
                for subject, slice_ in parts.items()
                if (kind := Part.kinds.get(subject)) and kind.for_everybody
            }
        return {**shown, "undoable": kept}

    def devices(self, devices: Mapping[str, Device]) -> dict[str, dict[str, Any]]:
        """The devices as this reader may see them: the text of an error may name an address, its code does not."""
        seen = {name: asdict(device) for name, device in devices.items()}
        if not self.reads_all:
            for device in seen.values():
                del device["error"]
        return seen


def may_hear(user: User) -> bool:
    """Whether a user's displays show what is being said: an administrator's, and the mirror's own.

    That is a user who may log in from home alone, as docs/kiosk.md has it: no other screen shows what is said here.
    """
    return user.is_admin or user.local_only


async def async_reader(hass: HomeAssistant, context: Context) -> Reader:
    """Who reads in this context: of a user that is not known any more, one without rights."""
    if context.user_id is None:
        return Reader(None, reads_all=True)
    user = await hass.auth.async_get_user(context.user_id)
    return Reader.of(user) if user else Reader(context.user_id, reads_all=False)


def _is_wordless(value: object) -> bool:
    return value is None or isinstance(value, bool | int | float)


def _is_text(value: object) -> bool:
    return all(isinstance(one, str) for one in (value if isinstance(value, list) else [value]))


def _change(change: Document, *, own: bool) -> Document:
    """What became of a place, where that is nobody's words or stood openly when the reader changed it."""
    root = str(change.get("place")).partition(".")[0]
    if root in _OPEN or (own and root != "undoable"):
        return change
    return {"place": change.get("place"), "redacted": True}


def _operation(operation: Any) -> Mapping[str, Any]:
    """What a patch changes, and the value only where that is nobody's words."""
    if not isinstance(operation, dict):
        return {}
    part = str(operation.get("path")).removeprefix("/").partition("/")[0]
    return {name: value for name, value in operation.items() if name in ("op", "path") or part in _OPEN}
