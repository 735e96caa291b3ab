"""Whatever falls, it comes back by itself: every command once, and everywhere the same."""

import json
import threading

import pytest
import redis

from tests.sidecar.process.mirror import Mirror


@pytest.mark.parametrize("answers_before", [1, 400, 900])
def test_killed_under_load_every_command_is_decided_once(mirror: Mirror, answers_before: int) -> None:
    commands = [mirror.command("toggle_camera") for _ in range(2_000)]
    mirror.post(commands[:1_000])
    mirror.until(lambda: mirror.redis.xlen(mirror.keys.events) >= answers_before)
    mirror.sidecar.kill()
    mirror.post(commands[1_000:])
    mirror.sidecar.start()
    assert {answer["type"] for answer in mirror.answers(commands)} == {"accepted"}
    mirror.check()
    assert len(mirror.stored()) == 4_000


def test_what_was_stored_but_not_published_is_published_after_a_kill(mirror: Mirror) -> None:
    command = mirror.command("add_todo", {"summary": "Buy milk"})
    mirror.post([command])
    mirror.answers([command])
    mirror.sidecar.kill()
    # As if the power had gone between the commit and the publication.
    mirror.redis.delete(mirror.keys.events, mirror.keys.state)
    mirror.post([command])
    mirror.sidecar.start()
    mirror.until(lambda: mirror.unanswered() == 0)
    mirror.check()
    assert [todo["summary"] for todo in mirror.snapshot()["state"]["todos"]] == ["Buy milk"]


def test_a_redis_that_was_restarted_empty_is_filled_again(mirror: Mirror) -> None:
    commands = [mirror.command("toggle_camera") for _ in range(700)]
    mirror.post(commands)
    mirror.answers(commands)
    mirror.server.kill()
    mirror.server.empty()
    mirror.server.start()
    mirror.until(lambda: mirror.redis.xlen(mirror.keys.events) == 1_400 and mirror.snapshot()["rev"] == 700)
    assert mirror.send("toggle_camera")["seq"] == 1_401
    mirror.check()


def test_a_redis_that_was_killed_and_kept_its_data_goes_on(mirror: Mirror) -> None:
    mirror.send("toggle_camera")
    mirror.server.kill()
    mirror.until(lambda: "waiting for Redis" in [line["event"] for line in mirror.log()])
    mirror.server.start()
    assert mirror.send("toggle_camera")["seq"] == 3
    mirror.check()


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
            mirror.post([mirror.command("toggle_camera") for _ in range(50)])

    thread = threading.Thread(target=load)
    thread.start()
    for stored in (300, 600, 900, 1_200):
        mirror.until(lambda stored=stored: len(mirror.stored()) >= stored)  # type: ignore[misc]
        mirror.redis.flushall()
    ended.set()
    thread.join()
    last = mirror.send("next_page")
    mirror.until(lambda: mirror.unanswered() == 0)
    assert mirror.published()[-2]["command_id"] == last["command_id"]
    mirror.check()


def test_a_redis_that_hangs_is_waited_for(mirror: Mirror) -> None:
    mirror.send("toggle_camera")
    commands = [mirror.command("toggle_camera") for _ in range(300)]
    mirror.post(commands)
    mirror.server.pause()
    # Its own socket timeout is 5 s: after it the sidecar takes the connection for dead.
    mirror.until(lambda: "waiting for Redis" in [line["event"] for line in mirror.log()], 15)
    mirror.server.resume()
    assert {answer["type"] for answer in mirror.answers(commands)} == {"accepted"}
    mirror.until(lambda: mirror.unanswered() == 0)
    mirror.check()


def test_everything_at_once(mirror: Mirror) -> None:
    commands = [mirror.command("toggle_camera") for _ in range(200)]
    mirror.post(commands)
    mirror.answers(commands)
    mirror.sidecar.kill()
    mirror.server.kill()
    mirror.server.empty()
    mirror.sidecar.launch()
    mirror.until(lambda: "waiting for Redis" in [line["event"] for line in mirror.log()])
    mirror.server.start()
    mirror.until(lambda: mirror.redis.xlen(mirror.keys.events) == 400)
    assert mirror.send("toggle_camera")["seq"] == 401
    mirror.check()


def test_a_key_of_the_wrong_kind_is_said_in_the_log_and_waited_for(mirror: Mirror) -> None:
    mirror.sidecar.kill()
    mirror.redis.delete(mirror.keys.commands)
    mirror.redis.set(mirror.keys.commands, "a note of someone else's")
    mirror.sidecar.launch()
    mirror.until(lambda: "WRONGTYPE" in mirror.sidecar.process.log.read_text())
    assert mirror.sidecar.process.exit_code is None
    mirror.redis.delete(mirror.keys.commands)
    assert mirror.send("toggle_camera")["type"] == "accepted"
    mirror.check()


def test_the_log_of_an_outage_is_short_and_free_of_traces(mirror: Mirror) -> None:
    mirror.server.kill()
    mirror.until(lambda: "waiting for Redis" in [line["event"] for line in mirror.log()])
    with pytest.raises(redis.ConnectionError):
        mirror.redis.ping()
    mirror.server.start()
    mirror.send("toggle_camera")
    waiting = [line for line in mirror.log() if line["event"] == "waiting for Redis"]
    assert len(waiting) == 1
    assert "Start it, or check `redis_url`." in waiting[0]["why"]
    assert "Traceback" not in json.dumps(mirror.log())
