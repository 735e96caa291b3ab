"""The mirror speaks by itself, where its rules let it, and can say why it did."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components.assist_satellite.const import PREANNOUNCE_URL
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.mira.speaking_up import SpokenUp
from house.household import QUIET
from house.model import Say, StandInModel
from house.redis import RedisServer
from house.sidecar import SidecarProcess
from tests.integration.conftest import Meet, SetUp, StateBecomes
from tests.integration.persona import PERSONA, add_persona, ask
from tests.integration.spoken_mirror import BLOCK, PREFIX, SpokenMirror, until
from tests.integration.talking import WAV, Talk, async_talk
from tests.integration.written_mirror import WrittenMirror

SATELLITE = "assist_satellite.hall_mirror_assist_satellite"
HOME = "http://home.test:8123"
CHIME = b"chime"
WINDOW = {"message": "The window is open, and it rains.", "kind": "window_open"}

type Start = Callable[..., Any]


async def speak_up(hass: HomeAssistant, context: Context | None = None, **data: Any) -> dict[str, Any]:
    """Have the mirror speak up; the answer."""
    answer = await hass.services.async_call(
        "mira", "speak_up", {**WINDOW, **data}, blocking=True, return_response=True, context=context
    )
    assert answer
    return dict(answer)


@pytest.fixture
async def mirror(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, aioclient_mock: AiohttpClientMocker
) -> AsyncIterator[SpokenMirror]:
    """A mirror that says what it is to say."""
    mirror = SpokenMirror(written_mirror, redis_server.url)
    await mirror.start()
    await hass.config.async_update(internal_url=HOME)
    aioclient_mock.get(f"{HOME}{PREANNOUNCE_URL}", content=CHIME)
    yield mirror
    await mirror.stop()


@pytest.fixture
async def talk(hass: HomeAssistant, mirror: SpokenMirror, set_up: SetUp) -> Talk:
    """The mirror in Home Assistant, with a persona over its own agent, and who understands what is said."""
    entry = await set_up()
    await add_persona(hass, entry)
    talk = await async_talk(hass)
    await talk.set_pipeline(conversation_engine=PERSONA)
    await until(lambda: dict(mirror.written.redis.pubsub_numsub(f"{PREFIX}:audio"))[f"{PREFIX}:audio"] == 1)
    return talk


async def announce(hass: HomeAssistant, action: str, **data: Any) -> Any:
    """Call an action of Home Assistant's satellites."""
    asks = action == "ask_question"
    target = {"entity_id": SATELLITE, **data}
    return await hass.services.async_call("assist_satellite", action, target, blocking=True, return_response=asks)


async def test_a_persona_without_a_model_announces(hass: HomeAssistant, mirror: SpokenMirror, talk: Talk) -> None:
    await announce(hass, "announce", message="Dinner is ready")
    assert talk.spoken == ["Dinner is ready"]
    assert mirror.said() == [CHIME, WAV]


async def test_a_persona_without_a_model_asks_and_gets_the_answer(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk
) -> None:
    talk.text = "a tea please"
    answers = [{"id": "tea", "sentences": ["[a] tea [please]"]}, {"id": "coffee", "sentences": ["[a] coffee"]}]
    asking = hass.async_create_task(announce(hass, "ask_question", question="Tea or coffee?", answers=answers))
    await until(lambda: mirror.voice["turn"])
    await mirror.hear(mirror.voice["turn"]["id"], BLOCK)
    assert await asking == {"id": "tea", "sentence": "a tea please", "slots": {}}


async def test_a_persona_without_a_model_starts_a_conversation_and_knows_what_it_has_said(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk
) -> None:
    talk.text = "say that again"
    await announce(hass, "start_conversation", start_message="You left the window open.")
    turn = mirror.voice["turn"]["id"]
    await mirror.hear(turn, BLOCK)
    await until(lambda: mirror.asked("end_turn"))
    assert mirror.asked("end_turn")[0]["outcome"] == "answered"
    assert talk.spoken == ["You left the window open."]  # once: its sound is in Home Assistant's cache
    assert mirror.said() == [CHIME, WAV, WAV]


async def test_what_the_mirror_says_by_itself_is_announced_with_the_emotion_before_the_first_sound(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk
) -> None:
    context = Context()
    answer = await speak_up(hass, context, emotion="worried")
    assert (answer["spoken"], answer["reason"]) == (True, None)
    order = [command["action"] for command in mirror.commands]
    assert order == ["speak_up", "express", "say"]
    assert mirror.asked("speak_up") == [{"kind": "window_open", "there": None}]
    assert mirror.asked("express") == [{"emotion": "worried", "seconds": 7}]
    assert mirror.said() == [CHIME, WAV]
    assert talk.spoken == [WINDOW["message"]]
    assert {command["origin"]["context_id"] for command in mirror.commands} == {context.id}
    assert WINDOW["message"] not in str(mirror.commands)


async def test_it_is_said_also_where_the_emotion_is_not_shown(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, monkeypatch: pytest.MonkeyPatch, entry: MockConfigEntry
) -> None:
    send = entry.runtime_data.async_send

    async def fail(action: str, *command: Any, **how: Any) -> Any:
        if action == "express":
            raise HomeAssistantError
        return await send(action, *command, **how)

    monkeypatch.setattr(entry.runtime_data, "async_send", fail)
    assert (await speak_up(hass, emotion="happy"))["spoken"]
    assert talk.spoken == [WINDOW["message"]]


async def test_the_mirror_asks_by_itself_and_listens(hass: HomeAssistant, mirror: SpokenMirror, talk: Talk) -> None:
    talk.text = "why did you say that"
    await speak_up(hass, ask=True)
    await mirror.hear(mirror.voice["turn"]["id"], BLOCK)
    await until(lambda: mirror.asked("end_turn"))
    assert talk.spoken[1:] == ["I was asked to say that. It was about window open."]
    assert mirror.asked("say")[0] == {"kind": "question"}


async def test_it_asks_nothing_while_nobody_could_be_heard(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, entry: MockConfigEntry
) -> None:
    await mirror.change(microphone={"on": False})
    await until(lambda: not entry.runtime_data.data.snapshot.state.microphone)
    with pytest.raises(ServiceValidationError) as refused:
        await speak_up(hass, ask=True)
    assert refused.value.translation_key == "refused_microphone_off"
    assert mirror.asked("speak_up") == []


@pytest.mark.parametrize("reason", ["talking", "quiet_hours", "nobody_there", "spoken_up_enough"])
async def test_a_refusal_is_an_answer_with_its_reason_or_an_error(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, reason: str
) -> None:
    mirror.refuses = {"speak_up": reason}
    answer = await speak_up(hass, emotion="happy")
    assert (answer["spoken"], answer["reason"]) == (False, reason)
    with pytest.raises(ServiceValidationError):
        await hass.services.async_call("mira", "speak_up", WINDOW, blocking=True)
    assert talk.spoken == mirror.asked("say") == mirror.asked("express") == []


async def test_what_waits_for_a_confirmation_is_not_said(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.mira.client.commands.Decision.needs_confirmation", True)
    answer = await speak_up(hass)
    assert (answer["spoken"], answer["status"]) == (False, "waiting")
    await hass.services.async_call("mira", "speak_up", WINDOW, blocking=True)
    assert talk.spoken == []


async def test_a_mirror_that_is_unavailable_is_an_error(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, state_becomes: StateBecomes
) -> None:
    mirror.written.redis.delete(f"{PREFIX}:presence")
    await state_becomes(SATELLITE, "unavailable")
    with pytest.raises(HomeAssistantError) as away:
        await speak_up(hass)
    assert away.value.translation_key == "no_mirror"
    assert talk.spoken == []


@pytest.mark.parametrize("how", ["disabled", "mute"])
async def test_a_mirror_without_a_voice_is_an_error(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, how: str
) -> None:
    if how == "mute":
        written_mirror.presence(subjects={"screen": 1, "talk": 1})
    await set_up()
    if how == "disabled":
        er.async_get(hass).async_update_entity(SATELLITE, disabled_by=er.RegistryEntryDisabler.USER)
        await hass.async_block_till_done()
    with pytest.raises(ServiceValidationError) as mute:
        await speak_up(hass)
    assert mute.value.translation_key == "no_voice"


@pytest.mark.parametrize(
    ("entity_id", "state", "there"),
    [
        ("binary_sensor.hall", "on", True),
        ("binary_sensor.hall", "off", False),
        ("binary_sensor.hall", "unavailable", None),
        ("binary_sensor.hall", None, None),
        ("person.anna", "home", True),
        ("person.anna", "Work", False),
        ("zone.home", "2", True),
        ("zone.home", "0", False),
    ],
)
async def test_whether_somebody_is_there_is_told_by_the_entity_that_was_chosen(  # noqa: PLR0917 - pytest calls it by names
    hass: HomeAssistant,
    mirror: SpokenMirror,
    talk: Talk,
    entry: MockConfigEntry,
    entity_id: str,
    state: str | None,
    there: bool | None,
) -> None:
    if state:
        hass.states.async_set(entity_id, state)
    hass.config_entries.async_update_entry(entry, options={"occupancy": entity_id})
    await speak_up(hass)
    assert mirror.asked("speak_up")[0]["there"] is there


async def say(hass: HomeAssistant, text: str, **asking: Any) -> str:
    """What the persona answers."""
    return (await ask(hass, text, **asking)).speech


async def test_for_ten_minutes_the_mirror_says_why_it_spoke_up(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, entry: MockConfigEntry
) -> None:
    assert await say(hass, "why did you say that") == "I have not said anything by myself lately."
    config = {
        "alias": "Open window",
        "triggers": [{"trigger": "event", "event_type": "rain"}],
        "actions": [{"action": "mira.speak_up", "data": WINDOW}],
    }
    assert await async_setup_component(hass, "automation", {"automation": config})
    hass.bus.async_fire("rain")
    await until(lambda: len(mirror.said()) == 2)
    await hass.async_block_till_done()
    said = "The automation Open window asked me to say that. It was about window open."
    assert await say(hass, "why did you say that") == said
    german = "Die Automation Open window hat mich gebeten, das zu sagen. Es ging um window open."
    assert await say(hass, "warum hast du das gesagt", language="de") == german
    assert await say(hass, "what did you just say") == WINDOW["message"]
    assert await say(hass, "why did you say that", device_id="kitchen") == "I have not said anything by myself lately."

    # What is said afterwards in a conversation is what is asked about there.
    first = await ask(hass, "who are you")
    answered = await say(hass, "why did you say that", conversation_id=first.conversation_id)
    assert answered == "That was my answer to what you asked."
    spoken = entry.runtime_data.spoken_up
    for ago in (timedelta(minutes=10), timedelta(seconds=-5)):  # or the clock was put back
        entry.runtime_data.spoken_up = replace(spoken, at=dt_util.utcnow() - ago)
        assert await say(hass, "why did you say that") == "I have not said anything by myself lately."


async def test_a_model_is_told_what_the_mirror_has_just_said_by_itself(
    hass: HomeAssistant, mirror: SpokenMirror, meet: Meet, model: StandInModel
) -> None:
    entry = await meet()
    coordinator = entry.runtime_data
    model.turns = [[Say("Because.")]] * 4
    coordinator.spoken_up = SpokenUp("The window is open.", "window_open", "Rain", dt_util.utcnow())
    await ask(hass, "why did you say that", extra_system_prompt="Be short.")
    coordinator.spoken_up = replace(coordinator.spoken_up, asker=None)
    await ask(hass, "why did you say that")
    await ask(hass, "why did you say that", device_id="kitchen")
    coordinator.spoken_up = None
    await ask(hass, "why did you say that")
    prompts = [request["messages"][0]["content"] for request in model.requests]
    said = "A few minutes ago you said by yourself{} (about: window open): The window is open."
    told = [said.format(", for the automation Rain") in prompts[0], said.format("") in prompts[1]]
    assert told == [True, True]
    assert ["The window is open." in prompt for prompt in prompts] == [True, True, False, False]
    assert "Be short." in prompts[0]


@pytest.fixture
async def start(hass: HomeAssistant, redis_server: RedisServer, tmp_path: Path, set_up: SetUp) -> AsyncIterator[Start]:
    """Starts the real sidecar with these settings, and sets it up: no quiet hours, and somebody is there.

    It has no speaker: what is announced is returned.
    """
    processes: list[SidecarProcess] = []

    async def start(**settings: Any) -> list[ServiceCall]:
        flags = {"talk_quiet_from": "00:00", "talk_quiet_until": "00:00", "script": QUIET, **settings}
        processes.append(SidecarProcess(redis_server.url, tmp_path / "mira.db", name="Hall mirror", **flags))
        processes[0].start()
        entry = await set_up()
        hass.states.async_set("binary_sensor.hall", "on")
        hass.config_entries.async_update_entry(entry, options={"occupancy": "binary_sensor.hall"})
        return async_mock_service(hass, "assist_satellite", "announce")

    yield start
    for process in processes:
        process.kill()


async def refusal(hass: HomeAssistant, **data: Any) -> tuple[str | None, str | None]:
    """Why the mirror does not speak up, for programs and for people."""
    answer = await speak_up(hass, **data)
    return answer["reason"], answer["message"]


async def test_twice_at_once_is_said_once(hass: HomeAssistant, start: Start) -> None:
    announced = await start()
    answers = await asyncio.gather(speak_up(hass), speak_up(hass))
    assert sorted(str(answer["reason"]) for answer in answers) == ["None", "spoken_up_enough"]
    (call,) = announced
    assert call.data == {"entity_id": SATELLITE, "message": WINDOW["message"]}


async def test_it_speaks_up_so_often_a_day(hass: HomeAssistant, start: Start) -> None:
    announced = await start(talk_speak_up_per_day=0)
    assert (await refusal(hass))[0] == "spoken_up_enough"
    assert announced == []


async def test_it_does_not_speak_up_in_quiet_hours(hass: HomeAssistant, start: Start) -> None:
    now = dt_util.now()
    quiet = {
        "talk_quiet_from": f"{now - timedelta(hours=1):%H:%M}",
        "talk_quiet_until": f"{now + timedelta(hours=1):%H:%M}",
    }
    announced = await start(**quiet, talk_time_zone=str(now.tzinfo))
    assert (await refusal(hass))[0] == "quiet_hours"
    assert announced == []


async def test_it_speaks_up_to_nobody_but_whom_it_has_seen_or_who_is_told_to_be_there(
    hass: HomeAssistant, start: Start, entry: MockConfigEntry
) -> None:
    announced = await start()
    hass.states.async_set("binary_sensor.hall", "off")
    assert (await refusal(hass))[0] == "nobody_there"
    hass.config_entries.async_update_entry(entry, options={})
    assert (await refusal(hass))[0] == "nobody_there"
    assert announced == []
    hass.config_entries.async_update_entry(entry, options={"occupancy": "binary_sensor.hall"})
    hass.states.async_set("binary_sensor.hall", "on")
    assert (await speak_up(hass))["spoken"]


async def test_it_does_not_speak_up_while_somebody_talks_with_it(
    hass: HomeAssistant, start: Start, entry: MockConfigEntry
) -> None:
    announced = await start()
    reply = {"persona": "01jpersona0000000000000000", "place": "mirror", "pictures": "drawn", "length": 5}
    begun = await entry.runtime_data.async_send("begin_reply", reply, source="sensor")
    assert begun.accepted
    assert (await refusal(hass))[0] == "talking"
    ending = {"reply": begun.command_id, "outcome": "answered"}
    await entry.runtime_data.async_send("end_reply", ending, source="sensor")
    assert (await speak_up(hass))["spoken"]
    assert len(announced) == 1


async def test_why_it_spoke_up_or_not_is_explained_by_command(hass: HomeAssistant, start: Start) -> None:
    await start()
    spoken, refused = await speak_up(hass), await speak_up(hass)

    async def explain(command_id: str) -> dict[str, Any]:
        which = {"command_id": command_id}
        found = await hass.services.async_call("mira", "explain", which, blocking=True, return_response=True)
        assert found
        return dict(found)

    assert (await explain(spoken["command_id"]))["answer"]["payload"]["kind"] == "window_open"
    assert (await explain(refused["command_id"]))["answer"]["reason"] == "spoken_up_enough"


async def test_of_two_mirrors_the_named_one_speaks_up(
    hass: HomeAssistant, mirror: SpokenMirror, talk: Talk, bath: MockConfigEntry
) -> None:
    bath.add_to_hass(hass)
    assert await hass.config_entries.async_setup(bath.entry_id)
    with pytest.raises(ServiceValidationError) as unclear:
        await speak_up(hass)
    assert unclear.value.translation_key == "ambiguous_mirror"
    assert (await speak_up(hass, config_entry_id="Hall mirror"))["spoken"]
    assert talk.spoken == [WINDOW["message"]]
    assert bath.runtime_data.spoken_up is None
