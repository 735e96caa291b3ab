"""Refusals in words, for answers and attributes: errors are worded by whoever shows them."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations, async_get_translations

from .const import DOMAIN
from .refusals import Refusal, wording


def base_language(language: str) -> str:
    """The language without its region: there are no texts of one region alone."""
    return language.partition("-")[0]


@callback
def sentence(hass: HomeAssistant, refusal: Refusal, language: str | None = None) -> str | None:
    """A refusal in words: in Home Assistant's language, or one that was loaded; None where nothing was refused.

    While a language is still being loaded, it is the code.
    """
    if refusal.reason is None:
        return None
    key, placeholders = wording(refusal)
    spoken = base_language(language) if language else hass.config.language  # which Home Assistant has loaded
    texts = async_get_cached_translations(hass, spoken, "exceptions", DOMAIN)
    text = texts.get(f"component.{DOMAIN}.exceptions.{key}.message")
    return text.format(**placeholders) if text else refusal.reason


async def async_sentence(hass: HomeAssistant, refusal: Refusal, language: str | None) -> str | None:
    """The same in any language."""
    spoken = base_language(language or hass.config.language)
    await async_get_translations(hass, spoken, "exceptions", [DOMAIN])
    return sentence(hass, refusal, spoken)
