"""The mirror's display at /mira, and its cards on dashboards, from what the build puts beside this file."""

import hashlib
import json
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from homeassistant.components import frontend, panel_custom
from homeassistant.components.http import StaticPathConfig
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .coordinator import MiraConfigEntry
from .display_settings import DATA_WIDGETS, widget_schemas
from .options import CONF_SIDEBAR, options_of

_LOGGER = logging.getLogger(__name__)

FOLDER = Path(__file__).parent / "frontend"
URL = "/mira_static"
PANEL = "mira.js"
TITLE, ICON = "Mira", "mdi:mirror"
DASHBOARD = "dashboard.js"
"""The names of cards and strategies, which every page of Home Assistant loads; they load the rest."""

FORMS = "widgets.json"
"""By type, the form of a widget's options."""

DATA_VERSION: HassKey[str] = HassKey(f"{DOMAIN}_display")
"""Which display is served, for one that is older to load itself anew; absent where there is none."""


DATA_DASHBOARD: HassKey[str] = HassKey(f"{DOMAIN}_dashboard")
"""Where pages get DASHBOARD from; absent where there is none."""


async def async_setup_frontend(hass: HomeAssistant) -> None:
    """Serve the bundle with its parts; without a bundle, say so and go on."""
    try:
        versions, forms = await hass.async_add_executor_job(_read)
    except FileNotFoundError as err:
        _log_missing(err.filename)
        return
    hass.data[DATA_VERSION] = versions[PANEL]
    hass.data[DATA_WIDGETS] = widget_schemas(forms)
    # Cached for a month: a new bundle is a new address. The parts that it loads carry theirs in their names.
    hass.data[DATA_DASHBOARD] = f"{URL}/{DASHBOARD}?v={versions[DASHBOARD]}"
    await hass.http.async_register_static_paths([StaticPathConfig(URL, str(FOLDER), cache_headers=True)])


async def async_add_frontend(hass: HomeAssistant, mirrors: Iterable[MiraConfigEntry]) -> None:
    """Add panel and cards for the first mirror, where there is a bundle; these are all mirrors that are set up."""
    version = hass.data.get(DATA_VERSION)
    if version is None:
        return
    if not frontend.async_panel_exists(hass, DOMAIN):
        await _async_add(hass, version)
    show_in_sidebar(hass, mirrors)


async def _async_add(hass: HomeAssistant, version: str) -> None:
    # Not a resource of dashboards: those in YAML mode would not have it, and it would stay where the user's are.
    frontend.add_extra_js_url(hass, hass.data[DATA_DASHBOARD])
    await panel_custom.async_register_panel(
        hass,
        frontend_url_path=DOMAIN,
        webcomponent_name="mira-panel",
        sidebar_title=TITLE,
        sidebar_icon=ICON,
        module_url=f"{URL}/{PANEL}?v={version}",
        embed_iframe=False,
        trust_external=False,
        require_admin=False,
    )


@callback
def show_in_sidebar(hass: HomeAssistant, mirrors: Iterable[MiraConfigEntry]) -> None:
    """Have the display, where there is one, in everybody's sidebar as long as one of these mirrors wants it there."""
    panel = hass.data.get(frontend.DATA_PANELS, {}).get(DOMAIN)
    wanted = any(options_of(mirror)[CONF_SIDEBAR] for mirror in mirrors)
    if panel and panel.show_in_sidebar != wanted:
        frontend.async_register_built_in_panel(
            hass,
            panel.component_name,
            TITLE,
            ICON,
            frontend_url_path=DOMAIN,
            config=panel.config,
            update=True,
            show_in_sidebar=wanted,
        )


@callback
def async_remove_frontend(hass: HomeAssistant) -> None:
    """Remove panel and cards after the last mirror."""
    if module := hass.data.get(DATA_DASHBOARD):
        frontend.remove_extra_js_url(hass, module)
    frontend.async_remove_panel(hass, DOMAIN, warn_if_unknown=False)


def _log_missing(file: str) -> None:
    _LOGGER.error(
        "The mirror's display is missing: there is no %s. Reinstall Mira or, in a checkout, run "
        "scripts/setup, then restart Home Assistant. Everything else works",
        file,
    )


def _read() -> tuple[dict[str, str], dict[str, list[dict[str, Any]]]]:
    """The start of each file's SHA-256, and the forms. Raises FileNotFoundError."""
    versions = {name: hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12] for name in (PANEL, DASHBOARD)}
    return versions, json.loads((FOLDER / FORMS).read_bytes())
