"""Asks where the mirror is, and looks whether it is there."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, override

import voluptuous as vol
from homeassistant.config_entries import (
    SOURCE_IGNORE,
    ConfigEntryState,
    ConfigFlowResult,
    ConfigSubentryFlow,
)
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PASSWORD, CONF_PORT, CONF_SSL, CONF_USERNAME
from homeassistant.core import callback
from homeassistant.helpers.selector import BooleanSelector, TextSelector, TextSelectorConfig, TextSelectorType
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from homeassistant.util.ssl import client_context

from .client import MiraClient
from .const import CONF_MIRROR, DEFAULT_MIRROR, DEFAULT_PORT, DOMAIN
from .coordinator import MiraConfigEntry
from .errors import MiraError
from .migrate import async_migrate_unique_id, async_owner, async_same_mirror
from .models.presence import Presence
from .options import MiraOptionsFlow
from .persona import SUBENTRY_PERSONA
from .persona_flow import PersonaFlow
from .screen_form import screen_fields, split_screen
from .sensor_discovery import PlaceSensorFlow
from .weather_flow import WeatherFlow
from .window_flow import WindowFlow
from .windows import SUBENTRY_WEATHER, SUBENTRY_WINDOW

_LOGGER = logging.getLogger(__name__)

PASSWORD = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password"))

CONF_REMOVE = "remove_password"

CREDENTIALS = {
    vol.Optional(CONF_USERNAME): str,
    vol.Optional(CONF_PASSWORD): PASSWORD,
}
SCHEMA = vol.Schema(
    {
        vol.Required(CONF_HOST): str,
        vol.Required(CONF_PORT, default=DEFAULT_PORT): vol.All(int, vol.Range(1, 65535)),
        vol.Required(CONF_SSL, default=False): bool,
        vol.Required(CONF_MIRROR, default=DEFAULT_MIRROR): str,
        **CREDENTIALS,
    }
)


def _entered(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """What a person entered, without the spaces that come along with what is copied; an empty field is none."""
    stripped = {
        name: value.strip() if isinstance(value, str) and name != CONF_PASSWORD else value
        for name, value in user_input.items()
    }
    return {name: value for name, value in stripped.items() if value != ""}


def _missing(user_input: Mapping[str, Any]) -> dict[str, str]:
    """The errors of fields that say nothing but spaces, which the form takes for a text."""
    return {name: "required" for name in (CONF_HOST, CONF_MIRROR) if not user_input[name].strip()}


def _changed(entry: MiraConfigEntry, user_input: Mapping[str, Any]) -> dict[str, Any]:
    """The entry's data as a person changed them: the form does not show the password, so an empty field keeps it."""
    entered = _entered(user_input)
    password = None if entered.pop(CONF_REMOVE, False) else entry.data.get(CONF_PASSWORD)
    return {**entry.data, CONF_USERNAME: None, CONF_PASSWORD: password, **entered}


def _changing(entry: MiraConfigEntry, fields: Mapping[Any, Any]) -> vol.Schema:
    """The form that changes an entry: a password that is stored can be removed there."""
    removal = {vol.Optional(CONF_REMOVE, default=False): BooleanSelector()}
    return vol.Schema({**fields, **(removal if entry.data.get(CONF_PASSWORD) else {})})


def client_from(data: Mapping[str, Any]) -> MiraClient:
    """The client that an entry's data describe."""
    return MiraClient(
        data[CONF_HOST],
        data[CONF_PORT],
        data[CONF_MIRROR],
        username=data.get(CONF_USERNAME),
        password=data.get(CONF_PASSWORD),
        tls=client_context() if data[CONF_SSL] else None,
    )


class MiraConfigFlow(PlaceSensorFlow, domain=DOMAIN):
    """Adds a mirror, moves it, or signs in again; and gives its sensors their rooms."""

    VERSION = 1
    _discovered: dict[str, Any]
    _moved: dict[str, Any]
    _found: str
    _needs_credentials: bool

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: MiraConfigEntry) -> MiraOptionsFlow:
        """The flow of a mirror's options."""
        return MiraOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(cls, config_entry: MiraConfigEntry) -> dict[str, type[ConfigSubentryFlow]]:
        """What can be added to a mirror."""
        return {SUBENTRY_PERSONA: PersonaFlow, SUBENTRY_WINDOW: WindowFlow, SUBENTRY_WEATHER: WeatherFlow}

    async def _async_probe(self, data: Mapping[str, Any]) -> tuple[Presence | None, dict[str, str]]:
        """The mirror at this address, or the errors to show."""
        client = client_from(data)
        try:
            return await client.probe(), {}
        except MiraError as err:
            _LOGGER.debug("No mirror at %s:%s: %s", data[CONF_HOST], data[CONF_PORT], err)
            return None, {"base": err.code}
        except Exception:
            _LOGGER.exception("Unexpected error while looking for a mirror")
            return None, {"base": "unknown"}
        finally:
            await client.close()

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add a mirror."""
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = _missing(user_input)
        if user_input is not None and not errors:
            data = _entered(user_input)
            presence, errors = await self._async_probe(data)
            if presence:
                await self.async_set_unique_id(presence.server_id)
                return self._add(presence, data)
        schema = vol.Schema({**SCHEMA.schema, **screen_fields(self.hass)})
        return self._form("user", schema, user_input, errors)

    @override
    async def async_step_zeroconf(self, discovery_info: ZeroconfServiceInfo) -> ConfigFlowResult:
        """A sidecar has announced its mirror."""
        said = discovery_info.properties
        places = [
            {
                CONF_HOST: host,
                CONF_PORT: discovery_info.port or DEFAULT_PORT,
                CONF_SSL: said.get("tls") == "1",
                CONF_MIRROR: said.get("mirror", ""),
            }
            for host in discovery_info.addresses
        ]
        return await self._async_discovered(said.get("server_id"), said.get("name"), places)

    @override
    async def async_step_hassio(self, discovery_info: HassioServiceInfo) -> ConfigFlowResult:
        """Mira's app has told where its mirror is."""
        said = discovery_info.config
        place = {CONF_PORT: DEFAULT_PORT, CONF_SSL: False, CONF_MIRROR: DEFAULT_MIRROR}
        place |= {name: said[name] for name in map(str, SCHEMA.schema) if name in said}  # the Supervisor adds its own
        return await self._async_discovered(said.get("server_id"), said.get("name"), [place])

    async def _async_discovered(
        self, server_id: str | None, name: str | None, places: Sequence[dict[str, Any]]
    ) -> ConfigFlowResult:
        """Find out where a mirror that was announced really answers: it may be known, and have moved."""
        known: MiraConfigEntry | None = await self.async_set_unique_id(server_id)
        if known and known.source == SOURCE_IGNORE:
            return self.async_abort(reason="already_configured")
        if server_id and async_same_mirror(self.hass, server_id, *places):
            return self.async_abort(reason="new_database")
        if known and known.state is ConfigEntryState.LOADED and known.runtime_data.data.connected:
            return self.async_abort(reason="already_configured")
        place, presence, errors = dict[str, Any](), None, {"base": "cannot_connect"}
        for announced in places:
            place = {**(known.data if known else {}), **announced}
            presence, errors = await self._async_probe(place)
            if (presence and presence.server_id == server_id) or errors.get("base") == "invalid_auth":
                break
        else:
            return self.async_abort(reason=errors.get("base", "another_mirror"))
        if known:
            return self.async_update_reload_and_abort(known, data_updates=place, reason="already_configured")
        self._discovered, self._needs_credentials = place, presence is None
        self.context["title_placeholders"] = {"name": name or place[CONF_MIRROR]}
        return await self.async_step_discovery_confirm()

    async def async_step_discovery_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether the mirror that was found shall be added, and for a password where Redis wants one."""
        errors: dict[str, str] = {}
        if user_input is not None:
            data = {**self._discovered, **_entered(user_input)}
            presence, errors = await self._async_probe(data)
            if presence and presence.server_id != self.unique_id:
                return self.async_abort(reason="another_mirror")
            if presence:
                return self._add(presence, data)
        credentials = CREDENTIALS if self._needs_credentials else {}
        said = {**self.context["title_placeholders"], CONF_HOST: self._discovered[CONF_HOST]}
        schema = vol.Schema({**credentials, **screen_fields(self.hass)})
        return self._form("discovery_confirm", schema, user_input, errors, said)

    def _add(self, presence: Presence, entered: dict[str, Any]) -> ConfigFlowResult:
        """Add the mirror, unless it is set up already: also under the id of the database that it had before."""
        self._abort_if_unique_id_configured()
        data, options = split_screen(self.hass, entered)
        if async_same_mirror(self.hass, presence.server_id, data):
            return self.async_abort(reason="new_database")
        return self.async_create_entry(title=presence.name, data={**data, CONF_NAME: presence.name}, options=options)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Tell where a known mirror is now."""
        entry: MiraConfigEntry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = _missing(user_input)
        if user_input is not None and not errors:
            data = _changed(entry, user_input)
            presence, errors = await self._async_probe(data)
            if presence:
                return await self._async_moved(entry, presence, data)
        return self._form("reconfigure", _changing(entry, SCHEMA.schema), user_input or entry.data, errors)

    async def _async_moved(self, entry: MiraConfigEntry, presence: Presence, data: dict[str, Any]) -> ConfigFlowResult:
        """Take the new address, unless another entry stands for the mirror that answers there."""
        server_id = presence.server_id
        if server_id == entry.unique_id:
            return self.async_update_reload_and_abort(entry, data=data)
        same = async_owner(self.hass, server_id) or async_same_mirror(self.hass, server_id, data)
        if same and same is not entry:
            return self.async_abort(reason="already_configured")
        if data[CONF_MIRROR] != entry.data[CONF_MIRROR]:
            return self.async_abort(reason="another_mirror")
        self._moved, self._found = data, server_id
        return await self.async_step_adopt()

    async def async_step_adopt(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether the mirror that answers is the known one with a new database."""
        entry: MiraConfigEntry = self._get_reconfigure_entry()
        if user_input is not None:
            if not await async_migrate_unique_id(self.hass, entry, self._found):
                return self.async_abort(reason="already_configured")
            return self.async_update_reload_and_abort(entry, data=self._moved)
        return self.async_show_form(step_id="adopt", description_placeholders={"mirror": entry.title})

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Sign in again, after Redis refused."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for user name and password."""
        entry: MiraConfigEntry = self._get_reauth_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            data = _changed(entry, user_input)
            presence, errors = await self._async_probe(data)
            # Neither a mirror that is away nor a new database is a reason to refuse a password that Redis accepts.
            if presence or errors["base"] == "no_mirror":
                return self.async_update_reload_and_abort(entry, data=data)
        return self._form("reauth_confirm", _changing(entry, CREDENTIALS), user_input or entry.data, errors)

    def _form(
        self,
        step: str,
        schema: vol.Schema,
        values: Mapping[str, Any] | None,
        errors: dict[str, str],
        said: Mapping[str, str] | None = None,
    ) -> ConfigFlowResult:
        """The form with what was entered before, except for the password."""
        suggested = {key: value for key, value in (values or {}).items() if key != CONF_PASSWORD}
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            description_placeholders=said,
            errors=errors,
        )
