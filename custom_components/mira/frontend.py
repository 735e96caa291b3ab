"""The mirror's display: a panel at /mira, from the bundle that the build puts beside this file."""

import hashlib
import logging
from pathlib import Path

from homeassistant.components import frontend, panel_custom
from homeassistant.components.http import StaticPathConfig
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

_LOGGER = logging.getLogger(__name__)

FOLDER = Path(__file__).parent / "frontend"
URL = "/mira_static"
BUNDLE = "mira.js"

DATA_VERSION: HassKey[str] = HassKey(f"{DOMAIN}_display")
"""Which display is served, for one that is older to load itself anew; absent where there is none."""


async def async_setup_frontend(hass: HomeAssistant) -> None:
    """Serve the bundle with its parts; without a bundle, say so and go on."""
    fingerprint = await hass.async_add_executor_job(_fingerprint, FOLDER / BUNDLE)
    if fingerprint is None:
        _LOGGER.error(
            "The mirror's display is missing: there is no %s. Reinstall Mira or, in a checkout, run "
            "scripts/setup, then restart Home Assistant. Everything else works",
            FOLDER / BUNDLE,
        )
        return
    hass.data[DATA_VERSION] = fingerprint
    await hass.http.async_register_static_paths([StaticPathConfig(URL, str(FOLDER), cache_headers=True)])


async def async_add_panel(hass: HomeAssistant) -> None:
    """Add the panel for the first mirror, where there is a bundle."""
    version = hass.data.get(DATA_VERSION)
    if version is None or frontend.async_panel_exists(hass, DOMAIN):
        return
    await panel_custom.async_register_panel(
        hass,
        frontend_url_path=DOMAIN,
        webcomponent_name="mira-panel",
        sidebar_title="Mira",
        sidebar_icon="mdi:mirror",
        # Cached for a month: a new bundle is a new address. The parts that it loads carry theirs in their names.
        module_url=f"{URL}/{BUNDLE}?v={version}",
        embed_iframe=False,
        trust_external=False,
        require_admin=False,
    )


@callback
def async_remove_panel(hass: HomeAssistant) -> None:
    """Remove the panel after the last mirror."""
    frontend.async_remove_panel(hass, DOMAIN, warn_if_unknown=False)


def _fingerprint(path: Path) -> str | None:
    """The start of the file's SHA-256; None where there is no file."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    except FileNotFoundError:
        return None
