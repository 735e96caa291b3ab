"""What the mirror heard and refused last, how busy it is, and since when it runs."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.mira.client.event_log import EventLog, EventPage
from custom_components.mira.client.queries import Queries
from custom_components.mira.const import GESTURES
from custom_components.mira.coordinator import SIGNAL_EVENTS
from custom_components.mira.errors import CannotConnect, NoReply
from custom_components.mira.models.event import Event
from house.sidecar import SidecarProcess
from tests.integration.acting import act, shown
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror

PAGE = "select.hall_mirror_page"
RATE = "sensor.hall_mirror_commands_per_minute"
MEDIAN = "sensor.hall_mirror_decision_time_median"
P95 = "sensor.hall_mirror_decision_time_95th_percentile"
LOG_SIZE = "sensor.hall_mirror_log_size"
REFUSAL = "sensor.hall_mirror_last_refusal"
UPTIME = "sensor.hall_mirror_uptime"
VOICE = "event.hall_mirror_voice"
HEARD = "sensor.hall_mirror_last_heard"
LEVEL = "sensor.hall_mirror_microphone_level"
NOISE = "sensor.hall_mirror_microphone_noise"
NEAR_MISSES = "sensor.hall_mirror_nearly_heard_wake_words"


async def say(hass: HomeAssistant, sidecar: SidecarProcess, text: str) -> str:
    """Say something in front of the mirror; the answer's type."""
    answer = await hass.async_add_executor_job(
        lambda: sidecar.bus.send(
            "utterance", {"length": len(text)}, words={"text": text}, source="voice", confidence=0.9
        )
    )
    return str(answer["type"])


async def test_what_is_personal_or_rarely_needed_is_off_until_somebody_wants_it(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    off = {entity.entity_id for entity in entities if entity.disabled}
    gestures = {entity_id for entity_id in off if entity_id.startswith("switch.hall_mirror_gesture_")}
    assert len(gestures) == len(GESTURES)
    assert off - gestures == {
        *(RATE, MEDIAN, P95, LOG_SIZE),
        *(UPTIME, HEARD, LEVEL, NOISE, NEAR_MISSES),
        *(f"scene.hall_mirror_{page}_page" for page in ("home", "to_dos", "clock")),
    }


@pytest.mark.usefixtures("all_enabled")
async def test_an_utterance_fires_its_event_without_its_text(
    hass: HomeAssistant, sidecar_at_once: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    await act(hass, "switch.turn_on", "switch.hall_mirror_microphone")
    assert await say(hass, sidecar_at_once, "Where is my umbrella?") == "accepted"

    state = await state_becomes(VOICE, lambda state: state.attributes["event_type"] == "utterance")
    assert (state.attributes["confidence"], state.attributes["source"]) == (90, "voice")
    assert "umbrella" not in str(state)
    heard = await state_becomes(HEARD, lambda state: state.attributes.get("text") == "Where is my umbrella?")
    assert heard.attributes["device_class"] == "timestamp"
    assert datetime.now(UTC) - datetime.fromisoformat(heard.state) < timedelta(minutes=1)
    assert "text" in heard.state_info["unrecorded_attributes"], "it never gets into the history"


@pytest.mark.usefixtures("all_enabled")
async def test_what_is_said_while_the_microphone_is_off_is_nowhere(
    hass: HomeAssistant, sidecar_at_once: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    await act(hass, "switch.turn_off", "switch.hall_mirror_microphone")
    assert await say(hass, sidecar_at_once, "Where is my umbrella?") == "rejected"
    await state_becomes(REFUSAL, "microphone_off")
    assert shown(hass, VOICE).state == shown(hass, HEARD).state == "unknown"
    assert "umbrella" not in str(hass.states.async_all())


@pytest.mark.usefixtures("all_enabled")
async def test_words_are_shown_with_their_own_utterance_only_and_not_after_a_restart(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    first, second = "2026-11-20T12:00:00.000Z", "2026-11-20T12:00:01.000Z"
    heard = {"length": 5, "answer": None, "language": None}
    written_mirror.state(utterance={**heard, "at": first})
    entry = await set_up()

    def say(text: str) -> None:
        while not written_mirror.redis.publish("mira:{hall}:said", text):
            time.sleep(0.01)

    said = {"command_id": "said-0001", "text": "Hello", "at": first}
    for text in ("no JSON", json.dumps({**said, "text": 1}), json.dumps(said)):
        await hass.async_add_executor_job(say, text)
    await state_becomes(HEARD, lambda state: state.attributes["text"] == "Hello")
    patch = [{"op": "replace", "path": "/utterance", "value": {**heard, "at": second}}]
    written_mirror.event(2, type="state_patch", action="utterance", payload={"patch": patch}, rev=2)
    written_mirror.head(2, rev=2)
    later = await state_becomes(HEARD, "2026-11-20T12:00:01+00:00")
    assert later.attributes["text"] is None, "its words are not known"

    await hass.config_entries.async_unload(entry.entry_id)
    assert written_mirror.redis.pubsub_numsub("mira:{hall}:said") == [("mira:{hall}:said", 0)]
    written_mirror.state(rev=2, seq=2, utterance={**heard, "at": first})
    await hass.config_entries.async_setup(entry.entry_id)
    assert (await state_becomes(HEARD, "2026-11-20T12:00:00+00:00")).attributes["text"] is None


async def test_a_refusal_says_what_was_refused_of_whom_and_why(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    assert shown(hass, REFUSAL).state == "unknown"
    assert shown(hass, REFUSAL).attributes["message"] is None
    await hass.async_add_executor_job(lambda: sidecar.bus.send("undo", {}, source="touch"))
    state = await state_becomes(REFUSAL, "nothing_to_undo")
    attributes = {name: state.attributes[name] for name in ("action", "source", "message")}
    assert attributes == {
        "action": "undo",
        "source": "touch",
        "message": "There is nothing of this kind to undo.",
    }


async def test_the_last_refusal_from_before_the_start_is_found_in_the_log(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    written_mirror.event(1, type="rejected", reason="cooldown", message="Too soon.")
    written_mirror.event(2, type="rejected", reason="camera_off", message="The camera is off.")
    written_mirror.event(3)
    written_mirror.state(seq=3)
    await set_up()
    assert shown(hass, REFUSAL).state == "camera_off"

    written_mirror.event(4, type="rejected", reason="of_tomorrow", message="Not on Sundays.")
    state = await state_becomes(REFUSAL, "unknown")
    assert "(of_tomorrow)" in state.attributes["message"]


@pytest.mark.usefixtures("written_mirror")
async def test_a_refusal_that_comes_while_the_log_is_read_is_the_last_one(
    hass: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusal(seq: int, reason: str) -> Event:
        document = {"seq": seq, "ts": "2026-11-20T12:00:00.000Z", "command_id": f"command-{seq}", "type": "rejected"}
        return Event.parse(json.dumps({**document, "source": "touch", "action": "undo", "reason": reason}))

    async def page(self: EventLog, **filters: object) -> EventPage:
        async_dispatcher_send(hass, SIGNAL_EVENTS, entry.runtime_data, [refusal(2, "expired")])
        return EventPage((refusal(1, "cooldown"),), None)

    monkeypatch.setattr(EventLog, "page", page)
    await set_up()
    assert shown(hass, REFUSAL).state == "expired"


async def test_a_refusal_is_that_of_one_mirror(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    bath: MockConfigEntry,
    set_up: SetUp,
    state_becomes: StateBecomes,
) -> None:
    await set_up()
    bath.add_to_hass(hass)
    await hass.config_entries.async_setup(bath.entry_id)

    written_mirror.event(2, type="rejected", reason="expired", message="Too late.")
    await state_becomes(REFUSAL, "expired")
    assert shown(hass, "sensor.bath_last_refusal").state == "unknown"


async def test_a_log_that_cannot_be_read_at_the_start_is_no_obstacle(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    state_becomes: StateBecomes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def page(self: EventLog, **filters: object) -> None:
        raise CannotConnect("Redis cannot be used: gone.")

    monkeypatch.setattr(EventLog, "page", page)
    await set_up()
    assert shown(hass, REFUSAL).state == "unknown"
    written_mirror.event(2, type="rejected", reason="expired", message="Too late.")
    await state_becomes(REFUSAL, "expired")


@pytest.mark.usefixtures("all_enabled")
async def test_the_mirror_says_how_fast_it_decides_and_how_large_its_log_is(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    assert shown(hass, RATE).state == shown(hass, MEDIAN).state == shown(hass, LOG_SIZE).state == "unknown"
    pace = {"decision_ms_p50": 1.25, "decision_ms_p95": 4, "commands_a_minute": 7}
    written_mirror.presence(pace=pace, log_bytes=2_500_000)
    assert (await state_becomes(RATE, "7")).attributes["unit_of_measurement"] == "commands/min"
    assert (shown(hass, MEDIAN).state, shown(hass, P95).state) == ("1.25", "4.0")
    assert (shown(hass, LOG_SIZE).state, shown(hass, LOG_SIZE).attributes["unit_of_measurement"]) == ("2.5", "MB")


@pytest.mark.usefixtures("all_enabled")
async def test_a_restarted_sidecar_runs_since_then(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    assert shown(hass, UPTIME).state == "2026-11-20T12:00:00+00:00"
    written_mirror.presence(started_at="2026-11-20T13:00:00.000Z")
    await state_becomes(UPTIME, "2026-11-20T13:00:00+00:00")


class Asked:
    """Stands for the mirror's answers to what it is asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.payloads: list[object] = []
        self.answer: dict[str, object] | Exception = {"levels": {"microphone": [-31.4, -62.0]}, "near_misses": 3}
        asked = self

        async def ask(self: Queries, kind: str, payload: object) -> object:
            assert kind == "voice"
            asked.payloads.append(payload)
            if isinstance(asked.answer, Exception):
                raise asked.answer
            return asked.answer

        monkeypatch.setattr(Queries, "ask", ask)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(monkeypatch)


async def eight_seconds_later(hass: HomeAssistant, times: int = 1) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=9 * times))
    await hass.async_block_till_done(wait_background_tasks=False)


@pytest.mark.usefixtures("all_enabled")
async def test_how_loud_it_is_is_seen_and_where_there_is_no_answer_nothing_is_said(
    hass: HomeAssistant, written_mirror: WrittenMirror, asked: Asked, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    assert shown(hass, LEVEL).state == "unknown"
    await eight_seconds_later(hass)
    assert [shown(hass, entity_id).state for entity_id in (LEVEL, NOISE, NEAR_MISSES)] == ["-31.4", "-62.0", "3"]
    assert shown(hass, LEVEL).attributes["unit_of_measurement"] == "dB"
    assert asked.payloads == [{"levels": True}]

    asked.answer = {"levels": {"microphone": ["loud"]}, "near_misses": 4}
    await eight_seconds_later(hass, 2)
    assert [shown(hass, entity_id).state for entity_id in (LEVEL, NEAR_MISSES)] == ["unknown", "4"]
    asked.answer = NoReply("There was no reply.")
    await eight_seconds_later(hass, 3)
    assert shown(hass, NEAR_MISSES).state == "unknown"

    written_mirror.redis.delete("mira:{hall}:presence")
    await state_becomes(LEVEL, "unavailable")
    count = len(asked.payloads)
    await eight_seconds_later(hass, 4)
    assert len(asked.payloads) == count, "a mirror that is unavailable is not asked"


async def test_nobody_asks_how_loud_it_is_while_nobody_wants_to_see_it(
    hass: HomeAssistant, written_mirror: WrittenMirror, asked: Asked, set_up: SetUp
) -> None:
    entry = await set_up()
    await eight_seconds_later(hass)
    assert asked.payloads == []

    er.async_get(hass).async_update_entity(NEAR_MISSES, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await eight_seconds_later(hass, 2)
    assert asked.payloads == [{"levels": False}], "what is not shown is not measured"
    await hass.config_entries.async_unload(entry.entry_id)
    await eight_seconds_later(hass, 3)
    assert len(asked.payloads) == 1


@pytest.mark.usefixtures("all_enabled", "sidecar")
async def test_a_mirror_that_has_missed_no_wake_word_yet_says_so(
    hass: HomeAssistant, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    await eight_seconds_later(hass)
    await state_becomes(NEAR_MISSES, "0")
    assert shown(hass, LEVEL).state == "unknown", "nothing hears there"
