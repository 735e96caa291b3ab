"""What Home Assistant does for a mirror's windows beside showing them."""

from homeassistant.core import callback

from .coordinator import MiraCoordinator
from .cover_drives import CoverDrives
from .emergency import Emergency
from .readings_out import ReadingsOut
from .sensor_discovery import SensorDiscovery
from .window_issues import WindowIssues
from .window_sync import WindowSync


@callback
def async_follow_windows(coordinator: MiraCoordinator) -> None:
    """Set windows up at the mirror, measure, move covers, and tell what is wrong, until the entry is unloaded."""
    sync, drives = WindowSync(coordinator), CoverDrives(coordinator)
    sync.async_follow()
    ReadingsOut(coordinator).async_follow()
    drives.async_follow()
    Emergency(coordinator, drives).async_follow()
    SensorDiscovery(coordinator).async_follow()
    WindowIssues(coordinator, sync).async_follow()
