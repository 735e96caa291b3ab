"""How a Redis server is set up, as far as we may see: whether it keeps what it has, and who gets in.

A user with few rights may read what happens (INFO), but not the settings (CONFIG, which also has the passwords).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

_UNSAVED = timedelta(hours=2)
"""Redis' own settings save at least once an hour where anything has changed."""


@dataclass(frozen=True)
class RedisChecks:
    """What was found; None where it cannot be seen."""

    keeps_data: bool | None
    """Whether its data outlast a restart."""
    eviction: str | None
    """The `maxmemory-policy` where Redis may throw away keys; empty where it throws none away."""
    is_open: bool | None
    """Whether other machines get in without a password."""


async def checked(redis: Redis, stranger: Redis, now: datetime) -> RedisChecks:
    """Look at the server, `stranger` being somebody who has no password. Raises what the Redis library raises."""
    return RedisChecks(await keeps_data(redis, now), await eviction(redis), await is_open(stranger))


async def keeps_data(redis: Redis, now: datetime) -> bool | None:
    """Whether its data outlast a restart. With few rights: not where changes have long not been saved."""
    try:
        found = await redis.info("persistence")
    except ResponseError:
        return None
    if found.get("aof_enabled"):
        return True
    try:
        return bool((await redis.config_get("save")).get("save"))
    except ResponseError:
        saved = datetime.fromtimestamp(found.get("rdb_last_save_time", 0), UTC)
        return False if found.get("rdb_changes_since_last_save") and now - saved > _UNSAVED else None


async def eviction(redis: Redis) -> str | None:
    """The policy by which it throws keys away when it is full; empty where it is never full, or throws none away."""
    try:
        found = await redis.info("memory")
    except ResponseError:
        return None
    policy = found.get("maxmemory_policy")
    return None if policy is None else policy if found.get("maxmemory") and policy != "noeviction" else ""


async def is_open(stranger: Redis) -> bool | None:
    """Whether other machines get in without a password: we do, from another one, or the settings say so."""
    try:
        served_at = str((await stranger.client_info())["laddr"])
    except RedisError:
        return False
    if not _is_loopback(served_at.rpartition(":")[0].strip("[]")):
        return True
    try:
        settings = await stranger.config_get("bind", "protected-mode")
    except ResponseError:
        return None
    # A minus is before an address that it listens on where the machine has it.
    addresses = [address.removeprefix("-") for address in (settings.get("bind") or "*").split()]
    return settings.get("protected-mode") == "no" and not all(map(_is_loopback, addresses))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False  # `*`, or `*::` for that of IPv6
