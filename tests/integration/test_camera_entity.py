"""The sidecar's camera may be an entity of Home Assistant."""

from collections.abc import AsyncIterator, Iterator

import numpy as np
import pytest
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from house.hand_video import jpeg
from house.stream_server import StreamServer
from mira_sidecar.devices.camera.settings import Camera
from mira_sidecar.devices.owner import tried
from mira_sidecar.protocol import Device

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
def network_camera(socket_enabled: None) -> Iterator[StreamServer]:
    """A camera that looks at a wall."""
    with StreamServer(jpeg(np.full((240, 320, 3), 190, np.uint8))) as server:
        yield server


@pytest.fixture
async def address(
    hass: HomeAssistant, network_camera: StreamServer, hass_client_no_auth: ClientSessionGenerator
) -> AsyncIterator[str]:
    """Where Home Assistant gives the pictures of `camera.hall`, which is that camera."""
    options = {"mjpeg_url": network_camera.url, "authentication": "basic", "verify_ssl": False, "username": None}
    entry = MockConfigEntry(domain="mjpeg", title="Hall", options={**options, "password": "", "still_image_url": None})
    entry.add_to_hass(hass)
    assert await async_setup_component(hass, "camera", {})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    client = await hass_client_no_auth()
    yield str(client.make_url("/api/camera_proxy_stream/camera.hall"))
    await hass.config_entries.async_unload(entry.entry_id)


async def test_its_pictures_come_through_home_assistant(
    address: str, network_camera: StreamServer, hass_access_token: str
) -> None:
    assert await tried(Camera(address, hass_access_token)) == Device("camera", "open")
    assert network_camera.opened == 1


@pytest.mark.parametrize("token", [None, "wrong"])
async def test_without_the_token_it_says_what_is_missing(address: str, token: str | None) -> None:
    device = await tried(Camera(address, token))
    assert device.capture == "failed"
    assert device.error
    assert device.error.endswith("asks for another user, password or token.")
    assert "camera_proxy" not in device.error
