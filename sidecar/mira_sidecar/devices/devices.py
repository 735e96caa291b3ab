"""All devices of this sidecar, by id."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from mira_sidecar.protocol import Device, DeviceId, DeviceKind
from mira_sidecar.supervision import Report

from .camera.lending import Lending
from .camera.settings import OWN_CAMERA, Camera
from .owner import Hardware, Owner

MODULES: Final[Mapping[DeviceKind, tuple[str, ...]]] = {"camera": ("av", "numpy"), "microphone": ("numpy",)}
"""What a device cannot be opened without; the extra of its kind installs it."""


class Devices:
    """The devices, each with its owner. All of a kind obey one switch."""

    def __init__(
        self,
        hardware: Mapping[DeviceId, Hardware],
        *,
        lending: Path,
        observe: Callable[[DeviceId, Device], None],
        report: Report,
    ) -> None:
        """`lending`: the socket over which commands borrow the mirror's own camera."""
        self._hardware = hardware
        self._lending = lending
        self._owners = {name: Owner(name, one, partial(observe, name), report) for name, one in hardware.items()}

    def of(self, kind: DeviceKind) -> dict[DeviceId, Owner]:
        """Those of this kind, with their ids."""
        return {name: owner for name, owner in self._owners.items() if owner.kind == kind}

    def changed(self, document: Mapping[str, Any], *, deciding: bool) -> None:
        """The mirror has changed: a device is open only while its switch is on, and can be heard."""
        for owner in self._owners.values():
            owner.switch(deciding and document[owner.kind]["on"])

    def works(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """Their tasks, by name."""
        works: dict[str, Callable[[], Awaitable[None]]] = {
            f"device.{name}": owner.run for name, owner in self._owners.items()
        }
        if isinstance(camera := self._hardware.get(OWN_CAMERA), Camera):
            works["lending"] = Lending(self._lending, camera, self._owners[OWN_CAMERA].lend).run
        return works
