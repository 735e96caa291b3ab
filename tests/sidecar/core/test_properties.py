"""What holds after every sequence of commands, whatever hypothesis thinks up.

The examples are the same in every run; `scripts/test tests/sidecar/core --hypothesis-profile=deep` looks for new ones.
"""

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from mira_sidecar.core.access import is_unlocked
from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.core.decision import Rules
from mira_sidecar.core.state import Document, initial_document
from mira_sidecar.discovery import known
from mira_sidecar.protocol import Event, State, milliseconds
from tests.sidecar.core.sequences import RULES, SENSIBLE, SEQUENCES, Played, Step, as_bytes, played

PASSING = ("gesture", "gestures_seen", "utterance", "pending", "undoable", "last_changes", "parts")
"""What was seen, heard or asked, who lives here, and the notes of the mirror itself: nobody takes these back."""


ELSEWHERE = {action.name for name in ("people", "windows") for action in known()[name].actions}
"""Actions on what is in `parts`."""


def lasting(document: Document) -> Document:
    """What an undo has to restore."""
    return {name: value for name, value in document.items() if name not in PASSING}


@given(RULES, SEQUENCES)
def test_each_command_has_one_outcome_and_at_most_one_patch_behind_it(rules: Rules, sequence: list[Step]) -> None:
    mirror = Played(rules)
    for step in sequence:
        before, events = mirror.play(step)
        answer, *patches = events
        assert answer.type in {"accepted", "rejected"}
        assert [patch.type for patch in patches] in ([], ["state_patch"])
        assert {event.command_id for event in events} == {answer.command_id}
        assert [event.seq for event in events] == list(range(before.seq + 1, mirror.position.seq + 1))
        assert [patch.rev for patch in patches] == list(range(before.rev + 1, mirror.position.rev + 1))
        assert (answer.reason is None) == (answer.type == "accepted")


@given(RULES, SEQUENCES)
def test_the_stored_log_folds_into_the_document_which_is_always_a_state(rules: Rules, sequence: list[Step]) -> None:
    mirror, position = Played(rules), Position(0, 0, initial_document())
    for event in mirror.events:
        position = fold(position, event)
    for step in sequence:
        _, events = mirror.play(step)
        for event in events:
            position = fold(position, msgspec.json.decode(msgspec.json.encode(event), type=Event))
        assert position == mirror.position
        assert msgspec.to_builtins(msgspec.convert(mirror.document, State)) == mirror.document


@given(RULES, SEQUENCES)
def test_a_refusal_changes_nothing_but_counts_of_wrong_pins_and_the_question_it_answers(
    rules: Rules, sequence: list[Step]
) -> None:
    mirror = Played(rules)
    for step in sequence:
        before, (answer, *_) = mirror.play(step)
        if answer.type != "rejected":
            continue
        old, new = before.document, mirror.document
        changed = {name for name in old | new if old.get(name) != new.get(name)}
        may_change = {"access"} if answer.reason == "wrong_pin" else set()
        if answer.action in ("confirm", "gesture", "utterance") and new["pending"] is None:
            may_change.add("pending")
        assert changed <= may_change
        opened = [name for name in ("pin_set", "unlocked_until") if old["access"][name] != new["access"][name]]
        assert opened == []


@given(RULES, SEQUENCES)
def test_nothing_that_the_pin_guards_opens_by_touch_while_the_mirror_is_locked(
    rules: Rules, sequence: list[Step]
) -> None:
    mirror = Played(rules)
    mirror.send("set_pin", pin="set")
    for step in sequence:
        before, (answer, *_) = mirror.play(step)
        locked = before.document["access"]["pin_set"] and not is_unlocked(before.document, mirror.now_ms)
        for device in ("camera", "microphone"):
            opened = mirror.document[device]["on"] and not before.document[device]["on"]
            assert not (opened and locked and answer.source == "touch")


@given(RULES, SEQUENCES)
def test_there_is_no_way_past_the_question(rules: Rules, sequence: list[Step]) -> None:
    mirror = Played(rules)
    for step in sequence:
        before, (answer, *_) = mirror.play(step)
        pending = before.document["pending"]
        if answer.type == "accepted" and "confirmed" in answer.payload:
            assert answer.payload["confirmed"] == pending["command_id"]
            assert mirror.now_ms < milliseconds(pending["deadline"])
        elif "camera_on" in rules.confirm:
            assert not mirror.document["camera"]["on"] or before.document["camera"]["on"]


@given(RULES, SEQUENCES)
def test_a_yes_does_what_the_question_says_and_nothing_else(rules: Rules, sequence: list[Step]) -> None:
    mirror = Played(rules)
    for step in sequence:
        before, (answer, *_) = mirror.play(step)
        if answer.type != "accepted" or "confirmed" not in answer.payload:
            continue
        old, new, pending = before.document, mirror.document, before.document["pending"]
        action, payload = pending["action"], pending["payload"]
        assert action == answer.payload["asked"]
        assert not action.startswith(("toggle_", "next_", "previous_", "clear_"))
        if action == "undo":
            assert answer.payload["undone"] == payload["command_id"]
        for device in ("camera", "microphone"):
            if action == f"set_{device}":
                assert new[device]["on"] == payload["on"] != old[device]["on"]
        if action == "show_page":
            assert new["page"] == payload["page"] != old["page"]
        named = {todo["uid"] for todo in pending["about"]}
        assert [todo for todo in old["todos"] if todo not in new["todos"] and todo["uid"] not in named] == []


@given(RULES, SEQUENCES)
def test_a_question_that_lost_its_ground_is_withdrawn_and_no_other(rules: Rules, sequence: list[Step]) -> None:
    mirror = Played(rules)
    for step in sequence:
        mirror.play(step)
        due = [action for action, _ in mirror.due() if action in ("withdraw", "time_out")]
        if pending := mirror.document["pending"]:
            position, count = mirror.position, len(mirror.events)
            yes = mirror.send("confirm", source="touch", sender="home", command_id=pending["command_id"])
            assert yes.type == "rejected" or not due
            assert (
                yes.type == "accepted"
                or due
                or yes.reason in (*("consent_needed", "pin_required", "pin_opens_less", "rate_limited", "not_allowed"),)
            )
            mirror.position, mirror.events[count:] = position, []
        assert [event.type for event in mirror.do_what_is_due()].count("rejected") == 0
        assert not {"withdraw", "time_out"} & {action for action, _ in mirror.due()}
        assert (mirror.document["pending"] is None) or not due


@given(RULES, SEQUENCES)
def test_nobody_consents_to_what_they_asked_for_themselves(rules: Rules, sequence: list[Step]) -> None:
    mirror = Played(rules)
    for step in sequence:
        before, (answer, *_) = mirror.play(step)
        pending = before.document["pending"]
        if answer.type == "accepted" and "confirmed" in answer.payload and pending["consent"]:
            user_id = answer.origin.user_id if answer.origin else None
            asker = (pending["sender"], pending["source"], pending["user_id"])
            assert asker != (step.envelope["sender"], answer.source, user_id)
            assert answer.source in ("touch", "voice", "gesture")


@given(RULES, SEQUENCES)
def test_what_began_before_a_question_answers_it_only_by_its_id(rules: Rules, sequence: list[Step]) -> None:
    mirror = Played(rules)
    for step in sequence:
        before, (answer, *_) = mirror.play(step)
        if {"confirmed", "cancelled"} & answer.payload.keys() and "command_id" not in step.payload:
            assert answer.captured_at
            began = milliseconds(answer.captured_at) - step.payload.get("hold_ms", 0)
            assert began >= milliseconds(before.document["pending"]["asked_at"])


@given(RULES, SEQUENCES)
def test_taking_back_what_was_just_done_restores_the_document(rules: Rules, sequence: list[Step]) -> None:
    mirror = Played(rules)
    for step in sequence:
        before, (answer, *_) = mirror.play(step)
        if not any(entry["command_id"] == answer.command_id for entry in mirror.document["undoable"]):
            continue
        after = lasting(mirror.document)
        mirror.pass_ms(1_000)
        undone = mirror.send("undo", command_id=answer.command_id)
        if undone.type == "rejected" or "outcome" in undone.payload:
            # A rank, the PIN or a question is in the way, as in that of the plain command.
            assert undone.reason in (
                None,
                "superseded",
                "pin_required",
                "pin_opens_less",
                "question_pending",
                "rate_limited",
            )
            continue
        assert lasting(mirror.document) == lasting(before.document)
        mirror.pass_ms(1_000)
        again = mirror.send("undo", command_id=undone.command_id)
        if again.type == "accepted" and "outcome" not in again.payload:
            assert lasting(mirror.document) == after


@given(st.lists(st.one_of(*(st.tuples(st.just(name), SENSIBLE[name]) for name in SENSIBLE)), max_size=20))
def test_many_changes_are_taken_back_one_by_one(commands: list[tuple[str, dict[str, Any]]]) -> None:
    mirror = Played(Rules(confirm=frozenset(), rates={}))
    documents = [lasting(mirror.document)]
    for name, payload in commands:
        if name in ("undo", "set_pin", "unlock", "set_pages", "show_message") or name in ELSEWHERE:
            continue
        mirror.play(Step(2_000, name, payload, {"source": "touch"}))
        if lasting(mirror.document) != documents[-1]:
            documents.append(lasting(mirror.document))
    for document in reversed(documents[:-1]):
        mirror.pass_ms(2_000)
        assert mirror.send("undo").type == "accepted"
        assert lasting(mirror.document) == document


@settings(max_examples=1_000)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 5)), max_size=12))
def test_taking_back_in_any_order_is_refused_or_does_something(turns: list[tuple[bool, int]]) -> None:
    mirror = Played(Rules(confirm=frozenset(), rates={}))
    for action, summary in (("add_todo", "Bread"), ("update_todo", "Butter")):
        mirror.play(Step(2_000, action, {"uid": "a", "summary": summary}, {"source": "touch"}))
    for changes, ago in turns:
        action, payload = ("undo", {"command_id": ago})
        if changes:
            action, payload = ("update_todo", {"uid": "a", "summary": f"Summary {ago}"})
        before, (answer, *_) = mirror.play(Step(2_000, action, payload, {"source": "touch"}))
        if action == "undo" and answer.type == "accepted":
            assert lasting(mirror.document) != lasting(before.document)


@given(RULES, SEQUENCES)
def test_the_same_commands_at_the_same_times_give_the_same_bytes(rules: Rules, sequence: list[Step]) -> None:
    assert as_bytes(played(rules, sequence)) == as_bytes(played(rules, sequence))
