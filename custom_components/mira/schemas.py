"""What a message on the glass may have: so much text, a picture of Home Assistant's, and buttons."""

from typing import Any

import voluptuous as vol

MESSAGE_LENGTH = 500
TITLE_LENGTH = 100
QUESTION_LENGTH = 200
"""What fits on the glass, in characters; the mirror refuses more."""

_SOURCE = "media-source://"
_OF_ENTITIES = tuple(f"{_SOURCE}{domain}/{domain}." for domain in ("camera", "image"))


def _address(picked: Any) -> str:
    """Where a picture is; of a camera or an image entity, the entity: their media sources hand out streams."""
    address = str(picked["media_content_id"] if isinstance(picked, dict) else picked)
    return address.rpartition("/")[2] if address.startswith(_OF_ENTITIES) else address


PICTURE = vol.All(
    vol.Any(str, vol.Schema({vol.Required("media_content_id"): str}, extra=vol.ALLOW_EXTRA)),
    _address,
    vol.Length(max=500),
)
"""What the editor's media picker gives, an address or an entity; nothing where it is empty. The mirror decides."""

BUTTON_ID = vol.All(str, vol.Match(r"^[a-z0-9_]{1,32}\Z"))

BUTTONS = vol.All(
    [
        {
            vol.Required("id"): BUTTON_ID,
            vol.Required("label"): vol.All(str, vol.Length(1, 40)),
        }
    ],
    vol.Length(max=3),
)
