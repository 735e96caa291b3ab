"""What is wrong and can be put right: repair issues, which come and go by themselves."""

import asyncio
from functools import partial
from typing import Final

from homeassistant.core import callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .coordinator import MiraCoordinator
from .errors import MiraError, WrongProtocol

CLOCK: Final = "clock"
DISK_NEARLY_FULL: Final = "disk_nearly_full"
NO_PERSISTENCE: Final = "no_persistence"
PROBLEM: Final = "problem"
STANDBY: Final = "standby"
WRONG_PROTOCOL: Final = "wrong_protocol"
ISSUES: Final = (CLOCK, DISK_NEARLY_FULL, NO_PERSISTENCE, PROBLEM, STANDBY, WRONG_PROTOCOL)

PROBLEM_CODES: Final = ("database_read_only", "disk_full")
"""Problems of the sidecar for which we know a way out; for others there is the sidecar's own sentence."""
CLOCK_TOLERANCE: Final = 2.0
"""Seconds; a command lives for five."""
LEAST_FREE_MB: Final = 200
"""Of the log's disk: some weeks of a busy mirror, and what `mira-sidecar doctor` asks for."""
_EVERY = 300.0
"""Seconds between two looks at the server: its settings and its clock change seldom."""


def issue_id(coordinator: MiraCoordinator, key: str) -> str:
    """The id of a mirror's issue."""
    return f"{key}_{coordinator.config_entry.entry_id}"


@callback
def async_watch(coordinator: MiraCoordinator) -> None:
    """Raise and clear the mirror's issues until its entry is unloaded, and clear them then."""
    entry = coordinator.config_entry
    entry.async_on_unload(partial(_async_clear, coordinator))
    entry.async_on_unload(coordinator.async_add_listener(partial(_async_judge_view, coordinator)))
    entry.async_create_background_task(coordinator.hass, _async_keep_looking(coordinator), f"{DOMAIN} issues")
    _async_judge_view(coordinator)


async def async_look_at_server(coordinator: MiraCoordinator) -> None:
    """Judge the Redis server. One that cannot be asked is no news: its entities say so."""
    try:
        keeps = await coordinator.client.keeps_data()
    except MiraError:
        return
    _async_judge(coordinator, NO_PERSISTENCE, wrong=keeps is False, is_fixable=True)
    apart = coordinator.client.clock_apart()
    _async_judge(coordinator, CLOCK, wrong=apart > CLOCK_TOLERANCE, is_fixable=True, seconds=f"{apart:.1f}")


async def _async_keep_looking(coordinator: MiraCoordinator) -> None:
    while True:
        await async_look_at_server(coordinator)
        await asyncio.sleep(_EVERY)


@callback
def _async_judge_view(coordinator: MiraCoordinator) -> None:
    """Judge what the sidecar says of itself. While it is away, nothing is known to have changed."""
    view = coordinator.data
    if isinstance(view.error, WrongProtocol):
        theirs, ours = view.error.theirs, view.error.ours
        text = "update_integration" if theirs > ours else "update_sidecar"
        _async_judge(coordinator, WRONG_PROTOCOL, text, error=True, theirs=str(theirs), ours=str(ours))
    elif view.connected and view.presence:
        problem = view.presence.problem
        text = problem.code if problem and problem.code in PROBLEM_CODES else PROBLEM
        message = problem.message if problem else ""
        _async_judge(coordinator, PROBLEM, text, wrong=problem is not None, error=True, message=message)
        free = view.presence.disk_free_mb
        _async_judge(coordinator, DISK_NEARLY_FULL, wrong=free is not None and free < LEAST_FREE_MB, free=str(free))
        _async_judge(coordinator, STANDBY, wrong=view.presence.standby)
        _async_judge(coordinator, WRONG_PROTOCOL, wrong=False)


@callback
def _async_judge(
    coordinator: MiraCoordinator,
    key: str,
    text: str | None = None,
    *,
    wrong: bool = True,
    error: bool = False,
    is_fixable: bool = False,
    **placeholders: str,
) -> None:
    """Raise an issue where something is wrong, and clear it where not."""
    if not wrong:
        ir.async_delete_issue(coordinator.hass, DOMAIN, issue_id(coordinator, key))
        return
    ir.async_create_issue(
        coordinator.hass,
        DOMAIN,
        issue_id(coordinator, key),
        data={"entry_id": coordinator.config_entry.entry_id},
        is_fixable=is_fixable,
        severity=ir.IssueSeverity.ERROR if error else ir.IssueSeverity.WARNING,
        translation_key=text or key,
        translation_placeholders={"mirror": coordinator.config_entry.title, **placeholders},
    )


@callback
def _async_clear(coordinator: MiraCoordinator) -> None:
    for key in ISSUES:
        _async_judge(coordinator, key, wrong=False)
