"""`mira-sidecar erase`: takes what one person, one device or one period left out of a log, which stays whole.

That something was decided, when, of which kind and how, stays. What was said, written or shown goes, with its sender.
All patches go too, for anyone's may hold what another wrote (a todo that was put back): the log begins anew, with the
state of now, which remembers nothing that could be taken back.
"""

import contextlib
import time
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from mira_sidecar.core.explanation import named
from mira_sidecar.core.state import Document
from mira_sidecar.discovery import all_subjects
from mira_sidecar.keeping import all_kept
from mira_sidecar.operations.enacting import enact
from mira_sidecar.operations.opened import opened
from mira_sidecar.operations.progress import Progress
from mira_sidecar.printing import say
from mira_sidecar.protocol import Event, Instant, instant
from mira_sidecar.side_keeper import open_side
from mira_sidecar.snapshots import load, picture
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.store.side import SideStore

ERASED = {"erased": True}
"""The payload of an event whose own was taken out."""


@dataclass(frozen=True, slots=True)
class Whose:
    """What is to be erased: all that is given has to fit."""

    since: Instant | None = None
    until: Instant | None = None
    """This moment itself is not meant."""
    user: str | None = None
    device: str | None = None
    person: str | None = None

    @property
    def owner(self) -> str | None:
        """Who is meant altogether, and not in part: with their key goes all that is theirs."""
        given = [value for value in (self.since, self.until, self.user, self.device, self.person) if value is not None]
        return (self.person or self.user) if len(given) == 1 else None

    def fits(self, event: Event) -> bool:
        """Whether the answer belongs to it; for the time, what counts is when the command was captured or decided."""
        moments = [moment for moment in (event.ts, event.captured_at) if moment is not None]
        origin = event.origin
        return (
            (self.user is None or (origin is not None and origin.user_id == self.user))
            and (self.device is None or (origin is not None and origin.device == self.device))
            and (self.person is None or (origin is not None and origin.person == self.person))
            and any((self.since or "") <= moment < (self.until or "~") for moment in moments)
        )


@dataclass(slots=True)
class _Found:
    """The commands that are meant."""

    commands: set[str] = field(default_factory=set)
    lasting: list[str] = field(default_factory=list)
    """What they wrote that is still in the state."""
    patches: int = 0
    """Changes, whoever made them, that still can be read."""


async def erase(database: Path, whose: Whose, *, really: bool) -> None:
    """Say what would be erased, or erase it. Raises StoreError or OperationError."""
    async with opened(database) as store, contextlib.aclosing(await open_side(store)) as side:
        say(*side.said)
        with Progress("looking") as progress:
            found = await _find(store, whose, (await load(store)).document, progress)
        if found.commands and really:
            with Progress("erasing") as progress:
                await _erase(store, side, found, progress)
        owner = whose.owner
        rows = await side.owned_by(owner) if owner else 0
        if really:
            if owner:
                await side.erase(owner)
            # Also where nothing fits any more: another program may have kept the last attempt from it.
            await store.shrink()
    count = len(found.commands)
    if rows:
        say(f"{rows:,} rows of this person in the side store {'are erased' if really else 'would be erased'}.")
    if not count and not rows:
        say("Nothing fits; nothing was changed.")
    elif count and really:
        say(f"{count:,} commands are erased. The log is whole, and begins with the state of now.")
        say("Redis gets it at the next start. Older backups and exports are yours to delete; a standby with a disk")
        say("of its own needs a new backup restored there. Home Assistant keeps its own history.")
    elif count:
        say(f"{count:,} commands fit. Their payloads, messages and senders would be erased, and with them what every")
        say(f"command up to now changed step by step ({found.patches:,} patches), and what could be taken back.")
        say("Todos and switches stay as they are.")
    if (count or rows) and not really:
        say("To do it: the same again with --yes.")
    if found.lasting:
        left = ", ".join(f"“{text}”" for text in dict.fromkeys(found.lasting))
        say(f"Still on the list, and therefore still in the state: {left}.")
        say("Remove them on the mirror first where they are to go, too.")


async def _find(store: EventStore, whose: Whose, document: Document, progress: Progress) -> _Found:
    found, registry = _Found(), all_subjects()
    bringing = [one for one in registry.references if one.brings]
    _, last, _ = await store.extent()
    async for page in store.events_after(0):
        answers: list[Event] = []
        for event in page:
            if event.payload == ERASED:
                continue
            if event.type == "state_patch":
                found.patches += 1
            elif whose.fits(event) or any(found.commands.intersection(named(event, one)) for one in bringing):
                found.commands.add(event.command_id)
                answers.append(event)
        found.lasting += [text for one in registry.subjects for text in one.lasting(document, answers)]
        progress.reach(page[-1].seq, last)
    return found


async def _erase(store: EventStore, side: SideStore, found: _Found, progress: Progress) -> None:
    """All of the log in one transaction: stopped on the way, nothing has happened but that the traces are gone."""
    before, all_of_it = (await load(store)).document, all_kept().values()
    for kept in all_of_it:
        for action, payload in kept.undone(before, found.commands):
            await enact(store, action, payload)
    position = await enact(store, "forget_traces", {})
    for kept in all_of_it:
        await kept.erase(side, position.document, found.commands)
    await side.drop_files()
    own = position.seq - 1

    def erased(event: Event) -> Event | None:
        if event.seq >= own or event.payload == ERASED:
            return None
        if event.type == "state_patch":
            return msgspec.structs.replace(event, payload=ERASED)
        if event.command_id not in found.commands:
            return None
        # The name of an action that there is not is free text, too.
        action = event.action if event.action in all_subjects().actions else "erased"
        return msgspec.structs.replace(event, payload=ERASED, action=action, message=None, values={}, origin=None)

    begin = picture(position, instant(time.time_ns() // 1_000_000))
    await store.erase(begin, erased, lambda seq: progress.reach(seq, position.seq))
