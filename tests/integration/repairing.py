"""Issues and their repairs, as somebody at Home Assistant's page sees them."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

type Repair = Callable[..., Awaitable[dict[str, Any]]]


def found(hass: HomeAssistant, entry: MockConfigEntry, key: str) -> ir.IssueEntry | None:
    """The mirror's issue of this kind."""
    return ir.async_get(hass).async_get_issue("mira", f"{key}_{entry.entry_id}")


async def becomes(hass: HomeAssistant, entry: MockConfigEntry, key: str, text: str | None) -> ir.IssueEntry | None:
    """Wait, at most ten seconds, until the issue has this text, or is gone."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        issue = found(hass, entry, key)
        if (issue.translation_key if issue else None) == text:
            return issue
        await asyncio.sleep(0.02)
    pytest.fail(f"{key} did not become {text}; it is {found(hass, entry, key)}")
