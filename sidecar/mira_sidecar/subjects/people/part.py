"""The people's part: keeps names and prints beside the log, and leaves nothing of who was forgotten."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, NamedTuple, override

import msgspec
import structlog

from mira_sidecar.core.questions import carried_out
from mira_sidecar.core.state import Document, initial_document
from mira_sidecar.forgetting import Forgetting
from mira_sidecar.parts import Now, Part, Shell, Work
from mira_sidecar.protocol import Event
from mira_sidecar.queries.kind import Asking
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.side import Row
from mira_sidecar.subjects.people.core.slice import people
from mira_sidecar.subjects.people.kept import NAMES, PRINTS, Name, Print
from mira_sidecar.subjects.people.questions import AskedPeople, PeoplePage, page

log = structlog.get_logger()

_WAITING = 256
"""Commands whose words wait at most for a side store that cannot be opened."""
_WITH_NAME = ("add_person", "change_person")
_WITH_WORDS = (*_WITH_NAME, "take_print")


class _Done(NamedTuple):
    """What was carried out."""

    action: str
    command_id: str
    payload: dict[str, Any]


type Hearing = asyncio.Task[dict[str, Any] | None]


class PeoplePart(Part):
    """Writes of a person what the state still knows, and nothing after they were forgotten."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._document: Document | None = None
        self._accepted: asyncio.Queue[tuple[_Done, Hearing]] = asyncio.Queue(_WAITING)
        self._forgetting = Forgetting("people", "a person who was forgotten", self._tidy, shell.bulletin)
        self._writing = asyncio.Lock()
        """Who is being forgotten is not written of in between."""

    @override
    def changed(self, now: Now) -> None:
        before, self._document = self._document, now.document
        if now.deciding and (before is None or _lost(before, now.document) or people(now.document)["forgotten"]):
            self._forgetting.want()

    @override
    def decided(self, events: Sequence[Event]) -> None:
        for event in events:
            action, command_id = carried_out(event) or ("", "")
            if action in _WITH_WORDS:
                if self._accepted.full():
                    self._accepted.get_nowait()[1].cancel()
                    self._accepted.task_done()
                # Heard at once, and kept in their order: those that do not come keep the others waiting once only.
                hearing = asyncio.create_task(self.shell.words.take(command_id))
                self._accepted.put_nowait((_Done(action, command_id, event.payload), hearing))

    @override
    def questions(self) -> tuple[Asking[Any], ...]:
        return (Asking("people", AskedPeople, self._page),)

    @override
    def works(self) -> dict[str, Work]:
        return {"keeping": self._keep, "forgetting": self._forgetting.run}

    async def _page(self, asked: AskedPeople) -> PeoplePage:
        await self._accepted.join()
        document = self._document or initial_document()
        side = await self.shell.side.opened() if people(document)["persons"] else None
        return await page(document, side, asked)

    async def _keep(self) -> None:
        while True:
            done, hearing = await self._accepted.get()
            try:
                await self._keep_words(done, await hearing)
            finally:
                self._accepted.task_done()

    async def _keep_words(self, done: _Done, words: dict[str, Any] | None) -> None:
        if words is None:
            if done.action != "change_person":
                log.warning("the words of a command did not come", command_id=done.command_id, action=done.action)
                await self._lost(done)
            return
        try:
            row = _row(done, words)
        except msgspec.ValidationError:
            log.warning("the words of a command are none", command_id=done.command_id, action=done.action)
            await self._lost(done)
            return
        side = await self.shell.side.opened()
        async with self._writing:
            known = people(self._document or initial_document())["persons"].get(row.owner)
            if known is None or not (done.action in _WITH_NAME or done.payload["kind"] in known["prints"]):
                return  # Forgotten, or their consent taken back, meanwhile.
            try:
                await side.put(NAMES if done.action in _WITH_NAME else PRINTS, row)
            except StoreError as error:
                log.warning("a name or a print could not be kept", command_id=done.command_id, why=str(error))
                await self._lost(done)

    async def _lost(self, done: _Done) -> None:
        """A print counts once it is accepted, for the log has to be enough to tell. Here is none: it is taken back."""
        person = done.payload["person"]
        if done.action == "take_print" and person in people(self._document or initial_document())["persons"]:
            await self.shell.submit("sensor", "print_lost", {"person": person, "kind": done.payload["kind"]})

    async def _tidy(self) -> None:
        if self._document is None or "people" not in self._document["parts"]:
            return  # There has never been anybody: the side store need not be opened.
        side = await self.shell.side.opened()
        async with self._writing:
            own = people(self._document)
            # Also whom the log does not know: it may be older than what is beside it, or was told that all is erased.
            unknown = await side.owners(NAMES) | await side.owners(PRINTS)
            for person in {*own["forgotten"], *(unknown - own["persons"].keys())}:
                await side.erase(person)
        for person in own["forgotten"]:
            await self.shell.submit("sensor", "person_erased", {"person": person})
        for person, known in own["persons"].items():
            for kind in ("face", "voice"):
                if kind not in known["prints"]:
                    async with self._writing:
                        await side.delete(PRINTS, owner=person, kind=kind)


def _lost(before: Document, after: Document) -> bool:
    """Whether somebody has fewer kinds of prints than before."""
    now = people(after)["persons"]
    return any(
        one in now and known["prints"].keys() > now[one]["prints"].keys()
        for one, known in people(before)["persons"].items()
    )


def _row(done: _Done, words: dict[str, Any]) -> Row[Any]:
    """What is kept of it. Raises ValidationError."""
    person, at_ms = done.payload["person"], time.time_ns() // 1_000_000
    if done.action in _WITH_NAME:
        name = msgspec.convert(words, Name).name.strip()
        return Row(id=person, at_ms=at_ms, value=name, owner=person)
    columns = {"kind": done.payload["kind"], "model": done.payload["model"]}
    vector = msgspec.convert(words, Print).vector
    return Row(id=done.command_id, at_ms=at_ms, value=vector, owner=person, columns=columns)


PART = PeoplePart
