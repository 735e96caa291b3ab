"""Asks what tells a mirror of the weather and the house, for its windows."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol
from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.helpers.selector import EntitySelector, EntitySelectorConfig
from homeassistant.helpers.selector import EntityWithDeviceFilterSelectorConfig as Filter
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN
from .readings import CONF_ALARM, CONF_PRESENCE, CONF_QUIET, CONF_WEATHER, OF_WEATHER
from .translation import base_language
from .window_flow import missing, unavailable
from .windows import weather

_HOUSE: Final[Mapping[str, list[Filter]]] = {
    CONF_PRESENCE: [
        Filter(domain=["person", "zone", "device_tracker", "input_boolean"]),
        Filter(domain="binary_sensor", device_class=["occupancy", "presence"]),
    ],
    CONF_QUIET: [Filter(domain=["input_boolean", "schedule", "binary_sensor", "switch"])],
}
FIELDS: Final[dict[vol.Marker, Any]] = {
    vol.Optional(CONF_WEATHER): EntitySelector(EntitySelectorConfig(domain="weather")),
    **{vol.Optional(kind): EntitySelector(EntitySelectorConfig(filter=where)) for kind, where in OF_WEATHER.items()},
    **{
        vol.Optional(name): EntitySelector(EntitySelectorConfig(filter=where, multiple=True))
        for name, where in _HOUSE.items()
    },
    vol.Optional(CONF_ALARM): EntitySelector(EntitySelectorConfig(domain="alarm_control_panel")),
}


class WeatherFlow(ConfigSubentryFlow):
    """Asks for entities; there is one of this for a mirror."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Choose them."""
        entry = self._get_entry()
        if reason := unavailable(entry):
            return self.async_abort(reason=reason)
        if weather(entry):
            return self.async_abort(reason="already_configured")
        errors = self._errors(user_input)
        if user_input is None or errors:
            return self._form("user", user_input or {}, errors)
        language = base_language(self.hass.config.language)
        texts = await async_get_translations(self.hass, language, "common", [DOMAIN])
        return self.async_create_entry(title=texts[f"component.{DOMAIN}.common.windows_weather"], data=user_input)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Choose others."""
        subentry, errors = self._get_reconfigure_subentry(), self._errors(user_input)
        if user_input is None or errors:
            return self._form("reconfigure", subentry.data if user_input is None else user_input, errors)
        return self.async_update_and_abort(self._get_entry(), subentry, data=user_input)

    def _errors(self, user_input: Mapping[str, Any] | None) -> dict[str, str]:
        if user_input is None:
            return {}
        chosen = {name: value for name, value in user_input.items() if value}
        return missing(self.hass, chosen, map(str, FIELDS)) if chosen else {"base": "nothing_chosen"}

    def _form(self, step: str, values: Mapping[str, Any], errors: dict[str, str]) -> SubentryFlowResult:
        schema = self.add_suggested_values_to_schema(vol.Schema(FIELDS), values)
        return self.async_show_form(step_id=step, data_schema=schema, errors=errors)
