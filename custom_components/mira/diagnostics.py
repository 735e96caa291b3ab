"""Diagnostics: what a bug report needs, and nothing that is private.

Deny by default: a text stays only where it is a word of Mira's own, or a time; a name stays only where we know what
stands behind it.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any

from homeassistant.components.diagnostics import REDACTED
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_PORT, CONF_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .const import (
    ACTIONS,
    DEGRADED,
    DEVICE_KINDS,
    DOMAIN,
    GESTURES,
    REASONS,
    REPLY_OUTCOMES,
    SENDERS,
    SOURCES,
    SUBJECTS,
    TURN_CODES,
    TURN_OUTCOMES,
    TURN_TRACE,
    WINDOW_FAULTS,
)
from .coordinator import MiraConfigEntry
from .emotions import EMOTIONS
from .errors import MiraError
from .issues import ISSUES, issue_id
from .models.event import Event
from .models.json_object import Document
from .models.people import People
from .models.presence import PROTOCOL_VERSION, Presence
from .models.state import Snapshot
from .models.talk import Talk
from .models.voice import Voice
from .models.windows import Window, Windows
from .options import CONF_OCCUPANCY, options_of
from .persona import PICTURES, personas
from .windows import MOVED_BY, PROFILES, ROOM_KINDS, chosen_fields

EVENTS = 200
"""Newest events of the log in the diagnostics."""
OTHER = "other"
"""In the place of a word that is not Mira's own."""
_VERSION = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){1,3}((a|b|rc|\.dev)[0-9]{1,4})?")
_TYPES = ("accepted", "rejected", "state_patch")
CAPTURES = ("closed", "opening", "open", "no_signal", "failed", "unknown")
CAPTURE_ERRORS = (
    *("unreachable", "refused", "not_found", "not_allowed", "busy", "no_video", "no_sound", "silent", "ended"),
    *("models", "crashed"),
)
_PROBLEMS = ("database_read_only", "disk_full", "disk_slow", "redis_takes_no_commands", "storage_failed")
PLACES = (
    *("access", "camera", "gesture", "gestures_seen", "last_changes", "message", "microphone", "page", "pages"),
    *("parts", "pending", "taught", "teaching", "thresholds", "todos", "undoable", "utterance"),
)
"""Parts of the state document."""


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: MiraConfigEntry) -> dict[str, Any]:
    """Diagnostics of a mirror; of one that could not be set up, why not."""
    options = options_of(entry)
    basics = {
        "entry": {name: entry.data[name] if name in (CONF_PORT, CONF_SSL) else REDACTED for name in entry.data},
        # An entity may be called after somebody.
        "options": options | {CONF_OCCUPANCY: options[CONF_OCCUPANCY] is not None},
        "protocol": PROTOCOL_VERSION,
    }
    if entry.state is not ConfigEntryState.LOADED:
        return {**basics, "connected": False, "error": entry.error_reason_translation_key}
    coordinator = entry.runtime_data
    client, view = coordinator.client, coordinator.data
    issues = ir.async_get(hass)
    found = {key: issues.async_get_issue(DOMAIN, issue_id(coordinator, key)) for key in ISSUES}
    events, server, log_error = [], {}, None
    try:
        events = [redacted_event(event) for event in (await client.log.page(limit=EVENTS)).events]
        server = asdict(await client.check_redis())
    except MiraError as err:
        log_error = err.code
    return {
        **basics,
        "connected": view.connected,
        "error": view.error.code if view.error else None,
        "personas": {
            "count": len(personas(entry)),
            "outcomes": dict(coordinator.expression.outcomes),
            "unknown_tags": coordinator.expression.unknown_tags,
        },
        "windows_set_up": chosen_fields(entry),
        "issues": {key: issue.translation_key for key, issue in found.items() if issue},
        "redis": {"seconds_apart": round(client.clock_apart(), 3), **server, "error": log_error},
        "presence": redacted_presence(view.presence) if view.presence else None,
        "state": redacted_snapshot(view.snapshot) if view.snapshot else None,
        "events": events,
    }


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


def _one_of(words: Collection[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and value in words


def _is_trace(value: object) -> bool:
    return isinstance(value, dict) and all(name in TURN_TRACE and _is_number(took) for name, took in value.items())


_PAYLOAD: dict[str, Callable[[object], bool]] = {
    "action": _one_of(ACTIONS),
    "auto": _is_bool,
    "asked": _one_of(ACTIONS),
    "by": _one_of(("hand",)),
    "closed": _is_bool,
    "code": _one_of(TURN_CODES),
    "duration_ms": _is_number,
    "emotion": _one_of(EMOTIONS),
    "fault": _one_of(WINDOW_FAULTS),
    "first_ms": _is_number,
    "handedness": _one_of(("left", "right")),
    "hold_ms": _is_number,
    "kind": _one_of(("reply", "announcement", "question")),
    "limited": _one_of(REASONS),
    "locked": _is_bool,
    "minutes": _is_number,
    "most": _is_number,
    "most_at_night": _is_number,
    "name": _one_of(GESTURES),
    "on": _is_bool,
    "outcome": _one_of(("pending", "played", *TURN_OUTCOMES, *REPLY_OUTCOMES)),
    "pictures": _one_of(PICTURES),
    "place": _one_of(("mirror", "elsewhere", "api")),
    "position": _is_number,
    "reason": _one_of(REASONS),
    "rest": _is_number,
    "shadow": _is_bool,
    "stage": _one_of(("thinking", "speaking")),
    "status": _one_of(("needs_action", "completed")),
    "total_ms": _is_number,
    "trace": _is_trace,
    "travel_s": _is_number,
    "why": _one_of(REASONS),
    "wished": _is_number,
}
"""Names in payloads, and what may stand behind them."""


def word(value: object, words: Collection[str]) -> str | None:
    """The value where it is one of these words; None stays None."""
    if value is None:
        return None
    return value if isinstance(value, str) and value in words else OTHER


def _isoformat(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def redacted_event(event: Event) -> dict[str, Any]:
    """What happened, when and why; not what was said, written or named."""
    changes = event.payload.get("patch")
    return {
        "seq": event.seq,
        "ts": event.at.isoformat(),
        "type": word(event.type, _TYPES),
        "source": word(event.source, SOURCES),
        "action": word(event.action, ACTIONS),
        "reason": word(event.reason, REASONS),
        "sender": word(event.sender, SENDERS),
        "confidence": event.confidence,
        "count": event.count,
        "payload": {name: value for name, value in event.payload.items() if _fits(name, value)},
        "changed": [_place(change) for change in changes] if isinstance(changes, list) else [],
    }


def _fits(name: str, value: object) -> bool:
    return name in _PAYLOAD and _PAYLOAD[name](value)


def _place(change: object) -> str | None:
    """The part of the state document that a JSON Patch operation changes."""
    path = change.get("path") if isinstance(change, dict) else None
    return word(str(path).split("/")[1] if str(path).startswith("/") else path, PLACES)


def redacted_snapshot(snapshot: Snapshot) -> dict[str, Any]:
    """How many there are of what, and what is on."""
    state = snapshot.state
    people, talk, voice = state.part(People), state.part(Talk), state.part(Voice)
    windows = state.part(Windows)
    return {
        "rev": snapshot.rev,
        "seq": snapshot.seq,
        "microphone": state.microphone,
        "camera": state.camera,
        "pages": len(state.pages),
        "page": state.pages.index(state.page) if state.page in state.pages else None,
        "todos": len(state.todos),
        "todos_completed": sum(todo.completed for todo in state.todos),
        "gesture": word(state.gesture.name if state.gesture else None, GESTURES),
        "said_something": state.utterance is not None,
        "pending": word(state.pending.action, ACTIONS) if state.pending else None,
        "pin_set": state.access.pin_set,
        "unlocked_until": _isoformat(state.access.unlocked_until),
        "wrong_tries": state.access.wrong_tries,
        "blocked_until": _isoformat(state.access.blocked_until),
        "undoable": _length(snapshot.document, "undoable"),
        "people": len(people.ha_persons) if people else 0,
        "people_with_pin": state.access.own_pins,
        "wake_words": len(voice.words) if voice else 0,
        "wake_words_active": len(voice.listened_for) if voice else 0,
        "turn_open": voice is not None and voice.turn is not None,
        "replies_open": len(talk.replies) if talk else 0,
        "emotion": word(talk.emotion if talk else None, EMOTIONS),
        "windows": [redacted_window(window) for window in windows.windows.values()] if windows else [],
    }


def redacted_window(window: Window) -> dict[str, Any]:
    """Where it stands and why; not which it is."""
    drive = window.drive
    return {
        "kind": word(window.kind, ROOM_KINDS),
        "drive": word(drive.kind, MOVED_BY) if drive else None,
        "profile": word(drive.profile, PROFILES) if drive else None,
        "travel_s": window.travel_s,
        "auto": window.auto,
        "shadow": window.shadow,
        "locked": window.locked,
        "most": window.most,
        "most_at_night": window.most_at_night,
        "rest": window.rest,
        "target": window.target,
        "position": window.position,
        "moving": window.run is not None,
        "held_until": _isoformat(window.held_until),
        "fault": word(window.fault, WINDOW_FAULTS),
        "runs": len(window.runs),
    }


def _length(document: Document, name: str) -> int | None:
    value = document.get(name)
    return len(value) if isinstance(value, list) else None


def redacted_presence(presence: Presence) -> dict[str, Any]:
    """What runs, since when, and how well."""
    return {
        "version": presence.version if _VERSION.fullmatch(presence.version) else OTHER,
        "started_at": presence.started_at.isoformat(),
        "standby": presence.standby,
        "problem": word(presence.problem.code, _PROBLEMS) if presence.problem else None,
        "degraded": [word(problem.code, DEGRADED) for problem in presence.degraded],
        "subjects": {word(name, SUBJECTS): version for name, version in presence.subjects.items()},
        "devices": [
            {
                "id": word(device_id, DEVICE_KINDS),
                "kind": word(device.kind, DEVICE_KINDS),
                "capture": word(device.capture, CAPTURES),
                "filming": device.filming,
                "code": word(device.code, CAPTURE_ERRORS),
            }
            for device_id, device in presence.devices.items()
        ],
        "pace": vars(presence.pace) if presence.pace else None,
        "log_bytes": presence.log_bytes,
        "disk_free_mb": presence.disk_free_mb,
    }
