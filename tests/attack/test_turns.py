"""Whatever goes wrong while somebody is listened to: the turn ends, says how, and nothing of it goes astray."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from house.redis import RedisServer
from mira_sidecar.protocol import milliseconds
from tests.attack.effort import Progress
from tests.attack.preloaded import Clock
from tests.sidecar.voice.room import Ear, Room, pieces, room, tone

pytestmark = pytest.mark.usefixtures("socket_enabled")
HOUR_S = 3_600
LONGEST_S = 5.0


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path)


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[RedisServer]:
    """A Redis, by whose clock mirrors live."""
    with RedisServer(tmp_path / "redis", environment=clock.environment) as server:
        yield server


def listened_to(hall: Room, ear: Ear) -> str:
    """The turn of somebody who has pressed the button, and speaks."""
    hall.alsa.play(tone(20)[44:])
    turn = str(hall.mirror.send("listen")["command_id"])
    hall.mirror.until(lambda: len(ear.of(turn)) > 5)
    return turn


@pytest.mark.parametrize("seconds", [-HOUR_S, -45, 45, HOUR_S])
def test_a_turn_ends_and_the_next_one_is_heard_when_the_clock_jumps(
    server: RedisServer, clock: Clock, tmp_path: Path, seconds: int
) -> None:
    with room(server, tmp_path) as hall, hall.hearing() as ear:
        hall.listens()
        turn = listened_to(hall, ear)
        clock.put(seconds)
        # Redis itself ends the lease then, or leaves those hanging who wait for the next command.
        hall.mirror.until(lambda: hall.voice["turn"] is None)
        assert hall.over("end_turn")["payload"] == {"turn": turn, "outcome": "failed", "code": "restarted"}
        hall.listens()
        again = listened_to(hall, ear)
        assert again != turn
        left_ms = milliseconds(hall.voice["turn"]["until"]) - hall.mirror.now_ms()
        assert 10_000 < left_ms <= 30_000
        hall.mirror.check()


def test_a_turn_ends_and_the_microphone_can_be_switched_off_while_redis_is_full(
    server: RedisServer, tmp_path: Path, progress: Progress
) -> None:
    with room(server, tmp_path) as hall, hall.hearing() as ear:
        hall.listens()
        turn = listened_to(hall, ear)
        hall.raw.set("ballast", "x" * 1_000_000)
        hall.raw.config_set("maxmemory", 1_000_000)
        began = time.monotonic()
        hall.mirror.until(lambda: not hall.alsa.listened_to, LONGEST_S)
        progress(f"Redis is full: the microphone was closed after {time.monotonic() - began:.2f} s")
        heard = len(ear.of(turn))
        time.sleep(0.5)
        assert len(ear.of(turn)) == heard, "nobody who is to be quiet is listened to"
        hall.raw.delete("ballast")
        hall.raw.config_set("maxmemory", 0)
        hall.mirror.until(lambda: hall.voice["turn"] is None, 40)
        end = hall.over("end_turn")
        progress(f"Redis is full: the turn ended so: {end['payload']}")
        assert end["payload"]["turn"] == turn
        hall.listens()
        listened_to(hall, ear)
        hall.mirror.send("set_microphone", {"on": False})
        hall.mirror.until(lambda: not hall.alsa.listened_to, LONGEST_S)
        hall.mirror.check()


def test_of_two_mirrors_on_one_redis_neither_hears_or_answers_for_the_other(
    server: RedisServer, tmp_path: Path
) -> None:
    for name in ("hall", "attic"):
        (tmp_path / name).mkdir()
    with (
        room(server, tmp_path / "hall") as hall,
        room(server, tmp_path / "attic", mirror="attic") as attic,
        hall.hearing() as in_hall,
        attic.hearing() as in_attic,
    ):
        hall.listens()
        attic.listens()
        turn = listened_to(hall, in_hall)
        assert (in_attic.frames, attic.voice["turn"]) == ([], None)
        assert attic.observe("advance_turn", turn=turn, stage="thinking")["reason"] == "turn_over"
        other = listened_to(attic, in_attic)
        assert attic.observe("end_turn", turn=turn, outcome="stopped")["reason"] == "turn_over"
        say = hall.mirror.send("say", {"kind": "reply", "turn": turn}, source="automation")["command_id"]
        own = attic.mirror.send("say", {"kind": "announcement"}, source="automation")["command_id"]
        attic.speak(pieces(say, tone(0.5)))  # the other one's, on this one's channel
        hall.speak(pieces(say, tone(0.5)))
        assert hall.over("end_speech")["payload"] == {"speech": say, "outcome": "played"}
        assert attic.voice["speech"]["id"] == own
        assert np.count_nonzero(np.frombuffer(attic.alsa.played, "<i2")) == 0
        attic.mirror.send("set_microphone", {"on": False})
        attic.mirror.until(lambda: not attic.alsa.listened_to, LONGEST_S)
        heard = len(in_hall.of(turn))
        hall.mirror.until(lambda: len(in_hall.of(turn)) > heard + 5)
        assert {frame.id for _, frame in in_hall.frames} == {turn}
        assert {frame.id for _, frame in in_attic.frames} == {other}
