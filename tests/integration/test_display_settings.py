"""What a household settles about its displays: who may, what is kept, and what is refused."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket, WebSocketGenerator

from custom_components.mira.display_settings import COMFORT, REGIONS
from tests.integration.conftest import SetUp
from tests.integration.written_mirror import WrittenMirror

type Configure = Callable[..., Awaitable[dict[str, Any]]]

SOURCE = Path("lovelace/src")
CLOCK = {"top_left": [{"type": "clock", "size": "small"}]}
TODOS = {"middle": [{"type": "todos", "completed": True}]}


@pytest.fixture
def configure(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> Configure:
    """Sends changes and returns the answer."""

    async def configure(display: dict[str, Any], **more: Any) -> dict[str, Any]:
        socket = await hass_ws_client(hass)
        await socket.send_json_auto_id({"type": "mira/display/configure", "display": display, **more})
        return dict(await socket.receive_json(timeout=10))

    return configure


async def shown(socket: MockHAClientWebSocket) -> dict[str, Any]:
    """The settings in the next view."""
    while True:
        message = await socket.receive_json(timeout=10)
        if message["type"] == "event" and message["event"]["type"] == "view":
            return dict(message["event"]["display"])


async def test_every_display_follows_what_is_settled_and_the_mirror_is_not_reloaded(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
    configure: Configure,
) -> None:
    entry = await set_up()
    coordinator = entry.runtime_data
    display = await hass_ws_client(hass)
    await display.send_json_auto_id({"type": "mira/subscribe"})
    assert await shown(display) == {}

    answer = await configure({"pages": {"home": CLOCK}, "size": {"diagonal": 24, "distance": 2}})
    settled = {"version": 1, "pages": {"home": CLOCK}, "size": {"diagonal": 24.0, "distance": 2.0}}
    assert answer["result"] == {"display": settled}
    assert await shown(display) == settled
    assert entry.options["display"] == settled
    assert entry.runtime_data is coordinator


async def test_a_change_leaves_the_rest_as_it_is_and_null_takes_back(
    written_mirror: WrittenMirror, set_up: SetUp, configure: Configure
) -> None:
    entry = await set_up()
    await configure({"pages": {"home": CLOCK}, "size": {"diagonal": 24, "distance": 2}})
    await configure({"pages": {"todos": TODOS}}, entry_id=entry.entry_id)
    assert entry.options["display"]["pages"] == {"home": CLOCK, "todos": TODOS}
    await configure({"pages": {"home": None}, "size": None})
    assert entry.options["display"] == {"version": 1, "pages": {"todos": TODOS}}
    await configure({"pages": None})
    assert entry.options["display"] == {"version": 1}


async def test_comfort_and_guests_are_settled_as_a_whole(
    written_mirror: WrittenMirror, set_up: SetUp, configure: Configure
) -> None:
    entry = await set_up()
    comfort = {
        "dim_after": 5.0,
        "blank_after": 30.0,
        "dimmed": 20.0,
        "presence": ["binary_sensor.bathroom", "person.anna"],
        "night": {"from": "22:30", "to": "06:30"},
        "light": {"entity": "sensor.bathroom", "below": 5.0},
        "at_night": "blank",
        "night_colours": "red",
        "pixel_shift": False,
    }
    assert set(comfort) == {str(option) for option in COMFORT}
    answer = await configure({"comfort": comfort, "guest": True})
    assert answer["result"]["display"] == {"version": 1, "comfort": comfort, "guest": True}
    await configure({"comfort": {"dim_after": 1}, "guest": None})
    assert entry.options["display"] == {"version": 1, "comfort": {"dim_after": 1.0}}


async def test_other_options_stay(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, configure: Configure
) -> None:
    entry = await set_up()
    hass.config_entries.async_update_entry(entry, options={"logbook": "nothing"})
    await configure({"pages": {"home": CLOCK}})
    assert entry.options["logbook"] == "nothing"


@pytest.mark.parametrize(
    ("display", "place"),
    [
        ({"colour": "red"}, "colour"),
        ({"size": {"diagonal": "wide", "distance": 2}}, "size → diagonal"),
        ({"size": {"diagonal": 24}}, "size → distance"),
        ({"comfort": {"dim_after": -1}}, "comfort → dim_after"),
        ({"comfort": {"colour": "red"}}, "comfort → colour"),
        ({"comfort": {"night": {"from": "24:30", "to": "06:00"}}}, "comfort → night → from"),
        ({"comfort": {"light": {"entity": "light.bath", "below": 5}}}, "comfort → light → entity"),
        ({"comfort": {"presence": ["light.bath"]}}, "comfort → presence → 0"),
        ({"guest": "yes"}, "guest"),
        ({"orientation": "askew"}, "orientation"),
        ({"face": "sometimes"}, "face"),
        ({"pages": {"home": {"attic": []}}}, "pages → home → attic"),
        ({"pages": {"home": {"top_left": [{"type": "fireworks"}]}}}, "pages → home → top_left → 0 → type"),
        ({"pages": {"home": {"top_left": ["clock"]}}}, "pages → home → top_left → 0 → type"),
        ({"pages": {"home": {"top_left": [{"type": "clock", "colour": 1}]}}}, "top_left → 0 → colour"),
        ({"pages": {"home": {"top_left": [{"type": "weather", "entity": "sun.sun"}]}}}, "top_left → 0 → entity"),
        ({"pages": {"home": {"top_left": [{"type": "entities"}]}}}, "top_left → 0 → entities"),
        ({"pages": {"home": {"top_left": [{"type": "entities", "entities": ["Bath"]}]}}}, "0 → entities → 0"),
        (
            {"pages": {"home": {"top_left": [{"type": "entities", "entities": [], "title": 201 * "a"}]}}},
            "top_left → 0 → title",
        ),
        (
            {"pages": {"home": {"top_left": [{"type": "entities", "entities": 101 * ["sun.sun"]}]}}},
            "top_left → 0 → entities",
        ),
        ({"pages": {"home": {"top_left": [{"type": "weather", "count": 9}]}}}, "top_left → 0 → count"),
        ({"pages": {"home": {"top_left": [{"type": "clock", "size": "tiny"}]}}}, "top_left → 0 → size"),
        ({"pages": {"home": {"top_left": 13 * [{"type": "clock"}]}}}, "pages → home → top_left"),
    ],
)
async def test_what_is_not_known_is_refused_with_its_place_and_changes_nothing(
    written_mirror: WrittenMirror, set_up: SetUp, configure: Configure, display: dict[str, Any], place: str
) -> None:
    entry = await set_up()
    answer = await configure(display)
    assert answer["error"]["code"] == "bad_settings"
    assert answer["error"]["translation_key"] == "settings_not_valid"
    assert answer["error"]["translation_placeholders"]["place"].endswith(place)
    assert "display" not in entry.options


async def test_only_administrators_settle_it(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    entry = await set_up()
    socket = await hass_ws_client(hass, hass_read_only_access_token)
    await socket.send_json_auto_id({"type": "mira/display/configure", "display": {}})
    assert (await socket.receive_json())["error"]["code"] == "unauthorized"
    assert "display" not in entry.options


async def test_what_a_newer_mira_has_written_is_neither_shown_nor_overwritten(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
    configure: Configure,
) -> None:
    entry: MockConfigEntry = await set_up()
    newer = {"version": 2, "pages": ["unheard", "of"]}
    hass.config_entries.async_update_entry(entry, options={"display": newer})
    answer = await configure({"pages": {"home": CLOCK}})
    assert "newer version of Mira" in answer["error"]["message"]
    assert entry.options["display"] == newer
    display = await hass_ws_client(hass)
    await display.send_json_auto_id({"type": "mira/subscribe"})
    assert await shown(display) == {}


async def test_without_a_mirror_nothing_can_be_settled(
    written_mirror: WrittenMirror, set_up: SetUp, configure: Configure
) -> None:
    await set_up()
    assert (await configure({}, entry_id="attic"))["error"]["code"] == "not_found"


def test_the_display_has_the_same_regions_and_comforts() -> None:
    regions = re.search(r"REGIONS = \[(.*?)\]", (SOURCE / "model/settings.ts").read_text(), re.DOTALL)
    assert regions
    assert re.findall(r'"(\w+)"', regions[1]) == list(REGIONS)
    comfort = re.search(
        r"interface Comfort {(.*?)^}", (SOURCE / "model/comfort.ts").read_text(), re.DOTALL | re.MULTILINE
    )
    assert comfort
    assert set(re.findall(r"^  (\w+)\?:", comfort[1], re.MULTILINE)) == {str(option) for option in COMFORT}


async def test_without_a_display_no_widget_can_be_settled_and_the_rest_can(
    written_mirror: WrittenMirror, set_up: SetUp, configure: Configure, bundle: Path
) -> None:
    bundle.with_name("widgets.json").unlink()
    entry = await set_up()
    assert (await configure({"pages": {"home": CLOCK}}))["error"]["code"] == "bad_settings"
    await configure({"guest": True})
    assert entry.options["display"] == {"version": 1, "guest": True}
