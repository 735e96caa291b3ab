"""What is wrong and can be put right: repair issues, which come and go by themselves."""

import asyncio
from functools import partial
from typing import Final

from homeassistant.core import callback
from homeassistant.helpers import issue_registry as ir

from .const import DEGRADED, DOMAIN
from .coordinator import MiraCoordinator
from .errors import CannotWrite, MiraError, NoMirror, WrongProtocol
from .migrate import async_drop_discoveries
from .models.presence import Presence, Problem

CANNOT_WRITE: Final = "cannot_write"
CLOCK: Final = "clock"
DISK_NEARLY_FULL: Final = "disk_nearly_full"
EVICTION: Final = "eviction"
NEW_DATABASE: Final = "new_database"
NO_PASSWORD: Final = "no_password"  # noqa: S105 - that there is none
NO_PERSISTENCE: Final = "no_persistence"
PROBLEM: Final = "problem"
STANDBY: Final = "standby"
WRONG_PROTOCOL: Final = "wrong_protocol"
ISSUES: Final = (
    *(CANNOT_WRITE, CLOCK, DISK_NEARLY_FULL, EVICTION, NEW_DATABASE, NO_PASSWORD, NO_PERSISTENCE, PROBLEM, STANDBY),
    WRONG_PROTOCOL,
)
FIXABLE: Final = frozenset({CLOCK, EVICTION, NEW_DATABASE, NO_PASSWORD, NO_PERSISTENCE})
"""Those that a repair flow looks at again, or puts right."""

PROBLEM_CODES: Final = ("database_read_only", "disk_full")
"""Problems of the sidecar for which we know a way out; for others there is the sidecar's own sentence."""
DEGRADED_PREFIX: Final = "degraded_"
"""Of the issues about what does not work while the sidecar decides; the code follows."""
WINDOW_FAULT_PREFIX: Final = "window_fault_"
"""Of the issues about windows that do not move as they should; the window follows."""
_DEGRADED_SHOWN = 20
"""The most reports that are looked at: whoever may write a presence may write many."""
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
        found = await coordinator.client.check_redis()
    except MiraError:
        return
    async_judge(coordinator, NO_PERSISTENCE, wrong=found.keeps_data is False)
    async_judge(coordinator, EVICTION, wrong=bool(found.eviction), policy=found.eviction or "")
    async_judge(coordinator, NO_PASSWORD, wrong=found.is_open is True)
    apart = coordinator.client.clock_apart()
    async_judge(coordinator, CLOCK, wrong=apart > CLOCK_TOLERANCE, seconds=f"{apart:.1f}")


async def _async_keep_looking(coordinator: MiraCoordinator) -> None:
    while True:
        await async_look_at_server(coordinator)
        await asyncio.sleep(_EVERY)


@callback
def _async_judge_view(coordinator: MiraCoordinator) -> None:
    """Judge what the sidecar says of itself. While it is away, nothing is known to have changed."""
    view = coordinator.data
    if isinstance(view.error, CannotWrite):
        async_judge(coordinator, CANNOT_WRITE, f"redis_{view.error.cause}", error=True)
    elif view.connected or isinstance(view.error, NoMirror):
        async_judge(coordinator, CANNOT_WRITE, wrong=False)
    if isinstance(view.error, WrongProtocol):
        theirs, ours = view.error.theirs, view.error.ours
        text = "update_integration" if theirs > ours else "update_sidecar"
        async_judge(coordinator, WRONG_PROTOCOL, text, error=True, theirs=str(theirs), ours=str(ours))
    elif view.connected and view.presence:
        _async_judge_presence(coordinator, view.presence)
        async_judge(coordinator, WRONG_PROTOCOL, wrong=False)


@callback
def _async_judge_presence(coordinator: MiraCoordinator, presence: Presence) -> None:
    problem, free = presence.problem, presence.disk_free_mb
    text = problem.code if problem and problem.code in PROBLEM_CODES else PROBLEM
    message = problem.message if problem else ""
    async_judge(coordinator, PROBLEM, text, wrong=problem is not None, error=True, message=message)
    async_judge(coordinator, DISK_NEARLY_FULL, wrong=free is not None and free < LEAST_FREE_MB, free=str(free))
    async_judge(coordinator, STANDBY, wrong=presence.standby)
    _async_judge_degraded(coordinator, presence.degraded)
    is_another = presence.server_id != coordinator.server_id
    async_judge(coordinator, NEW_DATABASE, wrong=is_another)
    if is_another:
        async_drop_discoveries(coordinator.hass, presence.server_id)


@callback
def _async_judge_degraded(coordinator: MiraCoordinator, problems: tuple[Problem, ...]) -> None:
    """Have an issue for each kind of what does not work, and none for what works again."""
    kinds: dict[str, str] = {}
    for problem in problems[:_DEGRADED_SHOWN]:
        kinds[problem.code] = f"{kinds.get(problem.code, '')} {problem.message}".strip()
    for key in async_degraded(coordinator):
        if key.removeprefix(DEGRADED_PREFIX) not in kinds:
            async_judge(coordinator, key, wrong=False)
    for code, message in kinds.items():
        text = code if code in DEGRADED else "degraded"
        async_judge(coordinator, f"{DEGRADED_PREFIX}{code}", text, message=message)


@callback
def async_degraded(coordinator: MiraCoordinator) -> list[str]:
    """The keys of the issues that there are about what does not work."""
    end = issue_id(coordinator, "")
    ids = [found for domain, found in ir.async_get(coordinator.hass).issues if domain == DOMAIN]
    return [one.removesuffix(end) for one in ids if one.startswith(DEGRADED_PREFIX) and one.endswith(end)]


@callback
def async_judge(
    coordinator: MiraCoordinator,
    key: str,
    text: str | None = None,
    *,
    wrong: bool = True,
    error: bool = False,
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
        data={"entry_id": coordinator.config_entry.entry_id, "key": key},
        is_fixable=key in FIXABLE or key.startswith(WINDOW_FAULT_PREFIX),
        severity=ir.IssueSeverity.ERROR if error else ir.IssueSeverity.WARNING,
        translation_key=text or key,
        translation_placeholders={"mirror": coordinator.name, **placeholders},
    )


@callback
def _async_clear(coordinator: MiraCoordinator) -> None:
    for key in (*ISSUES, *async_degraded(coordinator)):
        async_judge(coordinator, key, wrong=False)
