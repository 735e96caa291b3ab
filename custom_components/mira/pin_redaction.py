"""Keeps PINs out of what Home Assistant tells everybody about the call of an action.

It validates the data of a call, then fires the event `call_service` with the very dict that it has validated, and lets
a script's trace point to it; recorder and traces keep that for days. So validation takes the PINs out of it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

PIN_PATTERN: Final = "[0-9]{4,12}"
PIN_ACTIONS = frozenset({"unlock", "set_pin"})
PIN_FIELDS = frozenset({"pin", "current"})
STRUCK = "••••"


def is_pin(text: str) -> bool:
    """Whether a mirror takes it as a new PIN."""
    return re.fullmatch(PIN_PATTERN, text) is not None


@dataclass(frozen=True)
class Pin:
    """A PIN on its way: no log line that shows the call shows it."""

    value: object = field(repr=False)


def _sealed(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: Pin(value) if name in PIN_FIELDS else value for name, value in data.items()}


def _struck(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: STRUCK if name in PIN_FIELDS else value for name, value in data.items()}


def take_pins(data: dict[str, Any]) -> dict[str, Any]:
    """The data with their PINs sealed; in what was given they are struck out."""
    sealed = _sealed(data)
    data.update(_struck(data))
    return sealed


def take_pins_of_payload(data: dict[str, Any]) -> dict[str, Any]:
    """The same for a command's payload, where it is a command that carries a PIN."""
    payload = data.get("payload")
    if data.get("action") not in PIN_ACTIONS or not isinstance(payload, Mapping):
        return data
    sealed = {**data, "payload": _sealed(payload)}
    data["payload"] = _struck(payload)
    return sealed


def opened(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload as it is sent; a PIN that YAML or a template made a number of is text again."""
    return {name: _text(value.value) if isinstance(value, Pin) else value for name, value in payload.items()}


def pin_payload(given: Mapping[str, Any]) -> dict[str, Any]:
    """The payload of `set_pin`: without a new PIN it removes the one that there is."""
    return {"pin": None, **{name: str(value) for name, value in opened(given).items() if name in PIN_FIELDS and value}}


def _text(value: object) -> object:
    return str(value) if type(value) is int else value
