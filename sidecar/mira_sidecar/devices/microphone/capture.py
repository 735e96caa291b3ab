"""The process that has a microphone open: `python -m mira_sidecar.devices.microphone.capture`."""

from mira_sidecar.devices.looking import look_into
from mira_sidecar.devices.loopback import Loopback
from mira_sidecar.devices.messages import Opened

from .settings import Microphone
from .source import Block, Sound


def _source(microphone: Microphone) -> Sound:
    loopback = microphone.loopback
    return Sound(microphone.address, None if loopback is None else Loopback(loopback))


def _opened(microphone: Microphone, block: Block) -> Opened:
    return Opened()


if __name__ == "__main__":
    look_into(Microphone, _source, _opened)
