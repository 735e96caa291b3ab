"""What in the settings of a Redis server could cost a mirror its data, or let in who should not be."""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from mira_sidecar.operations.findings import Finding
from mira_sidecar.transport.connection import address, has_password


async def saves(redis: Redis, facts: dict[str, Any]) -> bool | None:
    """Whether its data outlast a restart; None where this user may not know."""
    if facts.get("aof_enabled"):
        return True
    try:
        return bool((await redis.config_get("save")).get("save"))
    except ResponseError:
        return None


def findings(url: str, facts: dict[str, Any], *, saves: bool | None) -> Iterator[Finding]:
    """What is to be changed; nothing where all is well. `facts` are those of INFO."""
    policy = facts.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        yield Finding(
            "Redis",
            False,
            f"removes keys when its memory is full (maxmemory-policy {policy}), and among them the mirror's. "
            "Set `maxmemory-policy noeviction`.",
        )
    if (limit := facts.get("maxmemory")) and facts.get("used_memory", 0) > 0.9 * limit:
        used, most = facts["used_memory"] // 1_000_000, limit // 1_000_000
        yield Finding("Redis", False, f"is nearly out of memory: {used} of {most} MB. Raise `maxmemory`.")
    if saves is False:
        yield Finding(
            "Redis", False, "persistence is off: a restart loses commands on their way. Set `appendonly yes`."
        )
    if not has_password(url) and not _is_here(url):
        yield Finding(
            "Redis",
            False,
            "takes commands from anybody in the network, without a password. Set `requirepass`, or users "
            "(docs/security.md).",
        )


def _is_here(url: str) -> bool:
    """Whether the address is one that only this machine reaches, as far as it tells."""
    place = address(url)
    if place is None or place.host == "localhost":
        return True
    try:
        return ip_address(place.host).is_loopback
    except ValueError:
        return False
