"""Questions about the log, put to a running sidecar."""

import json
import uuid
from typing import Any

import pytest

from mira_sidecar.protocol import MAX_COMMAND_BYTES
from tests.sidecar.process.mirror import Message, Mirror


def post(mirror: Mirror, query: Message | bytes | None) -> None:
    body = query if isinstance(query, bytes) else json.dumps(query).encode()
    mirror.redis.xadd(mirror.keys.queries, {"query": body} if query is not None else {"other": "x"})


def ask(mirror: Mirror, kind: str = "explain", payload: Message | None = None, **more: Any) -> Message:
    """Ask, and wait for the reply."""
    found = mirror.ask({"id": str(uuid.uuid7()), "kind": kind, "payload": payload or {}, **more})
    assert found
    del found["query_id"]
    return found


def test_a_decision_is_explained_and_nothing_is_left_of_the_question(mirror: Mirror) -> None:
    answer = mirror.send("set_camera", {"on": False})
    answer = mirror.send("set_camera", {"on": True})
    before = mirror.stored()
    found = ask(mirror, payload={"command_id": answer["command_id"]})["result"]
    assert found["answer"] == answer
    assert {"place": "camera.on", "before": False, "after": True} in found["changed"]
    assert (found["before"], found["led_to"], found["waiting"], found["undoable"]) == ([], [], False, True)
    assert mirror.stored() == before
    assert mirror.redis.xlen(mirror.keys.queries) == len(mirror.redis.keys(f"{mirror.keys.replies}*")) == 0
    mirror.check()


def test_the_last_decision_is_meant_where_none_is_named(mirror: Mirror) -> None:
    changed = mirror.send("toggle_microphone")
    assert ask(mirror)["result"]["answer"] == changed
    refused = mirror.send("show_page", {"page": "cellar"})
    assert ask(mirror)["result"]["answer"] == refused


def test_the_place_of_either_event_does_as_well(mirror: Mirror) -> None:
    answer = mirror.send("toggle_camera")
    by_id = ask(mirror, payload={"command_id": answer["command_id"]})
    for seq in (answer["seq"], answer["seq"] + 1):
        assert ask(mirror, payload={"seq": seq}) == by_id


@pytest.mark.parametrize("payload", [{"command_id": "nobody-00"}, {"seq": 0}, {"seq": 10**6}, {"seq": 2**63}])
def test_what_the_log_does_not_have_is_refused(mirror: Mirror, payload: Message) -> None:
    found = ask(mirror, payload=payload)
    assert found == {"reason": "unknown_command", "message": "The log knows no such command, or none any more."}


def test_what_cannot_be_answered_is_refused_with_a_reason(mirror: Mirror) -> None:
    assert ask(mirror, "gossip")["reason"] == "unknown_query"
    refusal = ask(mirror, payload={"seq": "four"})
    assert refusal["reason"] == "bad_query"
    assert "`seq`" in refusal["message"]
    assert ask(mirror, "")["reason"] == "bad_query"


@pytest.mark.parametrize(
    "body",
    [None, b"", b"\xff", b"[]", b'{"id": "x", "kind": "explain"}', b"[" * 5_000, b" " * MAX_COMMAND_BYTES + b"{}"],
)
def test_what_is_no_query_is_passed_over(mirror: Mirror, body: bytes | None) -> None:
    post(mirror, body)
    mirror.send("next_page")
    assert ask(mirror)["result"]["answer"]["action"] == "next_page"


def test_a_question_that_came_too_early_is_not_answered(own_mirror: Mirror) -> None:
    own_mirror.send("next_page")
    own_mirror.sidecar.kill()
    post(own_mirror, {"id": "too-early", "kind": "explain", "ttl_ms": 1})
    with own_mirror.redis.pubsub(ignore_subscribe_messages=True) as replies:
        replies.subscribe(own_mirror.keys.replies)
        post(own_mirror, {"id": "in-time-1", "kind": "explain", "ttl_ms": 60_000})
        own_mirror.sidecar.start()
        heard: list[Message] = []
        own_mirror.until(lambda: bool(heard.append(message) if (message := replies.get_message()) else heard))
        assert [json.loads(one["data"])["query_id"] for one in heard] == ["in-time-1"]
    assert own_mirror.redis.xlen(own_mirror.keys.queries) == 0


def test_questions_are_answered_again_after_an_outage_of_redis(own_mirror: Mirror) -> None:
    own_mirror.server.kill()
    own_mirror.until(lambda: own_mirror.said("waiting for Redis"))
    own_mirror.server.start()
    own_mirror.send("next_page")
    assert ask(own_mirror)["result"]["answer"]["action"] == "next_page"


def test_something_else_in_the_place_of_the_queries_is_told(own_mirror: Mirror) -> None:
    own_mirror.redis.set(own_mirror.keys.queries, "mine")
    own_mirror.until(lambda: own_mirror.said("queries are not answered: Redis refuses what Mira asks"))
    assert own_mirror.send("next_page")["type"] == "accepted"
