"""Talk's part: keeps what was said with personas beside the log, forgets it when it is told to, and takes pictures."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Annotated, Any, NamedTuple, override

import msgspec
import structlog
from msgspec import Meta

from mira_sidecar.core.questions import carried_out
from mira_sidecar.core.state import Document, initial_document
from mira_sidecar.core.subject import Deed
from mira_sidecar.forgetting import Forgetting
from mira_sidecar.parts import Now, Part, Shell, Work
from mira_sidecar.protocol import Event, Origin, milliseconds
from mira_sidecar.queries.kind import Asking
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.keys import HOUSEHOLD
from mira_sidecar.store.side import Row, SideStore
from mira_sidecar.subjects.people.core.slice import people
from mira_sidecar.subjects.talk import history
from mira_sidecar.subjects.talk.core.slice import talk
from mira_sidecar.subjects.talk.history import AskedHistory, TalkHistory
from mira_sidecar.subjects.talk.kept import MESSAGES
from mira_sidecar.subjects.talk.photographer import Photographer
from mira_sidecar.subjects.talk.settings import TalkSettings

log = structlog.get_logger()

_WAITING = 256
"""Commands whose words wait at most for a side store that cannot be opened."""
_DRAINED_S = 1.0
"""For what was decided before to be kept, or the side store to be open: then it goes on without."""
_NOTHING = TalkHistory(None, [], 0)


class _Message(msgspec.Struct, frozen=True):
    """The words beside `begin_reply` and `end_reply`."""

    text: Annotated[str, Meta(min_length=1, max_length=6_000)]


class _Summary(msgspec.Struct, frozen=True):
    """The words beside `compact`."""

    text: Annotated[str, Meta(min_length=1, max_length=4_000)]


_WORDS: dict[str, type[_Message | _Summary]] = {"begin_reply": _Message, "end_reply": _Message, "compact": _Summary}


class _Done(NamedTuple):
    """What was carried out."""

    action: str
    event: Event
    words: asyncio.Task[dict[str, Any] | None]


class TalkPart(Part):
    """Writes of nobody who has not agreed to it, and nothing after it was to be forgotten."""

    may_look_at = ("camera",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._photographer = Photographer(shell)
        self._document = initial_document()
        self._keeps = shell.settings.of(TalkSettings).keep_days > 0
        self._accepted: asyncio.Queue[_Done] = asyncio.Queue(_WAITING)
        self._forgetting = Forgetting("talk", "talk that was to be forgotten", self._tidy, shell.bulletin)
        self._has_tidied = False
        self._forgotten = 0
        """What was said before this place in the log is not kept any more."""
        self._writing = asyncio.Lock()
        """What is being forgotten is not written in between."""

    @override
    def due_at_start(self, document: Document) -> Iterator[Deed]:
        return self._photographer.due_at_start(document)

    @override
    def changed(self, now: Now) -> None:
        self._photographer.changed(now)
        before, self._document = self._document, now.document
        is_other = people(before)["persons"] != people(now.document)["persons"]
        if not now.deciding or "talk" not in now.document["parts"]:
            return  # Where nobody has ever been asked, the side store need not be opened.
        if is_other or not self._has_tidied or talk(now.document)["forgetting"]:
            self._has_tidied = True
            self._forgetting.want()

    @override
    def decided(self, events: Sequence[Event]) -> None:
        self._photographer.decided(events)
        for event in events:
            action, command_id = carried_out(event) or ("", "")
            if self._keeps and _has_words(action, event):
                if self._accepted.full():
                    self._accepted.get_nowait().words.cancel()
                    self._accepted.task_done()
                # Heard at once, and kept in their order: an answer needs its question.
                words = asyncio.create_task(self.shell.words.take(command_id))
                self._accepted.put_nowait(_Done(action, event, words))

    @override
    def questions(self) -> tuple[Asking[Any], ...]:
        return (Asking("talk_history", AskedHistory, self._page), self._photographer.question)

    @override
    def works(self) -> dict[str, Work]:
        return {"keeping": self._keep, "forgetting": self._forgetting.run, **self._photographer.works}

    async def _page(self, asked: AskedHistory) -> TalkHistory:
        owner = asked.person or HOUSEHOLD
        if "talk" not in self._document["parts"] or not self._may_keep(owner):
            return _NOTHING
        await self._drained()
        return await history.page(self.shell.side.now(), owner, asked)

    async def _drained(self) -> None:
        """Wait for what was decided before, though not for long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_DRAINED_S):
                await self._accepted.join()
                await self.shell.side.opened()

    def _may_keep(self, owner: str) -> bool:
        """What somebody says who is known is kept only with their consent."""
        known = people(self._document)["persons"].get(owner)
        return self._keeps and (owner == HOUSEHOLD or (known is not None and "memory" in known["consents"]))

    async def _keep(self) -> None:
        while True:
            done = await self._accepted.get()
            try:
                await self._keep_words(done, await done.words)
            except StoreError as error:
                log.warning("talk is not kept", command_id=done.event.command_id, why=str(error))
            finally:
                self._accepted.task_done()

    async def _keep_words(self, done: _Done, words: dict[str, Any] | None) -> None:
        try:
            text = msgspec.convert(words, _WORDS[done.action]).text
        except msgspec.ValidationError:
            log.warning("the words of a command are missing, or are none", command_id=done.event.command_id)
            return
        side = await self.shell.side.opened()
        async with self._writing:
            if done.event.seq > self._forgotten:
                await self._write(side, done, text)

    async def _write(self, side: SideStore, done: _Done, text: str) -> None:
        event, asked = done.event, done.event.payload
        owner, persona, reply = _asker(event.origin), asked.get("persona"), event.command_id
        if done.action == "end_reply":
            # It belongs where its question is, and where that is not kept any more, nowhere.
            if (question := await side.get(MESSAGES, asked["reply"])) is None:
                return
            owner, persona, reply = question.owner, question.columns["persona"], question.id
        if not self._may_keep(owner):
            return
        columns = {"persona": persona, "reply": reply, "seq": event.seq}
        row = Row(
            id=event.command_id,
            at_ms=milliseconds(event.captured_at or event.ts),
            value=text,
            owner=owner,
            columns=columns,
        )
        if done.action == "compact":
            if not await history.compact(side, row, asked["upto"]):
                log.info("there is nothing to compact any more", command_id=event.command_id)
            return
        await side.put(MESSAGES, history.message(row, "user" if done.action == "begin_reply" else "assistant"))

    async def _tidy(self) -> None:
        await self._drained()
        side = await self.shell.side.opened()
        waiting = talk(self._document)["forgetting"]
        async with self._writing:
            if waiting:
                async for event in self._to_forget(waiting["first"], waiting["last"]):
                    owner = None if event.payload["everybody"] else self._forgetter(event.origin)
                    await history.forget(side, owner, event.payload["persona"], event.seq)
                    self._forgotten = event.seq
            await history.tidy(side, self._may_keep)
        if waiting:
            await self.shell.submit("sensor", "talk_forgotten", {"last": waiting["last"]})

    async def _to_forget(self, first: str, last: str) -> AsyncIterator[Event]:
        """The acceptances of `forget_talk` from one command to another. Raises StoreError."""
        answers = await self.shell.store.answers([first, last])
        if not answers.keys() >= {first, last}:
            return
        async for page in self.shell.store.events_after(answers[first].seq - 1):
            for event in page:
                if (carried_out(event) or ("",))[0] == "forget_talk" and "everybody" in event.payload:
                    yield event
                if event.seq >= answers[last].seq:
                    return

    def _forgetter(self, origin: Origin | None) -> str:
        """Whose talk is to be forgotten: theirs who asks for it, be it as a user of Home Assistant."""
        persons = people(self._document)["persons"].items()
        user = origin.user_id if origin else None
        linked = (person for person, known in persons if user is not None and known["ha_user"] == user)
        asker = _asker(origin)
        return next(linked, HOUSEHOLD) if asker == HOUSEHOLD else asker


def _has_words(action: str, event: Event) -> bool:
    """Whether words are to come beside this command."""
    match action:
        case "begin_reply":
            return bool(event.payload["remembers"])
        case "end_reply":
            return bool(event.payload["remembers"] and event.payload["heard"])
    return action == "compact"


def _asker(origin: Origin | None) -> str:
    """Whose it is that comes from there."""
    return (origin and origin.person) or HOUSEHOLD


PART = TalkPart
