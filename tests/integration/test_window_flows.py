"""Windows and weather as somebody sets them up in Home Assistant, and what the mirror knows of that."""

import asyncio
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.mira.windows import windows_of
from tests.integration.conftest import SetUp
from tests.integration.decided_mirror import DecidedMirror
from tests.integration.fake_covers import TILT, WHOLE, FakeCover, add_covers
from tests.integration.persona import until
from tests.integration.repairing import becomes
from tests.integration.written_mirror import PRESENCE, WrittenMirror

NAMED = {"name": "Bath window ", "kind": "bath", "moved_by": "nothing"}


async def begin(
    hass: HomeAssistant, entry: MockConfigEntry, kind: str = "window", subentry_id: str | None = None
) -> Any:
    """Open the form."""
    context = {"source": "reconfigure", "subentry_id": subentry_id} if subentry_id else {"source": "user"}
    return await hass.config_entries.subentries.async_init((entry.entry_id, kind), context=context)


async def enter(hass: HomeAssistant, flow: Any, **values: Any) -> Any:
    """Fill in a form."""
    return await hass.config_entries.subentries.async_configure(flow["flow_id"], values)


async def add(hass: HomeAssistant, entry: MockConfigEntry, *pages: dict[str, Any]) -> str:
    """Add a window by these pages; its id at the mirror."""
    known = set(entry.subentries)
    flow = await begin(hass, entry)
    for page in pages:
        flow = await enter(hass, flow, **page)
        assert not flow.get("errors"), flow
    assert flow["type"] == "create_entry"
    await hass.async_block_till_done()
    (added,) = set(entry.subentries) - known
    return added.lower()


def suggested(flow: Any) -> dict[str, Any]:
    """What a form begins with."""
    schema = flow["data_schema"].schema
    return {str(key): key.description["suggested_value"] for key in schema if key.description}


async def test_a_window_with_a_cover_comes_changes_and_goes_at_the_mirror(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    await add_covers(hass, FakeCover("velux"), FakeCover("other"))
    hass.states.async_set("sensor.bath", "21", {"device_class": "temperature", "unit_of_measurement": "°C"})
    hass.states.async_set("binary_sensor.bath", "off")
    entry = await set_up()
    flow = await begin(hass, entry)
    assert flow["step_id"] == "user"
    assert "window" not in flow["data_schema"].schema
    flow = await enter(hass, flow, name=" ", kind="bath", moved_by="home")
    assert flow["errors"] == {"name": "required"}
    flow = await enter(hass, flow, **{**NAMED, "moved_by": "home"})
    assert flow["step_id"] == "cover"
    flow = await enter(hass, flow, cover="cover.gone", contact="binary_sensor.gone")
    assert flow["errors"] == {"cover": "entity_not_found", "contact": "entity_not_found"}
    flow = await enter(hass, flow, cover="cover.velux", contact="binary_sensor.bath", travel_s=30)
    assert flow["step_id"] == "room"
    flow = await enter(hass, flow, temperature="sensor.gone")
    assert flow["errors"] == {"temperature": "entity_not_found"}
    flow = await enter(hass, flow, temperature="sensor.bath")
    assert (flow["type"], flow["title"]) == ("create_entry", "Bath window")
    await until(lambda: decided.windows)
    ((window, state),) = decided.windows.items()
    assert window == next(iter(entry.subentries)).lower()
    assert (state["kind"], state["room"], state["travel_s"]) == ("bath", None, 30)
    assert state["drive"] == {"kind": "home", "topic": None, "profile": "mira"}
    assert "Bath" not in str(decided.asked)

    (subentry_id,) = entry.subentries
    flow = await begin(hass, entry, subentry_id=subentry_id)
    assert suggested(flow) == {"name": "Bath window", "kind": "bath", "moved_by": "home"}
    flow = await enter(hass, flow, name="Bedroom", kind="bedroom", moved_by="mqtt")
    assert flow["step_id"] == "mqtt"
    flow = await enter(hass, flow, topic="attic/#", profile="esphome")
    assert flow["errors"] == {"topic": "topic_format"}
    flow = await enter(hass, flow, topic="attic/roof", profile="esphome", travel_s=20)
    assert suggested(flow) == {"temperature": "sensor.bath"}
    flow = await enter(hass, flow)
    assert flow["reason"] == "reconfigure_successful"
    await until(lambda: decided.windows[window]["kind"] == "bedroom")
    assert decided.of("change_window") == [
        {
            "window": window,
            "kind": "bedroom",
            "travel_s": 20,
            "drive": {"kind": "mqtt", "topic": "attic/roof", "profile": "esphome"},
        }
    ]
    assert dict(entry.subentries[subentry_id].data) == {
        "kind": "bedroom",
        "moved_by": "mqtt",
        "topic": "attic/roof",
        "profile": "esphome",
        "travel_s": 20,
    }
    hass.config_entries.async_remove_subentry(entry, subentry_id)
    await until(lambda: not decided.windows)


@pytest.mark.usefixtures("decided")
@pytest.mark.parametrize(
    ("cover", "entered", "error"),
    [
        (FakeCover("bad", features=WHOLE & ~8), {}, {"cover": "cover_cannot_stop"}),  # type: ignore[arg-type]
        (FakeCover("bad", features=WHOLE & 1), {}, {"cover": "cover_cannot_move"}),  # type: ignore[arg-type]
        (FakeCover("bad", features=WHOLE), {}, {"travel_s": "travel_time_needed"}),
        (FakeCover("bad", features=WHOLE), {"travel_s": 30}, {}),
        (FakeCover("bad", features=TILT), {}, {}),
    ],
)
async def test_a_cover_has_to_open_a_bit(
    hass: HomeAssistant, set_up: SetUp, cover: FakeCover, entered: dict[str, Any], error: dict[str, str]
) -> None:
    await add_covers(hass, cover)
    flow = await enter(hass, await begin(hass, await set_up()), **{**NAMED, "moved_by": "home"})
    flow = await enter(hass, flow, cover="cover.bad", **entered)
    assert flow["errors"] == error


async def test_a_cover_moves_one_window_and_is_none_of_miras_own(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    await add_covers(hass, FakeCover("velux"))
    entry = await set_up()
    er.async_get(hass).async_get_or_create(
        "cover", "mira", "own", suggested_object_id="own", supported_features=15, config_entry=entry
    )
    hass.states.async_set("cover.own", "open", {"supported_features": 15})
    hass.states.async_set("cover.door", "open", {"supported_features": 15, "device_class": "garage"})
    off = er.async_get(hass).async_get_or_create(
        "cover", "other", "off", suggested_object_id="off", disabled_by=er.RegistryEntryDisabler.USER
    )
    away = er.async_get(hass).async_get_or_create(
        "cover", "other", "away", suggested_object_id="away", supported_features=15
    )
    late = er.async_get(hass).async_get_or_create("cover", "mira", "late", suggested_object_id="late")
    moved = {**NAMED, "moved_by": "home"}
    flows = [await enter(hass, await begin(hass, entry), **moved) for _ in range(2)]
    assert (await enter(hass, flows[0], cover="cover.velux"))["step_id"] == "room"
    await enter(hass, flows[0])
    flow = await enter(hass, flows[1], cover="cover.velux")
    assert flow["errors"] == {"cover": "cover_taken"}
    assert flow["data_schema"].schema["cover"].config["exclude_entities"] == ["cover.velux", "cover.own", "cover.door"]
    for cover, code in ((late, "own_cover"), (off, "entity_not_found")):
        flow = await enter(hass, flow, cover=cover.entity_id)
        assert flow["errors"] == {"cover": code}
    flow = await enter(hass, flow, cover=away.entity_id)
    assert flow["step_id"] == "room"
    (first,) = entry.subentries
    flow = await enter(hass, await begin(hass, entry, subentry_id=first), **moved)
    flow = await enter(hass, flow, cover="cover.velux")
    assert flow["step_id"] == "room"


async def test_a_window_that_the_mirror_has_is_taken_over_with_its_room(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    decided.decide("add_window", {"window": "attic", "kind": "bath", "room": "roof"})
    entry = await set_up()
    window = await add(hass, entry, {**NAMED, "window": "attic"}, {})
    assert window not in decided.windows
    (subentry,) = entry.subentries.values()
    assert dict(subentry.data) == {"kind": "bath", "moved_by": "nothing", "window": "attic", "room": "roof"}
    flow = await enter(hass, await begin(hass, entry, subentry_id=subentry.subentry_id), **{**NAMED, "kind": "living"})
    await enter(hass, flow)
    await until(lambda: decided.windows["attic"]["kind"] == "living")
    assert decided.windows["attic"]["room"] == "roof"


async def test_windows_share_a_room_and_never_in_a_circle(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    first = await add(hass, entry, NAMED, {})
    second = await add(hass, entry, NAMED, {"same_room": first.upper()})
    third = await add(hass, entry, NAMED, {"same_room": second.upper()})
    await until(lambda: len(decided.windows) == 3)
    assert [decided.windows[each]["room"] for each in (first, second, third)] == [None, first, first]
    flow = await enter(hass, await begin(hass, entry, subentry_id=first.upper()), **NAMED)
    assert "same_room" not in flow["data_schema"].schema
    hass.config_entries.async_remove_subentry(entry, first.upper())
    await until(lambda: decided.windows.get(third, {})["room"] == second)


async def test_a_window_that_was_deleted_while_the_mirror_was_away_is_removed_later(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    window = await add(hass, entry, NAMED, {})
    await until(lambda: decided.windows)
    decided.go()
    await until(lambda: not entry.runtime_data.data.connected)
    hass.config_entries.async_remove_subentry(entry, window.upper())
    await hass.async_block_till_done()
    assert entry.data["windows"] == [window]
    decided.come()
    await until(lambda: not decided.windows)
    await until(lambda: entry.data["windows"] == [])
    assert "remove_window" not in str(decided.of("add_window"))


async def test_what_was_not_answered_is_tried_again(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.mira.client._GRACE", -4.0)
    monkeypatch.setattr("custom_components.mira.window_sync._AGAIN_S", 0.2)
    decided.refuses = "add_window"
    await add(hass, await set_up(), NAMED, {})
    await until(lambda: decided.of("add_window"))
    decided.refuses = None
    await until(lambda: decided.windows)


async def test_what_was_under_way_when_the_mirror_left_is_told_when_it_comes(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.mira.client._GRACE", -4.0)
    decided.refuses = "add_window"
    entry = await set_up()
    await add(hass, entry, NAMED, {})
    await until(lambda: decided.of("add_window"))
    decided.go()
    await until(lambda: not entry.runtime_data.data.connected)
    await asyncio.sleep(1.2)  # until nobody waits for an answer any more
    decided.refuses = None
    decided.come()
    await until(lambda: decided.windows)


async def test_a_window_that_the_mirror_has_no_more_need_not_be_removed(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    window = await add(hass, entry, NAMED, {})
    await until(lambda: decided.windows and entry.data.get("windows"))
    await until(lambda: (known := windows_of(entry.runtime_data)) is not None and window in known.windows)
    decided.decide("remove_window", {"window": window})
    await until(lambda: (known := windows_of(entry.runtime_data)) is not None and window not in known.windows)
    hass.config_entries.async_remove_subentry(entry, window.upper())
    await until(lambda: not entry.data.get("windows"))
    assert decided.of("remove_window") == []


async def test_a_window_that_the_mirror_refuses_is_a_repair_until_it_accepts_it(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    for number in range(32):
        decided.decide("add_window", {"window": f"w{number}", "kind": "bath"})
    entry = await set_up()
    window = await add(hass, entry, NAMED, {})
    issue = await becomes(hass, entry, f"window_refused_{window}", "window_refused")
    assert issue
    assert issue.translation_placeholders
    assert issue.translation_placeholders["window"] == "Bath window"
    assert "32 windows" in issue.translation_placeholders["reason"]
    decided.decide("remove_window", {"window": "w1"})
    flow = await enter(hass, await begin(hass, entry, subentry_id=window.upper()), **{**NAMED, "kind": "living"})
    await enter(hass, flow)
    await becomes(hass, entry, f"window_refused_{window}", None)
    assert window in decided.windows


@pytest.mark.parametrize("kind", ["window", "weather"])
async def test_what_cannot_be_added_now_says_why(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, kind: str
) -> None:
    entry = await set_up()
    assert (await begin(hass, entry, kind))["reason"] == "windows_off"
    written_mirror.presence(subjects={**PRESENCE["subjects"], "windows": 1})
    await until(lambda: entry.runtime_data.data.has_subject("windows"))
    assert (await begin(hass, entry, kind))["step_id"] == "user"
    written_mirror.redis.delete("mira:{hall}:presence")
    await until(lambda: not entry.runtime_data.data.connected)
    assert (await begin(hass, entry, kind))["reason"] == "mirror_unavailable"
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await begin(hass, entry, kind))["reason"] == "not_loaded"


async def test_weather_and_house_are_set_up_once(hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp) -> None:
    hass.states.async_set("binary_sensor.rain", "off", {"device_class": "moisture"})
    hass.states.async_set("person.a", "home")
    entry = await set_up()
    flow = await begin(hass, entry, "weather")
    flow = await enter(hass, flow)
    assert flow["errors"] == {"base": "nothing_chosen"}
    flow = await enter(hass, flow, rain="binary_sensor.rain", presence=["person.a", "person.gone"])
    assert flow["errors"] == {"presence": "entity_not_found"}
    assert suggested(flow) == {"rain": "binary_sensor.rain", "presence": ["person.a", "person.gone"]}
    flow = await enter(hass, flow, rain="binary_sensor.rain")
    assert (flow["type"], flow["title"]) == ("create_entry", "Weather and house")
    assert (await begin(hass, entry, "weather"))["reason"] == "already_configured"
    (subentry_id,) = entry.subentries
    flow = await begin(hass, entry, "weather", subentry_id)
    assert suggested(flow) == {"rain": "binary_sensor.rain"}
    assert (await enter(hass, flow))["errors"] == {"base": "nothing_chosen"}
    flow = await enter(hass, flow, presence=["person.a"])
    assert flow["reason"] == "reconfigure_successful"
    assert dict(entry.subentries[subentry_id].data) == {"presence": ["person.a"]}
