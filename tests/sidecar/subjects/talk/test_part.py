"""Talk at a running sidecar: what was said is kept for its person, answered when asked for, and forgotten when told."""

import contextlib
import json
import os
import shutil
import sqlite3
import time
import uuid

import pytest

from mira_sidecar.store.files import keys_of, side_of
from tests.sidecar.process.mirror import Message, Mirror
from tests.sidecar.process.test_words import found_in, mira, rewritten

ANNA, BEN = {"person": "p_a0000000"}, {"person": "p_b0000000"}
USER = "0123456789abcdef0123456789abcdef"
CANARY = "canary in the coal mine"
PERSONA = "01PERSONA"


@pytest.fixture
def mirror(running_mirror: Mirror) -> Mirror:
    """A mirror that knows Anna, who lets it remember, and Ben, who does not."""
    running_mirror.send("add_person", {**ANNA, "consents": ["memory"], "ha_user": USER})
    running_mirror.send("add_person", BEN)
    return running_mirror


def ask(
    mirror: Mirror, text: str | None, *, origin: Message | None = None, persona: str = PERSONA, remembers: bool = True
) -> str:
    """Somebody asks a persona; the id of its reply."""
    asked = {"persona": persona, "place": "mirror", "pictures": "drawn", "length": 5, "remembers": remembers}
    # As Home Assistant, which says for the mirror who asks.
    command = mirror.command("begin_reply", asked, source="sensor", origin=origin or {})
    if text is not None:
        mirror.say(command, {"text": text})
    mirror.redis.xadd(mirror.keys.commands["home"], {"command": json.dumps(command)})
    (answer,) = mirror.answers([command])
    assert answer["type"] == "accepted", answer
    return str(answer["command_id"])


def answer(mirror: Mirror, reply: str, text: str | None, **more: object) -> Message:
    heard = {"reply": reply, "outcome": "answered", "length": 9, "heard": len(text or "")}
    return mirror.send("end_reply", {**heard, **more}, words=text and {"text": text}, source="sensor")


def told(mirror: Mirror, **asked: object) -> Message:
    """The reply to a query for what was said."""
    reply = mirror.ask({"id": str(uuid.uuid7()), "kind": "talk_history", "payload": {"persona": PERSONA, **asked}})
    assert reply is not None
    return reply


def texts(mirror: Mirror, **asked: object) -> list[str]:
    return [one["text"] for one in told(mirror, **asked)["result"]["messages"]]


def forgotten(mirror: Mirror) -> bool:
    return mirror.snapshot()["state"]["parts"]["talk"]["forgetting"] is None


def rows(mirror: Mirror) -> int:
    both = "SELECT (SELECT count(*) FROM talk_messages) + (SELECT count(*) FROM talk_summaries)"
    with contextlib.closing(sqlite3.connect(side_of(mirror.database))) as side:
        try:
            ((count,),) = side.execute(both)
        except sqlite3.OperationalError:  # its file is there a moment before its tables are
            return 0
        return int(count)


def test_what_was_said_comes_back_and_stands_in_no_file(mirror: Mirror) -> None:
    assert told(mirror)["result"] == {"summary": None, "messages": [], "count": 0}
    assert not side_of(mirror.database).exists(), "it is made for the first who is remembered"
    began = mirror.now_ms()
    reply = ask(mirror, CANARY)
    ended = answer(mirror, reply, f"the {CANARY} sings")
    found = told(mirror)["result"]
    assert [(one["id"], one["role"], one["text"]) for one in found["messages"]] == [
        (reply, "user", CANARY),
        (ended["command_id"], "assistant", f"the {CANARY} sings"),
    ]
    assert (found["summary"], found["count"]) == (None, 2)
    assert mirror.now_ms() - began < 5_000
    rewritten(mirror)
    assert not found_in(mirror, CANARY.encode())
    mirror.check()


def test_each_person_has_their_own_and_nobody_that_of_another(mirror: Mirror) -> None:
    for origin, text in ((None, "ours"), (ANNA, "Anna's"), (BEN, "Ben's"), ({"person": "p_f0000000"}, "a stranger's")):
        answer(mirror, ask(mirror, text, origin=origin), f"to {text}")
    assert texts(mirror) == ["ours", "to ours"]
    assert texts(mirror, **ANNA) == ["Anna's", "to Anna's"]
    assert texts(mirror, **BEN) == texts(mirror, person="p_f0000000") == []
    assert texts(mirror, persona="02OTHER") == []
    assert rows(mirror) == 4


def test_what_a_persona_is_not_to_remember_is_not_kept(mirror: Mirror) -> None:
    answer(mirror, ask(mirror, "of the moment", remembers=False), "so is this")
    answer(mirror, ask(mirror, None), "to words that never came")
    answer(mirror, ask(mirror, ""), "to none")
    answer(mirror, ask(mirror, "unheard"), None)
    answer(mirror, ask(mirror, "x" * 6_001), "too long")
    assert texts(mirror) == ["unheard"]
    answer(mirror, ask(mirror, "x" * 6_000), "y" * 6_000)
    assert [len(one) for one in texts(mirror)] == [7, 6_000, 6_000]


def test_the_same_command_twice_is_kept_once(mirror: Mirror) -> None:
    asked = {"persona": PERSONA, "place": "api", "pictures": "none", "length": 5, "remembers": True}
    command = mirror.command("begin_reply", asked, source="sensor")
    mirror.say(command, {"text": "once"})
    mirror.post([command, command])
    mirror.answers([command])
    mirror.say(command, {"text": "again"})
    mirror.post([command])
    mirror.answers([command])
    assert texts(mirror) == ["once"]


def test_a_summary_comes_in_the_place_of_what_it_has(mirror: Mirror) -> None:
    replies = [ask(mirror, f"question {number}") for number in range(3)]
    first = answer(mirror, replies[0], "answer 0")
    compacted = {"persona": PERSONA, "upto": replies[1], "messages": 2, "by": "rules"}
    for summary in ("", "z" * 4_001, None):
        mirror.send("compact", compacted, words=summary and {"text": summary}, source="sensor")
    assert told(mirror)["result"]["count"] == 4
    assert mirror.send("compact", compacted, words={"text": CANARY}, source="sensor")["type"] == "accepted"
    found = told(mirror)["result"]
    assert (found["summary"], found["count"]) == (CANARY, 2)
    assert texts(mirror) == ["question 2", "answer 0"]
    answer(mirror, replies[1], "too late: its question is in the summary")
    assert texts(mirror) == ["question 2", "answer 0"]
    assert first["command_id"] in [one["id"] for one in told(mirror)["result"]["messages"]]


def test_a_consent_that_is_taken_back_takes_all_along(mirror: Mirror) -> None:
    reply = ask(mirror, "remember this", origin=ANNA)
    answer(mirror, ask(mirror, "ours"), "yes")
    mirror.until(lambda: rows(mirror) == 3)
    mirror.send("change_person", {**ANNA, "consents": []})
    answer(mirror, reply, "after that")
    mirror.until(lambda: rows(mirror) == 2)
    assert texts(mirror, **ANNA) == []
    mirror.send("change_person", {**ANNA, "consents": ["memory"]})
    assert texts(mirror, **ANNA) == []
    assert texts(mirror) == ["ours", "yes"]


def test_a_person_who_is_forgotten_is_so_here_too(mirror: Mirror) -> None:
    answer(mirror, ask(mirror, CANARY, origin=ANNA), "noted")
    mirror.until(lambda: rows(mirror) == 2)
    mirror.send("forget_person", ANNA)
    mirror.until(lambda: rows(mirror) == 0)
    mirror.until(lambda: mirror.snapshot()["state"]["parts"]["people"]["forgotten"] == [])


@pytest.mark.parametrize(
    ("asked", "origin", "left"),
    [
        ({}, {}, (0, 2)),
        ({}, ANNA, (2, 0)),
        ({}, {"user_id": USER}, (2, 0)),
        ({"persona": PERSONA}, {"user_id": "somebody else"}, (0, 2)),
        ({"persona": "02OTHER", "everybody": True}, {}, (2, 2)),
        ({"persona": PERSONA, "everybody": True}, BEN, (0, 0)),
        ({"everybody": True}, {}, (0, 0)),
    ],
)
def test_what_is_to_be_forgotten_is_gone_within_a_second(
    mirror: Mirror, asked: Message, origin: Message, left: tuple[int, int]
) -> None:
    for who in ({}, ANNA):
        answer(mirror, ask(mirror, CANARY, origin=who), "noted")
    mirror.until(lambda: rows(mirror) == 4)
    began = time.monotonic()
    mirror.send("forget_talk", asked, source="sensor", origin=origin)
    mirror.until(lambda: forgotten(mirror))
    assert time.monotonic() - began < 1
    assert (len(texts(mirror)), len(texts(mirror, **ANNA))) == left


def test_an_answer_to_what_was_forgotten_meanwhile_is_not_kept(mirror: Mirror) -> None:
    reply = ask(mirror, "forget me")
    mirror.send("forget_talk")
    answer(mirror, reply, "what I know of it")
    answer(mirror, ask(mirror, "something new"), "that stays")
    mirror.until(lambda: forgotten(mirror))
    assert texts(mirror) == ["something new", "that stays"]


def test_a_sidecar_that_dies_while_it_forgets_does_so_at_its_next_start(mirror: Mirror) -> None:
    for number in range(4):
        answer(mirror, ask(mirror, CANARY), "noted")
        assert len(texts(mirror)) == 2
        mirror.post([mirror.command("forget_talk"), mirror.command("forget_talk", {"persona": "02OTHER"})])
        time.sleep(0.004 * number)
        mirror.sidecar.kill()
        mirror.sidecar.start()
        mirror.until(lambda: mirror.send("lock")["type"] == "accepted")
        mirror.until(lambda: rows(mirror) == 0)
        mirror.until(lambda: forgotten(mirror))
    mirror.check()


def test_a_side_store_that_is_away_holds_up_no_reply_and_what_was_to_be_forgotten_is_later(mirror: Mirror) -> None:
    answer(mirror, ask(mirror, CANARY), "noted")
    mirror.until(lambda: rows(mirror) == 2)
    mirror.sidecar.stop()
    keys, put_by = keys_of(side_of(mirror.database)), mirror.database.parent.parent / "keys"
    shutil.move(keys, put_by)
    os.mkfifo(keys)  # whoever reads it waits for a writer that never comes
    mirror.sidecar.start()
    began = time.monotonic()
    answer(mirror, ask(mirror, "is anybody there"), "yes")
    mirror.send("forget_talk")
    assert told(mirror)["reason"] == "storage_failed"
    assert time.monotonic() - began < 4
    assert not forgotten(mirror)
    mirror.sidecar.kill()
    keys.unlink()
    shutil.move(put_by, keys)
    mirror.sidecar.start()
    mirror.until(lambda: forgotten(mirror))
    assert rows(mirror) == 0


def test_where_nothing_is_to_be_kept_nothing_is_and_what_was_goes(mirror: Mirror) -> None:
    answer(mirror, ask(mirror, CANARY), "noted")
    assert len(texts(mirror)) == 2
    mirror.sidecar.stop()
    mirror.sidecar.flags |= {"talk_keep_days": 0}
    mirror.sidecar.start()
    mirror.until(lambda: rows(mirror) == 0)
    answer(mirror, ask(mirror, CANARY), "noted")
    assert texts(mirror) == []
    assert rows(mirror) == 0


def test_erased_commands_take_their_words_along(mirror: Mirror) -> None:
    answer(mirror, ask(mirror, CANARY, origin={"user_id": "anna"}), "noted")
    answer(mirror, ask(mirror, "ours"), "yes")
    mirror.until(lambda: rows(mirror) == 4)
    mirror.sidecar.stop()
    mira("erase", "--database", mirror.database, "--user", "anna", "--yes")
    mirror.sidecar.start()
    mirror.until(lambda: mirror.send("lock")["type"] == "accepted")
    ask(mirror, None)
    assert texts(mirror) == ["ours", "yes"]


def test_why_it_spoke_is_answered(mirror: Mirror) -> None:
    spoke = mirror.send("speak_up", {"kind": "weather", "there": True}, source="automation")
    found = mirror.ask({"id": str(uuid.uuid7()), "kind": "explain", "payload": {"command_id": spoke["command_id"]}})
    assert found is not None
    told_why = found["result"]["answer"]
    if spoke["type"] == "accepted":
        assert told_why["payload"] == {"kind": "weather", "there": True, "count": 1}
    else:
        assert told_why["reason"] == "quiet_hours"
    assert told_why["looked"]
    again = mirror.send("speak_up", {"kind": "weather", "there": True}, source="automation")
    assert again["reason"] in ("spoken_up_enough", "quiet_hours")
