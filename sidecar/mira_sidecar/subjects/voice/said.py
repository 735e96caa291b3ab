"""What was said, once the mirror has accepted it: passed on to Home Assistant, and kept for some days."""

import asyncio
from collections.abc import Sequence

import msgspec
import structlog
from redis.exceptions import RedisError

from mira_sidecar.core.questions import carried_out
from mira_sidecar.core.state import Document, initial_document
from mira_sidecar.parts import Shell
from mira_sidecar.protocol import Event, Said, Spoken, milliseconds
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.keys import HOUSEHOLD
from mira_sidecar.store.side import Row
from mira_sidecar.subjects.people.core.slice import people
from mira_sidecar.subjects.voice import kept
from mira_sidecar.subjects.voice.settings import VoiceSettings

log = structlog.get_logger()

_WAITING = 256
"""What waits at most to be passed on, or for a side store that cannot be opened."""


class _Words(msgspec.Struct, frozen=True):
    """The words of an `utterance`."""

    text: Spoken


class SaidWords:
    """Hears the words of accepted utterances. Where something fails, they are lost: the log says that it was said."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._document = initial_document()
        self._accepted = asyncio.Queue[Event](_WAITING)
        self._to_keep = asyncio.Queue[Row[str]](_WAITING)

    def changed(self, document: Document) -> None:
        """The mirror has changed."""
        self._document = document

    def decided(self, events: Sequence[Event]) -> None:
        """These are stored and published."""
        for event in events:
            if carried_out(event) == ("utterance", event.command_id):
                _put(self._accepted, event)

    async def pass_on(self) -> None:
        """Pass on what was said, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                # Each by itself: one whose words are late, or do not come, keeps no other waiting.
                tasks.create_task(self._hear(await self._accepted.get()))

    async def _hear(self, event: Event) -> None:
        words = await self._shell.words.take(event.command_id)
        try:
            text = msgspec.convert(words, _Words).text
        except msgspec.ValidationError:
            log.warning("words of an utterance are missing, or are none", command_id=event.command_id)
            return
        at = event.captured_at or event.ts
        try:
            said = Said(event.command_id, text, at)
            await self._shell.redis.publish(self._shell.keys.said, msgspec.json.encode(said))
        except RedisError, OSError:
            log.warning("what was said is not passed on: Redis does not answer", command_id=event.command_id)
        person = event.origin.person if event.origin else None
        if self._shell.settings.of(VoiceSettings).keep_days and self._may_keep(person or HOUSEHOLD):
            _put(self._to_keep, kept.row(event.command_id, person, milliseconds(at), text))

    def _may_keep(self, owner: str) -> bool:
        """What somebody says who was recognized is kept only with their consent."""
        if owner == HOUSEHOLD:
            return True
        known = people(self._document)["persons"].get(owner)
        return known is not None and "memory" in known["consents"]

    async def keep(self) -> None:
        """Keep what was said, until cancelled."""
        while True:
            row = await self._to_keep.get()
            side = await self._shell.side.opened()
            if not self._may_keep(row.owner):
                continue  # They were forgotten, or have taken it back, meanwhile.
            try:
                await side.put(kept.SAID, row)
            except StoreError as error:
                log.warning("what was said is not kept", command_id=row.id, why=str(error))


def _put[T](queue: asyncio.Queue[T], item: T) -> None:
    """Put it there; where the queue is full, in the place of the oldest."""
    if queue.full():
        queue.get_nowait()
    queue.put_nowait(item)
