"""The process that has a camera open: `python -m mira_sidecar.devices.camera.capture`."""

import av.logging

from mira_sidecar.devices.looking import look_into
from mira_sidecar.devices.messages import Opened
from mira_sidecar.protocol import Picture

from .settings import Camera
from .source import NewestFrame, Taken


def _source(camera: Camera) -> NewestFrame:
    return NewestFrame(camera.address, camera.token)


def _opened(camera: Camera, taken: Taken) -> Opened:
    return Opened(Picture(taken.frame.width, taken.frame.height, camera.mirrored))


if __name__ == "__main__":
    av.logging.set_level(av.logging.PANIC)
    look_into(Camera, _source, _opened)
