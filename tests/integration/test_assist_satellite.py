"""Somebody talks to the mirror: Assist hears, answers, announces and asks, and nothing is left hanging."""

import array
import asyncio
import math
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from homeassistant.components import stt
from homeassistant.components.assist_pipeline.vad import VoiceCommandSegmenter
from homeassistant.components.assist_satellite.const import PREANNOUNCE_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import intent
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket, WebSocketGenerator

from custom_components.mira.client.frames import Frame
from custom_components.mira.coordinator import SIGNAL_CAUSE, MiraCoordinator
from custom_components.mira.models.event import Event
from house.redis import RedisServer
from tests.integration.acting import act, shown
from tests.integration.automations import check
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.spoken_mirror import BLOCK, PREFIX, SpokenMirror, until
from tests.integration.talking import WAV, Talk, async_talk
from tests.integration.written_mirror import WrittenMirror

SATELLITE = "assist_satellite.hall_mirror_assist_satellite"
SOUND = "select.hall_mirror_sound_for_speech_to_text"
HOME = "http://home.test:8123"
CHIME = b"chime"


@pytest.fixture
async def mirror(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror
) -> AsyncIterator[SpokenMirror]:
    """A mirror that one talks to."""
    mirror = SpokenMirror(written_mirror, redis_server.url)
    await mirror.start()
    await hass.config.async_update(internal_url=HOME)
    yield mirror
    await mirror.stop()


@pytest.fixture
async def talk(hass: HomeAssistant, mirror: SpokenMirror, set_up: SetUp) -> Talk:
    """The mirror in Home Assistant, and who understands and answers what is said."""
    await set_up()
    await until(lambda: listeners(mirror) == 1)
    return await async_talk(hass)


def listeners(mirror: SpokenMirror) -> int:
    """How many hear the mirror's microphone."""
    return dict(mirror.written.redis.pubsub_numsub(f"{PREFIX}:audio"))[f"{PREFIX}:audio"]


async def ended(mirror: SpokenMirror, turn: str) -> dict[str, Any]:
    """How the mirror was told that a turn ended."""
    await until(lambda: any(end["turn"] == turn for end in mirror.asked("end_turn")))
    await until(lambda: not mirror.voice["turn"] or mirror.voice["turn"]["id"] != turn)
    return next(end for end in mirror.asked("end_turn") if end["turn"] == turn)


async def say(mirror: SpokenMirror, word: str | None = "okay_nabu", how: str = "wake") -> dict[str, Any]:
    """Say something, and wait for the end of it."""
    turn = await mirror.open(how, word)
    await mirror.hear(turn, BLOCK)
    return await ended(mirror, turn)


async def test_what_is_said_after_the_wake_word_is_heard_answered_and_spoken(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, state_becomes: StateBecomes
) -> None:
    turn = await mirror.open()
    await state_becomes(SATELLITE, "listening")
    await mirror.hear(turn, *[BLOCK] * 50)
    end = await ended(mirror, turn)

    assert talk.heard == [BLOCK * 50]
    assert [(command["action"], command["source"]) for command in mirror.commands] == [
        ("advance_turn", "sensor"),
        ("utterance", "voice"),
        ("say", "automation"),
        ("advance_turn", "sensor"),
        ("end_turn", "sensor"),
    ]
    assert [stage["stage"] for stage in mirror.asked("advance_turn")] == ["thinking", "speaking"]
    assert mirror.asked("utterance") == [{"turn": turn, "length": 17, "answer": None, "language": "en"}]
    assert list(mirror.words.values()) == [{"text": "turn on the light"}]
    assert mirror.asked("say") == [{"kind": "reply", "turn": turn}]
    assert mirror.said() == [WAV]
    assert talk.spoken == ["It is on."]
    trace = end.pop("trace")
    assert end == {"turn": turn, "outcome": "answered"}
    stages = ["stt_started_ms", "speech_ended_ms", "stt_ms", "intent_ms", "first_sound_ms"]
    assert sorted(trace, key=trace.__getitem__) == stages
    await state_becomes(SATELLITE, "idle")


async def test_speech_to_text_gets_what_is_heard_and_better_sound_where_that_was_chosen(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, set_up: SetUp
) -> None:
    soft = array.array("h", (round(300 * math.sin(place / 8)) for place in range(1_600))).tobytes()

    async def heard() -> bytes:
        turn = await mirror.open("listen", None)
        await mirror.hear(turn, *[soft] * 20)
        await ended(mirror, turn)
        return talk.heard.pop()

    async def loudest() -> int:
        sound = await heard()
        assert len(sound) == 20 * len(soft)
        return max(array.array("h", sound[-8_000:]))

    assert await heard() == soft * 20
    await act(hass, "select.select_option", SOUND, option="enhanced")
    assert await heard() != soft * 20
    talk.wants = stt.SpeechAudioProcessing(True, prefers_auto_gain_enabled=True, prefers_noise_reduction_enabled=False)
    assert await loudest() > 600
    talk.wants = stt.SpeechAudioProcessing(True, prefers_auto_gain_enabled=False, prefers_noise_reduction_enabled=True)
    assert await loudest() < 200, "a hum is noise"
    talk.wants = stt.SpeechAudioProcessing(True, prefers_auto_gain_enabled=False, prefers_noise_reduction_enabled=False)
    assert await heard() == soft * 20, "this engine wants it as it is"

    talk.wants = stt.DEFAULT_AUDIO_PROCESSING
    (entry,) = hass.config_entries.async_entries("mira")
    await hass.config_entries.async_reload(entry.entry_id)
    await until(lambda: listeners(mirror) == 1)
    assert shown(hass, SOUND).state == "enhanced"


@pytest.mark.parametrize("ts", ["2020-01-01T00:00:00.000Z", "2099-01-01T00:00:00.000Z"])
async def test_a_clock_that_jumped_while_somebody_spoke_makes_no_stage_last_for_hours(
    mirror: SpokenMirror, talk: Talk, ts: str
) -> None:
    turn = await mirror.open(ts=ts)
    await mirror.hear(turn, BLOCK)
    trace = (await ended(mirror, turn))["trace"]
    assert all(0 <= took < 10_000 for took in trace.values())


async def test_assist_begins_to_listen_without_waiting_for_anything(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk
) -> None:
    accepted: list[float] = []

    @callback
    def happened(coordinator: MiraCoordinator, event: Event) -> None:
        if event.action == "listen":
            accepted.append(time.perf_counter())

    stop = async_dispatcher_connect(hass, SIGNAL_CAUSE, happened)
    for _ in range(10):
        await say(mirror, None, "listen")
    stop()
    took = [at - accepted_at for accepted_at, at in zip(accepted, talk.listened_at, strict=True)]
    assert min(took) < 0.25


async def test_what_is_said_without_a_pause_is_heard_though_it_comes_before_the_event(
    mirror: SpokenMirror, talk: Talk
) -> None:
    await mirror.hear("turn-1", BLOCK, BLOCK, last=False)
    await asyncio.sleep(0.1)
    turn = await mirror.open()
    await mirror.hear(turn, BLOCK, start=2)
    await ended(mirror, turn)
    assert talk.heard == [BLOCK * 3]


async def test_what_was_lost_is_silence_and_what_comes_twice_is_heard_once(mirror: SpokenMirror, talk: Talk) -> None:
    turn = await mirror.open()
    for sequence in (0, 1, 1, 4, 0):
        await mirror.publish(Frame(turn, sequence, BLOCK))
    await mirror.publish(Frame(turn, 5, b"odd"))
    await mirror.hear(turn, BLOCK, start=5)
    await ended(mirror, turn)
    assert talk.heard == [BLOCK * 2 + bytes(2 * len(BLOCK)) + BLOCK * 2]


async def test_a_microphone_that_falls_silent_ends_the_turn(
    mirror: SpokenMirror, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.mira.client.sound._PATIENCE", 0.1)
    talk.text = ""
    turn = await mirror.open()
    await mirror.hear(turn, BLOCK, last=False)
    end = await ended(mirror, turn)
    assert (end["outcome"], end["code"]) == ("nothing_heard", "stt_no_text_recognized")
    assert talk.heard == [BLOCK]


async def test_a_pause_ends_what_is_said_though_the_microphone_goes_on(
    mirror: SpokenMirror, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def process(segmenter: VoiceCommandSegmenter, seconds: float, probability: float | None) -> bool:
        return len(talk.heard[-1]) < 3 * len(BLOCK)

    monkeypatch.setattr(VoiceCommandSegmenter, "process", process)
    turn = await mirror.open()
    await mirror.hear(turn, *[BLOCK] * 20, last=False)
    end = await ended(mirror, turn)
    assert end["outcome"] == "answered"
    assert end["trace"]["speech_ended_ms"] <= end["trace"]["stt_ms"]
    assert [stage["stage"] for stage in mirror.asked("advance_turn")] == ["thinking", "speaking"]
    assert 3 * len(BLOCK) <= len(talk.heard[0]) < 5 * len(BLOCK)


@pytest.mark.parametrize(
    ("trouble", "outcome", "code"),
    [
        ({"text": None}, "failed", "stt_stream_failed"),
        ({"misunderstands": True}, "not_understood", "no_intent_match"),
        ({"stt_engine": None}, "failed", "validation_error"),
        ({"stt_engine": "stt.gone"}, "failed", "stt_provider_missing"),
        ({"conversation_engine": "conversation.gone"}, "failed", "intent_not_supported"),
    ],
)
async def test_what_goes_wrong_is_told_by_its_code_and_shown(  # noqa: PLR0917 - pytest calls it by names
    hass: HomeAssistant,
    mirror: SpokenMirror,
    talk: Talk,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
    trouble: dict[str, Any],
    outcome: str,
    code: str,
) -> None:
    socket = await subscribed(await hass_ws_client(hass))
    for name, value in trouble.items():
        if hasattr(talk, name):
            setattr(talk, name, value)
        else:
            await talk.set_pipeline(**{name: value})
    end = await say(mirror)
    assert (end["outcome"], end["code"]) == (outcome, code)
    assert (await voice_until(socket, stage="over"))[-1]["error"] == code
    assert "Traceback" not in caplog.text


async def test_of_two_satellites_that_heard_the_same_the_second_one_is_silent(mirror: SpokenMirror, talk: Talk) -> None:
    assert (await say(mirror))["outcome"] == "answered"
    end = await say(mirror)
    assert (end["outcome"], end["code"]) == ("stopped", "duplicate_wake_up_detected")
    assert (await say(mirror, "hey_jarvis"))["outcome"] == "answered"


async def test_each_wake_word_has_its_own_assistant_and_conversation(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk
) -> None:
    await talk.add_pipeline("Deutsch")
    await act(hass, "select.select_option", "select.hall_mirror_assistant_2", option="Deutsch")
    await say(mirror)
    await say(mirror, "hey_jarvis")
    await say(mirror, "okay_nabu", "listen")
    await say(mirror, "hey_jarvis", "listen")
    assert [heard.language for heard in talk.inputs] == ["en", "de", "en", "de"]
    first, second, third, fourth = talk.conversations
    assert (first, second) == (third, fourth)
    assert first != second


async def test_a_question_of_the_agent_is_answered_without_the_wake_word(mirror: SpokenMirror, talk: Talk) -> None:
    talk.continues = [True]
    await say(mirror, "hey_jarvis")
    await until(lambda: mirror.voice["turn"])
    assert mirror.asked("listen") == [{"microphone": "microphone", "word": "hey_jarvis"}]
    turn = mirror.voice["turn"]["id"]
    await mirror.hear(turn, BLOCK)
    await ended(mirror, turn)
    assert talk.conversations[0] == talk.conversations[1]
    assert mirror.voice["turn"] is None


async def test_whoever_stops_the_reply_is_not_listened_to(mirror: SpokenMirror, talk: Talk) -> None:
    talk.continues, mirror.plays = [True], False
    turn = await mirror.open()
    await mirror.hear(turn, BLOCK)
    await until(lambda: mirror.frames and mirror.frames[-1].last)
    await mirror.end_speech("stopped")
    assert (await ended(mirror, turn))["outcome"] == "answered"
    await asyncio.sleep(0.2)
    assert mirror.asked("listen") == []


async def test_a_wake_word_during_the_reply_is_answered_at_once(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, state_becomes: StateBecomes
) -> None:
    mirror.plays = False
    turn = await mirror.open()
    await mirror.hear(turn, BLOCK)
    await state_becomes(SATELLITE, "responding")
    await until(lambda: mirror.frames and mirror.frames[-1].last)
    second = await mirror.open(word="hey_jarvis")
    await state_becomes(SATELLITE, "listening")
    mirror.plays = True
    await mirror.hear(second, BLOCK)
    assert (await ended(mirror, second))["outcome"] == "answered"
    assert [end["turn"] for end in mirror.asked("end_turn")] == [second]


@pytest.mark.parametrize("while_it", ["listens", "speaks"])
async def test_somebody_who_wants_quiet_gets_it(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, state_becomes: StateBecomes, while_it: str
) -> None:
    mirror.plays = False
    turn = await mirror.open()
    await state_becomes(SATELLITE, "listening")
    if while_it == "speaks":
        await mirror.hear(turn, BLOCK)
        await until(lambda: mirror.frames)
    await mirror.be_quiet()
    await state_becomes(SATELLITE, "idle")
    assert mirror.asked("end_turn") == []


async def test_a_long_reply_is_heard_while_it_is_still_being_made(mirror: SpokenMirror, talk: Talk) -> None:
    goes_on = asyncio.Event()

    async def between_words() -> None:
        if len(mirror.said()) or mirror.frames:
            return
        if len(talk.spoken):
            await goes_on.wait()
        await asyncio.sleep(0.01)

    talk.reply, talk.between_words = ["It is a long story. "] * 8, between_words
    turn = await mirror.open()
    await mirror.hear(turn, BLOCK)
    await until(lambda: mirror.frames)
    assert "INTENT" not in mirror.voice  # the agent has not ended
    goes_on.set()
    end = await ended(mirror, turn)
    assert end["trace"]["first_sound_ms"] <= end["trace"]["intent_ms"]
    assert "".join(talk.spoken) == "".join(talk.reply)
    assert mirror.said() == [WAV * len(talk.spoken)]


async def test_an_assistant_without_a_voice_answers_on_the_screen(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, hass_ws_client: WebSocketGenerator
) -> None:
    await talk.set_pipeline(tts_engine=None)
    socket = await subscribed(await hass_ws_client(hass))
    assert (await say(mirror))["outcome"] == "answered"
    assert mirror.asked("say") == []
    assert (await voice_until(socket, stage="over"))[-1]["reply"] == "It is on."


@pytest.mark.parametrize("trouble", ["no speaker", "hoarse", "refused", "nobody hears it"])
async def test_a_reply_that_cannot_be_heard_is_read_on_the_screen(  # noqa: PLR0917 - pytest calls it by names
    hass: HomeAssistant,
    mirror: SpokenMirror,
    talk: Talk,
    hass_ws_client: WebSocketGenerator,
    state_becomes: StateBecomes,
    trouble: str,
) -> None:
    socket = await subscribed(await hass_ws_client(hass))
    mirror.has_speaker = trouble != "no speaker"
    talk.is_hoarse = trouble == "hoarse"
    mirror.refuses = {"say": "turn_over"} if trouble == "refused" else {}
    if trouble == "nobody hears it":
        await mirror.be_deaf()
    assert (await say(mirror))["outcome"] == "answered"
    assert (await voice_until(socket, stage="over"))[-1]["reply"] == "It is on."
    assert mirror.voice["speech"] is None
    await state_becomes(SATELLITE, "idle")


async def test_the_mirror_is_heard_again_after_an_absence(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, state_becomes: StateBecomes
) -> None:
    await mirror.open()
    await state_becomes(SATELLITE, "listening")
    mirror.written.redis.delete(f"{PREFIX}:presence")
    await state_becomes(SATELLITE, "unavailable")
    await until(lambda: listeners(mirror) == 0)
    mirror.written.presence()
    await state_becomes(SATELLITE, "idle")
    await until(lambda: listeners(mirror) == 1)
    assert (await say(mirror, "hey_jarvis"))["outcome"] == "answered"


async def test_a_turn_that_was_over_before_anybody_heard_of_it_is_not_answered(
    mirror: SpokenMirror, talk: Talk
) -> None:
    await mirror.open_and_close()
    assert (await say(mirror))["outcome"] == "answered"
    assert len(talk.heard) == 1


@pytest.mark.parametrize(
    ("text", "language", "answer"),
    [("Yes, please!", "en", "yes"), ("No.", "en", "no"), ("Nein danke", "de", "no"), ("Ja", "en", None)],
)
async def test_a_yes_or_no_answers_what_the_mirror_asks_and_no_agent(
    mirror: SpokenMirror, talk: Talk, text: str, language: str, answer: str | None
) -> None:
    await mirror.change(pending={"command_id": "asked", "action": "set_camera", "payload": {"on": True}})
    await talk.set_pipeline(language=language)
    talk.text = text
    assert (await say(mirror))["outcome"] == "answered"
    assert [said["answer"] for said in mirror.asked("utterance")] == [answer]
    assert len(talk.inputs) == (answer is None)


async def test_a_yes_that_nobody_asked_for_is_for_the_agent(mirror: SpokenMirror, talk: Talk) -> None:
    talk.text = "yes"
    await say(mirror)
    assert len(talk.inputs) == 1


@pytest.mark.parametrize(("text", "language"), [("Stop.", "en"), ("Never mind", "en-GB"), ("Sei still!", "de")])
async def test_who_wants_it_to_be_quiet_hears_no_answer(
    mirror: SpokenMirror, talk: Talk, text: str, language: str
) -> None:
    await talk.set_pipeline(language=language)
    talk.text = text
    assert (await say(mirror))["outcome"] == "stopped"
    assert (talk.inputs, mirror.asked("say")) == ([], [])


async def test_what_is_very_long_or_in_a_language_of_another_form_is_told_as_far_as_it_may_be(
    mirror: SpokenMirror, talk: Talk
) -> None:
    talk.text = "word " * 300
    await talk.set_pipeline(language="sr_Latn")
    await say(mirror)
    (facts,) = mirror.asked("utterance")
    assert (facts["length"], facts["language"]) == (1_000, None)
    assert [len(words["text"]) for words in mirror.words.values()] == [1_000]


async def announce(hass: HomeAssistant, action: str = "announce", **data: Any) -> Any:
    """Call an action of Home Assistant's satellites."""
    return await hass.services.async_call(
        "assist_satellite",
        action,
        {"entity_id": SATELLITE, **data},
        blocking=True,
        return_response=action == "ask_question",
    )


@pytest.fixture
def chime(aioclient_mock: AiohttpClientMocker) -> AiohttpClientMocker:
    """Home Assistant's own sound before an announcement."""
    aioclient_mock.get(f"{HOME}{PREANNOUNCE_URL}", content=CHIME)
    return aioclient_mock


async def test_an_announcement_is_over_when_it_was_heard(
    hass: HomeAssistant,
    mirror: SpokenMirror,
    talk: Talk,
    chime: AiohttpClientMocker,
    hass_ws_client: WebSocketGenerator,
) -> None:
    socket = await subscribed(await hass_ws_client(hass))
    mirror.plays = False
    announcing = hass.async_create_task(announce(hass, message="Dinner is ready"))
    (spoken,) = await voice_until(socket, stage="speaking")
    assert (spoken["turn"], spoken["reply"]) == (None, "Dinner is ready")
    await until(lambda: mirror.frames and mirror.frames[-1].last)
    await asyncio.sleep(0.05)
    assert not announcing.done()
    assert shown(hass, SATELLITE).state == "responding"
    await mirror.end_speech()
    await announcing
    assert mirror.asked("say") == [{"kind": "announcement"}]
    assert mirror.said() == [CHIME, WAV]
    assert shown(hass, SATELLITE).state == "idle"


async def test_a_sound_from_elsewhere_is_fetched_and_played(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, aioclient_mock: AiohttpClientMocker
) -> None:
    bell = bytes(range(256)) * 200
    aioclient_mock.get("https://bells.test/one.flac", content=bell)
    await announce(hass, media_id="https://bells.test/one.flac", preannounce=False)
    assert mirror.said() == [bell]
    assert max(len(frame.payload) for frame in mirror.frames) <= 16_000


async def test_the_mirror_is_spoken_to_until_its_reply_was_heard_and_not_by_an_announcement(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, state_becomes: StateBecomes
) -> None:
    async def is_spoken_to() -> bool | None:
        return await check(hass, "is_spoken_to", entity_id=SATELLITE)

    mirror.plays = False
    seen = {"idle": await is_spoken_to()}
    turn = await mirror.open()
    await state_becomes(SATELLITE, "listening")
    seen["listening"] = await is_spoken_to()
    await mirror.hear(turn, BLOCK)
    await until(lambda: mirror.frames and mirror.frames[-1].last)
    await state_becomes(SATELLITE, "responding")
    seen["responding"] = await is_spoken_to()
    await mirror.end_speech()
    await ended(mirror, turn)
    await state_becomes(SATELLITE, "idle")
    seen["over"] = await is_spoken_to()
    assert seen == {"idle": False, "listening": True, "responding": True, "over": False}

    announcing = hass.async_create_task(announce(hass, message="Dinner is ready", preannounce=False))
    await state_becomes(SATELLITE, "responding")
    assert not await is_spoken_to()
    await until(lambda: mirror.voice["speech"])
    await mirror.end_speech()
    await announcing


async def test_an_announcement_during_a_turn_ends_the_turn(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, chime: AiohttpClientMocker, state_becomes: StateBecomes
) -> None:
    turn = await mirror.open()
    await state_becomes(SATELLITE, "listening")
    await announce(hass, message="Dinner is ready")
    assert (await ended(mirror, turn))["outcome"] == "interrupted"
    assert shown(hass, SATELLITE).state == "idle"


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ({"status": 404}, "media_not_found"),
        ({"exc": TimeoutError()}, "media_not_reached"),
        ({"content": bytes(20_000_001)}, "media_too_long"),
    ],
)
async def test_a_sound_that_cannot_be_had_is_an_error(  # noqa: PLR0917 - pytest calls it by names
    hass: HomeAssistant,
    mirror: SpokenMirror,
    talk: Talk,
    aioclient_mock: AiohttpClientMocker,
    answer: dict[str, Any],
    key: str,
) -> None:
    aioclient_mock.get("https://bells.test/one.flac", **answer)
    with pytest.raises(HomeAssistantError) as raised:
        await announce(hass, media_id="https://bells.test/one.flac", preannounce=False)
    assert raised.value.translation_key == key
    assert mirror.asked("say") == []


async def test_an_announcement_that_nobody_hears_is_an_error(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, chime: AiohttpClientMocker
) -> None:
    mirror.has_speaker = False
    with pytest.raises(HomeAssistantError) as raised:
        await announce(hass, message="Dinner is ready")
    assert raised.value.translation_key == "not_played"

    mirror.has_speaker, mirror.refuses = True, {"say": "rate_limited"}
    with pytest.raises(ServiceValidationError) as refused:
        await announce(hass, message="Dinner is ready")
    assert refused.value.translation_key == "refused_rate_limited"


async def test_a_mirror_that_goes_away_while_it_announces_is_an_error(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, chime: AiohttpClientMocker
) -> None:
    mirror.plays = False
    announcing = hass.async_create_task(announce(hass, message="Dinner is ready"))
    await until(lambda: mirror.frames and mirror.frames[-1].last)
    mirror.written.redis.delete(f"{PREFIX}:presence")
    with pytest.raises(HomeAssistantError) as raised:
        await announcing
    assert raised.value.translation_key == "no_mirror"


async def test_a_question_is_asked_and_the_answer_understood(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, chime: AiohttpClientMocker
) -> None:
    answers = [{"id": "tea", "sentences": ["[a] tea [please]"]}, {"id": "coffee", "sentences": ["[a] coffee"]}]
    asking = hass.async_create_task(announce(hass, "ask_question", question="Tea or coffee?", answers=answers))
    await until(lambda: mirror.voice["turn"])
    assert mirror.asked("say", "listen") == [{"kind": "question"}, {}]
    talk.text = "a tea please"
    turn = mirror.voice["turn"]["id"]
    await mirror.hear(turn, BLOCK)
    assert await asking == {"id": "tea", "sentence": "a tea please", "slots": {}}
    assert (await ended(mirror, turn))["outcome"] == "answered"
    assert talk.inputs == []
    await until(lambda: shown(hass, SATELLITE).state == "idle")


async def test_a_conversation_is_started_and_remembers_what_was_asked(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, chime: AiohttpClientMocker
) -> None:
    await announce(hass, "start_conversation", start_message="You left the window open. Shall I warn you?")
    turn = mirror.voice["turn"]["id"]
    talk.text = "yes"
    await mirror.hear(turn, BLOCK)
    await ended(mirror, turn)
    assert [heard.extra_system_prompt for heard in talk.inputs] == ["You left the window open. Shall I warn you?"]


@pytest.mark.parametrize("trouble", ["stopped", "refused", "over at once", "away", "quiet"])
async def test_a_question_that_nobody_answers_does_not_hang(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, chime: AiohttpClientMocker, trouble: str
) -> None:
    mirror.plays = trouble != "stopped"
    mirror.refuses = {"listen": "microphone_off"} if trouble == "refused" else {}
    mirror.closes_at_once = trouble == "over at once"
    asking = hass.async_create_task(announce(hass, "ask_question", question="Tea or coffee?"))
    if trouble == "stopped":
        await until(lambda: mirror.frames and mirror.frames[-1].last)
        await mirror.be_quiet()
    if trouble in ("away", "quiet"):
        await until(lambda: talk.listened_at)
    if trouble == "away":
        mirror.written.redis.delete(f"{PREFIX}:presence")
    if trouble == "quiet":
        await mirror.be_quiet()
    with pytest.raises(HomeAssistantError):
        async with asyncio.timeout(10):
            await asking


async def test_a_mirror_that_listens_only_after_a_yes_is_answered_then(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, chime: AiohttpClientMocker
) -> None:
    mirror.asks_first = True
    asking = hass.async_create_task(
        announce(hass, "ask_question", question="Tea?", answers=[{"id": "tea", "sentences": ["[a] tea"]}])
    )
    await until(lambda: mirror.pending)
    await mirror.change(message=None)  # whatever else happens meanwhile
    assert (talk.listened_at, asking.done()) == ([], False)
    turn = await mirror.answer(yes=True)
    talk.text = "a tea"
    await mirror.hear(turn, BLOCK)
    assert (await asking)["id"] == "tea"
    assert (await ended(mirror, turn))["outcome"] == "answered"


async def test_whoever_does_not_let_it_listen_leaves_nobody_waiting(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, chime: AiohttpClientMocker
) -> None:
    mirror.asks_first = True
    asking = hass.async_create_task(announce(hass, "ask_question", question="Tea?"))
    await until(lambda: mirror.pending)
    await mirror.answer(yes=False)
    with pytest.raises(HomeAssistantError):
        async with asyncio.timeout(10):
            await asking
    assert talk.listened_at == []


async def test_nothing_is_asked_while_the_microphone_is_off(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, chime: AiohttpClientMocker
) -> None:
    await mirror.change(microphone={"on": False})
    await until(lambda: shown(hass, "switch.hall_mirror_microphone").state == "off")
    with pytest.raises(ServiceValidationError) as raised:
        await announce(hass, "ask_question", question="Tea or coffee?")
    assert raised.value.translation_key == "refused_microphone_off"
    assert mirror.asked("say") == []


async def test_the_connection_is_tested_by_home_assistants_own_test(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, hass_ws_client: WebSocketGenerator
) -> None:
    socket = await hass_ws_client(hass)
    await hass.config.async_update(internal_url=str(socket.client.make_url("")).rstrip("/"))
    await socket.send_json_auto_id({"type": "assist_satellite/test_connection", "entity_id": SATELLITE})
    assert (await socket.receive_json(timeout=10))["result"] == {"status": "success"}
    await until(lambda: mirror.frames and mirror.frames[-1].last)
    assert len(mirror.said()[0]) > 10_000
    await until(lambda: shown(hass, SATELLITE).state == "idle")


async def test_the_wizard_shows_and_sets_the_wake_words(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, hass_ws_client: WebSocketGenerator
) -> None:
    socket = await hass_ws_client(hass)
    await socket.send_json_auto_id({"type": "assist_satellite/get_configuration", "entity_id": SATELLITE})
    known = (await socket.receive_json())["result"]
    assert known["available_wake_words"][0] == {
        "id": "okay_nabu",
        "wake_word": "Okay Nabu",
        "trained_languages": ["en"],
    }
    assert (known["active_wake_words"], known["max_active_wake_words"]) == (["okay_nabu", "hey_jarvis"], 2)
    assert known["pipeline_entity_id"] == "select.hall_mirror_assistant"
    assert known["vad_entity_id"] == "select.hall_mirror_finished_speaking_detection"

    await socket.send_json_auto_id(
        {"type": "assist_satellite/set_wake_words", "entity_id": SATELLITE, "wake_word_ids": ["alexa"]}
    )
    assert (await socket.receive_json())["success"]
    assert mirror.asked("set_voice") == [{"active": ["alexa"]}]

    await socket.send_json_auto_id({"type": "assist_satellite/intercept_wake_word", "entity_id": SATELLITE})
    assert (await socket.receive_json())["success"]
    assert (await say(mirror, "alexa"))["outcome"] == "answered"
    assert (await socket.receive_json())["event"] == {"wake_word_phrase": "Alexa"}
    assert talk.heard == []


async def test_a_wake_word_that_is_set_without_the_mirror_is_an_error(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk
) -> None:
    mirror.written.redis.delete(f"{PREFIX}:presence")
    await until(lambda: shown(hass, SATELLITE).state == "unavailable")
    satellite = hass.data["entity_components"]["assist_satellite"].get_entity(SATELLITE)
    assert satellite.async_get_configuration().active_wake_words == ["okay_nabu", "hey_jarvis"]
    with pytest.raises(HomeAssistantError):
        await satellite.async_set_configuration(satellite.async_get_configuration())


@pytest.mark.parametrize("select", ["assistant", "finished_speaking_detection"])
async def test_a_choice_that_somebody_has_disabled_is_the_default(
    hass: HomeAssistant, mirror: SpokenMirror, set_up: SetUp, select: str
) -> None:
    entry = await set_up()
    er.async_get(hass).async_update_entity(f"select.hall_mirror_{select}", disabled_by=er.RegistryEntryDisabler.USER)
    await hass.config_entries.async_reload(entry.entry_id)
    await async_talk(hass)
    await until(lambda: listeners(mirror) == 1)
    assert (await say(mirror))["outcome"] == "answered"


async def test_the_satellite_comes_and_goes_with_what_the_mirror_can_do(
    hass: HomeAssistant, mirror: SpokenMirror, set_up: SetUp
) -> None:
    older = {"subjects": {"screen": 1, "voice": 1}}
    mirror.written.presence(**older)
    await set_up()
    assert hass.states.get(SATELLITE) is None
    assert hass.states.get("select.hall_mirror_assistant") is None
    assert hass.states.get("button.hall_mirror_listen") is None

    mirror.written.presence(devices={})
    await until(lambda: hass.states.get(SATELLITE))
    assert shown(hass, SATELLITE).attributes["supported_features"] == 1
    assert hass.states.get("select.hall_mirror_assistant")
    assert hass.states.get("select.hall_mirror_assistant_2") is None

    mirror.written.presence()
    await until(lambda: shown(hass, SATELLITE).attributes["supported_features"] == 3)
    await until(lambda: hass.states.get("select.hall_mirror_assistant_2"))

    mirror.written.presence(**older)
    await until(lambda: hass.states.get(SATELLITE) is None)
    await until(lambda: listeners(mirror) == 0)


async def test_a_satellite_whose_mirror_was_never_seen_has_no_wake_words(
    hass: HomeAssistant, mirror: SpokenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    await hass.config_entries.async_unload(entry.entry_id)
    mirror.written.redis.flushall()
    await hass.config_entries.async_setup(entry.entry_id)
    satellite = hass.data["entity_components"]["assist_satellite"].get_entity(SATELLITE)
    assert satellite.async_get_configuration().available_wake_words == []


@pytest.mark.parametrize("while_it", ["idles", "listens", "speaks", "announces"])
async def test_unloading_in_the_middle_leaves_nothing(  # noqa: PLR0917 - pytest calls it by names
    hass: HomeAssistant,
    mirror: SpokenMirror,
    talk: Talk,
    entry: MockConfigEntry,
    aioclient_mock: AiohttpClientMocker,
    while_it: str,
) -> None:
    mirror.plays = False
    announcing: asyncio.Task[Any] | None = None
    if while_it in ("listens", "speaks"):
        turn = await mirror.open()
        await until(lambda: talk.listened_at)
        if while_it == "speaks":
            await mirror.hear(turn, BLOCK)
            await until(lambda: mirror.frames and mirror.frames[-1].last)
    elif while_it == "announces":
        aioclient_mock.get("https://bells.test/one.flac", content=b"bell")
        announcing = hass.async_create_task(announce(hass, media_id="https://bells.test/one.flac", preannounce=False))
        await until(lambda: mirror.frames and mirror.frames[-1].last)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await until(lambda: listeners(mirror) == 0)
    if announcing:
        with pytest.raises(HomeAssistantError):
            async with asyncio.timeout(10):
                await announcing
    assert [task for task in asyncio.all_tasks() if task.get_name().startswith(f"mira {SATELLITE}")] == []


async def test_buttons_have_it_listen_and_be_quiet(hass: HomeAssistant, mirror: SpokenMirror, talk: Talk) -> None:
    await act(hass, "button.press", "button.hall_mirror_listen")
    await until(lambda: talk.listened_at)
    await act(hass, "button.press", "button.hall_mirror_stop_talking")
    assert [command["action"] for command in mirror.commands] == ["listen", "stop_talking"]


async def test_a_wake_word_is_an_event_with_its_phrase(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, state_becomes: StateBecomes
) -> None:
    await mirror.open(confidence=0.91)
    state = await state_becomes("event.hall_mirror_voice", lambda state: state.attributes["event_type"] == "wake_word")
    attributes = state.attributes
    assert (attributes["phrase"], attributes["microphone"], attributes["confidence"], attributes["source"]) == (
        "Okay Nabu",
        "microphone",
        91,
        "voice",
    )


async def next_voice(socket: MockHAClientWebSocket) -> dict[str, Any]:
    """The next message about what is being said."""
    while (message := await socket.receive_json(timeout=10))["event"]["type"] != "voice":
        pass
    return dict(message["event"]["voice"])


async def voice_until(socket: MockHAClientWebSocket, **wanted: Any) -> list[dict[str, Any]]:
    """The messages until one fits."""
    messages = [await next_voice(socket)]
    while any(messages[-1][name] != value for name, value in wanted.items()):
        messages.append(await next_voice(socket))
    return messages


async def subscribed(socket: MockHAClientWebSocket, *, voice: bool = True) -> MockHAClientWebSocket:
    """Subscribe to what is being said."""
    await socket.send_json_auto_id({"type": "mira/subscribe", "voice": voice})
    assert (await socket.receive_json())["success"]
    assert (await socket.receive_json(timeout=10))["event"]["type"] == "view"
    return socket


async def test_displays_show_what_was_heard_and_the_reply_as_it_grows(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, hass_ws_client: WebSocketGenerator
) -> None:
    async def between_words() -> None:
        await asyncio.sleep(0.15)

    talk.between_words = between_words
    socket = await subscribed(await hass_ws_client(hass))
    turn = await mirror.open()
    await mirror.hear(turn, BLOCK)
    messages = await voice_until(socket, stage="over")
    assert {message["turn"] for message in messages} == {turn}
    told = [(message["stage"], message["heard"], message["reply"]) for message in messages]
    assert told[0] == ("listening", None, None)
    assert ("thinking", "turn on the light", "It ") in told
    assert ("thinking", "turn on the light", "It is ") in told
    assert told[-1] == ("over", "turn on the light", "It is on.")
    assert ("speaking", "turn on the light", "It is on.") in told
    assert messages[-1]["error"] is None

    late = await subscribed(await hass_ws_client(hass))
    await late.send_json_auto_id({"type": "ping"})
    assert (await late.receive_json())["type"] == "pong"  # nothing is kept


async def test_the_first_of_a_reply_is_shown_at_once_and_the_rest_at_a_pace(
    hass: HomeAssistant,
    mirror: SpokenMirror,
    talk: Talk,
    hass_ws_client: WebSocketGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.mira.voice_feed._PACE", 60)
    first_is_shown = asyncio.Event()
    talk.between_words = first_is_shown.wait
    socket = await subscribed(await hass_ws_client(hass))
    turn = await mirror.open()
    await mirror.hear(turn, BLOCK)
    await voice_until(socket, stage="thinking", reply="It ")
    first_is_shown.set()
    replies = [message["reply"] for message in await voice_until(socket, stage="over")]
    assert "It is " not in replies
    assert replies[-1] == "It is on."


async def test_who_may_not_read_all_or_does_not_want_it_is_told_nothing_of_it(
    hass: HomeAssistant,
    mirror: SpokenMirror,
    talk: Talk,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    guest = await subscribed(await hass_ws_client(hass, hass_read_only_access_token))
    card = await subscribed(await hass_ws_client(hass), voice=False)
    await say(mirror)
    for socket in (guest, card):
        await socket.send_json_auto_id({"type": "ping"})
        while (message := await socket.receive_json(timeout=10))["type"] != "pong":
            assert message["event"]["type"] != "voice"
            assert "light" not in str(message)


async def test_the_mirrors_own_user_who_logs_in_from_home_alone_sees_what_is_said(  # noqa: PLR0917 - pytest calls it by names
    hass: HomeAssistant,
    mirror: SpokenMirror,
    talk: Talk,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_user: MockUser,
    hass_read_only_access_token: str,
) -> None:
    glass = await subscribed(await hass_ws_client(hass, hass_read_only_access_token))
    await hass.auth.async_update_user(hass_read_only_user, local_only=True)
    turn = await mirror.open()
    await mirror.hear(turn, BLOCK)
    assert "turn on the light" in [message["heard"] for message in await voice_until(glass, stage="over")]


async def test_where_words_are_not_wanted_on_the_glass_no_display_gets_them(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, hass_ws_client: WebSocketGenerator
) -> None:
    socket = await hass_ws_client(hass)
    await socket.send_json_auto_id({"type": "mira/display/configure", "display": {"words": False}})
    assert (await socket.receive_json())["success"]
    glass = await subscribed(await hass_ws_client(hass))
    turn = await mirror.open()
    await mirror.hear(turn, BLOCK)
    told = await voice_until(glass, stage="over")
    assert {"listening", "thinking"} <= {message["stage"] for message in told}
    assert {(message["heard"], message["reply"]) for message in told} == {(None, None)}


async def test_timers_are_shown_and_ring(  # noqa: PLR0917 - pytest calls it by names
    hass: HomeAssistant,
    mirror: SpokenMirror,
    talk: Talk,
    chime: AiohttpClientMocker,
    hass_ws_client: WebSocketGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.mira.voice_feed._DONE", 0.2)
    entity = er.async_get(hass).async_get(SATELLITE)
    assert entity
    device_id = entity.device_id
    socket = await subscribed(await hass_ws_client(hass))

    async def handle(intent_type: str, **slots: Any) -> None:
        values = {name: {"value": value} for name, value in slots.items()}
        await intent.async_handle(hass, "test", intent_type, values, device_id=device_id)

    async def timers() -> list[dict[str, Any]]:
        return list((await next_voice(socket))["timers"])

    await handle("HassStartTimer", name="tea", minutes=5)
    (tea,) = await timers()
    assert (tea["name"], tea["paused_left_s"], tea["done"]) == ("tea", None, False)
    assert tea["started_at"] < tea["ends_at"]
    await handle("HassPauseTimer", name="tea")
    assert (await timers())[0]["paused_left_s"] in (299, 300)
    late = await subscribed(await hass_ws_client(hass))
    assert (await next_voice(late))["timers"][0]["id"] == tea["id"]
    await handle("HassCancelTimer", name="tea")
    assert await timers() == []

    await handle("HassStartTimer", seconds=0)
    assert [timer["done"] for timer in await timers()] == [False]
    assert [timer["done"] for timer in await timers()] == [True]
    await until(lambda: mirror.said() == [CHIME, CHIME])
    while await timers():
        pass


async def test_a_timer_that_runs_out_during_a_turn_rings_afterwards(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, chime: AiohttpClientMocker, entry: MockConfigEntry
) -> None:
    entity = er.async_get(hass).async_get(SATELLITE)
    assert entity
    turn = await mirror.open()
    await until(lambda: talk.listened_at)
    await intent.async_handle(hass, "test", "HassStartTimer", {"seconds": {"value": 0}}, device_id=entity.device_id)
    await asyncio.sleep(0.2)
    assert mirror.asked("say") == []
    await mirror.hear(turn, BLOCK)
    await ended(mirror, turn)
    await until(lambda: mirror.said() == [WAV, CHIME, CHIME])
    assert await hass.config_entries.async_unload(entry.entry_id)  # while it is still shown
