"""A start: the database and the key of its log, waited for where that helps."""

import asyncio
import contextlib

import structlog
from redis.exceptions import RedisError

from mira_sidecar.bulletin import Bulletin
from mira_sidecar.config import Settings
from mira_sidecar.log_key import LogKey, key_for_standby, make_key, read_key
from mira_sidecar.operations.opened import open_up_to_date
from mira_sidecar.protocol import Problem
from mira_sidecar.store.errors import DatabaseInUseError, StoreError, refused
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.store.log_reader import LogReader
from mira_sidecar.succession import LOOK_S
from mira_sidecar.transport.presence import PresenceKey

log = structlog.get_logger()

_DISK_S = 1.0
"""Between two looks at a disk that could not be written."""


async def open_log(
    settings: Settings, stop: asyncio.Event, bulletin: Bulletin, presence: PresenceKey
) -> tuple[EventStore, LogKey] | None:
    """The database and its key; None: told to stop meanwhile. Raises StoreError or LogKeyError.

    A standby waits for the one that has the database, everybody for a disk that cannot be written now.
    """
    said: str | None = None
    while not stop.is_set():
        try:
            return await _open(settings)
        except DatabaseInUseError:
            if not settings.standby:
                raise
            why, wait_s = "waiting for the sidecar that has the database", LOOK_S
        except StoreError as error:
            if not error.passes:
                raise
            why, wait_s = str(error), _DISK_S
            await _show(settings, Problem(error.code, why), bulletin, presence)
        if why != said:
            said = why
            log.warning("the mirror is not served yet", why=why, database=str(settings.database_path))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait_s)
    return None


async def _open(settings: Settings) -> tuple[EventStore, LogKey]:
    """The database and its key. The first sidecar of a log makes them. Raises StoreError or LogKeyError."""
    path = settings.log_key_path
    try:
        key = key_for_standby(path) if settings.standby else read_key(path)
        store = await open_up_to_date(settings.database_path)
        try:
            # Only now: who has the database is alone with it.
            return store, key or read_key(path) or make_key(path)
        except BaseException:
            await store.close(tidy=False)
            raise
    except OSError as error:
        raise refused(error, path) from error


async def _show(settings: Settings, problem: Problem, bulletin: Bulletin, presence: PresenceKey) -> None:
    """Show why the mirror is not served, where nobody else serves it, and the log at least says which one it is."""
    with contextlib.suppress(StoreError, RedisError, OSError), LogReader(settings.database_path) as known:
        bulletin.serves(connected=False, problem=problem)
        await presence.renew(bulletin.presence(known.server_id()), b"")
