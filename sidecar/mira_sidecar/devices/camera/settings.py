"""What the owner may say of a camera."""

import re
from typing import Annotated, ClassVar, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from mira_sidecar.protocol import DeviceKind

type Token = Annotated[str, Meta(pattern=r"^[0-9A-Za-z._~+/=-]{1,1024}$(?!\n)")]

OWN_CAMERA: Final = "camera"
"""The id of the mirror's own: people stand before it, and make gestures."""
_ENTITY = re.compile(r"/api/camera_proxy(?:_stream)?/(camera\.\w+)$")
"""The path of a camera's pictures in Home Assistant."""


class Camera(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A camera, and what it takes to open it."""

    kind: ClassVar[DeviceKind] = "camera"
    process: ClassVar[str] = "mira_sidecar.devices.camera.capture"
    """What has it open."""
    inherits: ClassVar[tuple[int, ...]] = ()

    address: str
    """A file, a device such as /dev/video0, or an http:// or rtsp:// address."""
    token: Token | None = None
    """What an http:// camera is shown as `Authorization: Bearer …`: one of Home Assistant, where it is an entity."""
    mirrored: bool = False
    """Whether its pictures are flipped already, like a mirror's."""

    @property
    def entity(self) -> str | None:
        """The camera of Home Assistant that it is, where it is one."""
        try:
            found = _ENTITY.search(urlsplit(self.address).path)
        except ValueError:  # an address that nobody can read; it may hold a password all the same
            return None
        return found[1] if found else None
