"""The triggers: gestures, refusals, questions of the mirror's, the buttons of messages, and who speaks to it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import voluptuous as vol
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.mira.coordinator import SIGNAL_DECISION, MiraCoordinator
from custom_components.mira.models.event import Event
from house.sidecar import SidecarProcess
from tests.integration.automations import GESTURE, attach, event
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.persona import PERSONA, PERSONA_ID, add_persona
from tests.integration.spoken_mirror import VOICE
from tests.integration.written_mirror import WrittenMirror

SATELLITE = "assist_satellite.hall_mirror_assist_satellite"

type Happens = Callable[..., Awaitable[None]]


@pytest.fixture
async def happens(hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp) -> Happens:
    """Lets the mirror decide something, and waits until everybody has heard of it."""
    entry = await set_up()
    coordinator: MiraCoordinator = entry.runtime_data
    seq = 1

    async def happens(*, seconds: float = 0, **changes: Any) -> None:
        """An accepted palm, unless told otherwise; `seconds` into the minute."""
        nonlocal seq
        seq += 1
        coordinator._async_receive(coordinator.data, [Event.parse(event(seq, seconds=seconds, **changes))])
        await hass.async_block_till_done()

    return happens


def gesture(name: str, *, hand: str = "right", hold_ms: int = 600) -> dict[str, Any]:
    return {"name": name, "handedness": hand, "hold_ms": hold_ms}


async def test_a_gesture_triggers_with_all_that_is_known_of_it(hass: HomeAssistant, happens: Happens) -> None:
    fired = await attach(hass, "gesture_performed")
    await happens(payload=gesture("victory"), confidence=0.9)

    (trigger,) = fired.variables
    device = dr.async_entries_for_config_entry(
        dr.async_get(hass), hass.config_entries.async_entries("mira")[0].entry_id
    )[0]
    assert (
        trigger.items()
        >= {
            "description": "gesture victory at Hall mirror",
            "entity_id": GESTURE,
            "device_id": device.id,
            "mirror": "Hall mirror",
            "command_id": "command-2",
            "source": "gesture",
            "gesture": "victory",
            "gestures": ["victory"],
            "confidence": 90,
            "handedness": "right",
            "hold_ms": 600,
        }.items()
    )


async def test_only_the_chosen_gestures_trigger(hass: HomeAssistant, happens: Happens) -> None:
    fired = await attach(hass, "gesture_performed", {"gesture": ["palm", "fist"]})
    for name in ("palm", "victory", "fist"):
        await happens(payload=gesture(name))
    assert [trigger["gesture"] for trigger in fired.variables] == ["palm", "fist"]
    assert fired.reasons == []


@pytest.mark.parametrize(
    ("options", "changes", "reason"),
    [
        ({"min_confidence": 80}, {"confidence": 0.7}, "low_confidence"),
        ({"hand": "left"}, {}, "other_hand"),
        ({"min_hold": {"milliseconds": 700}}, {}, "short_hold"),
    ],
)
async def test_a_gesture_that_does_not_fit_is_told_to_the_author_of_the_automation(
    hass: HomeAssistant, happens: Happens, options: dict[str, Any], changes: dict[str, Any], reason: str
) -> None:
    fired = await attach(hass, "gesture_performed", options)
    silent = await attach(hass, "gesture_performed", options, asks_why=False)
    await happens(payload=gesture("palm"), **changes)
    assert (fired.variables, fired.reasons) == ([], [reason])
    assert (silent.variables, silent.reasons) == ([], [])
    await happens(payload=gesture("palm", hand="left", hold_ms=700), confidence=0.8)
    assert len(fired.variables) == 1


async def test_a_swipe_needs_no_hold_and_a_scripted_gesture_no_confidence(
    hass: HomeAssistant, happens: Happens
) -> None:
    fired = await attach(hass, "gesture_performed", {"min_hold": "00:00:01", "min_confidence": 99})
    await happens(payload={"name": "swipe_left"})
    assert len(fired.variables) == 1


async def test_a_motion_of_somebodys_own_needs_no_hold_and_their_pose_does(
    hass: HomeAssistant, happens: Happens
) -> None:
    fired = await attach(hass, "gesture_performed", {"min_hold": {"milliseconds": 500}})
    await happens(payload=gesture("greeting", hold_ms=0))
    await happens(payload=gesture("salute", hold_ms=400))
    await happens(payload=gesture("salute", hold_ms=600))
    await happens(payload=gesture("palm", hold_ms=0))
    assert [trigger["gesture"] for trigger in fired.variables] == ["greeting", "salute"]
    assert fired.reasons == ["short_hold", "short_hold"]


async def test_what_was_refused_or_is_no_gesture_does_not_trigger(hass: HomeAssistant, happens: Happens) -> None:
    fired = await attach(hass, "gesture_performed")
    await happens(payload=gesture("palm"), type="rejected", reason="cooldown")
    await happens(action="next_page", payload={})
    assert fired.variables == []


@pytest.mark.parametrize("steps", [["palm", "swipe_left"], [{"gesture": "palm"}, {"gesture": "swipe_left"}]])
async def test_a_sequence_triggers_at_its_last_gesture(hass: HomeAssistant, happens: Happens, steps: list[Any]) -> None:
    fired = await attach(hass, "gesture_performed", {"sequence": steps})
    await happens(payload=gesture("palm"), seconds=1)
    assert fired.variables == []
    await happens(payload=gesture("swipe_left"), seconds=3)
    (trigger,) = fired.variables
    assert (trigger["gesture"], trigger["gestures"]) == ("swipe_left", ["palm", "swipe_left"])
    assert trigger["description"] == "gesture palm → swipe_left at Hall mirror"


@pytest.mark.parametrize(
    "made",
    [
        [("palm", 1), ("swipe_left", 3.1)],
        [("swipe_left", 1), ("palm", 2)],
        [("palm", 1), ("fist", 1.5), ("swipe_left", 2)],
        [("swipe_left", 1)],
    ],
    ids=["too late", "the wrong way round", "with another between", "its end alone"],
)
async def test_no_other_sequence_triggers(hass: HomeAssistant, happens: Happens, made: list[tuple[str, float]]) -> None:
    fired = await attach(hass, "gesture_performed", {"sequence": ["palm", "swipe_left"], "within": {"seconds": 2}})
    for name, seconds in made:
        await happens(payload=gesture(name), seconds=seconds)
    assert fired.variables == []


async def test_a_gesture_counts_for_one_sequence_only(hass: HomeAssistant, happens: Happens) -> None:
    fired = await attach(hass, "gesture_performed", {"sequence": ["palm", "palm"], "within": {"seconds": 5}})
    for seconds in (1, 2, 3):
        await happens(payload=gesture("palm"), seconds=seconds)
    assert len(fired.variables) == 1
    await happens(payload=gesture("palm"), seconds=4)
    assert len(fired.variables) == 2


async def test_the_other_hand_does_not_disturb_a_sequence(hass: HomeAssistant, happens: Happens) -> None:
    fired = await attach(hass, "gesture_performed", {"sequence": ["palm", "fist"], "hand": "right"})
    await happens(payload=gesture("palm"), seconds=1)
    await happens(payload=gesture("victory", hand="left"), seconds=1.5)
    await happens(payload=gesture("fist"), seconds=2)
    assert len(fired.variables) == 1


@pytest.mark.parametrize(
    "options",
    [
        {"gesture": "Salute!"},
        {"gesture": "palm", "sequence": ["palm", "fist"]},
        {"sequence": ["palm"]},
        {"sequence": [{"gesture": "Salute!"}, "palm"]},
        {"hand": "third"},
        {"min_confidence": 101},
        {"within": "soon"},
    ],
)
async def test_options_that_make_no_sense_are_refused(
    hass: HomeAssistant, happens: Happens, options: dict[str, Any]
) -> None:
    with pytest.raises(vol.Invalid):
        await attach(hass, "gesture_performed", options)


async def test_a_refusal_triggers_with_reason_and_sentence(hass: HomeAssistant, happens: Happens) -> None:
    fired = await attach(hass, "command_refused", {"reason": "camera_off", "source": ["voice", "touch"]})
    refusal = {"type": "rejected", "action": "show_page", "payload": {"page": "home"}, "message": "The camera is off."}
    await happens(**refusal, reason="camera_off", source="voice")
    await happens(**refusal, reason="camera_off", source="gesture")
    await happens(**refusal, reason="expired", source="voice")

    (trigger,) = fired.variables
    wanted = {"action": "show_page", "payload": {"page": "home"}, "reason": "camera_off", "source": "voice"}
    assert trigger.items() >= {**wanted, "message": "The camera is off.", "command_id": "command-2"}.items()


async def test_a_flood_of_refusals_triggers_once_and_its_sum_is_in_the_log_alone(
    hass: HomeAssistant, happens: Happens, written_mirror: WrittenMirror
) -> None:
    fired = await attach(hass, "command_refused", {})
    flood = {"type": "rejected", "action": "toggle_camera", "source": "touch", "reason": "rate_limited"}
    await happens(**flood)
    await happens(**flood, count=4_950)
    assert len(fired.variables) == 1

    written_mirror.event(9, **flood, count=4_950)
    log = await hass.services.async_call("mira", "get_events", {}, blocking=True, return_response=True)
    assert log["events"][0]["count"] == 4_950


async def test_a_question_triggers_with_its_deadline(hass: HomeAssistant, happens: Happens) -> None:
    fired = await attach(hass, "confirmation_requested", {"action": "set_camera"})
    asked = {"outcome": "pending", "deadline": "2026-11-20T12:00:15.000Z"}
    await happens(source="automation", action="set_camera", payload={"on": True, **asked})
    await happens(source="automation", action="set_camera", payload={"on": False})
    await happens(source="automation", action="clear_completed_todos", payload={"uids": [], **asked})

    (trigger,) = fired.variables
    assert (trigger["action"], trigger["payload"]) == ("set_camera", {"on": True})
    assert trigger["deadline"] == datetime(2026, 11, 20, 12, 0, 15, tzinfo=UTC)


@pytest.mark.parametrize("trigger", ["gesture_performed", "command_refused"])
async def test_mirrors_are_targeted_by_device_and_by_area_and_followed_where_they_go(
    hass: HomeAssistant, happens: Happens, trigger: str
) -> None:
    entry = hass.config_entries.async_entries("mira")[0]
    devices = dr.async_get(hass)
    device = dr.async_entries_for_config_entry(devices, entry.entry_id)[0]
    area = ar.async_get(hass).async_create("Hall")
    devices.async_update_device(device.id, area_id=area.id)
    by_device = await attach(hass, trigger, device_id=device.id)
    by_area = await attach(hass, trigger, area_id=area.id)
    devices.async_update_device(device.id, area_id=None)
    await hass.async_block_till_done()
    change = {"type": "rejected", "reason": "expired"} if trigger == "command_refused" else {}

    await happens(payload=gesture("palm"), **change)
    assert (len(by_device.variables), len(by_area.variables)) == (1, 0)
    devices.async_update_device(device.id, area_id=area.id)
    await hass.async_block_till_done()
    await happens(payload=gesture("palm"), **change)
    assert (len(by_device.variables), len(by_area.variables)) == (2, 1)


async def test_a_detached_trigger_hears_nothing(hass: HomeAssistant, happens: Happens) -> None:
    others = list(hass.data["dispatcher"].get(SIGNAL_DECISION, ()))
    fired = await attach(hass, "gesture_performed")
    assert fired.detach
    fired.detach()
    await happens(payload=gesture("palm"))
    assert fired.variables == []
    assert list(hass.data["dispatcher"].get(SIGNAL_DECISION, ())) == others


async def test_a_real_gesture_triggers_in_the_context_of_its_event(
    hass: HomeAssistant, sidecar_at_once: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    await hass.services.async_call("switch", "turn_on", {"entity_id": "switch.hall_mirror_camera"}, blocking=True)
    await hass.services.async_call("switch", "turn_off", {"entity_id": "switch.hall_mirror_microphone"}, blocking=True)
    gestures = await attach(hass, "gesture_performed")
    refusals = await attach(hass, "command_refused")

    def make(name: str) -> Any:
        return sidecar_at_once.bus.send("gesture", {"name": name, "hold_ms": 500}, source="gesture", confidence=0.9)

    await hass.async_add_executor_job(make, "swipe_left")
    page = await state_becomes("select.hall_mirror_page", "todos")
    shown = await state_becomes(GESTURE, lambda state: state.attributes["event_type"] == "swipe_left")
    await hass.async_add_executor_job(make, "swipe_left")
    await hass.services.async_call("switch", "turn_on", {"entity_id": "switch.hall_mirror_microphone"}, blocking=True)

    assert [trigger["gesture"] for trigger in gestures.variables] == ["swipe_left"]
    assert gestures.contexts == [shown.context] == [page.context]
    assert [trigger["reason"] for trigger in refusals.variables] == ["cooldown"]


@pytest.mark.usefixtures("happens")
@pytest.mark.parametrize("kind", ["entity", "device", "area"])
async def test_the_visual_editor_offers_triggers_and_conditions_for_what_is_picked(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    state_becomes: StateBecomes,
    hass_ws_client: WebSocketGenerator,
    kind: str,
) -> None:
    written_mirror.state(rev=2, seq=2, access={"pin_set": True})
    written_mirror.event(2, type="state_patch", action="set_pin")
    await state_becomes("lock.hall_mirror_pin", "locked")
    entry = hass.config_entries.async_entries("mira")[0]
    devices = dr.async_get(hass)
    device = dr.async_entries_for_config_entry(devices, entry.entry_id)[0]
    area = ar.async_get(hass).async_create("Hall")
    devices.async_update_device(device.id, area_id=area.id)
    target = {
        "entity": {"entity_id": [GESTURE, SATELLITE, "select.hall_mirror_page", "lock.hall_mirror_pin"]},
        "device": {"device_id": [device.id]},
        "area": {"area_id": [area.id]},
    }[kind]
    client = await hass_ws_client(hass)
    offered: set[str] = set()
    for what in ("triggers", "conditions"):
        await client.send_json_auto_id({"type": f"get_{what}_for_target", "target": target})
        offered |= set((await client.receive_json())["result"])
    assert {name for name in offered if name.startswith("mira.")} == {
        *("mira.gesture_performed", "mira.command_refused", "mira.confirmation_requested"),
        *(
            "mira.message_button_pressed",
            "mira.emotion_shown",
            "mira.spoken_to",
            "mira.is_page",
            "mira.is_locked",
            "mira.is_spoken_to",
        ),
    }


async def test_a_pressed_button_triggers_with_its_message(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    entry = await set_up()
    every = await attach(hass, "message_button_pressed")
    some = await attach(hass, "message_button_pressed", {"button": "open"})
    other = await attach(hass, "message_button_pressed", {"button": ["wait", "later"]})
    data = {"message": "Who is it?", "buttons": [{"id": "open", "label": "Open"}, {"id": "wait", "label": "Wait"}]}
    shown = await hass.services.async_call("mira", "show_message", data, blocking=True, return_response=True)
    assert shown
    press = {"message_id": shown["command_id"], "button": "open"}
    coordinator: MiraCoordinator = entry.runtime_data
    assert (await coordinator.async_send("press_button", press, source="touch")).accepted
    assert (await coordinator.async_send("press_button", press, source="touch")).reason == "message_gone"
    button = await state_becomes("event.hall_mirror_message_button", lambda state: state.state != "unknown")
    assert (
        button.attributes.items()
        >= {"event_type": "press_end", "device_class": "button", **press, "source": "touch"}.items()
    )
    for fired in (every, some):
        (trigger,) = fired.variables
        assert trigger.items() >= {**press, "description": "button open at Hall mirror"}.items()
    assert other.variables == []


def wake(word: str = "okay_nabu") -> dict[str, Any]:
    payload = {"word": word, "microphone": "microphone"}
    return {"action": "wake", "source": "voice", "payload": payload, "confidence": 0.97}


def listen(source: str = "touch", **payload: Any) -> dict[str, Any]:
    return {"action": "listen", "source": source, "payload": {"microphone": "microphone", "word": None, **payload}}


async def test_a_wake_word_triggers_with_its_phrase_and_the_microphone_that_heard_it(
    hass: HomeAssistant, written_mirror: WrittenMirror, happens: Happens
) -> None:
    written_mirror.state(parts={"voice": VOICE})
    (entry,) = hass.config_entries.async_entries("mira")
    coordinator: MiraCoordinator = entry.runtime_data
    coordinator._async_receive(await coordinator.client.connect(), [])
    fired = await attach(hass, "spoken_to", entity_id=SATELLITE)
    await happens(**wake())

    (trigger,) = fired.variables
    assert (
        trigger.items()
        >= {
            "description": "spoken to by Okay Nabu at Hall mirror",
            "entity_id": SATELLITE,
            "mirror": "Hall mirror",
            "command_id": "command-2",
            "source": "voice",
            "how": "wake",
            "wake_word": "okay_nabu",
            "phrase": "Okay Nabu",
            "microphone": "microphone",
            "confidence": 97,
        }.items()
    )


async def test_a_mirror_that_waits_for_a_yes_is_spoken_to_once_it_was_given(
    hass: HomeAssistant, happens: Happens
) -> None:
    fired = await attach(hass, "spoken_to", entity_id=SATELLITE)
    await happens(**listen(outcome="pending", deadline="2026-10-02T10:00:15.000Z"))
    await happens(action="cancel", source="touch", payload={"cancelled": "command-2", "asked": "listen"})
    assert fired.variables == []
    answered = {"confirmed": "command-2", "asked": "listen", "microphone": "microphone", "word": None}
    await happens(action="confirm", source="touch", payload=answered)
    (trigger,) = fired.variables
    assert (trigger["how"], trigger["microphone"], trigger["source"]) == ("listen", "microphone", "touch")


async def test_a_wake_word_of_which_the_mirror_says_no_more_triggers_by_its_id(
    hass: HomeAssistant, happens: Happens
) -> None:
    fired = await attach(hass, "spoken_to", entity_id=SATELLITE)
    await happens(**wake("hey_mira"))
    assert [trigger["phrase"] for trigger in fired.variables] == ["hey_mira"]


async def test_only_the_chosen_wake_words_trigger_and_listening_without_one_does_not(
    hass: HomeAssistant, happens: Happens
) -> None:
    one = await attach(hass, "spoken_to", {"wake_word": "hey_jarvis"}, entity_id=SATELLITE)
    two = await attach(hass, "spoken_to", {"wake_word": ["hey_jarvis", "alexa"]}, entity_id=SATELLITE)
    every = await attach(hass, "spoken_to", entity_id=SATELLITE)
    for decided in (wake("alexa"), wake("hey_jarvis"), wake("okay_nabu"), listen(word="hey_jarvis")):
        await happens(**decided)
    assert [trigger["wake_word"] for trigger in one.variables] == ["hey_jarvis"]
    assert [trigger["wake_word"] for trigger in two.variables] == ["alexa", "hey_jarvis"]
    assert [trigger["wake_word"] for trigger in every.variables] == ["alexa", "hey_jarvis", "okay_nabu", None]


async def test_what_opens_no_turn_does_not_trigger(hass: HomeAssistant, happens: Happens) -> None:
    fired = await attach(hass, "spoken_to", entity_id=SATELLITE)
    await happens(**wake(), type="rejected", reason="already_listening")
    await happens(**listen(outcome="pending", deadline="2026-11-20T12:00:15.000Z"))
    await happens(action="utterance", source="voice", payload={"length": 3})
    await happens(action="say", source="automation", payload={"kind": "announcement"})
    assert fired.variables == []


async def test_a_mirror_that_is_asked_to_listen_triggers_without_a_wake_word(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    entry = await set_up()
    coordinator: MiraCoordinator = entry.runtime_data
    fired = await attach(hass, "spoken_to", entity_id=SATELLITE)
    assert (await coordinator.async_send("listen", {}, source="touch")).reason == "microphone_off"
    assert (await coordinator.async_send("set_microphone", {"on": True}, source="touch")).accepted
    assert (await coordinator.async_send("listen", {}, source="touch")).accepted
    await hass.async_block_till_done()
    (trigger,) = fired.variables
    assert trigger.items() >= {"how": "listen", "wake_word": None, "phrase": None, "source": "touch"}.items()
    assert trigger["description"] == "spoken to by touch at Hall mirror"
    assert trigger["microphone"] == "microphone"


async def test_an_emotion_triggers_with_the_persona_whose_it_is(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    entry = await set_up()
    await add_persona(hass, entry)
    coordinator: MiraCoordinator = entry.runtime_data
    every = await attach(hass, "emotion_shown")
    some = await attach(hass, "emotion_shown", {"emotion": ["joy"]})
    asked = {"persona": PERSONA_ID, "place": "mirror", "pictures": "drawn", "length": 5}
    begun = await coordinator.async_send("begin_reply", asked, source="sensor")
    assert begun.accepted, begun
    reply = begun.command_id
    await coordinator.async_send("express", {"emotion": "sad", "reply": reply}, source="sensor")
    assert (await coordinator.async_send("express", {"emotion": "joy"})).reason == "talking"
    await coordinator.async_send("end_reply", {"reply": reply, "outcome": "answered"}, source="sensor")
    await coordinator.async_send("express", {"emotion": "joy"})
    await hass.async_block_till_done()
    first, second = every.variables
    assert first.items() >= {"emotion": "sad", "persona": PERSONA, "source": "sensor"}.items()
    assert second.items() >= {"emotion": "joy", "persona": None, "description": "emotion joy at Hall mirror"}.items()
    assert [each["emotion"] for each in some.variables] == ["joy"]


async def test_an_emotion_that_there_is_not_is_refused(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    with pytest.raises(vol.Invalid, match=r"There is no emotion hapy\. Did you mean happy"):
        await attach(hass, "emotion_shown", {"emotion": "hapy"})
