"""The commands of a log, decided again: the same comes of them, or what has become different is shown."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given

from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.core.decision import Rules
from mira_sidecar.core.explanation import Step
from mira_sidecar.core.state import initial_document
from mira_sidecar.discovery import all_subjects
from mira_sidecar.operations.redaction import Redactor
from mira_sidecar.operations.reproduction import NOT_KEPT, decided_again, decisions, otherwise
from mira_sidecar.protocol import Event
from tests.sidecar.core.sequences import RULES, SEQUENCES, played
from tests.sidecar.core.sequences import Step as Command
from tests.sidecar.core.situation import Situation
from tests.sidecar.operations.kept import CommandLine, execute, written


def steps(events: list[Event]) -> Iterator[Step]:
    position = Position(0, 0, initial_document())
    for event in events:
        before, position = position, fold(position, event)
        yield event, before, position


def differences(events: list[Event], rules: Rules) -> list[Event]:
    stored = [msgspec.json.decode(msgspec.json.encode(event), type=Event) for event in events]
    kept = (one for one in decisions(steps(stored)) if one.answer.reason not in NOT_KEPT)
    return [one.answer for one in kept if otherwise(one, decided_again(all_subjects(), one, rules))]


@given(RULES, SEQUENCES)
def test_every_log_is_decided_the_same_again_redacted_or_not(rules: Rules, sequence: list[Command]) -> None:
    mirror, redactor = played(rules, sequence), Redactor()
    rules = dataclasses.replace(rules, rates={})
    assert differences(mirror.events, rules) == []
    assert differences([redactor.event(event) for event in mirror.events], rules) == []


def test_questions_that_were_withdrawn_and_undos_that_passed_something_over_are_the_same_again() -> None:
    mirror, redactor = Situation(), Redactor()
    mirror.send("add_todo", uid="milk", summary="Milk")
    mirror.send("next_page")
    mirror.send("set_pages", source="system", pages=["home"])
    for command in ({"action": "remove_todo", "uid": "milk"}, {"action": "undo"}, {"action": "toggle_microphone"}):
        mirror.send(**command, confirm=True)
        mirror.send("cancel")
    mirror.send("remove_todo", uid="milk", confirm=True)
    mirror.send("update_todo", uid="milk", summary="Oat milk")
    assert [event.payload["reason"] for event in mirror.do_what_is_due()] == ["changed_since"]
    mirror.send("teach_gesture", source="automation", fields={"name": "mine"})
    mirror.send("set_camera", on=False)
    assert [event.payload["reason"] for event in mirror.do_what_is_due()] == ["camera_off"]
    while mirror.send("undo").type == "accepted":
        pass
    assert any("skipped" in event.payload for event in mirror.events)
    rules = dataclasses.replace(mirror.rules, rates={})
    assert differences(mirror.events, rules) == []
    assert differences([redactor.event(event) for event in mirror.events], rules) == []


def busy() -> Situation:
    """A mirror that refused for every kind of reason, and did some of everything."""
    mirror = Situation(off=True, rules=Rules(confirm=frozenset()))
    mirror.gesture()
    mirror.send("set_camera", on=True)
    mirror.gesture()
    mirror.gesture(confidence=0.75, name="victory")
    mirror.send("add_todo")
    mirror.send("show_message", text="Dinner", duration_ms=5_000)
    mirror.send("next_page", age_ms=60_000)
    for _ in range(2):
        mirror.send("set_pin", pin="set")
        mirror.send("unlock", pin="wrong")
        mirror.send("unlock", pin="right")
    mirror.pass_ms(10_000)
    mirror.send("set_camera", on=False)
    mirror.send("undo")
    return mirror


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    return await written(tmp_path / "mira.db", busy().events)


def test_by_the_same_settings_all_is_the_same(mira: CommandLine, database: Path, tmp_path: Path) -> None:
    taken = "2 were taken as they are, for the log does not hold what decides them (1 bad_payload, 1 expired)"
    same = f"All 13 decisions are the same again; {taken}.\n"
    assert mira("replay", "--decide", "--confirm", "none", "--database", database) == (0, same, "")
    file = tmp_path / "report.jsonl"
    mira("export", "--redact", "--database", database, "--output", file)
    assert mira("replay", file, "--decide", "--confirm", "none") == (0, same, "")


def test_by_other_settings_the_first_that_differs_is_shown(mira: CommandLine, database: Path) -> None:
    code, out, err = mira("replay", "--decide", "--confirm", "show_message", "--database", database)
    assert (code, err) == (1, "")
    first, log, now, before = out.splitlines()
    assert first.startswith("Event 9 is decided otherwise: show_message from touch (command-")
    assert log.startswith('  in the log  accepted {"text": "Dinner"')
    assert now.startswith('  now         accepted, and needs confirmation: {"text": "Dinner"')
    assert before.startswith("4 decisions before it are the same again; 1 were taken as they are")


def test_a_decision_that_was_tampered_with_is_found(mira: CommandLine, database: Path) -> None:
    tampered = msgspec.json.encode(msgspec.structs.replace(busy().events[0], reason="low_confidence"))
    execute(database, "UPDATE events SET body = ? WHERE seq = 1", tampered)
    code, out, _ = mira("replay", "--decide", "--database", database)
    assert code == 1
    assert "  in the log  rejected: camera refuses it (low_confidence). The camera is off." in out
    assert "  now         rejected: camera refuses it (camera_off). The camera is off." in out


def test_it_goes_as_far_as_is_asked(mira: CommandLine, database: Path) -> None:
    code, out, _ = mira("replay", "--decide", "--until", 8, "--confirm", "show_message", "--database", database)
    assert (code, out.partition(";")[0]) == (0, "All 4 decisions are the same again")


def test_a_fault_of_miras_own_is_reproduced(mira: CommandLine, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("mira_sidecar.operations.reproduction.settle", broken)
    refusal = mira.refuses("replay", "--decide", "--database", database)
    assert refusal == "Mira fails on the command of event 1 (ZeroDivisionError()). Please report it."
