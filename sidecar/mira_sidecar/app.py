"""The composition root: makes the parts, and runs them together until told to stop."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

import msgspec
import structlog
from redis.exceptions import RedisError

from mira_sidecar import __version__, api, memory
from mira_sidecar.answering import Answering
from mira_sidecar.bulletin import Bulletin
from mira_sidecar.config import Settings, node_name
from mira_sidecar.core.registry import Registry
from mira_sidecar.deciding import Decider
from mira_sidecar.devices.devices import Devices
from mira_sidecar.devices.loopback import memory as memory_of_played
from mira_sidecar.devices.microphone.settings import OWN_MICROPHONE, Microphone
from mira_sidecar.devices.owner import Hardware
from mira_sidecar.devices.speaker.speaker import Speaker
from mira_sidecar.discovery import known, modules_of, registry_of
from mira_sidecar.flow import Flow
from mira_sidecar.heartbeat import Heartbeat
from mira_sidecar.keeping import older
from mira_sidecar.log_key import LogKey
from mira_sidecar.media_keeper import MediaKeeper
from mira_sidecar.opening import open_log
from mira_sidecar.parts import Now, Part, Parts, Shell, Work, looked_at, not_installed, parts_of
from mira_sidecar.protocol import Device, DeviceId, Event, Keys, Problem, instant
from mira_sidecar.queries.explain import EXPLAIN
from mira_sidecar.retention import Retention
from mira_sidecar.scripted import Line, ScriptedWorker, read_script
from mira_sidecar.side_keeper import SideKeeper
from mira_sidecar.snapshots import Snapshots, load
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.succession import Succession
from mira_sidecar.supervision import Supervised, beside
from mira_sidecar.transport.connection import Address, address, connect
from mira_sidecar.transport.ids import StreamIds
from mira_sidecar.transport.link import Link
from mira_sidecar.transport.presence import PresenceKey
from mira_sidecar.transport.private_words import HeldWords
from mira_sidecar.transport.queries import Queries
from mira_sidecar.transport.sender import Sender

if TYPE_CHECKING:
    from mira_sidecar.api.server import Api

log = structlog.get_logger()

_LEAVE_S = 1.0


async def run(settings: Settings) -> None:
    """Serve the mirror until SIGTERM or SIGINT.

    Raises StoreError, LogKeyError, ScriptError, ForeignLogError or MirrorTakenError where it cannot serve at all.
    """
    script = read_script(settings.script) if settings.script else []
    stop = _stop_signal()
    registry = registry_of(settings.all_subjects)
    kinds = parts_of(settings.all_subjects)
    unfit = {name: why for name, kind in kinds.items() if (why := not_installed(name, kind))}
    fit = {name: kind for name, kind in kinds.items() if name not in unfit}
    kinds_of_devices = looked_at(fit.values())
    hardware = {name: one for name, one in settings.all_devices.items() if one.kind in kinds_of_devices}
    async with contextlib.AsyncExitStack() as stack:
        redis = connect(settings.redis_url)
        stack.push_async_callback(redis.aclose)
        keys = Keys(settings.mirror)
        presence_key = PresenceKey(redis, keys)
        bulletin = _bulletin(settings, _seen_first(hardware, script), unfit)
        opened = await open_log(settings, stop, bulletin, presence_key)
        if opened is None:
            return
        store, key = opened
        # Of a log that cannot be served, every file stays as it is.
        stack.push_async_exit(lambda kind, *_: store.close(tidy=kind is None))

        ids = StreamIds(redis, bulletin.happened)
        link = Link.of(
            redis,
            settings.redis_url,
            keys,
            key=key,
            store_id=store.store_id,
            node=node_name(),
            standby=settings.standby,
            ids=ids,
        )
        sender = Sender(redis, keys, link.clock, node_name())
        loopback = _loopback(hardware, settings, stack)
        devices = Devices(hardware, lending=settings.lending_path, observe=bulletin.observe, report=bulletin.degraded)
        speaker = Speaker(settings.speaker, loopback) if settings.speaker else None
        side = SideKeeper(store, settings, bulletin.degraded)
        stack.push_async_exit(lambda kind, *_: side.close(tidy=kind is None))
        media = MediaKeeper(side, store, settings.media_limits, bulletin.degraded)
        words = HeldWords(redis, keys)
        shell = Shell(
            *(settings, store, side, media, redis, keys, link.clock, sender.submit, words, bulletin, devices, speaker)
        )
        running = {name: kind(shell) for name, kind in fit.items()}
        parts = Parts(registry, running, bulletin, standby=settings.standby)

        offered = _api(shell, registry, running)
        flow, joined = await _flow(shell, link, key, registry, parts, offered=offered)
        asked = {EXPLAIN.name: EXPLAIN, **parts.queries()}
        queries = Queries(redis, keys, ids)
        answering = Answering(asked, queries, link.clock, store.path, lambda: flow.connected, words=registry.words)
        works: dict[str, Work] = {
            "heartbeat": Heartbeat(link, presence_key, flow, bulletin, store).run,
            "retention": Retention(store, settings.limits, link.clock.now_ms, joined).run,
            "side": lambda: side.run(joined),
            "media": media.run,
            "queries": answering.run,
            "words": words.run,
            **devices.works(),
            **({"speaker": speaker.run} if speaker else {}),
            **parts.works(),
            **({"api": offered.run} if offered else {}),
            **_own_works(shell, script),
        }
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


def _stop_signal() -> asyncio.Event:
    """Set once the system tells us to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _flow(
    shell: Shell, link: Link, key: LogKey, registry: Registry, parts: Parts, *, offered: Api | None
) -> tuple[Flow, asyncio.Event]:
    """The path of commands, and what is set once the log may be changed. Raises StoreError."""
    settings, store, bulletin = shell.settings, shell.store, shell.bulletin
    snapshots = await Snapshots.of(store)
    succession = Succession(
        store=store,
        snapshots=snapshots,
        lease=link.lease,
        feed=link.feed,
        outbox=link.outbox,
        key=key,
        mirror=settings.mirror,
        standby=settings.standby,
        report=bulletin.happened,
        older=older(),
    )

    def changed() -> None:
        # First the devices: no fault of a part is to keep one open.
        shell.devices.changed(flow.position.document, deciding=flow.deciding)
        shell.words.listen(flow.connected)
        now = Now(flow.position.document, flow.connected, flow.deciding)
        parts.changed(now)
        bulletin.serves(flow.connected, flow.problem)
        if offered:
            offered.changed(now, flow.position, flow.problem)

    def decided(events: Sequence[Event], again: Sequence[Event]) -> None:
        parts.decided(events)
        if offered:
            offered.decided(events, again)
        shell.words.drop(event.command_id for event in events if event.type == "rejected")

    flow = Flow(
        store=store,
        snapshots=snapshots,
        succession=succession,
        link=link,
        decider=Decider(registry, store, link.clock, settings.rules),
        position=await load(store),
        stopwatch=bulletin.stopwatch,
        lacking=parts.lacking,
        due=parts.due_at_start,
        decided=decided,
        changed=changed,
    )
    if offered:
        offered.changed(Now(flow.position.document, flow.connected, flow.deciding), flow.position, flow.problem)
    return flow, succession.joined


def _api(shell: Shell, registry: Registry, parts: Mapping[str, Part]) -> Api | None:
    """The API, where it is switched on."""
    if shell.settings.api_port is None:
        return None
    if why := api.not_installed():
        log.error("the API is not there", why=why)
        shell.bulletin.degraded("api", Problem("extra_missing", why))
        return None
    # What only the API needs, others do not load: some 10 MB.
    from mira_sidecar.api.piecemeal import import_piecemeal  # noqa: PLC0415

    import_piecemeal("aiohttp")
    from mira_sidecar.api.server import Api  # noqa: PLC0415

    modules = modules_of(parts, "routes")
    offered = {kind: [*_of_parts(modules, parts, kind)] for kind in ("routes", "sockets")}
    return Api(shell, registry, **offered, presence=lambda: shell.bulletin.presence(shell.store.server_id))


def _of_parts(modules: Mapping[str, ModuleType], parts: Mapping[str, Part], kind: str) -> Iterator[Any]:
    """What subjects add to the API, of those that do."""
    for name, module in modules.items():
        if hasattr(module, kind):
            yield from getattr(module, kind)(parts[name])


def _bulletin(settings: Settings, devices: dict[DeviceId, Device], unfit: Mapping[str, str]) -> Bulletin:
    """What the sidecar says of itself first; `unfit`: the subjects that do nothing here, with the reasons."""
    bulletin = Bulletin(
        mirror=settings.mirror,
        name=settings.display_name,
        node=node_name(),
        started_at=instant(time.time_ns() // 1_000_000),
        standby=settings.standby,
        log=settings.database_path,
        devices=devices,
        subjects={name: known()[name].version for name in settings.all_subjects if name not in unfit},
    )
    for name, why in unfit.items():
        log.error("a subject does nothing", subject=name, why=why)
        bulletin.degraded(name, Problem("extra_missing", why))
    return bulletin


def _own_works(shell: Shell, script: list[Line]) -> dict[str, Work]:
    """What is run beside the decisions, and needs no more than a part does."""
    settings, bulletin = shell.settings, shell.bulletin
    works: dict[str, Work] = {"figures": bulletin.measure}
    if script:
        works["script"] = ScriptedWorker(script, shell.submit, loop=settings.script_loop).run
    if settings.announce and (place := address(settings.redis_url)):
        works["announcement"] = lambda: _announce(place, settings, shell.store, bulletin)
    return works


def _loopback(hardware: dict[DeviceId, Hardware], settings: Settings, stack: contextlib.AsyncExitStack) -> int | None:
    """Let the microphone hear what the speaker plays, where there are both; the handle of that."""
    microphone = hardware.get(OWN_MICROPHONE)
    if settings.speaker is None or not isinstance(microphone, Microphone):
        return None
    handle = memory_of_played()
    stack.callback(os.close, handle)
    hardware[OWN_MICROPHONE] = msgspec.structs.replace(microphone, loopback=handle)
    return handle


def _seen_first(hardware: Mapping[DeviceId, Hardware], script: list[Line]) -> dict[DeviceId, Device]:
    """The devices of this sidecar. A script that speaks or makes gestures stands for one that nobody observes."""
    played = {line.source for line in script}
    devices = {name: Device(one.kind, "closed") for name, one in hardware.items()}
    if "gesture" in played:
        devices.setdefault("camera", Device("camera", "unknown"))
    if "voice" in played:
        devices.setdefault("microphone", Device("microphone", "unknown"))
    return devices


async def _announce(place: Address, settings: Settings, store: EventStore, bulletin: Bulletin) -> None:
    """Tell the house where the mirror is, once it is there: a standby learns only then whose log it has."""
    # Multicast DNS takes 4 MB, which a mirror that is not announced need not have.
    from mira_sidecar.transport.announcement import Announced, announce  # noqa: PLC0415

    await bulletin.served.wait()
    await announce(Announced(store.server_id, settings.mirror, settings.display_name, __version__, place))
