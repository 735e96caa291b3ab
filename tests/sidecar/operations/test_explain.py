"""What became of a command, and why, from the log alone."""

import asyncio
import json
from pathlib import Path

import pytest

from mira_sidecar.core.decision import Rules
from mira_sidecar.snapshots import picture
from mira_sidecar.store.event_store import EventStore
from tests.sidecar.core.situation import Situation
from tests.sidecar.operations.kept import CommandLine, execute, written
from tests.sidecar.process.mirror import Mirror

RULE = "Whoever ranks higher, or came later, has the last word on a place, however late the other's command arrives."


def day() -> Situation:
    """A page that was asked for and confirmed, a todo that was changed and brought back, and some who lost."""
    mirror = Situation(rules=Rules())
    mirror.send("confirm", own_id="confirm-early")
    mirror.pass_ms(60_000)
    mirror.send("show_page", page="todos", own_id="clock-home")
    mirror.pass_ms(1_000)
    mirror.send(
        "show_page", page="clock", confirm=True, own_id="clock-0001", origin={"device": "hall panel"}, age_ms=35
    )
    mirror.pass_ms(2_100)
    mirror.say(answer="yes", own_id="yes-12345")
    mirror.pass_ms(300)
    mirror.send("show_page", page="home", source="automation", own_id="automation-1")
    mirror.pass_ms(5_000)
    mirror.send("add_todo", summary="Milk", own_id="add-milk-1")
    mirror.send("update_todo", uid="add-milk-1", summary="Bread", own_id="bread-0001")
    mirror.pass_ms(1_500)
    mirror.send("undo", own_id="undo-0001")
    mirror.send("add_todo", summary="Cake", confirm=True, own_id="cake-0001")
    mirror.pass_ms(15_000)
    mirror.send("time_out", source="system", own_id="time-out-1", command_id="cake-0001")
    mirror.pass_ms(60_000)
    mirror.gesture("palm", confidence=0.62, own_id="palm-0001")
    mirror.send("remove_todo", uid="add-milk-1", own_id="remove-0001", confirm=True)
    return mirror


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    """The log of that day."""
    return await written(tmp_path / "mira.db", day().events)


def page(mira: CommandLine, database: Path, name: str) -> list[str]:
    code, out, err = mira("explain", name, "--database", database)
    assert (code, err) == (0, "")
    return out.splitlines()


def test_a_question_is_told_to_its_end(mira: CommandLine, database: Path) -> None:
    lines = page(mira, database, "clock-0001")
    assert lines[:4] == [
        "clock-0001, event 9: accepted",
        "  came in    show_page from touch (hall panel), certain",
        "  captured   2026-11-20T12:01:00.965Z, decided 35 ms later",
        '  did        {"page": "clock", "outcome": "pending", "deadline": "2026-11-20T12:01:16.000Z"}',
    ]
    assert lines[4].startswith("  looked     validation, expiry, ")
    assert lines[5] == "  decided    needs confirmation, until 2026-11-20T12:01:16.000Z"
    assert lines[6] == '  to confirm show_page {"page": "clock"}'
    assert lines[7].startswith('  changed    pending: null → {"command_id": "clock-0001", ')
    assert lines[8:] == [
        "             revision 5",
        "  then       was confirmed by utterance from voice (yes-12345, event 11), 2.1 s later",
    ]


def test_who_said_yes_changed_it_and_stood_against_another(mira: CommandLine, database: Path) -> None:
    lines = page(mira, database, "yes-12345")
    assert "  answers    show_page from touch (clock-0001, event 9)" in lines
    assert '             page: "todos" → "clock"' in lines
    assert "  then       stood against show_page from automation (automation-1, event 13), 0.3 s later" in lines


def test_a_refusal_names_the_policy_its_rule_and_who_won(mira: CommandLine, database: Path) -> None:
    lines = page(mira, database, "automation-1")
    assert lines[0] == "automation-1, event 13: rejected"
    assert '  asked for  {"page": "home"}' in lines
    assert "  lost to    utterance from voice (yes-12345, event 11)" in lines
    assert lines[-3:] == [
        "  decided    superseded refused it (superseded): A voice command (yes-12345) decided this just now.",
        f"             {RULE}",
        "  changed    nothing",
    ]
    sure = page(mira, database, "palm-0001")
    assert "  came in    gesture from gesture, 62% sure" in sure
    assert (
        "  decided    confidence refused it (low_confidence): Confidence below the threshold: 62%, needed are 70%."
        in sure
    )


def test_taking_back_is_told_from_both_ends(mira: CommandLine, database: Path) -> None:
    changed = page(mira, database, "bread-0001")
    milk, bread = ({"uid": "add-milk-1", "summary": summary} for summary in ("Milk", "Bread"))
    assert f"  changed    todos: {json.dumps(milk)} → {json.dumps(bread)}" in changed
    assert changed[-1] == "  then       was taken back by undo from touch (undo-0001, event 18), 1.5 s later"
    assert "  takes back update_todo from touch (bread-0001, event 16)" in page(mira, database, "undo")


def test_silence_and_waiting_are_told(mira: CommandLine, database: Path) -> None:
    assert page(mira, database, "cake-0001")[-1].startswith(
        "  then       was not answered in time, so ended by time_out from system (time-out-1"
    )
    assert page(mira, database, "remove-0001")[-1] == "  then       nothing yet: the question waits for its answer"
    added = page(mira, database, "add-milk-1")
    assert "  changed    todos: + " in "\n".join(added)
    assert added[-1] == "  then       nothing: it can be taken back"


async def test_a_question_that_no_longer_stood_is_told_from_both_ends(mira: CommandLine, tmp_path: Path) -> None:
    mirror = Situation()
    mirror.send("add_todo", uid="milk", summary="Milk", own_id="add-milk-1")
    mirror.send("remove_todo", uid="milk", own_id="remove-0001", confirm=True)
    mirror.send("update_todo", uid="milk", summary="Oat milk")
    [withdrawn] = mirror.do_what_is_due()
    database = await written(tmp_path / "mira.db", mirror.events)
    asked = await asyncio.to_thread(page, mira, database, "remove-0001")
    ended = await asyncio.to_thread(page, mira, database, withdrawn.command_id)
    assert '  to confirm remove_todos {"uids": ["milk"]}, about ["Milk"]' in asked
    assert asked[-1].startswith("  then       no longer stood, so withdrawn by withdraw from system (")
    assert "  withdraws  remove_todo from touch (remove-0001, event 7)" in ended
    assert any('"reason": "changed_since"' in line for line in ended)


def test_a_place_and_the_beginning_of_an_id_do_as_well(mira: CommandLine, database: Path) -> None:
    whole = page(mira, database, "clock-0001")
    assert page(mira, database, "clock-00") == page(mira, database, "9") == page(mira, database, "10") == whole
    assert "Several commands begin with `clock-` (clock-0001, clock-home, …)." in mira.refuses(
        "explain", "clock-", "--database", database
    )


@pytest.mark.parametrize("name", ["nobody", "4711", "9" * 30, "", "x' OR 1"])
def test_an_unknown_command_is_refused_with_a_hint(mira: CommandLine, database: Path, name: str) -> None:
    refusal = mira.refuses("explain", name, "--database", database)
    assert "mira-sidecar events" in refusal or refusal.startswith("Several commands begin with ``")


def test_as_json_it_has_every_change(mira: CommandLine, database: Path) -> None:
    found = json.loads(mira("explain", "yes-12345", "--json", "--database", database)[1])
    assert (found["answer"]["command_id"], found["rev"], found["waiting"]) == ("yes-12345", 6, False)
    places = {one["place"]: one for one in found["changed"]}
    assert places["page"] == {"place": "page", "before": "todos", "after": "clock"}
    assert places["last_changes.page"]["after"]["command_id"] == "yes-12345"
    assert [one["how"] for one in found["before"] + found["led_to"]] == ["answers", "stood against"]


def test_a_file_explains_the_same(mira: CommandLine, database: Path, tmp_path: Path) -> None:
    expected = page(mira, database, "clock-0001")
    file = tmp_path / "log.jsonl"
    mira("export", "--database", database, "--output", file)
    database.unlink()
    assert mira("explain", "clock-00", file)[1].splitlines() == expected
    assert mira("explain", "9", file)[1].splitlines() == expected
    assert "knows no command" in mira.refuses("explain", "4711", file)


async def test_what_is_ahead_of_the_base_is_told_as_far_as_it_is_kept(mira: CommandLine, database: Path) -> None:
    mirror = day()
    store = await EventStore.open(database)
    await store.begin_at(picture(mirror.position, mirror.events[-1].ts))
    await store.forget(6)
    await store.close()
    lines = page(mira, database, "clock-0001")
    assert "  changed    not known: the log begins with the state behind it" in lines
    refusal = mira.refuses("explain", "confirm-early", "--database", database)
    assert f"What was before event {len(mirror.events)} may be gone." in refusal


def test_a_damaged_log_is_one_sentence(mira: CommandLine, database: Path) -> None:
    execute(database, "DELETE FROM events WHERE seq = 3")
    assert "The log has a gap: event 4 follows 2." in mira.refuses("explain", "clock-0001", "--database", database)


def test_a_command_is_explained_beside_the_sidecar_that_decided_it(mira: CommandLine, mirror: Mirror) -> None:
    answer = mirror.send("add_todo", {"summary": "Milk"}, origin={"device": "hall_panel"})
    lines = page(mira, mirror.database, answer["command_id"])
    assert lines[0] == f"{answer['command_id']}, event {answer['seq']}: accepted"
    assert "  came in    add_todo from touch (hall_panel), certain" in lines
    assert mira("replay", "--decide", "--confirm", "none", "--database", mirror.database)[0] == 0
    replayed = json.loads(mira("replay", "--json", "--database", mirror.database)[1])
    assert replayed["state"] == mirror.snapshot()["state"]
