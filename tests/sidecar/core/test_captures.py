"""Photos and videos that somebody asks for."""

from typing import Any

import pytest

from mira_sidecar.core.decision import Rules
from mira_sidecar.core.upkeep import opened
from mira_sidecar.protocol import Event, Source, instant
from mira_sidecar.subjects.talk.settings import TalkSettings
from tests.sidecar.core.situation import Situation, refused


def request(mirror: Situation, *, source: Source = "sensor", sender: Any = "home", **fields: Any) -> Event:
    """Ask for a picture, as Home Assistant does when a persona wants one."""
    return mirror.send("request_capture", source=source, sender=sender, fields=fields)


def agreed(mirror: Situation, **fields: Any) -> dict[str, Any]:
    """The capture that somebody said yes to."""
    request(mirror, **fields)
    mirror.send("confirm")
    return capture_of(mirror)


def capture_of(mirror: Situation) -> Any:
    return mirror.document["parts"].get("talk", {}).get("capture")


def end(mirror: Situation, capture: str, outcome: str = "taken", *, sender: Any = "sensor", **more: Any) -> Event:
    fields = {"capture": capture, "outcome": outcome, **more}
    return mirror.send("end_capture", source="sensor", sender=sender, fields=fields)


@pytest.mark.parametrize("source", ["touch", "voice", "gesture", "automation", "sensor"])
def test_nothing_is_taken_before_somebody_at_the_mirror_agrees_whatever_the_settings_say(source: Source) -> None:
    mirror = Situation(rules=Rules(confirm=frozenset()))
    asked = mirror.send("request_capture", source=source)
    assert asked.payload["outcome"] == "pending"
    assert mirror.document["pending"]["consent"]
    assert capture_of(mirror) is None
    mirror.send("cancel")
    assert capture_of(mirror) is None


def test_who_agrees_is_told_where_it_goes() -> None:
    mirror = Situation()
    request(mirror, kind="video", seconds=3, agent="OpenAI", cloud=True)
    pending = mirror.document["pending"]
    assert pending["payload"] == {"kind": "video", "seconds": 3, "agent": "OpenAI", "cloud": True}


def test_a_spoken_yes_counts_where_a_persona_asks_and_not_that_of_who_asks() -> None:
    mirror = Situation()
    request(mirror)
    assert mirror.say(answer="yes").type == "accepted"
    assert capture_of(mirror)
    end(mirror, capture_of(mirror)["id"])
    request(mirror, source="touch")
    assert mirror.send("confirm").reason == "consent_needed"
    assert mirror.send("confirm", source="automation").reason == "consent_needed"
    assert capture_of(mirror) is None


def test_a_photo_is_taken_three_seconds_after_the_yes() -> None:
    mirror = Situation()
    request(mirror)
    mirror.pass_ms(2_000)
    yes = mirror.send("confirm")
    assert capture_of(mirror) == {
        "id": yes.command_id,
        "kind": "photo",
        "seconds": 0,
        "reply": None,
        "at": instant(mirror.now_ms + 3_000),
        "until": instant(mirror.now_ms + 13_000),
    }


def test_the_count_down_is_as_long_as_the_settings_say() -> None:
    mirror = Situation(rules=Rules(confirm=frozenset(), own={"talk": TalkSettings(countdown_ms=500)}))
    capture = agreed(mirror)
    assert (capture["at"], capture["until"]) == (instant(mirror.now_ms + 500), instant(mirror.now_ms + 10_500))


def test_a_video_has_its_own_time() -> None:
    mirror = Situation()
    capture = agreed(mirror, kind="video", seconds=10)
    assert (capture["seconds"], capture["until"]) == (10, instant(mirror.now_ms + 23_000))


@pytest.mark.parametrize(
    "fields", [{"kind": "film"}, {"seconds": 0}, {"seconds": 11}, {"agent": ""}, {"agent": "a" * 65}]
)
def test_what_cannot_be_asked_for_is_refused(fields: dict[str, Any]) -> None:
    assert request(Situation(), **fields).reason == "bad_payload"


def test_it_is_refused_while_the_camera_is_off() -> None:
    assert refused(request(Situation(off=True))) == ("camera_off", "camera")


def test_a_question_goes_when_the_camera_is_switched_off() -> None:
    mirror = Situation()
    request(mirror)
    mirror.send("set_camera", on=False)
    (withdrawn,) = mirror.do_what_is_due()
    assert (withdrawn.action, withdrawn.payload["reason"]) == ("withdraw", "camera_off")
    assert mirror.document["pending"] is None


def test_one_is_taken_at_a_time() -> None:
    mirror = Situation()
    request(mirror)
    assert request(mirror).reason == "question_pending"
    mirror.send("confirm")
    assert refused(request(mirror)) == ("capturing", "talk")
    mirror.pass_ms(13_000)
    assert request(mirror).type == "accepted"  # the time of the other is over, whatever became of it


def test_its_end_is_said_once_and_by_what_takes_it() -> None:
    mirror = Situation()
    capture = agreed(mirror)["id"]
    media = "0198c0de-0000-7000-8000-000000000000"
    assert refused(end(mirror, capture, sender="home")) == ("not_allowed", "access")
    assert refused(end(mirror, capture, sender="api", media=media)) == ("not_allowed", "access")
    assert end(mirror, "command-of-another").reason == "capture_over"
    said = end(mirror, capture, media=media, bytes=9, ms=3_200)
    assert said.payload == {"capture": capture, "outcome": "taken", "media": media, "bytes": 9, "ms": 3_200}
    assert capture_of(mirror) is None
    assert refused(end(mirror, capture)) == ("capture_over", "talk")


def test_anybody_may_stop_it() -> None:
    mirror = Situation()
    capture = agreed(mirror)["id"]
    fields = {"capture": capture, "outcome": "cancelled"}
    assert mirror.send("end_capture", source="touch", fields=fields).type == "accepted"
    assert capture_of(mirror) is None


def test_it_ends_with_the_camera_and_is_not_taken_then() -> None:
    mirror = Situation()
    capture = agreed(mirror)["id"]
    mirror.send("set_camera", on=False)
    assert refused(end(mirror, capture)) == ("camera_off", "camera")
    (ended,) = mirror.do_what_is_due()
    assert ended.payload == {"capture": capture, "outcome": "camera_off"}
    assert capture_of(mirror) is None
    assert mirror.due() == []


def test_it_ends_with_its_time() -> None:
    mirror = Situation()
    agreed(mirror)
    mirror.pass_ms(12_999)
    assert mirror.due() == []
    mirror.pass_ms(1)
    (ended,) = mirror.do_what_is_due()
    assert ended.payload["outcome"] == "timed_out"


def begun(mirror: Situation) -> str:
    fields = {"persona": "01KQ", "place": "mirror", "pictures": "drawn", "length": 5}
    return mirror.send("begin_reply", source="sensor", sender="home", fields=fields).command_id


def test_it_ends_with_the_reply_that_wanted_it() -> None:
    mirror = Situation()
    reply = begun(mirror)
    capture = agreed(mirror, reply=reply)
    assert capture["reply"] == reply
    mirror.send("end_reply", source="sensor", fields={"reply": reply, "outcome": "interrupted"})
    (ended,) = mirror.do_what_is_due()
    assert ended.payload == {"capture": capture["id"], "outcome": "cancelled"}


def test_a_question_goes_with_the_reply() -> None:
    mirror = Situation()
    assert request(mirror, reply="never-begun").reason == "reply_over"
    reply = begun(mirror)
    request(mirror, reply=reply)
    mirror.send("end_reply", source="sensor", fields={"reply": reply, "outcome": "interrupted"})
    (withdrawn,) = mirror.do_what_is_due()
    assert (withdrawn.action, withdrawn.payload["reason"]) == ("withdraw", "reply_over")


@pytest.mark.parametrize("with_slice", [False, True])
def test_one_that_was_stored_too_late_is_taken_back(with_slice: bool) -> None:
    mirror = Situation()
    if with_slice:
        begun(mirror)
    capture = agreed(mirror)
    (what, event), *_ = [one for one in opened(mirror.registry.openings, mirror.events) if one[0] == "capture"]
    revoke = {"command_id": event.command_id, "opened": what}
    assert event.command_id == capture["id"]
    mirror.send("revoke", source="system", fields=revoke)
    assert capture_of(mirror) is None


def test_it_comes_when_it_would_have_come_although_the_clock_was_put_forward() -> None:
    mirror = Situation()
    agreed(mirror)
    mirror.send("shift_times", source="system", fields={"by_ms": 3_600_000})
    mirror.pass_ms(3_600_000)
    assert mirror.due() == []


def test_of_a_state_from_before_there_were_any_it_is_begun_all_the_same() -> None:
    mirror = Situation()
    begun(mirror)
    del mirror.document["parts"]["talk"]["capture"]
    assert mirror.due() == []
    assert agreed(mirror)
