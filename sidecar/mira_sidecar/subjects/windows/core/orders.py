"""What drives over MQTT are told: where to go, and to stop."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mira_sidecar.protocol import Event, instant, milliseconds
from mira_sidecar.subjects.windows.core.drives import overdue_ms
from mira_sidecar.subjects.windows.core.slice import TOLERANCE

TTL_MS = 10_000
"""Milliseconds from its decision in which a drive is told: what moves later surprises whoever stands there."""
_VOID_MS = TTL_MS + 300
_ANSWERS_MS = 3_000
"""In which a drive says that it follows a command, where it says which one that is."""


class Order(NamedTuple):
    """What one drive is told."""

    window: str
    profile: str
    topic: str
    id: str
    """The command that asked for it."""
    at_ms: int
    position: int | None
    """None: it stops."""
    event: Event
    """What was decided."""

    def left_ms(self, now_ms: int) -> int:
        """How long it may still be told."""
        return self.at_ms + TTL_MS - now_ms

    def said(self) -> dict[str, Any]:
        """The order as our own devices take it; others take of it what they can."""
        if self.position is None:
            return {"id": self.id}
        done = self.event.payload
        why = done.get("why") or self.event.source
        known = {"model": done.get("model"), "speed": done.get("speed"), "confidence": self.event.confidence}
        return {
            "position": self.position,
            "id": self.id,
            "expires_at": instant(self.at_ms + TTL_MS),
            "reason": why,
            **{name: value for name, value in known.items() if value is not None},
        }


class Motion(NamedTuple):
    """What a drive said last."""

    position: int | None
    moving: bool | None
    id: str | None
    """The command that it follows, or followed last."""
    closed: bool | None
    at_ms: int
    """When it came."""


def drive_of(name: str, window: Mapping[str, Any]) -> tuple[str, str] | None:
    """The profile and the topic of the drive of a window; None where it is not ours to tell."""
    drive = window.get("drive")
    if drive is None or drive["kind"] != "mqtt":
        return None
    return drive["profile"], drive["topic"] or name


def drives_in(slice_: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], tuple[str, str]]]:
    """The windows that we move, each with its state, and with the profile and the topic of its drive."""
    for name, window in slice_["windows"].items():
        if (drive := drive_of(name, window)) is not None:
            yield name, window, drive


def to_go(slice_: Mapping[str, Any], own: Mapping[str, Event]) -> Iterator[Order]:
    """The orders for runs of the state that came of these decisions, by their commands."""
    for name, window, (profile, topic) in drives_in(slice_):
        run = window["run"]
        if run is not None and (event := own.get(run.get("id"))) is not None:
            yield Order(name, profile, topic, run["id"], milliseconds(run["at"]), run["to"], event)


def to_stop(slice_: Mapping[str, Any], name: str, event: Event) -> Order | None:
    """The order that has a window stop; None where it has no drive of ours."""
    window = slice_["windows"].get(name)
    if window is None or (drive := drive_of(name, window)) is None:
        return None
    return Order(name, *drive, event.command_id, milliseconds(event.ts), None, event)


def is_unheard(window: Mapping[str, Any], motion: Motion | None, now_ms: int, *, told: bool) -> bool:
    """Whether a drive has not heard of its run: it stands where it stood, and names another command.

    `told`: whether we have told it. The broker may have lost that. Otherwise nobody knows: it was before a restart.
    """
    run = window["run"]
    if motion is None or motion.moving or motion.position is None or run.get("id") in (None, motion.id):
        return False
    if abs(motion.position - run["start"]) > TOLERANCE or abs(run["to"] - run["start"]) <= TOLERANCE:
        return False
    if motion.id is not None:
        # What it was told is void by then, wherever it still lies.
        return now_ms >= milliseconds(run["at"]) + (_VOID_MS if told else _ANSWERS_MS)
    # One that does not name commands gets the time that it may take, and no fault at the end of it.
    return not told and now_ms >= overdue_ms(window) - _ANSWERS_MS
