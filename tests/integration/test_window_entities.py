"""Windows as covers, with the air of their rooms: what is shown, what is asked, and what comes and goes."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import intent
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.mira.client import MiraClient
from custom_components.mira.client.commands import Decision
from custom_components.mira.client.event_log import EventLog
from custom_components.mira.errors import CannotConnect, NoReply
from custom_components.mira.models.air import RoomAir
from custom_components.mira.target import mirror_entities
from house.redis import RedisServer
from house.sidecar import SidecarProcess
from tests.integration.acting import act, shown
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror
from tests.integration.written_windows import BED, BED_ID, RUN, SUBJECTS, Answers, bed, window, with_windows

COVER = "cover.bed"
WHY = "sensor.bed_last_reason"


@pytest.fixture
def ventilated(redis_server: RedisServer, tmp_path: Path) -> Iterator[SidecarProcess]:
    """The real sidecar, which moves windows; by automations as often as it is asked to."""
    process = SidecarProcess(
        redis_server.url, tmp_path / "mira.db", name="Hall mirror", subjects="windows", windows_rest_minutes=0
    )
    process.start()
    yield process
    process.kill()


class House:
    """The windows of a real sidecar: what their drives and the weather tell."""

    def __init__(self, hass: HomeAssistant, sidecar: SidecarProcess) -> None:
        self.hass = hass
        self.sidecar = sidecar

    async def tell(self, action: str, *, source: Any = "sensor", **payload: Any) -> dict[str, Any]:
        """Tell the mirror; its answer."""
        answer = await self.hass.async_add_executor_job(
            lambda: self.sidecar.bus.send(action, payload, source=source, confidence=None)
        )
        await self.hass.async_block_till_done()
        return answer


@pytest.fixture
async def house(hass: HomeAssistant, ventilated: SidecarProcess) -> House:
    """A house with one window, in dry weather."""
    house = House(hass, ventilated)
    await house.tell("observe_weather", rain=False, wind=1.0)
    await house.tell("add_window", source="automation", window="bed", kind="bedroom", travel_s=30)
    await house.tell("window_moved", window="bed", position=0)
    return house


def entities_of(hass: HomeAssistant, entry: MockConfigEntry) -> set[str]:
    """The entities of windows that are registered."""
    found = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return {entity.entity_id for entity in found if "_window_" in entity.unique_id}


async def until(hass: HomeAssistant, fits: Any) -> None:
    """Wait, at most ten seconds, until this is so."""
    for _ in range(500):
        if fits():
            break
        await asyncio.sleep(0.02)
    await hass.async_block_till_done()
    assert fits()


async def test_nothing_of_it_is_there_while_the_subject_is_off(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    written_mirror.state(parts={"windows": {"windows": {"bed": window()}}})
    assert entities_of(hass, await set_up()) == set()
    assert hass.states.async_all("cover") == []


@pytest.mark.usefixtures("house")
async def test_a_window_is_a_device_below_its_mirror(
    hass: HomeAssistant, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    entry = await set_up()
    await state_becomes(COVER, "closed")
    mirror = dr.async_get(hass).async_get(entry.runtime_data.device_id)
    entity = er.async_get(hass).async_get(COVER)
    assert mirror
    assert entity
    device = dr.async_get(hass).async_get(entity.device_id or "")
    assert isinstance(device, dr.DeviceEntry)
    assert (device.name, device.via_device_id) == ("bed", mirror.id)
    assert mirror.name == "Hall mirror"
    assert shown(hass, COVER).attributes["device_class"] == "window"
    assert shown(hass, COVER).attributes["current_position"] == 0


async def test_a_window_goes_where_it_is_asked_to_and_shows_where_it_was_seen(
    hass: HomeAssistant, house: House, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    await act(hass, "cover.set_cover_position", COVER, position=50)
    opening = await state_becomes(COVER, "opening")
    assert opening.attributes["current_position"] == 0, "where it is to be is not where it is"
    await house.tell("window_moved", window="bed", position=30)
    await state_becomes("sensor.bed_opening", "30")
    assert shown(hass, COVER).state == "opening"
    await act(hass, "cover.stop_cover", COVER)
    await state_becomes(COVER, "open")

    await act(hass, "cover.open_cover", COVER)
    await state_becomes(COVER, "opening")
    await act(hass, "cover.close_cover", COVER)
    await state_becomes(COVER, "closing")
    await house.tell("window_moved", window="bed", position=0)
    await state_becomes(COVER, "closed")
    assert shown(hass, "sensor.bed_movements_today").state == "3"
    assert (shown(hass, WHY).state, shown(hass, WHY).attributes["position"]) == ("requested", 0)


async def test_a_refusal_says_why_and_is_the_last_reason(
    hass: HomeAssistant, house: House, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    await house.tell("observe_weather", rain=True)
    with pytest.raises(HomeAssistantError, match="The window opens to 0 % at most"):
        await act(hass, "cover.open_cover", COVER)
    why = await state_becomes(WHY, "rain")
    told = {name: why.attributes[name] for name in ("source", "position", "wished", "policy", "limit", "message")}
    assert told == {
        "source": "automation",
        "position": None,
        "wished": 100,
        "policy": "rain",
        "limit": 0,
        "message": "It is raining, or was a moment ago. The window opens to 0 % at most.",
    }
    assert shown(hass, COVER).state == "closed"


async def test_what_opens_less_far_than_was_wished_and_what_is_shut_for_safety_says_why(
    hass: HomeAssistant, house: House, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    await act(hass, "number.set_value", "number.bed_maximum_opening", value=40)
    await state_becomes("number.bed_maximum_opening", "40")
    await act(hass, "cover.open_cover", COVER)
    why = await state_becomes(WHY, "window_limit")
    assert (why.attributes["position"], why.attributes["wished"]) == (40, 100)

    await house.tell("window_moved", window="bed", position=40)
    await house.tell("observe_weather", alert=True)
    await state_becomes(COVER, "closing")
    assert (shown(hass, WHY).state, shown(hass, WHY).attributes["source"]) == ("storm", "system")


@pytest.mark.usefixtures("all_enabled")
async def test_a_hand_at_the_window_is_the_reason_and_the_window_is_left_alone_until_it_is_resumed(
    hass: HomeAssistant, house: House, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    await house.tell("window_moved", window="bed", position=60)
    assert (await state_becomes(WHY, "hand")).attributes["position"] == 60
    held = await state_becomes("sensor.bed_left_alone_until", lambda state: state.state != "unknown")
    assert dt_util.parse_datetime(held.state, raise_on_error=True) > dt_util.utcnow()
    await act(hass, "button.press", "button.bed_resume_automatic")
    await state_becomes("sensor.bed_left_alone_until", "unknown")


@pytest.mark.usefixtures("all_enabled")
async def test_each_switch_and_number_is_as_the_mirror_has_accepted_it(
    hass: HomeAssistant, house: House, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    for name, before in (("automatic", "on"), ("shadow_mode", "off"), ("child_lock", "off")):
        other = {"on": "off", "off": "on"}[before]
        for state in (other, before):
            assert shown(hass, f"switch.bed_{name}").state != state
            await act(hass, f"switch.turn_{state}", f"switch.bed_{name}")
            await state_becomes(f"switch.bed_{name}", state)
    for name, before in (
        ("maximum_opening", "100"),
        ("maximum_opening_in_quiet_times", "100"),
        ("motor_rest", "unknown"),
    ):
        assert shown(hass, f"number.bed_{name}").state == before
        await act(hass, "number.set_value", f"number.bed_{name}", value=20)
        await state_becomes(f"number.bed_{name}", "20")
    await act(hass, "switch.turn_on", "switch.bed_child_lock")
    with pytest.raises(ServiceValidationError, match="child lock"):
        await act(hass, "cover.open_cover", COVER)


async def test_a_drive_with_a_fault_is_a_problem(
    hass: HomeAssistant, house: House, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    assert shown(hass, "binary_sensor.bed_problem").state == "off"
    await house.tell("window_fault", window="bed", fault="stuck")
    assert (await state_becomes("binary_sensor.bed_problem", "on")).attributes["fault"] == "stuck"
    with pytest.raises(ServiceValidationError, match="does not move"):
        await act(hass, "cover.open_cover", COVER)


async def test_a_window_that_is_removed_is_gone_and_comes_back_as_it_was_called(
    hass: HomeAssistant, house: House, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    entry = await set_up()
    assert entities_of(hass, entry)
    er.async_get(hass).async_update_entity(COVER, name="The skylight")
    await house.tell("remove_window", source="automation", window="bed")
    await until(hass, lambda: not entities_of(hass, entry))
    assert hass.states.get(COVER) is None
    assert [device.name for device in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)] == [
        "Hall mirror"
    ]
    await house.tell("add_window", source="automation", window="bed", kind="bedroom")
    assert (await state_becomes(COVER, "unknown")).name == "The skylight"


async def test_a_window_is_unavailable_while_the_mirror_is_also_after_a_restart_and_its_reason_is_in_the_log(
    hass: HomeAssistant, house: House, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    entry = await set_up()
    await act(hass, "cover.open_cover", COVER)
    await hass.async_add_executor_job(house.sidecar.stop)
    await state_becomes(COVER, "unavailable")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert "restored" not in shown(hass, COVER).attributes
    assert shown(hass, COVER).state == "unavailable"
    await hass.async_add_executor_job(house.sidecar.start)
    await state_becomes(WHY, "requested")


async def test_a_mirror_that_was_told_to_leave_windows_out_has_none(
    hass: HomeAssistant, house: House, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    entry = await set_up()
    await hass.async_add_executor_job(house.sidecar.stop)
    house.sidecar.flags |= {"subjects": "gesture", "windows_rest_minutes": None}
    await hass.async_add_executor_job(house.sidecar.start)
    await until(hass, lambda: not entities_of(hass, entry))


class Sent:
    """Stands for the mirror's decisions; keeps what it was asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.decision = Decision("command-1", "accepted", None, {}, 2, {})
        self.commands: list[tuple[str, Any, str]] = []
        sent = self

        async def send(self: MiraClient, action: str, payload: Any, *, source: str, **more: Any) -> Decision:
            sent.commands.append((action, payload, source))
            return sent.decision

        monkeypatch.setattr(MiraClient, "send", send)


@pytest.fixture
async def sent(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> Sent:
    """What is asked of a mirror with a window that is shut."""
    with_windows(written_mirror, {"bed": window(position=0)})
    await set_up()
    return Sent(monkeypatch)


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        (None, "Confirm at Hall mirror that the window may be opened"),
        ("question_pending", "Another question is waiting"),
    ],
)
async def test_a_window_that_waits_for_a_yes_at_the_mirror_says_so_and_asking_again_is_no_yes(
    hass: HomeAssistant, sent: Sent, reason: str | None, message: str
) -> None:
    payload = {} if reason else {"outcome": "pending"}
    sent.decision = Decision("command-1", "rejected" if reason else "accepted", reason, {}, 2, payload)
    with pytest.raises(ServiceValidationError, match=message):
        await act(hass, "cover.open_cover", COVER)
    assert sent.commands == [("set_window", {"window": "bed", "position": 100}, "automation")]
    assert shown(hass, COVER).state == "closed"


async def later(hass: HomeAssistant, seconds: float) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await hass.async_block_till_done(wait_background_tasks=False)


AIR = {
    "temperature": "21.4",
    "humidity": "60.0",
    "absolute_humidity": "11.2",
    "carbon_dioxide": "800.0",
    "sound_level": "-42.0",
}


@pytest.mark.usefixtures("all_enabled")
async def test_the_air_of_a_room_is_there_once_it_was_measured(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = Answers(monkeypatch)
    with_windows(written_mirror, {"bed": window(room="attic"), "bath": window()})
    entry = await set_up()
    await until(hass, lambda: answers.asked)
    assert shown(hass, "sensor.bed_recommended_opening").state == "unknown"
    assert hass.states.get("sensor.bed_temperature") is None

    measured = {"temperature": 21.4, "humidity": 60.0, "co2": 800.0, "noise": -42.0, "wind": None, "age_s": 4}
    answers.air = {"rooms": {"attic": measured}, "windows": {"bed": {"advice": 25, "confidence": 0.83}}}
    await later(hass, 11)
    for name, value in AIR.items():
        assert round(float(shown(hass, f"sensor.bed_{name}").state), 1) == float(value)
    assert shown(hass, "sensor.bed_recommended_opening").state == "25"
    assert shown(hass, "sensor.bed_confidence_of_the_recommendation").state == "83.0"
    assert hass.states.get("sensor.bath_temperature") is None
    assert shown(hass, "sensor.bath_recommended_opening").state == "unknown"

    answers.air = {"rooms": {"attic": {"humidity": 61, "age_s": 4}}, "windows": {"bed": {"advice": 10}}}
    await later(hass, 22)
    assert [shown(hass, f"sensor.bed_{name}").state for name in AIR] == ["unknown", "61.0", *["unknown"] * 3]
    assert shown(hass, "sensor.bed_confidence_of_the_recommendation").state == "unknown"
    answers.air = NoReply("There was no reply.")
    await later(hass, 33)
    assert shown(hass, "sensor.bed_humidity").state == "unknown"

    written_mirror.redis.delete("mira:{hall}:presence")
    await until(hass, lambda: shown(hass, COVER).state == "unavailable")
    count = len(answers.asked)
    await later(hass, 44)
    assert len(answers.asked) == count, "a mirror that is unavailable is not asked"
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert shown(hass, "sensor.bed_humidity").state == "unavailable"


def test_absolute_humidity_needs_both() -> None:
    assert RoomAir({"temperature": 20.0}).absolute_humidity is None
    assert RoomAir({"humidity": 50.0}).absolute_humidity is None
    assert RoomAir({"temperature": 20.0, "humidity": 50.0}).absolute_humidity == pytest.approx(8.6, abs=0.1)


async def test_a_mirror_without_windows_is_not_asked_for_air(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = Answers(monkeypatch)
    written_mirror.presence(subjects=SUBJECTS)
    await set_up()
    await later(hass, 120)
    assert "windows_air" not in answers.asked


async def test_whether_a_drive_sends_is_told_of_those_on_mqtt(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = Answers(monkeypatch)
    answers.devices = [{"device": "bath", "status": "offline"}, {"device": "velux_1", "status": "online"}]
    drives = {"bed": ("mqtt", "velux_1"), "bath": ("mqtt", None), "attic": ("mqtt", "nobody"), "living": ("home", None)}
    windows = {
        name: window(drive={"kind": kind, "topic": topic, "profile": "mira"}) for name, (kind, topic) in drives.items()
    }
    with_windows(written_mirror, windows)
    await set_up()
    assert shown(hass, "binary_sensor.bed_drive_connection").state == "unknown"
    await later(hass, 61)
    found = {name: hass.states.get(f"binary_sensor.{name}_drive_connection") for name in ("bed", "bath", "attic")}
    assert {name: state and state.state for name, state in found.items()} == {
        "bed": "on",
        "bath": "off",
        "attic": "unknown",
    }
    assert hass.states.get("binary_sensor.living_drive_connection") is None

    answers.devices = [{"device": f"d{number:02}", "status": "new"} for number in range(30)]
    answers.asked.clear()
    await later(hass, 122)
    assert answers.asked.count("windows_devices") == 20, "a sidecar that never ends is asked no more"
    assert shown(hass, "binary_sensor.bed_drive_connection").state == "unknown"


async def test_movements_are_those_of_today(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, freezer: FrozenDateTimeFactory
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to("2026-11-20T12:00:00Z")
    with_windows(written_mirror, {"bed": window(runs=["2026-11-19T22:59:00.000Z", "2026-11-19T23:01:00.000Z"])})
    await set_up()
    assert shown(hass, "sensor.bed_movements_today").state == "1"
    freezer.move_to("2026-11-20T23:00:00Z")
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert shown(hass, "sensor.bed_movements_today").state == "0"


async def test_the_sidecar_is_believed_as_far_as_the_protocol_goes(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    crowd = {f"w{number}": window() for number in range(1_000)}
    with_windows(written_mirror, {"Anna's": window(), **crowd})
    await set_up()
    assert len(hass.states.async_all("cover")) == 31


async def test_while_a_standby_serves_that_moves_no_windows_they_stay(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    with_windows(written_mirror, {"bed": window(position=0, run=RUN)})
    entry = await set_up()
    await state_becomes(COVER, "opening")
    before = entities_of(hass, entry)
    written_mirror.presence(standby=True)
    await until(hass, lambda: entry.runtime_data.data.presence.standby)
    assert shown(hass, COVER).state == "opening"
    assert entities_of(hass, entry) == before


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ({"payload": {"window": "bed", "position": 25, "mattered": ["humidity"], "model": "needs-1"}}, "humidity"),
        ({"payload": {"window": "bed", "position": 0, "model": "needs-1"}}, "aired"),
        ({"payload": {"window": "bed", "position": 25, "mattered": ["radon"], "model": "needs-2"}}, "other"),
        ({"type": "rejected", "reason": "superseded", "payload": {"window": "bed", "position": 0}}, "other"),
        ({"payload": {"window": "bath", "position": 25}}, "unknown"),
        ({"payload": {"window": "bed", "position": 25, "outcome": "pending"}}, "unknown"),
        ({"action": "lock_window", "payload": {"window": "bed", "locked": True}}, "unknown"),
        ({"action": "lock_window", "type": "rejected", "reason": "storm", "payload": {"window": "bed"}}, "unknown"),
        ({"action": "window_moved", "payload": {"window": "bed", "position": 25}}, "unknown"),
        (
            {
                "action": "confirm",
                "payload": {"window": "bed", "position": 25, "confirmed": "c", "asked": "set_window"},
            },
            "requested",
        ),
    ],
)
async def test_why_a_window_was_moved_is_in_its_last_event(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, event: dict[str, Any], why: str
) -> None:
    with_windows(written_mirror, {"bed": window()})
    written_mirror.event(1, **{"action": "set_window", "source": "sensor", **event})
    await set_up()
    assert shown(hass, WHY).state == why


async def test_a_log_that_cannot_be_read_has_no_reason(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def page(self: EventLog, **wanted: Any) -> Any:
        raise CannotConnect("Redis has just gone.")

    with_windows(written_mirror, {"bed": window()})
    monkeypatch.setattr(EventLog, "page", page)
    await set_up()
    assert shown(hass, WHY).state == "unknown"
    assert shown(hass, WHY).attributes["policy"] is None


def subentry(title: str = "Bedroom window", **changes: Any) -> ConfigSubentry:
    """A window that somebody has set up."""
    data = MappingProxyType(bed(**changes)["data"])
    return ConfigSubentry(data=data, subentry_id=BED_ID, subentry_type="window", title=title, unique_id=None)


async def test_a_window_has_the_name_of_its_subentry_and_goes_with_it(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    written_mirror.presence(subjects=SUBJECTS)
    entry = await set_up()
    added = subentry()
    hass.config_entries.async_add_subentry(entry, added)
    with_windows(written_mirror, {BED: window(position=0)}, started_at="2026-11-21T12:00:00.000Z")
    assert (await state_becomes("cover.bedroom_window", "closed")).name == "Bedroom window"
    assert shown(hass, "switch.bedroom_window_automatic").name == "Bedroom window Automatic"
    assert {
        entity.config_subentry_id
        for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        if "_window_" in entity.unique_id
    } == {BED_ID}
    assert entry.runtime_data.name == "Hall mirror"

    hass.config_entries.async_update_subentry(entry, added, title="Skylight")
    await hass.async_block_till_done()
    assert shown(hass, "cover.bedroom_window").name == "Skylight"
    hass.config_entries.async_remove_subentry(entry, BED_ID)
    await until(hass, lambda: not entities_of(hass, entry))


async def test_each_entity_is_documented(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = Answers(monkeypatch)
    answers.air = {"rooms": {BED: {"temperature": 20, "humidity": 50, "co2": 700, "noise": -40}}, "windows": {}}
    with_windows(written_mirror, {BED: window(drive={"kind": "mqtt", "topic": None, "profile": "mira"})})
    entry = await set_up()
    hass.config_entries.async_add_subentry(entry, subentry())
    await hass.async_block_till_done()
    found = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    ids = {
        entity.entity_id.replace(BED, "bedroom_window"): entity.disabled for entity in found if BED in entity.entity_id
    }
    documented = Path("docs/entities.md").read_text()
    assert set(re.findall(r"`(\w+\.bedroom_window\w*)`", documented)) == ids.keys()
    off = {entity_id for entity_id, is_off in ids.items() if is_off}
    assert set(re.findall(r"`(\w+\.bedroom_window\w*)` \(off\)", documented)) == off


async def test_a_window_that_the_mirror_had_before_goes_below_its_subentry_as_it_is(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    with_windows(written_mirror, {"bed": window(position=0)})
    entry = await set_up()
    before = entities_of(hass, entry)
    known = er.async_get(hass).async_update_entity(COVER, name="The skylight")
    helper = er.async_get(hass).async_get_or_create("sensor", "derivative", "1", device_id=known.device_id)
    hass.config_entries.async_add_subentry(entry, subentry(window="bed"))
    await hass.async_block_till_done()
    assert entities_of(hass, entry) == before
    assert er.async_get(hass).async_get(helper.entity_id) == helper, "what belongs to others is theirs"
    entity = er.async_get(hass).async_get(COVER)
    assert entity
    assert (entity.config_subentry_id, entity.name) == (BED_ID, "The skylight")
    assert (shown(hass, COVER).state, shown(hass, COVER).name) == ("closed", "The skylight")
    assert shown(hass, "switch.bed_automatic").name == "Bedroom window Automatic"


async def test_the_room_of_a_window_does_not_stand_for_the_mirror_in_the_hall(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    with_windows(written_mirror, {"bed": window()})
    entry = await set_up()
    there = {COVER, "select.hall_mirror_page"}
    assert mirror_entities(hass, there) == {"select.hall_mirror_page": entry.entry_id}


@pytest.mark.parametrize(
    ("sentence", "language", "position"),
    [
        ("open the bedroom window to 25 %", "en", 25),
        ("set the bedroom window to 25 percent", "en", 25),
        ("schließe das Schlafzimmerfenster", "de", 0),
        ("öffne das Fenster im Schlafzimmer", "de", 100),
    ],
)
async def test_assist_moves_windows_by_home_assistants_own_sentences(
    hass: HomeAssistant, sent: Sent, sentence: str, language: str, position: int
) -> None:
    for component in ("conversation", "intent"):
        assert await async_setup_component(hass, component, {})
    room, name = {"en": ("Bedroom", "Bedroom window"), "de": ("Schlafzimmer", "Schlafzimmerfenster")}[language]
    area = ar.async_get(hass).async_create(room)
    er.async_get(hass).async_update_entity(COVER, name=name, area_id=area.id)
    async_expose_entity(hass, "conversation", COVER, should_expose=True)
    result = await conversation.async_converse(hass, sentence, None, Context(), language=language)
    assert result.response.response_type is intent.IntentResponseType.ACTION_DONE
    assert sent.commands == [("set_window", {"window": "bed", "position": position}, "automation")]
