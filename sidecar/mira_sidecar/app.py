"""The composition root: makes the parts, and runs them together until told to stop."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from typing import Any

import structlog
from redis.exceptions import RedisError

from mira_sidecar import __version__, memory
from mira_sidecar.answering import Answering
from mira_sidecar.bulletin import Bulletin
from mira_sidecar.config import Settings, node_name
from mira_sidecar.core.state import Document
from mira_sidecar.flow import Flow
from mira_sidecar.protocol import Keys, instant
from mira_sidecar.retention import Retention
from mira_sidecar.snapshots import Snapshots, load
from mira_sidecar.store.errors import DatabaseInUseError
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.succession import LOOK_S, Succession
from mira_sidecar.teaching import Teacher
from mira_sidecar.transport.announcement import Announced, announce
from mira_sidecar.transport.connection import Address, address, connect
from mira_sidecar.transport.lease import RENEWAL_S, LeaseLostError
from mira_sidecar.transport.link import Link
from mira_sidecar.transport.live import LiveChannel
from mira_sidecar.transport.presence import PresenceKey
from mira_sidecar.transport.queries import Queries
from mira_sidecar.transport.sender import Sender
from mira_sidecar.workers.gesture.lending import Lending
from mira_sidecar.workers.gesture.worker import GestureSettings, GestureWorker
from mira_sidecar.workers.scripted import ScriptedWorker, read_script

log = structlog.get_logger()

_WORKER_RESTART_S = 5.0
_LEAVE_S = 1.0


async def run(settings: Settings) -> None:
    """Serve the mirror until SIGTERM or SIGINT.

    Raises StoreError, ScriptError, ForeignLogError or MirrorTakenError where it cannot serve at all.
    """
    script = read_script(settings.script) if settings.script else []
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        store = await _opened(settings, stop)
        if store is None:
            return
        # Of a log that cannot be served, every file stays as it is.
        stack.push_async_exit(lambda kind, *_: store.close(tidy=kind is None))
        redis = connect(settings.redis_url)
        stack.push_async_callback(redis.aclose)

        keys = Keys(settings.mirror)
        link = Link.of(redis, settings.redis_url, keys, store_id=store.store_id, node=node_name())
        clock = link.clock
        position = await load(store)
        snapshots = await Snapshots.of(store)
        succession = Succession(
            store=store,
            snapshots=snapshots,
            lease=link.lease,
            feed=link.feed,
            mirror=settings.mirror,
            standby=settings.standby,
        )

        sender = Sender(redis, keys, clock, node_name())
        live = LiveChannel(redis, keys, clock)
        teacher = Teacher(store, sender.submit, await store.samples(), mirrored=settings.camera_mirrored)
        presence_key = PresenceKey(redis, keys)
        bulletin = Bulletin(
            mirror=settings.mirror,
            name=settings.display_name,
            node=node_name(),
            started_at=instant(clock.now_ms()),
            standby=settings.standby,
            log=store.path,
        )
        camera = GestureWorker(
            GestureSettings(
                camera=settings.camera,
                token=settings.camera_token,
                models=settings.models_path,
            ),
            submit=sender.submit,
            keep=teacher.keep,
            show=live.show,
            observe=bulletin.camera,
        )

        def changed() -> None:
            # Open only while its switch can be heard: what could not be switched off is closed.
            document = flow.position.document
            camera.want(flow.deciding and document["camera"]["on"], teacher.recognition(document))
            bulletin.serves(flow.connected, flow.problem)

        flow = Flow(
            store=store,
            snapshots=snapshots,
            succession=succession,
            link=link,
            rules=settings.rules,
            position=position,
            stopwatch=bulletin.stopwatch,
            due=lambda document: _due_at_start(document, settings),
            changed=changed,
        )

        async def presence() -> None:
            await presence_key.renew(bulletin.presence(store.server_id))

        retention = Retention(store, settings.limits, clock.now_ms)
        answering = Answering(Queries(redis, keys), clock, store.path, lambda: flow.connected)
        workers = [
            _kept_alive("gesture", camera.run),
            _kept_alive("live", live.run),
            _kept_alive("teaching", teacher.run),
            _kept_alive("retention", retention.run),
            _kept_alive("queries", answering.run),
        ]
        if settings.camera:
            workers.append(_kept_alive("lending", Lending(settings.lending_path, camera.lend).run))
        if script:
            workers.append(
                _kept_alive("scripted", ScriptedWorker(script, sender.submit, loop=settings.script_loop).run)
            )
        if settings.announce and (place := address(settings.redis_url)):
            workers.append(_kept_alive("announcement", lambda: _announce(place, settings, store, bulletin)))
        memory.give_back()
        async with _background(*workers, _heartbeat(link, presence, flow, bulletin.changed)):
            try:
                await flow.run(stop)
            finally:
                # A Redis that hangs lets it expire; nobody who stops us should wait for it.
                with contextlib.suppress(RedisError, OSError):
                    async with asyncio.timeout(_LEAVE_S):
                        await link.lease.release()
    log.info("stopped", seq=flow.position.seq)


async def _opened(settings: Settings, stop: asyncio.Event) -> EventStore | None:
    """The database; a standby waits for the one that has it. None: told to stop meanwhile. Raises StoreError."""
    waiting = False
    while not stop.is_set():
        try:
            return await EventStore.open(settings.database_path)
        except DatabaseInUseError:
            if not settings.standby:
                raise
        if not waiting:
            waiting = True
            log.info("waiting for the sidecar that has the database", database=str(settings.database_path))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), LOOK_S)
    return None


async def _announce(place: Address, settings: Settings, store: EventStore, bulletin: Bulletin) -> None:
    """Tell the house where the mirror is, once it is there: a standby learns only then whose log it has."""
    await bulletin.served.wait()
    await announce(Announced(store.server_id, settings.mirror, settings.display_name, __version__, place))


def _due_at_start(document: Document, settings: Settings) -> Iterator[tuple[str, dict[str, Any]]]:
    """The actions that bring the state in line with the settings, and close what a restart closes."""
    if document["pages"] != settings.pages:
        yield "set_pages", {"pages": settings.pages}
    if changed := {name: value for name, value in settings.thresholds.items() if value != document["thresholds"][name]}:
        yield "set_thresholds", changed
    if document["access"]["unlocked_until"] is not None:
        yield "lock", {}


async def _heartbeat(link: Link, presence: Callable[[], Awaitable[None]], flow: Flow, changed: asyncio.Event) -> None:
    """Renew the lease and the presence, at once when that changes, while the flow has Redis."""
    while True:
        changed.clear()
        if flow.connected:
            # Where Redis or the lease is gone, the flow is the one to notice and to say so.
            with contextlib.suppress(RedisError, OSError, LeaseLostError):
                await link.lease.renew()
                await presence()
                await link.clock.sync()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(changed.wait(), RENEWAL_S)


async def _kept_alive(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run a worker; a fault in it must not end the arbiter."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("a worker failed and starts again", worker=name, in_s=_WORKER_RESTART_S)
            await asyncio.sleep(_WORKER_RESTART_S)
        else:
            return


@contextlib.asynccontextmanager
async def _background(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run coroutines beside the block; they are cancelled, and waited for, when it ends."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
