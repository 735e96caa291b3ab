"""Whether the mirror may speak by itself: to somebody, not over anybody, not at night, and not often."""

from typing import Any

import msgspec
import pytest

from mira_sidecar.core.decision import Rules
from mira_sidecar.protocol import Event
from mira_sidecar.subjects.talk.core.slice import Talk
from mira_sidecar.subjects.talk.core.speaking_up import APART_MS, SEEN_MS
from mira_sidecar.subjects.talk.settings import TalkSettings
from tests.sidecar.core.situation import NOON, Situation, refused
from tests.sidecar.subjects.talk.test_replies import begin, end

HOUR = 3_600_000


def house(**settings: Any) -> Situation:
    """A mirror whose clock shows noon, in UTC, for the people there, too."""
    own = {"talk": TalkSettings(**{"time_zone": "UTC", **settings})}
    return Situation(rules=Rules(confirm=frozenset(), own=own))


def speak_up(mirror: Situation, there: bool | None = True, **more: Any) -> Event:
    return mirror.send("speak_up", **{"source": "automation", "kind": "weather", "there": there, **more})


def test_it_may_speak_to_somebody_and_says_why() -> None:
    mirror = house()
    spoke = speak_up(mirror)
    assert spoke.payload == {"kind": "weather", "there": True, "count": 1}
    own = msgspec.convert(mirror.document["parts"]["talk"], Talk)
    assert own.spoken_up is not None
    assert (own.spoken_up.day, own.spoken_up.count) == ("2026-11-20", 1)


@pytest.mark.parametrize("source", ["touch", "voice", "gesture", "sensor"])
def test_only_automations_and_the_mirror_itself_have_it_speak_up(source: str) -> None:
    assert speak_up(house(), source=source, confidence=0.9).reason == "not_allowed"
    assert speak_up(house(), source="system").type == "accepted"


def test_it_does_not_speak_over_a_persona_that_answers_here() -> None:
    mirror = house()
    reply = begin(mirror)
    assert refused(speak_up(mirror)) == ("talking", "talk")
    end(mirror, reply)
    begin(mirror, place="elsewhere")
    assert speak_up(mirror).type == "accepted"


def test_it_does_not_speak_over_who_speaks_with_it_nor_over_itself() -> None:
    mirror = house()
    turn = mirror.send("listen").command_id
    assert refused(speak_up(mirror)) == ("talking", "talk")
    mirror.send("end_turn", source="sensor", turn=turn, outcome="stopped")
    mirror.send("say", source="sensor", kind="announcement")
    assert refused(speak_up(mirror)) == ("talking", "talk")
    mirror.send("stop_talking")
    assert speak_up(mirror).type == "accepted"
    mirror = house()
    mirror.send("listen")
    mirror.pass_ms(HOUR)
    assert speak_up(mirror).type == "accepted", "a turn whose time is over is none, even before it is put away"


@pytest.mark.parametrize(
    ("begins", "ends", "quiet"),
    [
        ("22:00", "07:00", False),
        ("12:00", "13:00", True),
        ("11:00", "12:00", False),
        ("12:01", "12:00", False),
        ("23:00", "12:01", True),
        ("12:00", "12:00", False),
    ],
)
def test_quiet_hours_begin_with_their_minute_and_go_past_midnight(begins: str, ends: str, quiet: bool) -> None:
    answer = speak_up(house(quiet_from=begins, quiet_until=ends))
    assert (answer.reason == "quiet_hours") == quiet


def test_quiet_hours_are_those_of_the_clock_on_the_wall() -> None:
    # Noon in Greenwich: 21:00 in Tokyo, 22:30 in Adelaide. In summer it is an hour later in Berlin than in winter.
    assert speak_up(house(time_zone="Asia/Tokyo")).type == "accepted"
    assert refused(speak_up(house(time_zone="Australia/Adelaide"))) == ("quiet_hours", "talk")
    berlin = TalkSettings(time_zone="Europe/Berlin")
    assert berlin.local(NOON).hour == 13
    assert berlin.local(NOON - 4_400 * HOUR).utcoffset() != berlin.local(NOON).utcoffset()


def test_a_time_zone_that_there_is_not_is_refused() -> None:
    for name in ("Mars/Olympus", "../../etc/passwd", "", "Europe", "Europe/Berlin\n"):
        with pytest.raises(ValueError, match="time zone"):
            TalkSettings(time_zone=name)


def test_it_does_not_speak_to_nobody() -> None:
    assert refused(speak_up(house(), there=False)) == ("nobody_there", "talk")
    assert refused(speak_up(house(), there=None)) == ("nobody_there", "talk")


def _recognised(mirror: Situation, by: str) -> None:
    mirror.send("recognise", source="sensor", person=None, by=by, confidence=0.9)


def _heard(mirror: Situation) -> None:
    turn = mirror.send("listen").command_id
    mirror.say(turn=turn)
    mirror.send("end_turn", source="sensor", turn=turn, outcome="answered")


@pytest.mark.parametrize(
    ("act", "seen"),
    [
        (lambda mirror: mirror.gesture("palm"), True),
        (lambda mirror: _recognised(mirror, "face"), True),
        (_heard, True),
        (lambda mirror: _recognised(mirror, "login"), False),
        (lambda mirror: mirror.say(sender="api"), False),
        (lambda mirror: mirror.send("show_page", page="clock"), False),
    ],
)
def test_without_being_told_it_goes_by_what_it_has_seen_and_heard_itself(act: Any, seen: bool) -> None:
    mirror = house()
    act(mirror)
    mirror.pass_ms(SEEN_MS - 1)
    answer = speak_up(mirror, there=None)
    assert (answer.type == "accepted") == seen
    mirror.pass_ms(APART_MS)
    assert refused(speak_up(mirror, there=None)) == ("nobody_there", "talk")


def test_it_speaks_up_now_and_then_only() -> None:
    mirror = house(speak_up_per_day=3, quiet_until="22:00")
    for _ in range(3):
        assert speak_up(mirror).type == "accepted"
        assert refused(speak_up(mirror)) == ("spoken_up_enough", "talk")
        mirror.pass_ms(APART_MS)
    refusal = speak_up(mirror)
    assert refused(refusal) == ("spoken_up_enough", "talk")
    assert refusal.values == {"limit": 3, "minutes": 10}
    mirror.pass_ms(12 * HOUR)
    assert speak_up(mirror).payload["count"] == 1, "another day"


def test_a_mirror_that_is_never_to_speak_up_does_not() -> None:
    assert refused(speak_up(house(speak_up_per_day=0))) == ("spoken_up_enough", "talk")


def test_a_clock_that_was_wrong_does_not_silence_it() -> None:
    mirror = house()
    mirror.pass_ms(40 * 24 * HOUR)
    speak_up(mirror)
    mirror.pass_ms(-40 * 24 * HOUR)
    assert speak_up(mirror).type == "accepted"
