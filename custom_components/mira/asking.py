"""A question at the glass, and how it was answered."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .coordinator import SIGNAL_EVENTS, MiraCoordinator, raise_if_refused
from .models import Event

_GRACE = 3.0
"""Seconds after the end of its time in which the mirror puts a question away."""


async def async_ask(
    hass: HomeAssistant, coordinator: MiraCoordinator, text: str, seconds: float, context: Context
) -> Mapping[str, Any]:
    """Ask, and wait for the answer: `yes`, `no`, or None where there was none in time.

    Raises a translated error where the mirror refuses to ask, or is away.
    """
    answers = asyncio.Queue[Event]()

    @callback
    def happened(of: MiraCoordinator, events: Sequence[Event]) -> None:
        for event in events:
            if of is coordinator and event.type == "accepted":
                answers.put_nowait(event)

    # Before it is asked: somebody may be quick. Replayed events, too: an answer given in an outage is one.
    unsubscribe = async_dispatcher_connect(hass, SIGNAL_EVENTS, happened)
    try:
        payload = {"text": text, "duration_ms": round(seconds * 1000)}
        asked = await coordinator.async_send("ask", payload, context=context)
        raise_if_refused(asked)
        given: dict[str, Any] = {"answer": None, "source": None, "command_id": asked.command_id}
        try:
            async with asyncio.timeout(seconds + _GRACE):
                while True:
                    event = await answers.get()
                    if event.payload.get("confirmed") == asked.command_id:
                        return {**given, "answer": "yes", "source": event.source}
                    if event.payload.get("cancelled") == asked.command_id:
                        return {**given, "answer": "no", "source": event.source}
                    if event.action == "time_out" and event.payload.get("command_id") == asked.command_id:
                        return given
        except TimeoutError:
            # The mirror went away meanwhile: whatever was said, nobody waits for it any more.
            return given
    finally:
        unsubscribe()
