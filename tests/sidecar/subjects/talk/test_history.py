"""What is kept of talk in a real side store: read, made shorter and forgotten, whoever ends it on the way."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mira_sidecar.core.state import initial_document
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.files import side_of
from mira_sidecar.store.keys import HOUSEHOLD
from mira_sidecar.store.side import Row, SideStore
from mira_sidecar.subjects.talk import history
from mira_sidecar.subjects.talk.history import AskedHistory, TalkHistory
from mira_sidecar.subjects.talk.kept import KEPT, MESSAGES, SUMMARIES
from mira_sidecar.subjects.talk.settings import TalkSettings
from tests.sidecar.operations.kept import opened_side, written

ANNA, BEN = "p_a0000000", "p_b0000000"
PERSONA, OTHER = "01PERSONA", "02OTHER"
FOR_EVER = 2**40
CANARY = "canary in the coal mine"


@pytest.fixture
async def side(tmp_path: Path) -> AsyncIterator[SideStore]:
    database = await written(tmp_path / "mira.db", [])
    async with opened_side(database) as side:
        yield side


def raw(path: Path) -> bytes:
    """All that is on the disk of a database."""
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def said(number: int, text: str = "", *, owner: str = HOUSEHOLD, persona: str = PERSONA) -> Row[str]:
    """What was said at a place in the log; ids are as senders like, and in no order."""
    reply = f"reply-{(number - number % 2) * 7919 % 1_000:04}"
    row_id = reply if number % 2 == 0 else f"answer-{number * 7919 % 1_000:04}"
    columns = {"persona": persona, "reply": reply, "seq": number + 1}
    return Row(id=row_id, at_ms=number * 1_000, value=text or f"message {number}", owner=owner, columns=columns)


async def talk(side: SideStore, count: int, *, owner: str = HOUSEHOLD, persona: str = PERSONA, since: int = 0) -> None:
    for number in range(since, since + count):
        row = said(number, owner=owner, persona=persona)
        await side.put(MESSAGES, history.message(row, "user" if number % 2 == 0 else "assistant"))


async def page(side: SideStore, owner: str = HOUSEHOLD, persona: str = PERSONA, limit: int = 40) -> TalkHistory:
    return await history.page(side, owner, AskedHistory(persona=persona, limit=limit))


def texts(found: TalkHistory) -> list[str]:
    return [one.text for one in found.messages]


async def compact(side: SideStore, upto: int, summary: str, *, owner: str = HOUSEHOLD, persona: str = PERSONA) -> bool:
    by = Row(id=f"compact-{upto}", at_ms=90_000, value=summary, owner=owner, columns={"persona": persona, "seq": 90})
    return await history.compact(side, by, said(upto).id)


async def test_the_newest_messages_come_in_the_order_in_which_they_were_decided(side: SideStore) -> None:
    await talk(side, 30)
    found = await page(side, limit=3)
    assert texts(found) == ["message 27", "message 28", "message 29"]
    assert [one.role for one in found.messages] == ["assistant", "user", "assistant"]
    assert (found.summary, found.count, found.messages[0].at) == (None, 30, "1970-01-01T00:00:27.000Z")
    assert await page(side, persona=OTHER) == TalkHistory(None, [], 0)


async def test_each_has_a_history_of_their_own_with_each_persona(side: SideStore) -> None:
    await talk(side, 4)
    await talk(side, 4, owner=ANNA, since=10)
    await talk(side, 4, owner=ANNA, persona=OTHER, since=20)
    assert (await page(side, ANNA)).count == 4
    assert texts(await page(side, ANNA, OTHER)) == [f"message {number}" for number in range(20, 24)]
    assert await page(side, BEN) == TalkHistory(None, [], 0)


async def test_a_summary_takes_the_place_of_the_messages_that_it_has(side: SideStore) -> None:
    await talk(side, 20)
    await talk(side, 2, owner=ANNA, since=40)
    assert await compact(side, 14, "So far.")
    found = await page(side)
    assert (found.summary, texts(found), found.count) == ("So far.", [f"message {one}" for one in range(15, 20)], 5)
    assert (await page(side, ANNA)).summary is None
    await talk(side, 4, since=20)
    assert await compact(side, 20, "And then.")
    assert (await page(side)).summary == "And then."
    assert len([one async for one in side.rows(SUMMARIES)]) == 1
    assert len([one async for one in side.rows(MESSAGES, owner=HOUSEHOLD)]) == 3


async def test_a_summary_of_what_is_not_there_changes_nothing(side: SideStore) -> None:
    await talk(side, 6)
    await talk(side, 2, owner=ANNA, since=10)
    assert await compact(side, 3, "So far.")
    assert not await compact(side, 3, "Late."), "it has that already"
    assert not await compact(side, 40, "Of nothing.")
    assert not await compact(side, 11, "Of another's.")
    assert not await compact(side, 5, "Of another persona.", persona=OTHER)
    assert (await page(side)).summary == "So far."
    assert (await page(side)).count == 2


async def test_whoever_dies_between_a_summary_and_its_messages_has_neither_twice(
    side: SideStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk(side, 20)

    async def dies(*_: object, **__: object) -> int:
        raise StoreError("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(side, "delete", dies)
        with pytest.raises(StoreError):
            await compact(side, 14, "So far.")
    assert (await page(side)).count == 5
    assert len([one async for one in side.rows(MESSAGES)]) == 20
    assert not await compact(side, 14, "So far."), "the same once more"
    await history.tidy(side, lambda owner: True)
    assert len([one async for one in side.rows(MESSAGES)]) == 5
    assert (await page(side)).summary == "So far."


@pytest.mark.parametrize(
    ("owner", "persona", "left"),
    [
        (HOUSEHOLD, PERSONA, (0, 4, 4)),
        (HOUSEHOLD, None, (0, 4, 4)),
        (ANNA, OTHER, (4, 4, 0)),
        (None, PERSONA, (0, 0, 4)),
        (None, None, (0, 0, 0)),
        (BEN, None, (4, 4, 4)),
    ],
)
async def test_what_is_forgotten_is_gone_with_its_summary_and_nothing_else_is(
    side: SideStore, owner: str | None, persona: str | None, left: tuple[int, int, int]
) -> None:
    await talk(side, 6)
    await talk(side, 6, owner=ANNA, since=10)
    await talk(side, 6, owner=ANNA, persona=OTHER, since=20)
    assert await compact(side, 1, "Household.")
    assert await compact(side, 11, "Anna.", owner=ANNA)
    assert await compact(side, 21, "Anna, otherwise.", owner=ANNA, persona=OTHER)
    await history.forget(side, owner, persona, FOR_EVER)
    found = [await page(side), await page(side, ANNA), await page(side, ANNA, OTHER)]
    assert tuple(one.count for one in found) == left
    assert [one.summary is not None for one in found] == [one > 0 for one in left]


async def test_what_is_said_after_it_was_to_be_forgotten_stays(side: SideStore) -> None:
    await talk(side, 10)
    await history.forget(side, None, None, before=7)
    assert texts(await page(side)) == [f"message {number}" for number in range(6, 10)]
    assert await compact(side, 7, "Since then.")
    await history.forget(side, None, None, before=7)
    assert (await page(side)).summary == "Since then."


async def test_of_whom_nothing_may_be_kept_nothing_is_left_in_any_file(side: SideStore, tmp_path: Path) -> None:
    row = history.message(said(2, CANARY, owner=ANNA), "user")
    await side.put(MESSAGES, row)
    await talk(side, 2, owner=ANNA, since=3)
    assert await compact(side, 3, "So far.", owner=ANNA)
    await talk(side, 2)
    sealed = [bytes(one) for (one,) in await side.select("SELECT sealed FROM talk_summaries")]
    await history.tidy(side, lambda owner: owner != ANNA)
    assert await side.owned_by(ANNA) == 0
    assert (await page(side)).count == 2
    assert sealed
    assert not [one for one in sealed if one in raw(side_of(tmp_path / "mira.db"))]


async def test_erased_commands_take_their_words_along_and_the_summaries_that_were_made_of_them(
    side: SideStore,
) -> None:
    await talk(side, 8)
    await talk(side, 4, owner=ANNA, since=10)
    assert await compact(side, 3, "So far.")
    assert await compact(side, 11, "Anna.", owner=ANNA)
    # A question that is still there, with its answer, and an answer alone.
    await KEPT.erase(side, initial_document(), {said(4).id, said(7).id, "other-command"})
    found = await page(side)
    assert (found.summary, texts(found)) == ("So far.", ["message 6"])
    await KEPT.erase(side, initial_document(), {said(1).id})
    assert (await page(side)).summary is None
    assert (await page(side, ANNA)).summary == "Anna."
    await KEPT.erase(side, initial_document(), {"compact-11"})
    assert (await page(side, ANNA)).summary is None


async def test_what_was_said_is_kept_for_as_long_as_the_owner_wants() -> None:
    for set_days, kept_days in ((0, 1), (1, 1), (90, 90)):
        limited = KEPT.limited(TalkSettings(keep_days=set_days))
        assert [table.days for table in limited] == [kept_days, kept_days]
        assert [table.name for table in limited] == ["talk_messages", "talk_summaries"]
