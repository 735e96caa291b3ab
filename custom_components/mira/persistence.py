"""Whether a Redis server writes its data to disk, as far as we may see."""

from datetime import UTC, datetime, timedelta

from redis.asyncio import Redis
from redis.exceptions import ResponseError

_UNSAVED = timedelta(hours=2)
"""Redis' own settings save at least once an hour where anything has changed."""


async def keeps_data(redis: Redis, now: datetime) -> bool | None:
    """Whether its data outlast a restart; None where it does not tell.

    A user with few rights may read what happens (INFO), but not the settings (CONFIG, which also has the passwords).
    For such a one it is a Redis that has not saved for long, although there were changes.
    """
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
