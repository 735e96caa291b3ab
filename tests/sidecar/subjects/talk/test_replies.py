"""Replies of personas, and the face that goes with them: what the state has of them, and when it goes."""

from typing import Any

import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mira_sidecar.core.decision import Rules
from mira_sidecar.protocol import Event, milliseconds
from mira_sidecar.subjects.talk.core.replies import MOST, REPLY_MS
from mira_sidecar.subjects.talk.core.slice import Talk
from tests.sidecar.core.situation import NOON, Situation, refused

SECOND = 1_000


def talk(mirror: Situation) -> Talk:
    return msgspec.convert(mirror.document["parts"]["talk"], Talk)


def begin(mirror: Situation, **more: Any) -> str:
    """Begin a reply; its id."""
    asked = {"persona": "01ABC", "place": "mirror", "pictures": "drawn", "length": 12, "source": "sensor", **more}
    answer = mirror.send("begin_reply", **asked)
    assert answer.type == "accepted"
    return answer.command_id


def express(mirror: Situation, emotion: str, reply: str, **more: Any) -> Event:
    return mirror.send("express", source="sensor", emotion=emotion, reply=reply, **more)


def end(mirror: Situation, reply: str, outcome: str = "answered", **more: Any) -> Event:
    return mirror.send("end_reply", source="sensor", reply=reply, outcome=outcome, **more)


@pytest.fixture
def mirror() -> Situation:
    return Situation()


def test_a_mirror_whose_personas_were_never_asked_says_nothing_of_them(mirror: Situation) -> None:
    end(mirror, "nobodys-reply")
    assert mirror.document["parts"] == {}


def test_a_reply_is_open_until_it_ends_once(mirror: Situation) -> None:
    reply = begin(mirror, pictures="fluent", remembers=True, language="pt-BR")
    (found,) = talk(mirror).replies.values()
    assert (found.persona, found.place, found.pictures, found.remembers) == ("01ABC", "mirror", "fluent", True)
    assert milliseconds(found.until) - NOON == REPLY_MS
    ended = end(mirror, reply, length=300, heard=120, first_ms=800, total_ms=5_000)
    assert ended.payload["outcome"] == "answered"
    assert (ended.payload["heard"], ended.payload["remembers"]) == (120, True)
    assert talk(mirror) == Talk(pictures="fluent")
    assert refused(end(mirror, reply)) == ("reply_over", "talk")
    assert refused(express(mirror, "joy", reply)) == ("reply_over", "talk")


def test_the_face_is_that_of_the_newest_reply_and_goes_with_it(mirror: Situation) -> None:
    first = begin(mirror)
    assert express(mirror, "joy", first).type == "accepted"
    face = talk(mirror).face
    assert face is not None
    assert (face.emotion, face.reply, face.pictures) == ("joy", first, "drawn")
    second = begin(mirror, persona="02DEF", pictures="fluent")
    assert talk(mirror).face is None
    late = express(mirror, "sad", first)
    assert refused(late) == ("superseded", "talk")
    assert late.values == {"source": "sensor", "command_id": second}
    express(mirror, "wink", second)
    end(mirror, first)
    assert (face := talk(mirror).face) is not None
    assert (face.emotion, face.pictures) == ("wink", "fluent")
    end(mirror, second)
    assert talk(mirror).face is None


def test_a_reply_of_which_nobody_says_how_it_ended_is_lost(mirror: Situation) -> None:
    reply = begin(mirror)
    express(mirror, "thinking", reply)
    mirror.pass_ms(REPLY_MS - 1)
    assert mirror.due() == []
    mirror.pass_ms(1)
    assert refused(express(mirror, "joy", reply)) == ("reply_over", "talk")
    (lost,) = mirror.do_what_is_due()
    assert (lost.payload["reply"], lost.payload["outcome"], lost.source) == (reply, "lost", "system")
    assert talk(mirror) == Talk(pictures="drawn")
    assert mirror.due() == []


def test_a_ninth_reply_makes_room_for_itself_and_says_in_place_of_which(mirror: Situation) -> None:
    replies = [begin(mirror) for _ in range(MOST)]
    ninth = mirror.send(
        "begin_reply", source="sensor", persona="x", place="api", pictures="none", length=1, remembers=False
    )
    assert ninth.payload["crowded_out"] == [replies[0]]
    assert list(talk(mirror).replies) == [*replies[1:], ninth.command_id]
    assert refused(end(mirror, replies[0])) == ("reply_over", "talk")


@pytest.mark.parametrize("source", ["touch", "voice", "automation", "gesture"])
def test_who_only_wishes_does_not_say_how_a_reply_goes_on(mirror: Situation, source: str) -> None:
    reply = begin(mirror)
    more: dict[str, Any] = {"source": source, "confidence": 0.9}
    begun = mirror.send("begin_reply", persona="x", place="mirror", pictures="none", length=1, **more)
    for answer in (
        begun,
        mirror.send("express", emotion="joy", reply=reply, **more),
        mirror.send("end_reply", reply=reply, outcome="answered", **more),
        mirror.send("compact", persona="x", upto="message-1", messages=15, by="rules", **more),
    ):
        assert answer.reason == "not_allowed"
    assert mirror.send("clear_face", **more).reason == "not_allowed"


@pytest.mark.parametrize("source", ["touch", "voice", "automation", "gesture", "sensor"])
def test_anybody_may_have_the_mirror_express_something_for_a_while(mirror: Situation, source: str) -> None:
    answer = mirror.send("express", emotion="love", source=source, confidence=0.9, seconds=3)
    assert answer.payload == {"emotion": "love", "reply": None, "seconds": 3, "pictures": None}
    face = talk(mirror).face
    assert face is not None
    assert (face.reply, face.pictures, milliseconds(face.until) - NOON) == (None, "drawn", 3 * SECOND)
    mirror.pass_ms(3 * SECOND)
    assert mirror.due() == [("clear_face", {})]
    mirror.do_what_is_due()
    assert talk(mirror).face is None
    assert mirror.due() == []


def test_nobodys_emotion_looks_like_those_of_the_persona_that_was_asked_last(mirror: Situation) -> None:
    end(mirror, begin(mirror, pictures="fluent"))
    mirror.send("express", emotion="love")
    assert (face := talk(mirror).face) is not None
    assert face.pictures == "fluent"
    mirror.send("express", emotion="love", pictures="none")
    assert (face := talk(mirror).face) is not None
    assert face.pictures == "none"


@pytest.mark.parametrize(("place", "reason"), [("mirror", "talking"), ("api", "talking"), ("elsewhere", None)])
def test_nobody_makes_faces_while_a_persona_answers_at_the_mirror(
    mirror: Situation, place: str, reason: str | None
) -> None:
    begin(mirror, place=place)
    assert mirror.send("express", emotion="wink").reason == reason
    mirror.pass_ms(REPLY_MS)
    assert mirror.send("express", emotion="wink").type == "accepted", "it is over, even before it is put away"


def test_who_asked_is_nowhere_in_the_state_and_in_no_payload(mirror: Situation) -> None:
    person = "p_a0000000"
    reply = begin(mirror, origin={"person": person}, sender="home")
    end(mirror, reply, origin={"person": person}, sender="home")
    mirror.send("forget_talk", origin={"person": person}, source="sensor", sender="home")
    assert person not in str(mirror.document)
    assert person not in str([event.payload for event in mirror.events])


def test_what_is_to_be_forgotten_is_remembered_until_it_is(mirror: Situation) -> None:
    first, second, third = (mirror.send("forget_talk", persona="x").command_id for _ in range(3))
    waiting = talk(mirror).forgetting
    assert waiting is not None
    assert (waiting.first, waiting.last) == (first, third)
    assert mirror.send("talk_forgotten", last=third).reason == "not_allowed"
    mirror.send("talk_forgotten", source="sensor", last=second)
    assert talk(mirror).forgetting == waiting, "more was to be forgotten meanwhile"
    mirror.send("talk_forgotten", source="sensor", last=third)
    assert talk(mirror).forgetting is None
    mirror.send("talk_forgotten", source="sensor", last=third)
    assert talk(mirror).forgetting is None


def test_a_clock_that_is_set_takes_replies_and_faces_along(mirror: Situation) -> None:
    reply = begin(mirror)
    express(mirror, "joy", reply)
    by_ms = -86_400_000
    mirror.pass_ms(by_ms)
    mirror.send("shift_times", source="system", by_ms=by_ms)
    found, face = talk(mirror).replies[reply], talk(mirror).face
    assert face is not None
    assert found.until == face.until
    assert milliseconds(found.until) - mirror.now_ms == REPLY_MS


class Talks(RuleBasedStateMachine):
    """Replies that begin, go on and end in any order, late and twice, while the clock jumps."""

    def __init__(self) -> None:
        super().__init__()
        self.mirror = Situation(off=True, rules=Rules(confirm=frozenset(), rates={}))
        self.begun: list[str] = []
        self.ends: list[str] = []

    def _note(self, events: list[Event]) -> None:
        for event in events:
            if event.type == "accepted":
                self.ends += event.payload.get("crowded_out", [])
                self.ends += [event.payload["reply"]] if event.action == "end_reply" else []

    @rule(place=st.sampled_from(["mirror", "elsewhere", "api"]))
    def begin(self, place: str) -> None:
        self.begun.append(begin(self.mirror, place=place))
        self._note(self.mirror.events[-2:])

    @rule(data=st.data(), outcome=st.sampled_from(["answered", "interrupted", "lost"]))
    def end(self, data: st.DataObject, outcome: str) -> None:
        if self.begun:
            self._note([end(self.mirror, data.draw(st.sampled_from(self.begun)), outcome)])

    @rule(data=st.data())
    def express(self, data: st.DataObject) -> None:
        reply = data.draw(st.sampled_from([*self.begun, "never-begun", None]))
        source = "automation" if reply is None else "sensor"
        self.mirror.send("express", source=source, emotion="joy", reply=reply, age_ms=data.draw(st.integers(0, 4_000)))

    @rule(by_ms=st.integers(-2 * REPLY_MS, 2 * REPLY_MS), told=st.booleans())
    def jump(self, by_ms: int, told: bool) -> None:
        self.mirror.pass_ms(by_ms)
        if told:
            self.mirror.send("shift_times", source="system", by_ms=by_ms)

    @rule()
    def settle(self) -> None:
        self._note(self.mirror.do_what_is_due())
        assert self.mirror.due() == []

    @invariant()
    def few_are_open_and_each_of_the_others_has_ended_once(self) -> None:
        if "talk" not in self.mirror.document["parts"]:
            return
        own = talk(self.mirror)
        assert len(own.replies) <= MOST
        assert len(self.ends) == len(set(self.ends))
        assert {*self.begun} == {*own.replies, *self.ends}
        assert not own.replies.keys() & {*self.ends}

    @invariant()
    def the_face_is_never_that_of_a_closed_reply(self) -> None:
        if "talk" in self.mirror.document["parts"] and (face := talk(self.mirror).face):
            assert face.reply is None or face.reply in talk(self.mirror).replies


test_whatever_comes_in_whatever_order = Talks.TestCase
