"""The process that has a camera open: `python -m mira_sidecar.devices.camera.capture`.

It takes frames and hands them to those that look at them, until the camera fails or nobody can look any more.
Pictures are never written, sent or logged; they leave this process in no form.
"""

import sys
import time
import traceback

import av.logging
import msgspec

from mira_sidecar.devices.lookers import LookerError, Lookers
from mira_sidecar.devices.messages import Failed, Opened
from mira_sidecar.devices.orders import Sidecar, leave
from mira_sidecar.protocol import Picture

from .settings import Camera
from .source import NewestFrame, SourceError, Taken


def main() -> int:
    """Look until the camera fails or standard input ends; the exit code is 1 where something failed."""
    av.logging.set_level(av.logging.PANIC)
    sidecar = Sidecar()
    try:
        _look(sidecar)
    except (SourceError, LookerError) as err:
        sidecar.say(Failed(err.code, err.message))
    return 1


def _look(sidecar: Sidecar) -> None:
    """Show frames to those who look. Raises SourceError, LookerError, and the fault of the last one that looked."""
    camera = msgspec.json.decode(sidecar.orders.device, type=Camera)
    source = NewestFrame(camera.address, camera.token)  # opens while models load
    lookers = Lookers[Taken](sidecar.say)
    lookers.follow(sidecar.orders)
    taken = source.take()
    sidecar.say(Opened(Picture(taken.frame.width, taken.frame.height, camera.mirrored)))
    while True:
        lookers.follow(sidecar.orders)
        lookers.look(taken)
        time.sleep(lookers.rest_s())
        taken = source.take()


if __name__ == "__main__":
    try:
        code = main()
    except Exception as error:  # noqa: BLE001 - whatever it is, the sidecar logs it
        # Without its text, which may repeat what was seen or heard.
        traceback.print_tb(error.__traceback__)
        sys.stderr.write(f"{type(error).__name__}\n")
        code = 1
    leave(code)
