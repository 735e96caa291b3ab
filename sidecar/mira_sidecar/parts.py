"""What the sidecar runs for a subject: its tasks, and what it looks at.

A subject has a part where its folder has a `part.py`, with the class as `PART`. Nothing else lists them.
What it adds to the command line stands in a `command_line.py`: a sidecar that serves need not load the parts of others.
"""

import argparse
import importlib.util
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Protocol

import msgspec
import structlog
from redis.asyncio import Redis

from mira_sidecar import discovery
from mira_sidecar.address import place_of
from mira_sidecar.bulletin import Bulletin
from mira_sidecar.config import Settings
from mira_sidecar.core.registry import Registry
from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Deed
from mira_sidecar.devices import alsa
from mira_sidecar.devices.devices import MODULES, Devices
from mira_sidecar.devices.microphone.messages import LEVEL, SILENT_DB, Loudness
from mira_sidecar.devices.microphone.settings import OWN_MICROPHONE
from mira_sidecar.devices.owner import said_first, tried
from mira_sidecar.devices.speaker import speaker
from mira_sidecar.devices.speaker.speaker import Speaker
from mira_sidecar.operations.findings import Finding
from mira_sidecar.protocol import Device, DeviceKind, Event, Keys, Problem
from mira_sidecar.queries.kind import Asking, Kind
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.store.media import MediaStore
from mira_sidecar.store.side import SideStore
from mira_sidecar.supervision import failing
from mira_sidecar.transport.connection import RedisClock
from mira_sidecar.transport.private_words import HeldWords
from mira_sidecar.unknown_subjects import sentence, unknown_in

log = structlog.get_logger()

type Work = Callable[[], Awaitable[None]]
"""A task beside the decisions. It ends only where it has nothing more to do."""
type Submit = Callable[..., Awaitable[None]]
"""`await submit(source, action, payload, confidence=…, age_ms=…, command_id=…, words=…)`: sends a command that was
captured so long ago; what is not to be in the log are its `words`."""


class Side(Protocol):
    """The side store, which is opened beside the decisions: its disk may hang, and its file may be damaged."""

    async def opened(self) -> SideStore:
        """Wait for it, for ever where it cannot be opened."""

    def now(self) -> SideStore:
        """It, for what cannot wait. Raises StoreError where it is not open."""


class Media(Protocol):
    """The files of subjects, which have their rows in the side store."""

    async def opened(self) -> MediaStore:
        """Wait for them, for ever where their disk is not there."""


@dataclass(frozen=True, slots=True)
class Shell:
    """What a part may use of the sidecar."""

    settings: Settings
    store: EventStore
    side: Side
    media: Media
    redis: Redis
    keys: Keys
    clock: RedisClock
    submit: Submit
    words: HeldWords
    """The words of commands that were accepted just now."""
    bulletin: Bulletin
    devices: Devices
    speaker: Speaker | None
    """None: nothing can be played."""


class Now(NamedTuple):
    """The mirror after a decision, or where the way to it has changed."""

    document: Document
    connected: bool
    """Whether the document is that of a mirror which others see."""
    deciding: bool
    """Whether a command that is sent now is decided now."""


class Commands(Protocol):
    """Where a subject adds to the command line."""

    def add(
        self,
        name: str,
        work: Callable[[Settings, argparse.Namespace], int],
        text: str,
        settings: Collection[str] = ...,
        *,
        for_all: bool = ...,
    ) -> argparse.ArgumentParser:
        """A command: `work` gets the settings, of which it needs these, and the arguments; 0 where it did its work.

        `for_all`: what it makes is not for this user alone.
        """

    def group(self, name: str, text: str) -> Commands:
        """A command that has commands of its own."""


class Part:
    """What is run for a subject; each method may be left as it is."""

    queries: ClassVar[tuple[Kind[Any], ...]] = ()
    """What may be asked about the log."""
    modules: ClassVar[tuple[str, ...]] = ()
    """What it cannot run without, which the extra of its subject's name installs."""
    looks_at: ClassVar[tuple[DeviceKind, ...]] = ()
    """The kinds of devices in which it looks."""
    may_look_at: ClassVar[tuple[DeviceKind, ...]] = ()
    """Those in which it looks as well, where what that needs is installed."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell

    @classmethod
    async def checks(cls, settings: Settings) -> AsyncIterator[Finding]:
        """What could keep it from working here, for `mira-sidecar doctor`."""
        findings: tuple[Finding, ...] = ()
        for finding in findings:
            yield finding

    def due_at_start(self, document: Document) -> Iterable[Deed]:
        """What brings the state in line with the settings, or closes what a restart closes."""
        return ()

    def changed(self, now: Now) -> None:
        """The mirror has changed. Returns at once."""

    def decided(self, events: Sequence[Event]) -> None:
        """These are stored and published: here it fetches the `words` of a command, in a task. Returns at once."""

    def questions(self) -> tuple[Asking[Any], ...]:
        """What may be asked of it while it runs: what is not in the log."""
        return ()

    def works(self) -> Mapping[str, Work]:
        """Its tasks, by name."""
        return {}


def _missing(part: type[Part]) -> list[str]:
    return missing({*part.modules, *(module for kind in part.looks_at for module in MODULES[kind])})


def missing(modules: Iterable[str]) -> list[str]:
    """Those of these modules that are not installed."""
    return [module for module in sorted(modules) if importlib.util.find_spec(module) is None]


def not_installed(name: str, part: type[Part]) -> str | None:
    """What has to be installed for the part of this subject, as a sentence; None where all is there."""
    lacking = _missing(part)
    if not lacking:
        return None
    return (
        f"The subject `{name}` is switched on, and what it needs is not installed ({', '.join(lacking)}). "
        f"Install `mira-sidecar[{name}]`, or leave it out of `subjects`."
    )


def looked_at(parts: Iterable[type[Part]]) -> set[DeviceKind]:
    """The kinds of devices in which these parts look, as far as that is possible here."""
    parts = list(parts)
    needed = {kind for part in parts for kind in part.looks_at}
    return needed | {kind for part in parts for kind in part.may_look_at if not missing(MODULES[kind])}


def parts_of(names: Iterable[str]) -> dict[str, type[Part]]:
    """The parts of these subjects, of those that have one."""
    return {name: module.PART for name, module in discovery.modules_of(names, "part").items()}


def overview(settings: Settings) -> Iterator[str]:
    """The subjects that there are, a few lines each: whether they are on here, and how to switch on the others."""
    parts = parts_of(discovery.known())
    for name, module in discovery.modules_of(discovery.known(), "subject").items():
        is_on, part = name in settings.all_subjects, parts.get(name, Part)
        yield f"{name:<10} {'always on' if module.SUBJECT.below else 'on' if is_on else 'off'}"
        yield f"  {(module.__doc__ or module.__name__).splitlines()[0]}"
        if is_on:
            yield from (f"  {why}" for why in (not_installed(name, part),) if why)
            continue
        install = f"install `mira-sidecar[{name}]`, and " if _missing(part) else ""
        on = ",".join([*settings.subjects, name])
        yield f"  To switch it on, {install}start the sidecar with `--subjects {on}` (or `MIRA_SUBJECTS={on}`)."


async def checks(settings: Settings) -> AsyncIterator[Finding]:
    """What could keep the subjects of these settings, and the devices that they look at, from working here."""
    fit: list[type[Part]] = []
    for name, part in parts_of(settings.all_subjects).items():
        if why := not_installed(name, part):
            yield Finding(name, False, why)
            continue
        fit.append(part)
        async for finding in part.checks(settings):
            yield finding
    devices = looked_at(fit)
    if "camera" in devices:
        if not settings.camera:
            yield Finding("camera", True, "none is configured; set `camera` for gestures")
        for name, camera in settings.all_cameras.items():
            device = await tried(camera)
            sound = device.capture == "open"
            text = f"{place_of(camera.address)} gives pictures" if sound else device.error or "gives no pictures"
            yield Finding(name, sound, text)
    if "microphone" in devices:
        yield await _of_microphone(settings)
    if settings.speaker:
        failed = await speaker.tried(settings.speaker)
        yield Finding("speaker", not failed, failed.message if failed else f"`{settings.speaker}` can be opened")


async def _of_microphone(settings: Settings) -> Finding:
    own = settings.all_devices.get(OWN_MICROPHONE)
    if own is None:
        return Finding(OWN_MICROPHONE, True, f"none is configured, so nothing is heard: {alsa.names('capture')}")
    said = await said_first(own, LEVEL)
    if isinstance(said, Device):
        return Finding(OWN_MICROPHONE, False, said.error or "gives no sound")
    decibels = msgspec.json.decode(said, type=Loudness).decibels
    if decibels <= SILENT_DB:
        text = f"`{settings.microphone}` gives silence. Is it muted? (`alsamixer` shows that, with F4.)"
        return Finding(OWN_MICROPHONE, False, text)
    return Finding(OWN_MICROPHONE, True, f"`{settings.microphone}` hears {decibels:.0f} dBFS")


class Parts:
    """The parts of a mirror that run together, by subject."""

    def __init__(self, registry: Registry, parts: Mapping[str, Part], bulletin: Bulletin, *, standby: bool) -> None:
        self._registry = registry
        self._parts = parts
        self._bulletin = bulletin
        self._standby = standby
        self._unknown: list[str] = []

    def lacking(self, document: Document) -> Iterator[Deed]:
        """What gives the subjects their slices of the state, and takes those of others away.

        A standby takes nothing away, and nobody what a newer version has left.
        """
        wanted = [one.name for one in self._registry.subjects if one.part is not None]
        others = discovery.known().keys() - {one.name for one in self._registry.subjects}
        left = [name for name in document["parts"] if self._standby or name not in others]
        on = list(dict.fromkeys([*wanted, *left]))
        if set(on) != set(document["parts"]):
            yield "set_parts", {"on": on}

    def due_at_start(self, document: Document) -> Iterator[Deed]:
        """What brings the state in line with the settings, and closes what a restart closes."""
        for part in self._parts.values():
            yield from part.due_at_start(document)

    def changed(self, now: Now) -> None:
        """Tell all of them that the mirror has changed."""
        self._look_for_unknown(now.document)
        self._tell(lambda part: part.changed(now))

    def decided(self, events: Sequence[Event]) -> None:
        """Tell all of them what was decided."""
        self._tell(lambda part: part.decided(events))

    def _tell(self, tell: Callable[[Part], None]) -> None:
        """The fault of one is not that of the mirror."""
        for name, part in self._parts.items():
            try:
                tell(part)
            except Exception as error:
                log.exception("a fault of Mira: please report it", subject=name)
                self._bulletin.degraded(name, failing(name, type(error).__name__))

    def _look_for_unknown(self, document: Document) -> None:
        """Say what subjects another version has left in the state, also where that comes from Redis later."""
        if (unknown := unknown_in(document)) == self._unknown:
            return
        self._unknown = unknown
        problem = Problem("unknown_subject", sentence(unknown)) if unknown else None
        if problem:
            log.warning("subjects that this version does not know", subjects=unknown, why=problem.message)
        self._bulletin.degraded("unknown_subjects", problem)

    def works(self) -> dict[str, Work]:
        """All tasks, each by its subject's name and its own."""
        return {f"{name}.{work}": run for name, part in self._parts.items() for work, run in part.works().items()}

    def queries(self) -> dict[str, Kind[Any] | Asking[Any]]:
        """All that may be asked, by name."""
        parts = self._parts.values()
        about_the_log = {kind.name: kind for part in parts for kind in part.queries}
        return {**about_the_log, **{asking.name: asking for part in parts for asking in part.questions()}}
