"""Offers sensors that send over MQTT, and of which nobody has said in which room they are.

They are discovered: Home Assistant has no discovery of subentries, and a repair is for what is wrong. So each is a card
beside other discovered devices, which asks for its room, adds no entry, and can be ignored for good.
"""

import logging
from datetime import timedelta
from typing import Any, Final, NamedTuple, override

import voluptuous as vol
from homeassistant.config_entries import SOURCE_INTEGRATION_DISCOVERY, ConfigFlow, ConfigFlowResult
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import discovery_flow
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.selector import SelectOptionDict, SelectSelector, SelectSelectorConfig
from homeassistant.helpers.translation import async_get_translations
from homeassistant.helpers.typing import DiscoveryInfoType

from .const import DOMAIN
from .coordinator import MiraConfigEntry, MiraCoordinator, raise_if_refused
from .errors import MiraError
from .helpers import is_loaded
from .readings import OUTSIDE
from .translation import base_language
from .window_figures import async_all_devices
from .windows import room_of, window_id, window_name, windows, windows_of

_LOGGER = logging.getLogger(__name__)

CONF_ROOM: Final = "room"
_EVERY: Final = timedelta(minutes=5)
_OFFERED: Final = 20
"""At a time: whoever may publish at the broker may be many."""


class NewSensor(NamedTuple):
    """A device that was heard, and has no room."""

    device: str
    kinds: tuple[str, ...]


class SensorDiscovery:
    """Of one mirror."""

    def __init__(self, coordinator: MiraCoordinator) -> None:
        self._coordinator = coordinator
        self._hass = coordinator.hass
        self._is_there = False

    @callback
    def async_follow(self) -> None:
        """Ask the mirror for new devices until the entry is unloaded."""
        entry = self._coordinator.config_entry
        entry.async_on_unload(async_track_time_interval(self._hass, self._async_look, _EVERY))
        entry.async_on_unload(self._coordinator.async_add_listener(self._async_see))
        entry.async_on_unload(lambda: self._async_offer([]))
        self._async_see()

    @callback
    def _async_see(self) -> None:
        was_there, self._is_there = self._is_there, windows_of(self._coordinator) is not None
        if self._is_there and not was_there:
            self._async_look()

    @callback
    def _async_look(self, *_: object) -> None:
        if self._is_there:
            self._coordinator.config_entry.async_create_background_task(
                self._hass, self._async_ask(), f"{DOMAIN} {self._coordinator.name} sensors"
            )

    async def _async_ask(self) -> None:
        try:
            devices = await async_all_devices(self._coordinator.client.queries)
            new = [each for each in devices if each.required("status", str) == "new"]
            self._async_offer([NewSensor(each.required("device", str), each.texts("kinds")) for each in new])
        except MiraError as err:
            _LOGGER.debug("What sends over MQTT is not known: %s", err)

    @callback
    def _async_offer(self, new: list[NewSensor]) -> None:
        """Offer these, and the others no more."""
        flows, prefix = self._hass.config_entries.flow, self._unique_id("")
        wanted = {self._unique_id(sensor.device): sensor for sensor in new[:_OFFERED]}
        offered = {
            unique_id: flow["flow_id"]
            for flow in flows.async_progress_by_handler(DOMAIN)
            if flow["context"]["source"] == SOURCE_INTEGRATION_DISCOVERY
            and (unique_id := str(flow["context"].get("unique_id"))).startswith(prefix)
        }
        for unique_id in offered.keys() - wanted.keys():
            flows.async_abort(offered[unique_id])
        for unique_id in wanted.keys() - offered.keys():
            sensor, entry = wanted[unique_id], self._coordinator.config_entry
            discovery_flow.async_create_flow(
                self._hass,
                DOMAIN,
                {"source": SOURCE_INTEGRATION_DISCOVERY},
                {"entry_id": entry.entry_id, "unique_id": unique_id, **sensor._asdict()},
            )

    def _unique_id(self, device: str) -> str:
        return f"{self._coordinator.server_id}_sensor_{device}"


class PlaceSensorFlow(ConfigFlow):
    """Asks in which room a discovered sensor is."""

    _sensor: DiscoveryInfoType

    @override
    async def async_step_integration_discovery(self, discovery_info: DiscoveryInfoType) -> ConfigFlowResult:
        """A sensor without a room was heard."""
        await self.async_set_unique_id(discovery_info["unique_id"])
        self._abort_if_unique_id_configured()  # it is ignored
        self._sensor = discovery_info
        self.context["title_placeholders"] = {"name": discovery_info["device"]}
        return await self.async_step_place()

    async def async_step_place(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for its room, and tell the mirror."""
        entry: MiraConfigEntry | None = self.hass.config_entries.async_get_entry(self._sensor["entry_id"])
        if entry is None or not is_loaded(entry):
            return self.async_abort(reason="not_loaded")
        errors: dict[str, str] = {}
        if user_input is not None:
            payload = {"device": self._sensor["device"], "room": user_input[CONF_ROOM]}
            try:
                raise_if_refused(await entry.runtime_data.async_send("place_sensor", payload))
            except HomeAssistantError as err:
                _LOGGER.debug("A sensor was not given its room: %s", err)
                errors["base"] = "not_placed"
            else:
                return self.async_abort(reason="sensor_placed")
        rooms = [
            SelectOptionDict(value=room, label=name) for room, name in (await _async_rooms(self.hass, entry)).items()
        ]
        fields = {vol.Required(CONF_ROOM): SelectSelector(SelectSelectorConfig(options=rooms))}
        said = {"mirror": entry.title, "device": self._sensor["device"], "kinds": ", ".join(self._sensor["kinds"])}
        schema = self.add_suggested_values_to_schema(vol.Schema(fields), user_input or {})
        return self.async_show_form(step_id="place", data_schema=schema, description_placeholders=said, errors=errors)


async def _async_rooms(hass: HomeAssistant, entry: MiraConfigEntry) -> dict[str, str]:
    """The rooms of a mirror's windows by what people call those, and the outside."""
    there = windows_of(entry.runtime_data)
    known = {window: each.room or window for window, each in there.windows.items()} if there else {}
    known |= {window: room_of(entry, each) or window_id(each) for window, each in windows(entry).items()}
    names = dict[str, list[str]]()
    for window, room in known.items():
        names.setdefault(room, []).append(window_name(entry, window))
    texts = await async_get_translations(hass, base_language(hass.config.language), "common", [DOMAIN])
    outside = texts[f"component.{DOMAIN}.common.windows_outside"]
    return {room: ", ".join(sorted(some)) for room, some in names.items()} | {OUTSIDE: outside}
