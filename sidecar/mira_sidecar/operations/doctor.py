"""`mira-sidecar doctor`: what could keep a mirror from working here, and what to do about it."""

import contextlib
import shutil
import tempfile
import time
from collections.abc import AsyncIterable, AsyncIterator
from pathlib import Path

from redis.exceptions import RedisError

from mira_sidecar.address import place_of
from mira_sidecar.config import Settings
from mira_sidecar.operations.findings import Finding, of_media, of_side
from mira_sidecar.operations.redis_settings import findings, saves
from mira_sidecar.protocol import Keys
from mira_sidecar.snapshots import latest
from mira_sidecar.store.errors import StoreError, refused
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.store.files import shared_files, side_of
from mira_sidecar.store.log_reader import LogReader
from mira_sidecar.store.share import check_share
from mira_sidecar.transport.connection import connect, explain
from mira_sidecar.transport.presence import PresenceKey
from mira_sidecar.unknown_subjects import sentence, unknown_in

_OLDEST_REDIS = (6, 2)
"""The first with XAUTOCLAIM."""
_LEAST_FREE_MB = 200


async def examine(settings: Settings, of_subjects: AsyncIterable[Finding]) -> int:
    """Print a line for each thing, and for those of the subjects; 0 where all are sound, else 1."""
    sound = True
    async for finding in _findings(settings, of_subjects):
        sound &= finding.sound
        finding.show()
    return 0 if sound else 1


async def _findings(settings: Settings, of_subjects: AsyncIterable[Finding]) -> AsyncIterator[Finding]:
    async for finding in _redis(settings):
        yield finding
    unfit = await _unfit(settings.database_path)
    yield Finding("database", False, unfit) if unfit else _database(settings)
    if unknown := _unknown(settings.database_path):
        yield Finding("subjects", False, sentence(unknown))
    if (side := side_of(settings.database_path)).exists():
        yield of_side(side)
        if media := of_media(side):
            yield media
    async for finding in of_subjects:
        yield finding


async def _redis(settings: Settings) -> AsyncIterator[Finding]:
    redis = connect(settings.redis_url)
    try:
        before = time.monotonic()
        facts = await redis.info()
        took_ms = (time.monotonic() - before) * 1000
        presence = await PresenceKey(redis, Keys(settings.mirror)).read()
        lasting = await saves(redis, facts)
    except (RedisError, OSError) as error:
        yield Finding("Redis", False, explain(error, settings.redis_url))
        return
    finally:
        await redis.aclose()
    version = tuple(int(part) for part in facts["redis_version"].split(".")[:2])
    text = f"{facts['redis_version']} at {place_of(settings.redis_url)} answers in {took_ms:.1f} ms"
    if version < _OLDEST_REDIS:
        yield Finding("Redis", False, f"{text}, and is too old: update it to {'.'.join(map(str, _OLDEST_REDIS))}.")
    else:
        yield Finding("Redis", True, text)
    for finding in findings(settings.redis_url, facts, saves=lasting):
        yield finding
    serving = f"a sidecar ({presence.node}) serves it" if presence else "no sidecar serves it now"
    yield Finding("mirror", True, f"`{settings.mirror}`: {serving}")
    if presence:
        for problem in [*([presence.problem] if presence.problem else []), *presence.degraded]:
            yield Finding("mirror", False, problem.message)


def _database(settings: Settings) -> Finding:
    path = settings.database_path
    free_mb = shutil.disk_usage(_folder(path)).free // 1_000_000
    try:
        if path.exists():
            path.open("ab").close()
    except OSError as error:
        return Finding("database", False, str(refused(error, path)))
    if free_mb < _LEAST_FREE_MB:
        return Finding("database", False, f"the disk of {path} has {free_mb} MB left. Make room.")
    if not path.exists():
        return Finding("database", True, f"{path} will be made at the first start ({free_mb:,} MB free)")
    try:
        with LogReader(path) as log:
            log.check()
            count = log.count()
    except StoreError as error:
        return Finding("database", False, str(error))
    if shared := shared_files(path):
        others = f"Other users may read {shared[0]}, which holds what was said and the hash of the PIN."
        return Finding("database", False, f"{others} Start the sidecar once, or run `chmod go= {shared[0]}`.")
    return Finding("database", True, f"{path} is sound: {count:,} events, {free_mb:,} MB free")


def _unknown(path: Path) -> list[str]:
    """The subjects with a slice of the state that this version does not know."""
    # What else is wrong with the log is said of the database.
    with contextlib.suppress(StoreError), LogReader(path) as log:
        return unknown_in(latest(log).document)
    return []


async def _unfit(path: Path) -> str | None:
    """Why no log can be kept at this place, as a new one beside it finds out."""
    folder = _folder(path)
    try:
        check_share(folder / path.name)
        with tempfile.TemporaryDirectory(dir=folder) as beside:
            try:
                await (await EventStore.open(Path(beside) / path.name)).close()
            except StoreError as error:
                return str(error).replace(beside, str(folder))
    except OSError as error:
        return str(refused(error, path))
    except StoreError as error:
        return str(error)
    return None


def _folder(path: Path) -> Path:
    """The folder of the database, or the one in which it will be made."""
    return next(parent for parent in path.parents if parent.exists())
