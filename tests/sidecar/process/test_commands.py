"""What a client sees of a running sidecar."""

import json
from typing import Any

import pytest
import redis

from mira_sidecar import __version__
from tests.sidecar.process.mirror import Message, Mirror


def subscribed(mirror: Mirror, channel: str) -> Any:
    """A subscription, to be closed."""
    subscription = mirror.redis.pubsub()  # type: ignore[no-untyped-call]
    subscription.subscribe(channel)
    return subscription


def next_message(subscription: Any) -> Message:
    """The next message of a subscription."""
    while found := subscription.get_message(timeout=5):
        if found["type"] == "message":
            return dict(json.loads(found["data"]))
    raise AssertionError("no message came within 5 s")


def test_a_command_is_answered_stored_and_seen_by_everyone(shared: Mirror) -> None:
    with subscribed(shared, shared.keys.patches) as patches:
        before = shared.snapshot()
        command = shared.command("toggle_microphone", source="automation", origin={"user_id": "anna"})
        shared.post([command])
        (answer,) = shared.answers([command])
        patch = next_message(patches)
    assert (answer["type"], answer["source"], answer["origin"]) == ("accepted", "automation", {"user_id": "anna"})
    on = not before["state"]["microphone"]["on"]
    assert answer["payload"] == {"on": on}
    assert (patch["command_id"], patch["rev"]) == (command["id"], before["rev"] + 1)
    assert patch["patch"][0] == {"op": "replace", "path": "/microphone/on", "value": on}
    shared.check()


@pytest.mark.parametrize(
    ("action", "payload", "reason"),
    [
        ("add_todo", {}, "bad_payload"),
        ("remove_todo", {"uid": "nobody"}, "unknown_todo"),
        ("make_coffee", {}, "unknown_action"),
        ("show_page", {"page": "attic"}, "unknown_page"),
        ("set_pages", {"pages": ["home"]}, "not_allowed"),
        ("add_todo", {"summary": "x" * 1_000_000}, "bad_command"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(
    shared: Mirror, action: str, payload: Message, reason: str
) -> None:
    revision = shared.snapshot()["rev"]
    answer = shared.send(action, payload)
    assert (answer["type"], answer["reason"]) == ("rejected", reason)
    assert answer["message"].endswith(".")
    assert len(json.dumps(answer)) < 1_000
    assert shared.snapshot()["rev"] == revision
    shared.check()


def test_garbage_is_parked_and_the_rest_goes_on(shared: Mirror) -> None:
    shared.redis.delete(shared.keys.dead)
    first, last = (shared.command("toggle_camera") for _ in range(2))
    shared.post([first, b"hello", b"\xff\x00", b"[" * 60_000, b"x" * 1_000_000])
    shared.redis.xadd(shared.stream(), {"order": "please"})
    shared.post([last])
    assert [answer["type"] for answer in shared.answers([first, last])] == ["accepted", "accepted"]
    with redis.Redis.from_url(shared.server.url) as plain:  # what was parked need not be text
        dead: Any = plain.xrange(shared.keys.dead)
    parked = [fields for _, fields in dead]
    assert [len(entry[b"entry"]) for entry in parked] == [5, 2, 4_096, 4_096, 0]
    assert all(entry[b"reason"] for entry in parked)
    shared.check()


def test_a_command_that_comes_again_gets_its_first_answer_again(shared: Mirror) -> None:
    command = shared.command("add_todo", {"summary": "Only once"})
    with subscribed(shared, shared.keys.answers) as answers:
        shared.post([command, command])
        (first,) = shared.answers([command])
        assert next_message(answers) == first
        again = {**command, "action": "toggle_camera", "payload": {}}
        other = shared.command("next_page")
        shared.post([again, other, again])
        assert [next_message(answers) for _ in range(2)] == [first, first]
        assert shared.answers([other])[0]["type"] == "accepted"
    assert [todo["summary"] for todo in shared.snapshot()["state"]["todos"]].count("Only once") == 1
    shared.check()


def test_a_thousand_commands_at_once_get_a_thousand_answers(shared: Mirror) -> None:
    commands = [shared.command("toggle_camera") for _ in range(1_000)]
    shared.post(commands)
    answers = shared.answers(commands)
    assert [answer["type"] for answer in answers] == ["accepted"] * 1_000
    assert [answer["seq"] for answer in answers] == sorted(answer["seq"] for answer in answers)
    shared.check()


def test_a_command_is_judged_by_the_time_it_was_captured(shared: Mirror) -> None:
    old = shared.command("next_page", ttl_ms=1_000)
    assert shared.send("next_page", ts="2020-01-01T00:00:00.000Z")["reason"] == "expired"
    future = shared.send("next_page", ts="2199-01-01T00:00:00.000Z", ttl_ms=5_000)
    assert (future["type"], future["captured_at"] >= old["ts"]) == ("accepted", True)
    assert future["captured_at"] <= future["ts"]


def test_an_entry_with_a_made_up_time_of_arrival_harms_nobody(own_mirror: Mirror) -> None:
    mirror = own_mirror
    last = 2**63
    mirror.redis.xadd(mirror.stream(), {"command": '{"id": "abcdefgh"}'}, id=f"{last}-0")
    mirror.until(lambda: len(mirror.stored()) == 1)
    command = mirror.command("toggle_camera")
    mirror.redis.xadd(mirror.stream(), {"command": json.dumps(command)}, id=f"{last + 1}-0")
    assert mirror.answers([command])[0]["type"] == "accepted"
    assert mirror.stored()[0]["reason"] == "bad_command"


def test_the_presence_says_who_is_there(shared: Mirror) -> None:
    presence = shared.presence()
    assert presence
    assert presence["protocol"] == 2
    assert presence["version"] == __version__
    assert (presence["mirror"], presence["name"]) == ("hall", "Hall mirror")
    assert presence["node"].endswith(f":{shared.sidecar.process.pid}")
    assert presence["started_at"] < shared.send("next_page")["ts"]
    assert len(presence["server_id"]) == 36
    assert 0 < int(shared.redis.pttl(shared.keys.presence)) <= 3_000
    assert presence.get("problem") is None
    assert presence["devices"] == {}, "of what it does not have it says nothing"


def test_the_log_is_json_with_the_command_and_nothing_that_was_said(shared: Mirror) -> None:
    shared.send("set_microphone", {"on": True})
    said = shared.send("utterance", {"length": 14}, words={"text": "call my doctor"}, source="voice")
    worded = shared.send("utterance", {"text": "call my doctor"}, source="voice")
    refused = shared.send("add_todo", {"summary": "my doctor", "due": "my doctor"})
    misfit = shared.send("add_todo", {"summary": "my doctor"}, source="my doctor")
    lines = {line["command_id"]: line for line in shared.log() if "command_id" in line}
    for answer in (said, worded, refused, misfit):
        line = lines[answer["command_id"]]
        assert (line["event"], line["action"], line["seq"]) == (answer["type"], answer["action"], answer["seq"])
        assert line["level"] == "info"
        assert line["timestamp"].endswith("Z")
    assert lines[refused["command_id"]]["reason"] == "bad_payload"
    assert "doctor" not in shared.sidecar.process.log.read_text()


def test_a_question_that_lost_its_ground_leaves_the_mirror_by_itself(shared: Mirror) -> None:
    uid = shared.send("add_todo", {"summary": "Milk"})["payload"]["uid"]
    asked = shared.send("remove_todo", {"uid": uid}, confirm=True)
    assert shared.snapshot()["state"]["pending"]["about"] == [{"uid": uid, "summary": "Milk"}]
    shared.send("update_todo", {"uid": uid, "summary": "Oat milk"})
    shared.until(lambda: shared.snapshot()["state"]["pending"] is None)
    (withdrawn,) = [one for one in shared.published() if one["action"] == "withdraw" and one["type"] == "accepted"]
    assert withdrawn["source"] == "system"
    assert withdrawn["payload"] == {
        "command_id": asked["command_id"],
        "asked": "remove_todos",
        "reason": "changed_since",
    }
    assert shared.send("remove_todos", {"uids": [uid]})["payload"] == {"uids": [uid]}
    shared.check()
