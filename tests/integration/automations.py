"""Triggers and conditions as a test attaches and asks them, and what triggers were started with."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import condition
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import (
    NotTriggeredInfo,
    async_initialize_triggers,
    async_validate_trigger_config,
)

GESTURE = "event.hall_mirror_gesture"


def event(seq: int = 2, *, seconds: float = 0, **changes: Any) -> str:
    """An accepted gesture as the mirror tells it, unless told otherwise; `seconds` into a minute."""
    moment = datetime(2026, 11, 20, 12, 0, int(seconds), int(seconds % 1 * 1e6), UTC)
    document = {
        "seq": seq,
        "ts": moment.isoformat(),
        "command_id": f"command-{seq}",
        "type": "accepted",
        "source": "gesture",
        "action": "gesture",
    }
    return json.dumps({**document, **changes})


class Fired:
    """What a trigger was started with, and why it was not."""

    def __init__(self) -> None:
        self.variables: list[dict[str, Any]] = []
        self.contexts: list[Context | None] = []
        self.reasons: list[str] = []
        self.detach: Callable[[], None] | None = None

    @callback
    def action(self, run_variables: dict[str, Any], context: Context | None = None) -> None:
        self.variables.append(run_variables["trigger"])
        self.contexts.append(context)

    @callback
    def did_not(self, run_variables: dict[str, Any], info: NotTriggeredInfo, context: Context | None = None) -> None:
        self.reasons.append(info.reason)


async def attach(
    hass: HomeAssistant, trigger: str, options: dict[str, Any] | None = None, *, asks_why: bool = True, **target: Any
) -> Fired:
    """Attach `mira.<trigger>`, for the gesture's entity unless another target is named."""
    config = {
        "trigger": f"mira.{trigger}",
        "target": target or {"entity_id": GESTURE},
        **({} if options is None else {"options": options}),
    }
    valid = await async_validate_trigger_config(hass, cv.TRIGGER_SCHEMA([config]))
    fired = Fired()
    reporter = fired.did_not if asks_why else None
    fired.detach = await async_initialize_triggers(
        hass, valid, fired.action, "test", "test", lambda *_: None, did_not_trigger=reporter
    )
    return fired


async def check(hass: HomeAssistant, name: str, options: dict[str, Any] | None = None, **target: Any) -> bool | None:
    """Whether `mira.<name>` holds now."""
    config = {"condition": f"mira.{name}", "target": target, **({} if options is None else {"options": options})}
    checker = await condition.async_from_config(hass, await condition.async_validate_condition_config(hass, config))
    try:
        return checker.async_check()
    finally:
        checker.async_unload()
