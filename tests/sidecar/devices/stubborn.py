"""The process of a device that does not end when it is told to, whether it is open or hangs while it opens."""

import signal
import time

import msgspec

from mira_sidecar.devices.messages import Opened
from mira_sidecar.devices.orders import Sidecar
from mira_sidecar.protocol import DeviceKind


class Stubborn(msgspec.Struct, frozen=True):
    """What such a process is told; it is a device for the sidecar."""

    kind: DeviceKind
    opens: bool = True
    process: str = __name__ if __name__ != "__main__" else ""
    entity: str | None = None
    inherits: tuple[int, ...] = ()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sidecar = Sidecar()
    if msgspec.json.decode(sidecar.orders.device, type=Stubborn).opens:
        sidecar.say(Opened())
    time.sleep(60)
