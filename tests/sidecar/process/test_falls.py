"""Whatever falls, it comes back by itself: every command once, and everywhere the same."""

import json
import threading

import pytest

from house.event_log import last_seq
from tests.sidecar.process.mirror import Mirror

WAITING = "waiting for Redis"


@pytest.mark.parametrize("events_before", [1, 900, 1_900])  # of batches of 500 commands
def test_killed_under_load_every_command_is_decided_once(mirror: Mirror, events_before: int) -> None:
    before = len(mirror.stored())
    commands = [mirror.command("toggle_camera") for _ in range(1_300)]
    mirror.post(commands)
    mirror.until(lambda: last_seq(mirror.database) >= before + events_before)
    mirror.sidecar.kill()
    mirror.sidecar.start()
    assert {answer["type"] for answer in mirror.answers(commands)} == {"accepted"}
    mirror.until(lambda: mirror.unanswered() == 0)
    assert len(mirror.stored()) == before + 2_600
    mirror.check()


def test_what_was_stored_but_not_published_is_published_after_a_kill(mirror: Mirror) -> None:
    command = mirror.command("add_todo", {"summary": "Buy milk"})
    mirror.post([command])
    mirror.answers([command])
    mirror.sidecar.kill()
    # As if the power had gone between the commit and the publication.
    last = mirror.stored()[-1]["seq"]
    mirror.redis.xdel(mirror.keys.events, f"{last}-0", f"{last - 1}-0")
    mirror.redis.delete(mirror.keys.state)
    mirror.post([command])
    mirror.sidecar.start()
    mirror.until(lambda: mirror.unanswered() == 0)
    mirror.check()
    assert [todo["uid"] for todo in mirror.snapshot()["state"]["todos"]].count(command["id"]) == 1


def test_a_redis_that_was_restarted_empty_is_filled_again(mirror: Mirror) -> None:
    commands = [mirror.command("toggle_camera") for _ in range(300)]
    mirror.post(commands)
    mirror.answers(commands)
    stored = len(mirror.stored())
    mirror.server.kill()
    mirror.server.empty()
    mirror.server.start()
    mirror.until(lambda: mirror.filled(stored))
    assert mirror.send("toggle_camera")["seq"] == stored + 1
    mirror.check()


def test_a_redis_that_was_killed_and_kept_its_data_goes_on(mirror: Mirror) -> None:
    seq = mirror.send("toggle_camera")["seq"]
    lines = len(mirror.log())
    mirror.server.kill()
    mirror.until(lambda: mirror.said(WAITING, lines))
    mirror.server.start()
    assert mirror.send("toggle_camera")["seq"] == seq + 2
    mirror.check()
    waiting = [line for line in mirror.log()[lines:] if line["event"] == WAITING]
    assert len(waiting) == 1
    assert waiting[0]["why"].endswith("Start it, or check `redis_url`.")
    assert "Traceback" not in json.dumps(mirror.log())


def test_a_flushed_redis_is_filled_again(mirror: Mirror) -> None:
    for _ in range(3):
        mirror.send("toggle_camera")
        mirror.redis.flushall()
        mirror.until(lambda: mirror.presence() is not None and mirror.redis.xlen(mirror.keys.events) > 0)
        mirror.check()
    assert mirror.send("toggle_camera")["type"] == "accepted"


def test_flushed_again_and_again_under_load_nothing_that_was_decided_is_missing(mirror: Mirror) -> None:
    ended = threading.Event()

    def load() -> None:
        while not ended.is_set():
            if mirror.unanswered() < 200:
                mirror.post([mirror.command("toggle_camera") for _ in range(50)])

    thread = threading.Thread(target=load)
    thread.start()
    for _ in range(4):
        before = len(mirror.stored())
        mirror.until(lambda before=before: len(mirror.stored()) >= before + 200)  # type: ignore[misc]
        mirror.redis.flushall()
    ended.set()
    thread.join()
    last = mirror.send("next_page")
    mirror.until(lambda: mirror.unanswered() == 0)
    assert mirror.published()[-2]["command_id"] == last["command_id"]
    mirror.check()


def test_a_redis_that_hangs_is_waited_for(mirror: Mirror) -> None:
    commands = [mirror.command("toggle_camera") for _ in range(100)]
    lines = len(mirror.log())
    mirror.post(commands)
    mirror.server.pause()
    # Its own socket timeout is 2 s: after it the sidecar takes the connection for dead.
    mirror.until(lambda: mirror.said(WAITING, lines), 15)
    mirror.server.resume()
    assert {answer["type"] for answer in mirror.answers(commands)} == {"accepted"}
    mirror.until(lambda: mirror.unanswered() == 0)
    mirror.check()


def test_everything_at_once(mirror: Mirror) -> None:
    commands = [mirror.command("toggle_camera") for _ in range(100)]
    mirror.post(commands)
    mirror.answers(commands)
    lines = len(mirror.log())
    stored = len(mirror.stored())
    mirror.sidecar.kill()
    mirror.server.kill()
    mirror.server.empty()
    mirror.sidecar.launch()
    mirror.until(lambda: mirror.said(WAITING, lines))
    mirror.server.start()
    mirror.until(lambda: mirror.filled(stored))
    assert mirror.send("toggle_camera")["seq"] == stored + 1
    mirror.check()


def test_a_key_of_the_wrong_kind_is_said_in_the_log_and_waited_for(mirror: Mirror) -> None:
    mirror.sidecar.kill()
    mirror.redis.delete(mirror.stream())
    mirror.redis.set(mirror.stream(), "a note of someone else's")
    mirror.sidecar.launch()
    mirror.until(lambda: "WRONGTYPE" in mirror.sidecar.process.log.read_text())
    assert mirror.sidecar.process.exit_code is None
    mirror.redis.delete(mirror.stream())
    assert mirror.send("toggle_camera")["type"] == "accepted"
    mirror.check()


@pytest.mark.parametrize("body", ["mine!", "{}"])
def test_what_a_stranger_wrote_in_place_of_the_lease_is_named_and_waited_for(mirror: Mirror, body: str) -> None:
    name = mirror.keys.lease
    lines = len(mirror.log())
    mirror.sidecar.kill()
    mirror.redis.set(name, body)
    mirror.sidecar.launch()
    mirror.until(lambda: f"has something else under `{name}`. Delete it there" in json.dumps(mirror.log()[lines:]))
    assert mirror.sidecar.process.exit_code is None
    assert "Traceback" not in mirror.sidecar.process.log.read_text()
    mirror.redis.delete(name)
    assert mirror.send("toggle_camera")["type"] == "accepted"
    mirror.check()


def test_what_a_stranger_wrote_in_place_of_the_state_is_replaced(mirror: Mirror) -> None:
    for body in ('{"seq": "many"}', '{"rev": 9, "seq": 999999, "at": "2026-11-20T12:00:00.000Z"}'):
        mirror.sidecar.kill()
        mirror.redis.set(mirror.keys.state, body)
        mirror.sidecar.start()
        assert mirror.send("toggle_camera")["type"] == "accepted"
        mirror.check()


def test_a_fencing_number_that_is_none_begins_anew(mirror: Mirror) -> None:
    mirror.sidecar.kill()
    mirror.redis.set(mirror.keys.fence, "many")
    mirror.sidecar.start()
    assert mirror.send("toggle_camera")["type"] == "accepted"
    mirror.check()
