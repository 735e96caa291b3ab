"""Fires on Home Assistant's bus, for its logbook, what no entity shows: refusals, questions, and some that was done."""

from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .const import ACTIONS, DOMAIN, GESTURES
from .coordinator import SIGNAL_CAUSE, MiraCoordinator
from .models.event import Event
from .options import CONF_LOGBOOK, EVERYTHING, NOTHING, options_of
from .window_devices import window_devices

EVENT_DECISION: Final = f"{DOMAIN}_decision"

NOISE = frozenset({"cooldown", "low_confidence", "rate_limited"})
"""Reasons of refusals that say nothing about anybody's wish: the same hand again, something half seen, a flood."""
UNSEEN = frozenset(
    {
        *("show_message", "undo", "set_pin", "forget_traces", "add_person", "change_person", "forget_person", "enrol"),
        *("forget_talk", "speak_up"),
    }
)
"""Actions that change no entity's state, or not to be told from another's doing."""
_WHY: Final = {"withdrawn": "reason", "shut": "why", "limited": "limited"}
"""Which field has the reason of what is no refusal."""
QUIET = timedelta(seconds=10)
"""The same thing again within this time is not told again, so that no loop fills the recorder."""


def _outcome(coordinator: MiraCoordinator, event: Event, *, everything: bool) -> tuple[str, str] | None:
    """What came of which action; None: nothing to tell."""
    if event.type == "rejected":
        # What the mirror's own planner may not do now, it asks again in a moment.
        is_noise = event.reason in NOISE or (event.action == "set_window" and event.source == "sensor")
        return ("refused", event.action) if everything or not is_noise else None
    if event.asks_back:
        return "asked", event.action
    if ended := _ended(event):
        return ended, str(event.payload.get("asked"))
    if event.action == "time_out":
        # The view is still that of before the event.
        snapshot = coordinator.data.snapshot
        pending = snapshot.state.pending if snapshot else None
        meant = pending and pending.command_id == event.payload.get("command_id")
        return ("unanswered", pending.action) if pending and meant else None
    return _done(event, everything=everything)


def _done(event: Event, *, everything: bool) -> tuple[str, str] | None:
    """What was done by which action, where no entity shows it, or why; None: nothing to tell."""
    if event.action == "undo":
        return "undone", str(event.payload.get("action"))
    if event.action == "shut_window":
        return "shut", event.action
    if event.action == "set_window" and "limited" in event.payload:
        return "limited", event.action
    return ("done", event.action) if everything or event.action in UNSEEN else None


def _ended(event: Event) -> str | None:
    """How a question was answered, or that it lost its ground; None: no question ended so."""
    withdrawn = event.action == "withdraw" and "asked" in event.payload
    answers = (outcome for outcome in ("confirmed", "cancelled") if outcome in event.payload)
    return next(answers, "withdrawn" if withdrawn else None)


@callback
def async_setup_bus_events(hass: HomeAssistant) -> None:
    """Fire from now on."""
    last_fired: dict[tuple[str | None, ...], datetime] = {}

    @callback
    def decided(coordinator: MiraCoordinator, event: Event) -> None:
        wanted = options_of(coordinator.config_entry)[CONF_LOGBOOK]
        found = _outcome(coordinator, event, everything=wanted == EVERYTHING)
        if wanted == NOTHING or not found:
            return
        outcome, action = found
        known = action if action in ACTIONS else None  # what others make up must not fill `last_fired`
        window = window_devices(coordinator).get(str(event.payload.get("window")))
        device_id = window.id if window else coordinator.device_id
        key = (device_id, outcome, known, event.source, event.reason)
        if key in last_fired and abs(event.at - last_fired[key]) < QUIET:
            return
        last_fired[key] = event.at
        gesture = event.payload.get("name") if action == "gesture" else None
        data = {
            "device_id": device_id,
            "outcome": outcome,
            "action": action,
            "gesture": gesture if gesture in GESTURES else None,
            "source": event.source,
            "reason": event.payload.get(_WHY[outcome]) if outcome in _WHY else event.reason,
            "position": event.payload.get("position") if outcome == "limited" else None,
            "command_id": event.command_id,
        }
        hass.bus.async_fire(EVENT_DECISION, data, context=coordinator.context_of(event))

    async_dispatcher_connect(hass, SIGNAL_CAUSE, decided)
