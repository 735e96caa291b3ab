"""Somebody speaks to a real mirror in a room, and is answered: the whole way, and what can come in between."""

import base64
import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from house.redis import RedisServer
from house.voices import spoken, wav
from mira_sidecar.transport.sound import Frame, encode
from tests.sidecar.process.test_words import rewritten
from tests.sidecar.voice.clips import recording, silence
from tests.sidecar.voice.room import Room, pieces, room, tone


@pytest.fixture(autouse=True)
def _loopback(socket_enabled: None) -> None:
    """These tests speak to Redis."""


@pytest.fixture
def hall(redis_server: RedisServer, tmp_path: Path, recorded: Path) -> Iterator[Room]:
    with room(redis_server, tmp_path) as own:
        yield own


@pytest.fixture
def alexa(recorded: Path) -> bytes:
    return recording(recorded / "wake" / "alexa" / "1.wav")


@pytest.fixture
def nabu(recorded: Path) -> bytes:
    return recording(recorded / "wake" / "okay_nabu" / "2.wav")


def noise(seconds: float, loudness: float = 1_500, seed: int = 1) -> bytes:
    samples = np.random.default_rng(seed).normal(0, loudness, round(seconds * 16_000))
    return samples.clip(-32_768, 32_767).astype("<i2").tobytes()


def test_somebody_says_the_wake_word_is_heard_and_answered_and_no_file_has_a_sound_of_it(
    hall: Room, nabu: bytes
) -> None:
    mirror = hall.mirror
    assert list(hall.voice["words"]) == ["alexa", "hey_jarvis", "hey_mycroft", "okay_nabu"]
    assert hall.voice["active"] == ["okay_nabu"]
    with hall.hearing() as ear:
        hall.listens()
        said = noise(2)
        hall.alsa.play(silence(0.5) + nabu + silence(0.3) + said)
        turn = hall.turn()
        assert (turn["how"], turn["word"], turn["microphone"], turn["stage"]) == (
            *("wake", "okay_nabu", "microphone", "listening"),
        )
        mirror.until(lambda: len(ear.sound(turn["id"])) > len(said) + 32_000)
        answer = hall.over("wake")
        assert answer["command_id"] == turn["id"]
        assert answer["confidence"] > 0.8
        frames = ear.of(turn["id"])
        assert [frame.sequence for frame in frames] == list(range(len(frames)))
        assert hall.observe("advance_turn", turn=turn["id"], stage="thinking")["type"] == "accepted"
        mirror.until(lambda: ear.of(turn["id"])[-1].last)
        time.sleep(0.2)  # what was on its way
        count = len(ear.frames)
        assert ear.of(turn["id"])[-1].last
        hall.observe("advance_turn", turn=turn["id"], stage="speaking")
        say = mirror.send("say", {"kind": "reply", "turn": turn["id"]}, source="automation")["command_id"]
        reply = tone(0.5)
        hall.speak(pieces(say, reply, reply))
        end = hall.over("end_speech")
        assert end["payload"] == {"speech": say, "outcome": "played"}
        hall.observe("end_turn", turn=turn["id"], outcome="answered", trace={"stt_ms": 700})
        assert (hall.voice["turn"], hall.voice["speech"]) == (None, None)
        played = np.frombuffer(hall.alsa.played, "<i2")
        assert np.count_nonzero(np.abs(played) > 2_000) > 40_000, "both files were heard"
        assert len(ear.frames) == count, "nothing was sent while it was answered"
    # All that was heard, and was played, in pieces that would be found again.
    rewritten(mirror)
    stream = ear.sound(turn["id"])
    traces = [stream[at : at + 64] for at in range(6_400, len(stream) - 64, 3_200) if any(stream[at : at + 64])]
    traces += [reply[at : at + 64] for at in range(1_000, len(reply) - 64, 3_000)]
    traces += [base64.b64encode(frame.sound)[:64] for frame in frames if any(frame.sound)]
    assert len(traces) > 50
    files = [
        file.read_bytes()
        for folder in (mirror.database.parent, mirror.server.directory)
        for file in folder.rglob("*")
        if file.is_file() and "room" not in file.parts
    ]
    assert sum(map(len, files)) > 10_000
    assert sum(trace in file for trace in traces for file in files) == 0
    text = mirror.sidecar.process.log.read_text()
    assert "nabu" not in text.lower()
    mirror.check()


def test_the_mirror_says_that_it_listens(redis_server: RedisServer, tmp_path: Path, nabu: bytes) -> None:
    with room(redis_server, tmp_path) as own, own.hearing():
        own.listens()
        own.alsa.play(silence(0.3) + nabu)
        own.turn()
        own.mirror.until(lambda: max(np.abs(np.frombuffer(own.alsa.played, "<i2")), default=0) > 1_000)


def test_a_wake_word_that_nobody_would_hear_is_not_answered(hall: Room, nabu: bytes) -> None:
    hall.listens()
    hall.alsa.play(silence(0.3) + nabu + silence(0.5))
    hall.mirror.until(lambda: "voice_no_home_assistant" in hall.mirror.degraded())
    assert hall.voice["turn"] is None
    assert [one for one in hall.mirror.published() if one["action"] == "wake"] == []
    assert np.count_nonzero(np.frombuffer(hall.alsa.played, "<i2")) == 0
    reply = hall.mirror.ask({"id": "query-0001", "kind": "voice", "payload": {}})
    assert reply
    assert (reply["result"]["wakes"], reply["result"]["near_misses"]) == (0, 1)
    with hall.hearing():
        hall.alsa.play(silence(1) + nabu)
        hall.turn()
        hall.mirror.until(lambda: hall.mirror.degraded() == [])


def test_a_microphone_that_is_switched_off_ends_what_it_heard(hall: Room, nabu: bytes) -> None:
    with hall.hearing() as ear:
        hall.listens()
        hall.alsa.play(silence(0.3) + nabu + noise(5))
        turn = hall.turn()["id"]
        hall.mirror.until(lambda: len(ear.of(turn)) > 5)
        hall.mirror.send("set_microphone", {"on": False})
        off = time.monotonic()
        hall.mirror.until(lambda: not hall.alsa.listened_to, 2)
        assert hall.over("end_turn")["payload"] == {"turn": turn, "outcome": "stopped"}
        hall.mirror.until(lambda: ear.of(turn)[-1].last)
        time.sleep(0.3)
        assert all(at < off + 0.5 for at, _ in ear.frames), "nothing comes after that"


def test_a_turn_ends_where_the_way_to_redis_is_cut_and_the_next_wake_word_is_answered(hall: Room, nabu: bytes) -> None:
    mirror = hall.mirror
    with hall.hearing() as ear:
        hall.listens()
        hall.alsa.play(silence(0.3) + nabu + noise(1))
        first = hall.turn()["id"]
        mirror.until(lambda: len(ear.of(first)) > 3)
        mirror.server.kill()
        mirror.server.start()
        mirror.until(lambda: hall.voice["turn"] is None, 30)
        end = hall.over("end_turn")
        assert end["payload"] == {"turn": first, "outcome": "failed", "code": "restarted"}
        mirror.until(lambda: (mirror.presence() or {"devices": {}})["devices"]["microphone"]["capture"] == "open", 30)
        mirror.until(lambda: hall.raw.pubsub_numsub(mirror.keys.audio)[0][1] == 1)
        hall.alsa.play(silence(1.5) + nabu + noise(1))
        second = hall.turn(15)["id"]
        mirror.until(lambda: len(ear.of(second)) > 5)
        assert second != first
        assert [frame.sequence for frame in ear.of(second)][:5] == [0, 1, 2, 3, 4]


def test_the_same_frame_twice_and_frames_of_others_are_not_played_and_one_that_is_missing_ends_it(hall: Room) -> None:
    mirror = hall.mirror
    say = mirror.send("say", {"kind": "announcement"}, source="automation")["command_id"]
    frames = pieces(say, tone(0.5))
    hall.raw.publish(mirror.keys.speech, b"\x09 no frame")
    hall.raw.publish(mirror.keys.speech, encode(Frame("speech-of-others", 0, b"x")))
    hall.speak([frame for frame in frames for _ in range(2)])
    assert hall.over("end_speech")["payload"] == {"speech": say, "outcome": "played"}
    played = np.frombuffer(hall.alsa.played, "<i2")
    assert 40_000 < len(played) < 70_000, "half a second, once"
    say = mirror.send("say", {"kind": "announcement"}, source="automation")["command_id"]
    frames = pieces(say, tone(2))
    hall.speak([frames[0], *frames[2:]])
    mirror.until(lambda: hall.over("end_speech")["payload"] == {"speech": say, "outcome": "failed"})
    reply = mirror.ask({"id": "query-0001", "kind": "voice", "payload": {}})
    assert reply
    assert reply["result"]["unfit_frames"] > 2
    hall.speak(pieces(say, tone(0.5)))  # to one that is over
    assert mirror.send("lock")["type"] == "accepted"


def test_whoever_says_stop_is_heard_at_once(hall: Room) -> None:
    mirror = hall.mirror
    say = mirror.send("say", {"kind": "announcement"}, source="automation")["command_id"]
    hall.speak(pieces(say, tone(5)))
    mirror.until(lambda: len(hall.alsa.played) > 20_000)
    mirror.send("stop_talking")
    time.sleep(0.4)
    heard = len(hall.alsa.played)
    assert heard < 48_000 * 4 * 3
    time.sleep(0.5)
    assert len(hall.alsa.played) == heard
    assert hall.voice["speech"] is None


def test_a_palm_held_up_is_enough_and_does_nothing_where_nothing_is_said(hall: Room) -> None:
    mirror = hall.mirror
    mirror.send("set_camera", {"on": True})
    palm = {"name": "palm", "hold_ms": 600}
    assert mirror.send("gesture", palm, source="gesture", confidence=0.95)["type"] == "accepted"
    say = mirror.send("say", {"kind": "announcement"}, source="automation")["command_id"]
    hall.speak(pieces(say, tone(5)))
    mirror.until(lambda: len(hall.alsa.played) > 20_000)
    time.sleep(1.5)  # until a palm counts again
    assert mirror.send("gesture", palm, source="gesture", confidence=0.95)["type"] == "accepted"
    mirror.until(lambda: hall.voice["speech"] is None)
    stopped = hall.over("stop_talking")
    assert (stopped["source"], stopped["payload"]["speech"]) == ("gesture", say)
    told = [(event["type"], event["action"]) for event in mirror.published()]
    assert told.count(("accepted", "stop_talking")) == 1


def test_without_a_speaker_nothing_is_said_and_that_is_known_at_once(redis_server: RedisServer, tmp_path: Path) -> None:
    with room(redis_server, tmp_path, speaker=None) as own:
        say = own.mirror.send("say", {"kind": "announcement"}, source="automation")["command_id"]
        assert own.over("end_speech")["payload"] == {"speech": say, "outcome": "failed"}


def test_a_button_listens_from_then_on_and_two_at_once_are_one_turn(hall: Room) -> None:
    with hall.hearing() as ear:
        hall.listens()
        first, second = (hall.mirror.command("listen", {}) for _ in range(2))
        hall.mirror.post([first, second])
        answers = hall.mirror.answers([first, second])
        assert [one.get("reason") for one in answers] == [None, "already_listening"]
        hall.mirror.until(lambda: len(ear.of(first["id"])) > 10)
        assert ear.of(second["id"]) == []


def test_a_restart_leaves_no_turn_open_and_the_words_as_they_were_chosen(hall: Room) -> None:
    with hall.hearing():
        hall.listens()
        hall.mirror.send("set_voice", {"active": ["hey_jarvis"]}, source="automation")
        turn = hall.mirror.send("listen")["command_id"]
        hall.mirror.sidecar.kill()
        hall.mirror.sidecar.start()
        hall.mirror.until(lambda: hall.voice["turn"] is None, 20)
        assert hall.over("end_turn")["payload"] == {"turn": turn, "outcome": "failed", "code": "restarted"}
        assert hall.voice["active"] == ["hey_jarvis"]


def test_levels_are_there_for_whoever_asks(hall: Room) -> None:
    hall.listens()
    hall.alsa.play(noise(8, loudness=3_276.8))

    def levels() -> dict[str, list[float]]:
        reply = hall.mirror.ask({"id": f"query-{time.monotonic_ns()}", "kind": "voice", "payload": {"levels": True}})
        assert reply
        found: dict[str, list[float]] = reply["result"]["levels"]
        return found

    with contextlib.suppress(KeyError):
        hall.mirror.until(lambda: -25 < levels()["microphone"][0] < -15 if levels() else False)
    assert -25 < levels()["microphone"][0] < -15
    with hall.raw.pubsub(ignore_subscribe_messages=True) as displays:
        displays.subscribe(hall.mirror.keys.live)
        shown = None
        for _ in range(20):
            shown = shown or displays.get_message(timeout=1)
    assert shown
    loud, noise_db = json.loads(shown["data"])["levels"]["microphone"]
    assert -25 < loud < -15
    assert noise_db <= loud
    assert json.dumps(hall.mirror.published()).count("level") == 0


def test_displays_are_shown_how_loud_the_mirror_speaks_while_it_does(hall: Room) -> None:
    mirror = hall.mirror
    with hall.raw.pubsub(ignore_subscribe_messages=True) as displays:
        displays.subscribe(mirror.keys.live)
        say = mirror.send("say", {"kind": "announcement"}, source="automation")["command_id"]
        hall.speak(pieces(say, wav(spoken("This is how loud I am. " * 2))))
        mirror.until(lambda: hall.voice["speech"] is None, 20)
        shown = [json.loads(one["data"]) for _ in range(200) if (one := displays.get_message(timeout=0.05))]
    assert {one["speech"] for one in shown} == {say}
    levels = [one["level"] for one in shown]
    assert len(levels) > 5
    assert min(levels) >= 0
    assert 0.3 < max(levels) <= 1
    assert json.dumps(mirror.published()).count('"level"') == 0


def test_who_speaks_over_the_mirror_is_heard_and_it_is_silent_at_once(hall: Room, nabu: bytes) -> None:
    mirror = hall.mirror
    reply = wav(spoken("This is a reply that goes on for longer than anybody wants to listen to it. " * 4))
    with hall.hearing():
        hall.listens()
        hall.alsa.echo = 0.7
        say = mirror.send("say", {"kind": "announcement"}, source="automation")["command_id"]
        hall.speak(pieces(say, reply))
        mirror.until(lambda: len(hall.alsa.played) > 4 * 48_000 * 3)  # it has heard itself for a while
        hall.alsa.play(nabu)
        turn = hall.turn(5)
        assert turn["word"] == "okay_nabu"
        assert hall.voice["speech"] is None
        time.sleep(0.5)  # the chime
        heard = len(hall.alsa.played)
        time.sleep(0.5)
        assert len(hall.alsa.played) == heard
