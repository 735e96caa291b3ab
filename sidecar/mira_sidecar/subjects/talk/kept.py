"""What talk keeps beside the log: what was said with personas, for some days, and summaries of what was before.

All of it is under the key of who asked, where that is known, and goes with that.
"""

import dataclasses
from collections.abc import Collection
from typing import Any, Literal, override

import msgspec

from mira_sidecar.core.state import Document
from mira_sidecar.keeping import Kept
from mira_sidecar.store.media import MediaLimits, MediaStore
from mira_sidecar.store.side import SideStore, Table
from mira_sidecar.subjects.talk.settings import TalkSettings

type Role = Literal["user", "assistant"]


class Message(msgspec.Struct, frozen=True):
    """What was asked, or what was heard of an answer."""

    role: Role
    text: str


class Summary(msgspec.Struct, frozen=True):
    """What takes the place of older messages."""

    text: str
    upto: str
    """The last message that it has."""
    seq: int
    """Where that was in the log."""
    commands: list[str]
    """Those of which it was made: it goes when one of them is erased."""


MESSAGES: Table[Message] = Table("talk_messages", Message, columns=("persona", "reply", "seq"), days=30, rows=20_000)
SUMMARIES: Table[Summary] = Table("talk_summaries", Summary, columns=("persona",), days=30)


class KeptTalk(Kept):
    """A question has the id of its `begin_reply`, an answer that of its `end_reply`."""

    tables = (MESSAGES, SUMMARIES)
    at_once = False

    @override
    def limited(self, settings: TalkSettings) -> tuple[Table[Any], ...]:
        # 0 for a table is for ever.
        return tuple(dataclasses.replace(table, days=max(1, settings.keep_days)) for table in self.tables)

    @override
    async def erase(self, side: SideStore, document: Document, commands: Collection[str]) -> None:
        messages = await side.select("SELECT id, reply FROM talk_messages")
        await side.delete(MESSAGES, id=[one for one, reply in messages if one in commands or reply in commands])
        made_of_them = [
            one.id
            async for one in side.rows(SUMMARIES)
            if one.value and any(command in commands for command in one.value.commands)
        ]
        await side.delete(SUMMARIES, id=made_of_them)
        # Of which command a picture came was in the log alone: they all go, an hour early at most.
        media = MediaStore(side, MediaLimits())
        await media.delete(*[picture.id for picture in await media.page("talk")])


KEPT = KeptTalk()
