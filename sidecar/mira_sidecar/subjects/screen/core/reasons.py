"""Why what the screen can do is refused, and what can be wrong with what it is sent."""

from collections.abc import Mapping
from typing import Final

from mira_sidecar.reasons import Wording

FAULTS: Final[Mapping[str, Wording]] = {
    "bad_due": Wording(
        "`{field}` takes a date (2026-11-20) or a time with its offset (2026-11-20T18:00:00+01:00)", {"field": str}
    ),
    "bad_picture": Wording(
        "`{field}` takes a media-source id, an entity of a camera, image, person or media player, or a path below "
        "/local, /media or one of Home Assistant's picture proxies",
        {"field": str},
    ),
    "bad_pin": Wording("`{field}` takes 4 to 12 digits", {"field": str}),
}
REASONS: Final[Mapping[str, Wording]] = {
    "microphone_off": Wording("The microphone is off."),
    "camera_off": Wording("The camera is off."),
    "wrong_pin": Wording("The PIN is wrong."),
    "pin_blocked": Wording("Too many wrong PINs; the next try is possible in {seconds} s.", {"seconds": int}),
    "pin_unknown": Wording("The PIN was set at another sidecar; this one cannot check it."),
    "no_pin": Wording("There is no PIN, so nothing is locked."),
    "pin_taken": Wording("Somebody else has this PIN. Choose another one."),
    "nothing_to_undo": Wording("There is nothing of this kind that can be taken back."),
    "unknown_todo": Wording("There is no such to-do on the list; it may have been removed."),
    "todo_exists": Wording("A to-do with this uid is on the list already."),
    "too_many_todos": Wording("The list holds {limit} to-dos at most. Remove some first.", {"limit": int}),
    "unknown_page": Wording("There is no page of this name; there are: {pages}.", {"pages": list[str]}),
    "message_gone": Wording("The message is not on the mirror any more."),
    "unknown_button": Wording("The message has no such button."),
}
