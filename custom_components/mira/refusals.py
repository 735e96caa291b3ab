"""Which text says why the mirror refuses: the code of a reason and its values make the sentence."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from .const import REASONS

QUERY_REASONS: Final = (
    *("unknown_query", "unknown_command", "unknown_media"),
    *("storage_failed", "disk_full", "database_read_only", "fault"),
)
"""Why a query is refused; one that is not valid has a fault."""
PLACEHOLDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "source_not_allowed": ("sender", "source"),
    "expired": ("age_s", "limit_s"),
    "low_confidence": ("percent", "needed"),
    "pin_blocked": ("seconds",),
    "too_many_todos": ("limit",),
    "too_many_gestures": ("limit",),
    "too_many_people": ("limit",),
    "too_many_words": ("limit",),
    "spoken_up_enough": ("limit", "minutes"),
    "unknown_page": ("pages",),
    "unknown_query": ("kinds",),
    "too_many_windows": ("limit",),
    "too_many_sensors": ("limit",),
    "motor_rest": ("minutes",),
    "too_many_runs": ("count", "limit"),
    "window_fault": ("fault",),
    "window_held": ("minutes",),
    "window_limit": ("limit",),
    "rain": ("limit",),
    "nobody_home": ("limit",),
    "frost": ("temperature", "limit"),
    "quiet_time": ("limit",),
    "stale_readings": ("age_s", "limit_s"),
}
"""What the sentence of a reason says besides it."""
FAULTS: Final[Mapping[str, tuple[str, ...]]] = {
    "missing": ("field",),
    "empty": ("field",),
    "not_text": ("field",),
    "not_a_number": ("field",),
    "not_a_whole_number": ("field",),
    "not_true_or_false": ("field",),
    "not_a_list": ("field",),
    "not_an_object": ("field",),
    "not_one_of": ("field", "choices"),
    "too_short": ("field", "limit"),
    "too_long": ("field", "limit"),
    "too_few": ("field", "limit"),
    "too_many": ("field", "limit"),
    "too_small": ("field", "limit"),
    "too_large": ("field", "limit"),
    "bad_format": ("field",),
    "bad_due": ("field",),
    "bad_picture": ("field",),
    "bad_pin": ("field",),
    "repeated": ("field",),
    "gesture_exists": ("field",),
    "words_beside": ("field",),
    "not_theirs": ("field",),
    "too_deep": ("limit",),
    "too_big": ("limit",),
    "unreadable": (),
}
"""What can be wrong with a command or a query, and what the sentence says of it."""
WITH_FAULTS: Final = ("bad_command", "bad_payload", "bad_query")
WORDED: Final = {*REASONS, *QUERY_REASONS} - {*WITH_FAULTS}


class Refusal(Protocol):
    """Whatever has a reason: an event, a decision, the reply to a query."""

    @property
    def reason(self) -> str | None: ...  # noqa: D102

    @property
    def values(self) -> Mapping[str, Any]: ...  # noqa: D102


def wording(refusal: Refusal) -> tuple[str, dict[str, str]]:
    """The key of a refusal's text among the exceptions, and its placeholders.

    Of a reason that another version of the sidecar has, no more than its code is said.
    """
    reason, values = refusal.reason or "", refusal.values
    key, said = f"refused_{reason}", PLACEHOLDERS.get(reason, ()) if reason in WORDED else None
    if reason in WITH_FAULTS:
        fault = str(values.get("fault"))
        key, said = f"invalid_{fault}", FAULTS.get(fault)
    if said is None or any(name not in values for name in said):
        return "rejected", {"reason": reason}
    return key, {name: _text(values[name]) for name in said}


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
