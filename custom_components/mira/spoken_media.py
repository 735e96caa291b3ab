"""What is to be played at a mirror, fetched by Home Assistant: the mirror itself asks nobody for anything."""

from collections.abc import AsyncGenerator
from http import HTTPStatus

from aiohttp import ClientError, ClientTimeout
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.network import is_hass_url

from .client.sound import MAX_SPEECH
from .const import DOMAIN

_PATIENCE = ClientTimeout(total=30)
_PIECE = 65_536


async def async_fetch(hass: HomeAssistant, url: str) -> bytes:
    """The file at this address. Raises a translated error where there is none, or one that is too long."""
    # Home Assistant's own certificate is for the name that the outside knows.
    session = async_get_clientsession(hass, verify_ssl=not is_hass_url(hass, url))
    try:
        async with session.get(url, timeout=_PATIENCE) as response:
            if response.status != HTTPStatus.OK:
                raise HomeAssistantError(
                    translation_domain=DOMAIN,
                    translation_key="media_not_found",
                    translation_placeholders={"status": str(response.status)},
                )
            media = bytearray()
            async for piece in response.content.iter_chunked(_PIECE):
                media += piece
                if len(media) > MAX_SPEECH:
                    raise HomeAssistantError(
                        translation_domain=DOMAIN,
                        translation_key="media_too_long",
                        translation_placeholders={"limit": str(MAX_SPEECH // 1_000_000)},
                    )
            return bytes(media)
    except (ClientError, TimeoutError, ValueError) as err:  # ValueError: it is no address
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="media_not_reached") from err


async def as_stream(media: bytes) -> AsyncGenerator[bytes]:
    """A file that is there already, as one that is still being made."""
    yield media
