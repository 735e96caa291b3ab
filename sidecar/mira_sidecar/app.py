"""The composition root: makes the parts, and runs them together until told to stop."""

import asyncio
import contextlib
import signal
from collections.abc import Iterator
from typing import Any

import structlog
from redis.exceptions import RedisError

from mira_sidecar import __version__, memory
from mira_sidecar.answering import Answering
from mira_sidecar.bulletin import Bulletin, DeviceName
from mira_sidecar.config import Settings, node_name
from mira_sidecar.core.state import Document
from mira_sidecar.deciding import Decider
from mira_sidecar.flow import Flow
from mira_sidecar.heartbeat import Heartbeat
from mira_sidecar.protocol import Device, Keys, instant
from mira_sidecar.retention import Retention
from mira_sidecar.snapshots import Snapshots, load
from mira_sidecar.store.errors import DatabaseInUseError
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.succession import LOOK_S, Succession
from mira_sidecar.supervision import Supervised, beside
from mira_sidecar.teaching import Teacher
from mira_sidecar.transport.announcement import Announced, announce
from mira_sidecar.transport.connection import Address, address, connect
from mira_sidecar.transport.link import Link
from mira_sidecar.transport.live import LiveChannel
from mira_sidecar.transport.presence import PresenceKey
from mira_sidecar.transport.queries import Queries
from mira_sidecar.transport.sender import Sender
from mira_sidecar.workers.gesture.lending import Lending
from mira_sidecar.workers.gesture.worker import GestureSettings, GestureWorker
from mira_sidecar.workers.scripted import Line, ScriptedWorker, read_script

log = structlog.get_logger()

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
        bulletin = Bulletin(
            mirror=settings.mirror,
            name=settings.display_name,
            node=node_name(),
            started_at=instant(clock.now_ms()),
            standby=settings.standby,
            log=store.path,
            devices=_devices(settings, script),
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
            decider=Decider(store, clock, settings.rules),
            position=position,
            stopwatch=bulletin.stopwatch,
            due=lambda document: _due_at_start(document, settings),
            changed=changed,
        )

        heartbeat = Heartbeat(
            link, PresenceKey(redis, keys), flow, lambda: bulletin.presence(store.server_id), bulletin.changed
        )
        retention = Retention(store, settings.limits, clock.now_ms)
        answering = Answering(Queries(redis, keys), clock, store.path, lambda: flow.connected)
        works = {
            "heartbeat": heartbeat.run,
            "figures": bulletin.measure,
            "live": live.run,
            "teaching": teacher.run,
            "retention": retention.run,
            "queries": answering.run,
        }
        if settings.camera:
            works |= {"gesture": camera.run, "lending": Lending(settings.lending_path, camera.lend).run}
        if script:
            works["script"] = ScriptedWorker(script, sender.submit, loop=settings.script_loop).run
        if settings.announce and (place := address(settings.redis_url)):
            works["announcement"] = lambda: _announce(place, settings, store, bulletin)
        memory.give_back()
        async with beside([Supervised(name, work, bulletin.degraded) for name, work in works.items()]):
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


def _devices(settings: Settings, script: list[Line]) -> dict[DeviceName, Device]:
    """Those that this sidecar has. A script that speaks or makes gestures stands for a device that nobody observes."""
    played = {line.source for line in script}
    devices: dict[DeviceName, Device] = {}
    if settings.camera or "gesture" in played:
        devices["camera"] = Device("closed" if settings.camera else "unknown")
    if "voice" in played:
        devices["microphone"] = Device("unknown")
    return devices


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
