"""What is known of a conversation agent by its integration: what it is called, where it is, and what it can see."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.loader import IntegrationNotFound, async_get_integration
from yarl import URL

from .const import DOMAIN
from .looking_sentences import Kind

_TEXT_ALONE: Final = frozenset({"conversation", "wyoming", DOMAIN})
"""Integrations whose agents see nothing."""
_VIDEOS: Final = frozenset({"google_generative_ai_conversation"})
"""Those whose agents see videos: the others refuse what is no picture."""
_URLS: Final = (CONF_URL, "base_url")
_HERE: Final = (".local", ".lan", ".internal", ".home.arpa")


@dataclass(frozen=True)
class AgentFacts:
    """What whoever agrees to a picture is told, and what the agent takes."""

    name: str
    """That of its integration, such as `OpenAI`."""
    in_cloud: bool
    """Whether it is outside of the house, or may be."""
    sees: frozenset[Kind]


async def async_agent_facts(hass: HomeAssistant, agent_id: str) -> AgentFacts:
    """The facts. What does not say that it is in the house is not."""
    entity = er.async_get(hass).async_get(agent_id)
    entry = hass.config_entries.async_get_entry((entity and entity.config_entry_id) or agent_id)
    domain = entry.domain if entry else agent_id.partition(".")[0]
    try:
        integration = await async_get_integration(hass, domain)
    except IntegrationNotFound:
        return AgentFacts(domain, in_cloud=True, sees=frozenset({"photo"}))
    sees: set[Kind] = set() if domain in _TEXT_ALONE else {"photo"}
    if domain in _VIDEOS:
        sees.add("video")
    urls = [entry.data[key] for key in _URLS if key in entry.data] if entry else []
    is_local = (integration.iot_class or "").startswith("local") and all(map(_is_in_the_house, urls))
    return AgentFacts(integration.name, not is_local, frozenset(sees))


def _is_in_the_house(url: object) -> bool:
    """Whether an address is one of the house, as far as it tells: a local integration may be pointed elsewhere."""
    try:
        host = URL(str(url)).host or ""
    except ValueError:
        return False
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(_HERE)
