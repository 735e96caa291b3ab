"""Adds a persona to a mirror, and changes it."""

from collections.abc import Mapping
from typing import Any

import voluptuous as vol
from homeassistant.components.conversation import HOME_ASSISTANT_AGENT
from homeassistant.components.conversation.agent_manager import async_get_agent
from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_LANGUAGE, CONF_NAME, CONF_PROMPT
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.selector import (
    BooleanSelector,
    ConversationAgentSelector,
    EntitySelector,
    EntitySelectorConfig,
    LanguageSelector,
    LanguageSelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
)

from .conversation import MiraPersona
from .persona import CONF_AGENT, CONF_AI_TASK, CONF_MEMORY, CONF_PICTURES, PICTURES

SCHEMA = vol.Schema(
    {
        vol.Required(CONF_NAME): TextSelector(),
        # Without one that is chosen already, Home Assistant shows no form at all.
        vol.Required(CONF_AGENT, default=HOME_ASSISTANT_AGENT): ConversationAgentSelector(),
        vol.Optional(CONF_PROMPT): TextSelector(TextSelectorConfig(multiline=True)),
        vol.Optional(CONF_LANGUAGE): LanguageSelector(LanguageSelectorConfig(native_name=True)),
        vol.Required(CONF_PICTURES, default=PICTURES[0]): SelectSelector(
            SelectSelectorConfig(options=list(PICTURES), translation_key=CONF_PICTURES)
        ),
        vol.Required(CONF_MEMORY, default=True): BooleanSelector(),
        vol.Optional(CONF_AI_TASK): EntitySelector(EntitySelectorConfig(domain="ai_task")),
    }
)


@callback
def _errors(hass: HomeAssistant, entered: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong, by field."""
    errors = {} if entered[CONF_NAME].strip() else {CONF_NAME: "required"}
    agent = async_get_agent(hass, entered[CONF_AGENT])
    if agent is None:
        errors[CONF_AGENT] = "agent_not_found"
    elif isinstance(agent, MiraPersona):
        errors[CONF_AGENT] = "own_agent"
    return errors


class PersonaFlow(ConfigSubentryFlow):
    """Asks who the persona is, and who thinks for it."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a persona."""
        errors = _errors(self.hass, user_input) if user_input else {}
        if user_input and not errors:
            title, data = _split(user_input)
            return self.async_create_entry(title=title, data=data)
        return self._form("user", user_input or {}, errors)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change a persona; it answers by the new settings from its next reply on."""
        persona = self._get_reconfigure_subentry()
        errors = _errors(self.hass, user_input) if user_input else {}
        if user_input and not errors:
            title, data = _split(user_input)
            return self.async_update_and_abort(self._get_entry(), persona, title=title, data=data)
        return self._form("reconfigure", user_input or {CONF_NAME: persona.title, **persona.data}, errors)

    def _form(self, step: str, values: Mapping[str, Any], errors: dict[str, str]) -> SubentryFlowResult:
        schema = self.add_suggested_values_to_schema(SCHEMA, values)
        return self.async_show_form(step_id=step, data_schema=schema, errors=errors)


def _split(entered: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The title of the subentry, and its data."""
    return entered[CONF_NAME].strip(), {name: value for name, value in entered.items() if name != CONF_NAME}
