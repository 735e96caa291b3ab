"""What every process of a device does: what the device gives goes to those that look at it.

It does so until the device fails or nobody can look any more. No frame and no sound is ever written, sent or logged
here; what leaves the process is what lookers say.
"""

import time
from collections.abc import Callable
from typing import NoReturn

import msgspec

from .lookers import LookerError, Lookers
from .messages import Failed, Opened
from .orders import Sidecar, fall, leave
from .source import Source, SourceError


def look_into[Device, Taken](
    kind: type[Device], source_of: Callable[[Device], Source[Taken]], opened: Callable[[Device, Taken], Opened]
) -> NoReturn:
    """Look until the device fails or standard input ends; `opened` says what the first that it gave is like."""
    try:
        _look(Sidecar(), kind, source_of, opened)
    except Exception as error:  # noqa: BLE001 - whatever it is, the sidecar logs it
        fall(error)
    leave(1)


def _look[Device, Taken](
    sidecar: Sidecar,
    kind: type[Device],
    source_of: Callable[[Device], Source[Taken]],
    opened: Callable[[Device, Taken], Opened],
) -> None:
    """Show what comes to those who look. Raises the fault of the last one that looked, where it has no sentence."""
    try:
        device = msgspec.json.decode(sidecar.device, type=kind)
        source = source_of(device)  # opens while models load
        lookers = Lookers[Taken](sidecar.say)
        lookers.follow(sidecar.orders)
        taken = source.take()
        sidecar.say(opened(device, taken))
        while True:
            lookers.follow(sidecar.orders)
            lookers.look(taken)
            if rest_s := lookers.rest_s():
                time.sleep(rest_s)
            taken = source.take()
    except (SourceError, LookerError) as error:
        sidecar.say(Failed(error.code, error.message))
