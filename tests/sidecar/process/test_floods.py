"""Senders that run wild: they cost the log a few rows and the sidecar little memory, and nobody else has to wait."""

import json
import time
import uuid
from pathlib import Path

import pytest

from house.redis import RedisServer
from tests.sidecar.process.mirror import Message, Mirror, running

TAPS = 5_000
LIMITED = "touch=20/40,automation=200/2000"


@pytest.fixture
def limited(redis_server: RedisServer, tmp_path: Path) -> object:
    """A mirror with the rates that it has by default."""
    with running(redis_server, tmp_path / "mira.db", rates=LIMITED) as mirror:
        yield mirror


def rss_mb(mirror: Mirror) -> float:
    """What the sidecar has in memory."""
    status = Path(f"/proc/{mirror.sidecar.process.pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def test_five_thousand_taps_are_each_answered_and_cost_the_log_a_few_rows(limited: Mirror) -> None:
    taps = [limited.command("next_page") for _ in range(TAPS)]
    limited.post(taps)
    answers = limited.answers(taps, 20)
    assert {answer.get("reason") for answer in answers} == {None, "rate_limited"}
    refused = [answer for answer in answers if answer["type"] == "rejected"]
    assert len(refused) > TAPS - 200
    rows = [event for event in limited.stored() if event["type"] == "rejected"]
    assert len(rows) < 20
    assert limited.redis.xlen(limited.keys.events) < 500

    def told() -> int:
        return sum(event.get("count", 1) - 1 for event in limited.stored() if event["type"] == "rejected")

    limited.until(lambda: told() + len([row for row in rows if "count" not in row]) >= len(refused))
    limited.check()


def test_a_refused_tap_that_comes_again_gets_its_answer_again_also_after_a_restart(limited: Mirror) -> None:
    taps = [limited.command("next_page", ttl_ms=3_600_000) for _ in range(500)]
    limited.post(taps)
    first = {answer["command_id"]: answer for answer in limited.answers(taps, 20)}
    own = {event["command_id"] for event in limited.stored()}
    tap = next(tap for tap in taps if tap["id"] not in own)
    limited.sidecar.kill()
    limited.sidecar.start()
    limited.forget_answers()
    stored = len(limited.stored())
    limited.post([tap])
    assert limited.answers([tap])[0] == first[tap["id"]]
    assert [e for e in limited.stored()[stored:] if e["command_id"] == tap["id"]] == []
    limited.check()


def test_what_became_of_a_refused_tap_is_explained_by_the_event_that_stands_for_it(limited: Mirror) -> None:
    taps = [limited.command("next_page") for _ in range(200)]
    limited.post(taps)
    limited.answers(taps, 20)
    own = {event["command_id"] for event in limited.stored()}
    tap = next(tap for tap in taps if tap["id"] not in own)
    reply = limited.ask({"id": str(uuid.uuid7()), "kind": "explain", "payload": {"command_id": tap["id"]}})
    assert reply
    assert reply["result"]["answer"]["reason"] == "rate_limited"


def test_nobody_waits_behind_three_hundred_pins(limited: Mirror) -> None:
    limited.send("set_pin", {"pin": "2580"})
    pins = [limited.command("unlock", {"pin": "2580"}) for _ in range(300)]
    began = time.monotonic()
    limited.post(pins)
    page = limited.command("show_page", {"page": "clock"}, source="automation", ttl_ms=5_000)
    limited.post([page])
    assert limited.answers([page])[0]["type"] == "accepted"
    assert time.monotonic() - began < 5
    reasons = [answer.get("reason") for answer in limited.answers(pins, 20)]
    assert reasons.count("rate_limited") > 250
    limited.check()


def test_who_guesses_from_elsewhere_does_not_lock_the_owner_out(own_mirror: Mirror) -> None:
    own_mirror.send("set_pin", {"pin": "2580"})
    guesses = [own_mirror.command("unlock", {"pin": f"{number:04}"}) for number in range(8)]
    for guess in guesses:
        own_mirror.redis.xadd(own_mirror.keys.commands["api"], {"command": json.dumps(guess)})
    reasons = [answer.get("reason") for answer in own_mirror.answers(guesses)]
    assert reasons == ["wrong_pin"] * 5 + ["pin_blocked"] * 3
    assert own_mirror.send("unlock", {"pin": "2580"})["type"] == "accepted"


def test_entries_of_many_megabytes_are_read_to_their_beginning(own_mirror: Mirror) -> None:
    before = rss_mb(own_mirror)
    own_mirror.sidecar.pause()
    long = [own_mirror.command("add_todo", {"summary": "x" * 20_000_000}) for _ in range(20)]
    for one in long:
        own_mirror.post([one])
    own_mirror.redis.delete(own_mirror.keys.lease, own_mirror.keys.presence)
    own_mirror.sidecar.resume()
    answers = own_mirror.answers(long, 30)
    assert {answer["reason"] for answer in answers} == {"bad_command"}
    assert "longer than 65536 bytes" in answers[0]["message"]
    assert rss_mb(own_mirror) < before + 120
    assert own_mirror.send("next_page")["type"] == "accepted"


def test_fifty_thousand_commands_that_wait_do_not_keep_the_start_waiting(limited: Mirror) -> None:
    limited.sidecar.stop()
    waiting = [limited.command("next_page", source="automation", ttl_ms=1) for _ in range(50_000)]
    for number in range(0, len(waiting), 5_000):
        limited.post(waiting[number : number + 5_000])
    began = time.monotonic()
    limited.sidecar.start(seconds=60)
    fresh: Message = limited.command("show_page", {"page": "clock"})
    limited.post([fresh])
    assert limited.answers([fresh], 30)[0]["type"] == "accepted"
    took = time.monotonic() - began
    assert len(limited.stored()) < 200
    assert took < 20, f"it took {took:.1f} s"


def test_malformed_commands_have_a_limit_and_a_sender_too(limited: Mirror) -> None:
    entries = [f'{{"id": "malformed-{number:05}"}}'.encode() for number in range(2_000)]
    limited.post(entries)
    answers = limited.answers([{"id": f"malformed-{number:05}"} for number in range(2_000)], 20)
    assert {answer["reason"] for answer in answers} <= {"bad_command", "rate_limited"}
    assert {(answer["source"], answer["sender"]) for answer in answers} == {("automation", "home")}
    assert len(limited.stored()) < 20


def test_what_a_sender_leaves_behind_while_nobody_decides_is_bounded(own_mirror: Mirror) -> None:
    own_mirror.sidecar.stop()
    # What the sidecar's own senders and Home Assistant do; see the protocol.
    for _ in range(12_000 // 500):
        with own_mirror.redis.pipeline() as pipeline:
            for _ in range(500):
                pipeline.xadd(own_mirror.keys.commands["gesture"], {"command": "{}"}, maxlen=10_000)
            pipeline.execute()
    assert own_mirror.unanswered() < 10_500


def test_a_stream_carries_only_what_its_sender_may_say(own_mirror: Mirror) -> None:
    claims = {
        "gesture": ("touch", "voice", "automation", "sensor", "system"),
        "voice": ("touch", "gesture", "system"),
        "sensor": ("touch", "automation", "system"),
        "home": ("voice", "gesture", "sensor", "system"),
        "api": ("gesture", "system"),
    }
    for sender, sources in claims.items():
        for source in sources:
            command = own_mirror.command("set_camera", {"on": True}, source=source)
            own_mirror.redis.xadd(own_mirror.keys.commands[sender], {"command": json.dumps(command)})  # type: ignore[index]
            answer = own_mirror.answers([command])[0]
            assert (answer["reason"], answer["sender"]) == ("source_not_allowed", sender)
            assert answer["source"] != source, "it is not noted as what it claims to be"
    assert own_mirror.snapshot()["state"]["camera"]["on"] is False


def test_what_lay_in_the_streams_of_the_last_version_is_gone_with_any_pin_in_it(own_mirror: Mirror) -> None:
    own_mirror.sidecar.stop()
    for key in own_mirror.keys.retired:
        own_mirror.redis.xadd(key, {"command": '{"pin": "left-behind"}'})
    own_mirror.sidecar.start()
    assert own_mirror.redis.exists(*own_mirror.keys.retired) == 0
