"""What is kept of talk in the side store: read, made shorter, and forgotten."""

from collections.abc import Callable
from typing import Annotated

import msgspec
from msgspec import Meta

from mira_sidecar.protocol import Instant, instant
from mira_sidecar.store.side import Row, SideStore
from mira_sidecar.subjects.people.core.slice import PersonId
from mira_sidecar.subjects.talk.core.slice import PersonaId
from mira_sidecar.subjects.talk.kept import MESSAGES, SUMMARIES, Message, Role, Summary

_MOST_COMMANDS = 4_000
"""Of which a summary knows that it was made of them."""


class AskedHistory(msgspec.Struct, frozen=True):
    """Payload of `talk_history`: what was said with a persona by this person, or by the household."""

    persona: PersonaId
    person: PersonId | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 40
    """Messages at most, the newest."""


class Said(msgspec.Struct, frozen=True):
    """A message."""

    id: str
    role: Role
    text: str
    at: Instant


class TalkHistory(msgspec.Struct, frozen=True):
    """Result of `talk_history`."""

    summary: str | None
    """Of what was before the messages."""
    messages: list[Said]
    """The oldest first."""
    count: int
    """How many there are."""


async def page(side: SideStore, owner: str, asked: AskedHistory) -> TalkHistory:
    """What was said last. Raises StoreError."""
    summary = await _summary(side, owner, asked.persona)
    newest = await side.select(
        "SELECT id, count(*) OVER () FROM talk_messages "
        "WHERE owner = ? AND persona = ? AND seq > ? ORDER BY seq DESC LIMIT ?",
        *(owner, asked.persona, summary.seq if summary else 0, asked.limit),
    )
    rows = await side.page(MESSAGES, asked.limit, id=[one for one, _ in newest])
    messages = [
        Said(row.id, row.value.role, row.value.text, instant(row.at_ms))
        for row in sorted(rows, key=lambda row: int(row.columns["seq"]))
        if row.value
    ]
    return TalkHistory(summary.text if summary else None, messages, int(newest[0][1]) if newest else 0)


async def compact(side: SideStore, by: Row[str], upto: str) -> bool:
    """Put a summary in the place of all messages up to one of them; whether that is still there. Raises StoreError.

    `by`: the command that brings it, and whose it is.
    """
    owner, persona = by.owner, str(by.columns["persona"])
    before, last = await _summary(side, owner, persona), await side.get(MESSAGES, upto)
    is_theirs = last is not None and (last.owner, last.columns["persona"]) == (owner, persona)
    if last is None or not is_theirs or (before and last.columns["seq"] <= before.seq):
        return False
    seq = int(last.columns["seq"])
    covered = await _upto(side, owner, persona, seq)
    made_of = [*(before.commands if before else []), *covered, by.id][-_MOST_COMMANDS:]
    summary = Summary(text=by.value or "", upto=upto, seq=seq, commands=made_of)
    row = Row(id=_id(owner, persona), at_ms=by.at_ms, value=summary, owner=owner, columns={"persona": persona})
    # The summary first: whoever ends this on the way, what it has is passed over, and goes at the next start.
    await side.put(SUMMARIES, row)
    await side.delete(MESSAGES, id=covered)
    return True


async def forget(side: SideStore, owner: str | None, persona: str | None, before: int) -> None:
    """Delete what this owner said with this persona before a place in the log. Raises StoreError.

    None: all of them.
    """
    # An answer goes with its question, however late it came.
    messages = await side.select(
        "SELECT id FROM talk_messages WHERE owner = ifnull(?, owner) AND persona = ifnull(?, persona) "
        "AND reply IN (SELECT reply FROM talk_messages WHERE seq < ?)",
        *(owner, persona, before),
    )
    await side.delete(MESSAGES, id=[one for (one,) in messages])
    where = {name: value for name, value in (("owner", owner), ("persona", persona)) if value is not None}
    summaries = [row.id async for row in side.rows(SUMMARIES, **where) if row.value is None or row.value.seq < before]
    await side.delete(SUMMARIES, id=summaries)


async def tidy(side: SideStore, may_keep: Callable[[str], bool]) -> None:
    """Delete what is of those of whom nothing may be kept, and what summaries have. Raises StoreError."""
    gone = [one for one in await side.owners(MESSAGES) | await side.owners(SUMMARIES) if not may_keep(one)]
    for table in (MESSAGES, SUMMARIES):
        await side.delete(table, owner=gone)
    async for row in side.rows(SUMMARIES):
        if row.value:
            covered = await _upto(side, row.owner, row.columns["persona"], row.value.seq)
            await side.delete(MESSAGES, id=covered)


async def _summary(side: SideStore, owner: str, persona: str) -> Summary | None:
    row = await side.get(SUMMARIES, _id(owner, persona))
    return row.value if row else None


async def _upto(side: SideStore, owner: str, persona: str, seq: int) -> list[str]:
    """The messages up to a place in the log."""
    rows = await side.select(
        "SELECT id FROM talk_messages WHERE owner = ? AND persona = ? AND seq <= ? ORDER BY seq",
        *(owner, persona, seq),
    )
    return [str(one) for (one,) in rows]


def _id(owner: str, persona: str) -> str:
    """Of a summary: there is one for each."""
    return f"{owner} {persona}"


def message(said: Row[str], role: Role) -> Row[Message]:
    """What was said, as it is kept."""
    return Row(
        id=said.id,
        at_ms=said.at_ms,
        value=Message(role, said.value or ""),
        owner=said.owner,
        columns=said.columns,
    )
