"""The state is written now and then, the head each time: what a reader finds, whatever is lost or forged there."""

import contextlib
import json
import time
from typing import Any

import pytest

from mira_sidecar.transport.outbox import STATE_BYTES, STATE_EVENTS
from tests.sidecar.process.mirror import Message, Mirror

_SOON_S = 3
HEAD, STATE = ("head", "head_seal"), ("state", "state_seal")


def written_at(mirror: Mirror) -> int:
    """The place of the state that was written last; 0 of what is none."""
    with contextlib.suppress(ValueError):
        return int(json.loads(str(mirror.redis.get(mirror.keys.state)))["seq"])
    return 0


def kept(mirror: Mirror, names: tuple[str, ...]) -> dict[str, str]:
    """What is there now under these keys."""
    return {key: str(mirror.redis.get(key)) for key in (getattr(mirror.keys, name) for name in names)}


def test_a_change_moves_the_head_and_leaves_the_state_where_it_was(own_mirror: Mirror) -> None:
    before = kept(own_mirror, STATE)
    last = own_mirror.send("show_page", {"page": "clock"})["seq"] + 1
    assert kept(own_mirror, STATE) == before
    head: Any = json.loads(str(own_mirror.redis.get(own_mirror.keys.head)))
    snapshot = own_mirror.snapshot()
    assert (head["seq"], head["rev"]) == (last, snapshot["rev"])
    assert snapshot["state"]["page"] == "clock"
    own_mirror.check()


def test_the_state_is_written_again_once_as_much_was_said_as_it_is_long(own_mirror: Mirror) -> None:
    """So what is written stays within twice what is said, and a reader has as little to follow."""
    for summary in ("short", "x" * 255):
        todos = [own_mirror.command("add_todo", {"summary": summary, "description": "y" * 4_000}) for _ in range(20)]
        own_mirror.post(todos)
        own_mirror.answers(todos)
    bound = max(STATE_BYTES, own_mirror.redis.strlen(own_mirror.keys.state))
    places: list[int] = []
    for _ in range(12):
        own_mirror.send("add_todo", {"summary": "z" * 200, "description": "z" * 4_000})
        places.append(written_at(own_mirror))
        said = [one for one in own_mirror.published() if one["seq"] > places[-1]]
        assert sum(len(json.dumps(one, separators=(",", ":"), ensure_ascii=False)) for one in said) < bound + 9_000
    assert places[0] == places[1], "not with each change"
    own_mirror.check()


def test_redis_has_the_events_behind_the_state_whatever_was_said(own_mirror: Mirror) -> None:
    """Many that say nothing new are still more than a reader should have to follow."""
    commands = [own_mirror.command("toggle_camera") for _ in range(STATE_EVENTS)]
    own_mirror.post(commands)
    own_mirror.answers(commands)
    assert own_mirror.snapshot()["seq"] - written_at(own_mirror) < STATE_EVENTS
    own_mirror.check()


@pytest.mark.parametrize("lost", [HEAD, STATE, HEAD[:1], HEAD[1:], STATE[:1], STATE[1:], ("events",)])
@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
def test_what_redis_loses_alone_comes_back_in_a_moment(own_mirror: Mirror, lost: tuple[str, ...], busy: bool) -> None:
    own_mirror.send("show_page", {"page": "clock"})
    keys = [getattr(own_mirror.keys, name) for name in lost]
    own_mirror.redis.delete(*keys)
    comes_back(own_mirror, lambda: own_mirror.redis.exists(*keys) == len(keys), busy=busy)
    own_mirror.check()
    assert own_mirror.degraded() == []


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
@pytest.mark.parametrize(
    "forged",
    [
        {"head": '{"rev": 9, "seq": 999999, "at": "2026-11-20T12:00:00.000Z"}'},
        {"head": '{"rev": 0, "seq": 1, "at": "2026-11-20T12:00:00.000Z"}'},
        {"head": "garbage"},
        {"state": None},
        {"state": "garbage"},
        {"state_seal": "ab" * 32},
    ],
    ids=lambda forged: str(forged)[:40],
)
def test_a_forged_head_or_state_is_replaced_in_a_moment(
    own_mirror: Mirror, forged: dict[str, str | None], busy: bool
) -> None:
    own_mirror.send("show_page", {"page": "clock"})
    before = written_at(own_mirror)
    for name, value in forged.items():
        # As long as the real one, with its seal beside it: only its bytes tell.
        body = value or str(own_mirror.redis.get(own_mirror.keys.state)).replace('"on":false', '"on":true ')
        own_mirror.redis.set(getattr(own_mirror.keys, name), body)
    comes_back(own_mirror, lambda: written_at(own_mirror) > before, busy=busy)
    assert own_mirror.snapshot()["state"]["camera"] == {"on": False}
    own_mirror.check()


def test_what_takes_the_place_of_the_head_or_the_state_and_is_no_text_is_replaced(own_mirror: Mirror) -> None:
    for name in ("head", "state_seal"):
        key = getattr(own_mirror.keys, name)
        own_mirror.redis.delete(key)
        own_mirror.redis.rpush(key, "a list")
        own_mirror.until(lambda key=key: own_mirror.redis.type(key) == "string", _SOON_S)  # type: ignore[misc]
    own_mirror.check()


@pytest.mark.parametrize("names", [HEAD, STATE], ids=["head", "state"])
@pytest.mark.parametrize("dead", [False, True], ids=["while it serves", "while it is away"])
def test_an_older_head_or_state_with_its_true_seal_does_no_harm(
    own_mirror: Mirror, names: tuple[str, ...], dead: bool
) -> None:
    own_mirror.send("add_todo", {"summary": "Milk"})
    older = kept(own_mirror, names)
    for _ in range(30):
        own_mirror.send("add_todo", {"summary": "Bread", "description": "x" * 1_000})
    assert written_at(own_mirror) > json.loads(next(iter(older.values())))["seq"]
    if dead:
        own_mirror.sidecar.kill()
    own_mirror.redis.mset(older)
    if dead:
        own_mirror.sidecar.start()
    own_mirror.until(lambda: all(str(own_mirror.redis.get(key)) != value for key, value in older.items()), _SOON_S)
    own_mirror.check()
    assert own_mirror.send("toggle_camera")["type"] == "accepted"
    own_mirror.check()


def test_a_sidecar_that_comes_back_writes_the_state_of_now(own_mirror: Mirror) -> None:
    last = own_mirror.send("show_page", {"page": "clock"})["seq"]
    assert written_at(own_mirror) < last
    own_mirror.sidecar.kill()
    own_mirror.sidecar.start()
    assert written_at(own_mirror) >= last
    own_mirror.check()


def comes_back(mirror: Mirror, is_back: Any, *, busy: bool) -> None:
    """Wait until it is so, while nothing is sent, or one command after the other; each is answered once."""
    sent: list[Message] = []

    def so_far() -> bool:
        if busy:
            sent.append(mirror.command("toggle_microphone"))
            mirror.post(sent[-1:])
            time.sleep(0.02)
        return bool(is_back())

    mirror.until(so_far, _SOON_S)
    assert {answer["type"] for answer in mirror.answers(sent)} <= {"accepted"}
    mirror.until(lambda: mirror.unanswered() == 0)
