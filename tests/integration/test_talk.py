"""What the mirror decides of its personas' replies: in their order, whatever it fares, and of what was heard alone."""

import asyncio
from typing import Any

import pytest
from homeassistant.components import conversation
from homeassistant.components.conversation.chat_log import DATA_CHAT_LOGS
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from custom_components.mira.emotions import EMOTIONS, Emotion
from custom_components.mira.expression import Asked, OpenReply, Wanted, cut_at_word
from house.model import Die, Say, StandInModel
from tests.integration.conftest import Meet, StateBecomes
from tests.integration.persona import PERSONA, PERSONA_ID, ask, until
from tests.integration.spoken_mirror import BLOCK, TALK, UNTIL, SpokenMirror, over
from tests.integration.talking import Talk, async_talk

EMOTION = "sensor.hall_mirror_emotion"
REPLY = {"persona": PERSONA_ID, "place": "elsewhere", "pictures": "drawn", "person": None, "at": UNTIL, "until": UNTIL}
LONG = [f"word {number} " for number in range(30)]


def told(mirror: SpokenMirror) -> dict[str, Any]:
    """The last end of a reply that was told, without how long it took."""
    end = mirror.asked("end_reply")[-1]
    return {name: value for name, value in end.items() if name not in ("reply", "first_ms", "total_ms")}


def words(mirror: SpokenMirror, action: str) -> list[str | None]:
    """What came beside commands of this kind."""
    ids = [command["id"] for command in mirror.commands if command["action"] == action]
    return [mirror.words.get(one, {}).get("text") for one in ids]


async def test_each_emotion_is_decided_in_its_order_and_one_end_tells_what_became_of_it(
    hass: HomeAssistant, meet: Meet, model: StandInModel, mirror: SpokenMirror
) -> None:
    await meet(pictures="fluent")
    model.turns = [[Say("[emotion:sad] Oh."), Say(" [emotion:sad] So. [emotion:joy]", 0.02), Say(" Well!", 0.02)]]
    await ask(hass, "hello")
    begin, *expressed, end = await over(mirror)
    assert begin["payload"] == {
        "persona": PERSONA_ID,
        "place": "elsewhere",
        "pictures": "fluent",
        "length": 5,
        "remembers": True,
        "language": "en",
    }
    reply = begin["id"]
    assert [each["payload"] for each in expressed] == [{"reply": reply, "emotion": name} for name in ("sad", "joy")]
    assert end["payload"]["reply"] == reply
    assert 0 <= end["payload"]["first_ms"] <= end["payload"]["total_ms"]
    assert told(mirror) == {"outcome": "answered", "length": 13, "heard": 13}
    assert {command["source"] for command in (begin, *expressed, end)} == {"sensor"}
    assert words(mirror, "begin_reply") == ["hello"]
    assert words(mirror, "end_reply") == ["Oh. So. Well!"]


async def test_a_persona_that_is_to_remember_nothing_tells_the_mirror_no_words(
    hass: HomeAssistant, meet: Meet, model: StandInModel, mirror: SpokenMirror
) -> None:
    await meet(memory=False)
    model.turns = [[Say("[emotion:sad] Oh.")]]
    await ask(hass, "hello", language="klingon")
    begin, *_ = await over(mirror)
    assert begin["payload"]["remembers"] is False
    assert "language" not in begin["payload"]
    assert mirror.words == {}


@pytest.mark.parametrize("refuses", [{"begin_reply": "rate_limited"}, {}])
async def test_a_mirror_that_decides_no_reply_keeps_nobody_waiting(
    hass: HomeAssistant, meet: Meet, model: StandInModel, mirror: SpokenMirror, refuses: dict[str, str]
) -> None:
    mirror.refuses = refuses
    if not refuses:
        mirror.written.presence(subjects={"screen": 1})  # an older sidecar
    await meet()
    model.turns = [[Say("[emotion:sad] Oh.")]]
    assert (await ask(hass, "hello")).said == "Oh."
    await hass.async_block_till_done(wait_background_tasks=False)
    assert mirror.asked("express", "end_reply") == []
    assert hass.states.get(EMOTION) is None or mirror.refuses


async def test_the_agent_does_not_wait_for_the_decision(
    hass: HomeAssistant, meet: Meet, model: StandInModel, mirror: SpokenMirror
) -> None:
    await meet()
    mirror.is_slow = True
    model.turns = [[Say("[emotion:sad] Oh.")]]
    assert (await ask(hass, "hello")).said == "Oh."
    assert mirror.commands == []
    mirror.is_slow = False
    await over(mirror)
    assert [command["payload"].get("emotion") for command in mirror.commands] == [None, "sad", None]


async def test_a_program_that_follows_a_reply_hears_of_its_emotions_and_of_no_other(
    hass: HomeAssistant, meet: Meet, model: StandInModel, mirror: SpokenMirror
) -> None:
    expression = (await meet()).runtime_data.expression
    heard: list[Emotion | Wanted] = []
    also: list[Emotion | Wanted] = []
    context = Context()
    stop = expression.follow(context.id, heard.append)
    stop_also = expression.follow(context.id, also.append)
    model.turns = [[Say("[emotion:sad] Oh.")], [Say("[emotion:joy] Ah.")], [Say("[emotion:love] Ah.")]]
    await ask(hass, "hello", context=context)
    stop()
    await ask(hass, "hello")
    await ask(hass, "hello", context=context)
    stop_also()
    sad, love = EMOTIONS["sad"], EMOTIONS["love"]
    assert (heard, also) == ([sad], [sad, love])
    await over(mirror, 3)
    assert [begin["place"] for begin in mirror.asked("begin_reply")] == ["api", "elsewhere", "api"]


async def test_what_the_mirror_misses_while_it_is_away_it_is_told_when_it_is_back(
    hass: HomeAssistant, meet: Meet, model: StandInModel, mirror: SpokenMirror, state_becomes: StateBecomes
) -> None:
    await meet()
    model.turns = [[Say("[emotion:sad] Oh."), Say(" So.", 1.0)]]
    asking = asyncio.create_task(ask(hass, "hello"))
    await until(lambda: mirror.talk["face"])
    mirror.written.redis.delete("mira:{hall}:presence")
    await state_becomes(EMOTION, "unavailable")
    assert (await asking).said == "Oh. So."
    assert mirror.asked("end_reply") == []
    mirror.written.presence()
    await over(mirror)
    assert told(mirror) == {"outcome": "answered", "length": 7, "heard": 7}
    assert words(mirror, "end_reply") == ["Oh. So."]


async def test_replies_of_before_a_restart_are_lost_but_not_those_of_another_home_assistant(
    hass: HomeAssistant, meet: Meet, mirror: SpokenMirror
) -> None:
    replies = {"ours": REPLY, "other": {**REPLY, "persona": "somebody"}}
    await mirror.restart(parts={"voice": mirror.voice, "talk": {**TALK, "replies": replies}})
    await meet()
    await until(lambda: list(mirror.talk["replies"]) == ["other"])
    assert mirror.asked("end_reply") == [{"reply": "ours", "outcome": "lost", "length": 0, "heard": 0}]


async def test_a_reply_that_the_mirror_will_not_end_is_given_up(
    hass: HomeAssistant, meet: Meet, mirror: SpokenMirror
) -> None:
    mirror.refuses = {"end_reply": "source_not_allowed"}
    await mirror.restart(parts={"voice": mirror.voice, "talk": {**TALK, "replies": {"ours": REPLY}}})
    await meet()
    await until(lambda: mirror.asked("end_reply"))
    await mirror.change(page="todos")
    await mirror.change(page="home")
    await hass.async_block_till_done()
    assert len(mirror.asked("end_reply")) == 1


async def test_a_text_that_is_interrupted_is_kept_as_far_as_it_was_read(
    hass: HomeAssistant, meet: Meet, model: StandInModel, mirror: SpokenMirror
) -> None:
    await meet()
    model.turns = [[Say("Yes?")], [Say("[emotion:happy] Hello"), Say(" there", 30)]]
    first = await ask(hass, "hello")
    streamed: list[dict[str, Any]] = []
    asking = asyncio.create_task(ask(hass, "again", conversation_id=first.conversation_id, streamed=streamed))
    await until(lambda: any(delta.get("content") for delta in streamed))
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await over(mirror, 2)
    assert told(mirror) == {"outcome": "interrupted", "length": 5, "heard": 5}
    assert words(mirror, "end_reply") == ["Yes?", "Hello"]
    kept = hass.data[DATA_CHAT_LOGS][first.conversation_id].content
    assert [getattr(each, "content", None) for each in kept[1:]] == ["hello", "Yes?", "again", "Hello"]


@pytest.fixture
async def talk(hass: HomeAssistant, meet: Meet, mirror: SpokenMirror) -> Talk:
    """A persona at the mirror's own satellite."""
    await meet()
    talk = await async_talk(hass)
    await talk.set_pipeline(conversation_engine=PERSONA)
    await until(lambda: mirror.written.redis.pubsub_numsub("mira:{hall}:audio")[0][1])
    return talk


def logged(hass: HomeAssistant) -> list[str | None]:
    """What Home Assistant keeps of the only conversation."""
    (log,) = hass.data.get(DATA_CHAT_LOGS, {}).values()
    return [each.content for each in log.content if isinstance(each, conversation.AssistantContent)]


async def test_at_the_mirror_a_reply_is_over_when_it_was_heard(
    hass: HomeAssistant, mirror: SpokenMirror, model: StandInModel, talk: Talk
) -> None:
    mirror.plays = False
    model.turns = [[Say("[emotion:love] Hello.")]]
    turn = await mirror.open("listen", None)
    await mirror.hear(turn, BLOCK)
    await until(lambda: mirror.frames and mirror.frames[-1].last)
    assert mirror.asked("end_reply") == []
    await mirror.end_speech()
    await over(mirror)
    assert mirror.asked("begin_reply")[0]["place"] == "mirror"
    assert told(mirror) == {"outcome": "answered", "length": 6, "heard": 6}
    assert mirror.asked("end_turn")[0]["outcome"] == "answered"


async def test_who_interrupts_a_speech_has_heard_its_beginning(
    hass: HomeAssistant, mirror: SpokenMirror, model: StandInModel, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror.plays = False
    model.turns = [[Say(word) for word in LONG]]
    turn = await mirror.open("listen", None)
    await mirror.hear(turn, BLOCK)
    await until(lambda: mirror.frames and mirror.frames[-1].last)
    await asyncio.sleep(1)
    await mirror.be_quiet()
    await over(mirror)
    end = told(mirror)
    (heard,) = words(mirror, "end_reply")
    assert heard
    assert (end["outcome"], end["length"], end["heard"]) == ("interrupted", len("".join(LONG)), len(heard))
    assert 10 < len(heard) < 60, "a second of speech"
    assert "".join(LONG).startswith(heard + " ")
    assert logged(hass) == [heard]


async def test_a_speech_that_was_heard_to_its_end_says_how_fast_the_voice_is(
    hass: HomeAssistant, mirror: SpokenMirror, model: StandInModel, talk: Talk
) -> None:
    mirror.plays = False
    heard: list[int] = []
    for _ in range(2):
        model.turns = [[Say(word) for word in LONG]]
        mirror.frames.clear()
        turn = await mirror.open("listen", None)
        await mirror.hear(turn, BLOCK)
        await until(lambda: mirror.frames and mirror.frames[-1].last)
        await asyncio.sleep(0.5)
        if not heard:
            await mirror.end_speech()  # so many characters a second that the fastest is taken
        else:
            await mirror.be_quiet()
        await over(mirror, len(heard) + 1)
        heard.append(told(mirror)["heard"])
    assert heard[0] == len("".join(LONG))
    assert heard[1] <= 0.5 * 30 + 30


@pytest.mark.parametrize("has_begun", [True, False])
async def test_a_wake_word_before_anything_was_spoken_leaves_nothing_that_was_heard(
    hass: HomeAssistant, mirror: SpokenMirror, model: StandInModel, talk: Talk, has_begun: bool
) -> None:
    model.turns = [[*([Say("Well")] if has_begun else []), Say("", 30)], [Say("Yes?")]]
    turn = await mirror.open("listen", None)
    await mirror.hear(turn, BLOCK)
    await until(lambda: mirror.talk["replies"] and len(model.requests) == 1)
    if has_begun:
        await asyncio.sleep(0.2)
    await mirror.hear(await mirror.open("listen", None), BLOCK)
    await over(mirror, 2)
    first, second = mirror.asked("end_reply")
    assert (first["outcome"], first["heard"]) == ("interrupted", 0)
    assert second["outcome"] == "answered"
    assert words(mirror, "end_reply") == [None, "Yes?"]
    assert logged(hass) == ["Yes?"]


async def test_a_reply_that_fails_at_the_mirror_ends_its_turn_so(
    hass: HomeAssistant, mirror: SpokenMirror, model: StandInModel, talk: Talk
) -> None:
    model.turns = [[Die()]]
    turn = await mirror.open("listen", None)
    await mirror.hear(turn, BLOCK)
    await over(mirror)
    await until(lambda: mirror.asked("end_turn"))
    (end,) = mirror.asked("end_turn")
    assert (end["outcome"], end["code"]) == ("failed", "failed")
    assert told(mirror)["outcome"] == "failed"


async def test_where_nothing_speaks_the_reply_is_read(
    hass: HomeAssistant, mirror: SpokenMirror, model: StandInModel, talk: Talk
) -> None:
    await talk.set_pipeline(tts_engine=None)
    model.turns = [[Say("Hello.")]]
    turn = await mirror.open("listen", None)
    await mirror.hear(turn, BLOCK)
    await over(mirror)
    assert told(mirror) == {"outcome": "answered", "length": 6, "heard": 6}


@pytest.mark.parametrize(
    ("length", "heard"), [(0, ""), (2, ""), (3, "One"), (5, "One"), (7, "One two"), (8, "One two"), (99, "One two six")]
)
def test_what_was_heard_are_whole_words(length: int, heard: str) -> None:
    assert cut_at_word("One two six", length) == heard


def test_a_speech_that_is_over_before_its_reply_is_made_to_the_end_leaves_one_end() -> None:
    reply = OpenReply(
        Asked(PERSONA_ID, "drawn", False, "hello", "en", Context(), None, "turn-1"), (), lambda heard: None
    )
    reply.say("One two six")
    reply.end_speech(5)
    assert reply.commands.empty()
    reply.end("interrupted")
    end = reply.commands.get_nowait()
    assert end
    assert (end.payload["heard"], end.words) == (3, None)


async def test_what_the_mirror_cannot_be_told_it_is_told_at_the_next_look(
    hass: HomeAssistant, meet: Meet, mirror: SpokenMirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator = (await meet()).runtime_data
    with monkeypatch.context() as patch:

        async def away(*args: Any, **asked: Any) -> None:
            raise HomeAssistantError

        patch.setattr(coordinator, "async_send", away)
        coordinator.expression.delete("gone")
        await hass.async_block_till_done()
    assert mirror.asked("forget_talk") == []
    coordinator.expression.look()
    await until(lambda: mirror.asked("forget_talk") == [{"persona": "gone", "everybody": True}])
