"""Mira: a smart mirror as a device of Home Assistant."""

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .assist import async_setup_assist
from .bus_events import async_setup_bus_events
from .client import MiraClient
from .config_flow import client_from
from .const import DOMAIN
from .coordinator import MiraConfigEntry, MiraCoordinator
from .frontend import async_add_frontend, async_remove_frontend, async_setup_frontend, show_in_sidebar
from .helpers import all_mirrors
from .interact import async_answer_programs
from .issues import async_watch
from .readings import async_note_start
from .services import async_setup_services
from .websocket_api import async_setup_websocket
from .websocket_people import async_setup_websocket_people
from .window_devices import async_follow_window_devices
from .window_setup import async_follow_windows

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS: list[Platform] = [
    Platform.ASSIST_SATELLITE,
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CONVERSATION,
    Platform.COVER,
    Platform.EVENT,
    Platform.LOCK,
    Platform.NOTIFY,
    Platform.NUMBER,
    Platform.SCENE,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TODO,
]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up what all mirrors share: actions, sentences, the display and its commands."""
    async_setup_services(hass)
    async_setup_websocket(hass)
    async_setup_websocket_people(hass)
    async_setup_bus_events(hass)
    async_setup_assist(hass)
    async_note_start(hass)
    await async_setup_frontend(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: MiraConfigEntry) -> bool:
    """Set up a mirror. One whose sidecar is away is set up too, and unavailable until it comes."""
    await async_add_frontend(hass, all_mirrors(hass))
    client: MiraClient = client_from(entry.data)
    entry.async_on_unload(client.close)
    coordinator = MiraCoordinator(hass, entry, client)
    await coordinator.async_connect()
    entry.runtime_data = coordinator
    coordinator.async_register_device()
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    coordinator.async_follow_name()
    coordinator.async_follow()
    async_watch(coordinator)
    async_follow_window_devices(coordinator)
    async_answer_programs(coordinator)
    async_follow_windows(coordinator)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: MiraConfigEntry) -> bool:
    """Unload a mirror; one that was disabled wants no place in the sidebar any more."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    _keep_frontend_for(hass, all_mirrors(hass))
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: MiraConfigEntry) -> None:
    """Leave no panel and no cards behind that have no mirror to show."""
    _keep_frontend_for(hass, [other for other in all_mirrors(hass) if other is not entry])


def _keep_frontend_for(hass: HomeAssistant, mirrors: list[MiraConfigEntry]) -> None:
    """Keep panel and cards as long as there is a mirror, and in the sidebar as long as one wants it."""
    if mirrors:
        show_in_sidebar(hass, mirrors)
    else:
        async_remove_frontend(hass)
