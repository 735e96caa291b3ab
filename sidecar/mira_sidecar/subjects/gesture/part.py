"""The gestures' part: the camera, what is looked for in its pictures, and the gestures that people teach."""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import override

from mira_sidecar.address import place_of
from mira_sidecar.config import Settings
from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Deed
from mira_sidecar.devices.camera.lending import Lending
from mira_sidecar.devices.owner import CameraSettings, GestureWorker, try_camera
from mira_sidecar.operations.findings import Finding
from mira_sidecar.parts import Now, Part, Shell, Work
from mira_sidecar.protocol import Device, DeviceName
from mira_sidecar.subjects.gesture.folder import models_folder
from mira_sidecar.subjects.gesture.live import LiveChannel
from mira_sidecar.subjects.gesture.settings import GestureSettings
from mira_sidecar.subjects.gesture.teacher import Teacher
from mira_sidecar.subjects.gesture.worker import models


class GesturePart(Part):
    """Opens the camera while it is on, and sends what hands say."""

    modules = ("ai_edge_litert", "av", "cv2", "numpy")

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        settings = shell.settings
        self._live = LiveChannel(shell.redis, shell.keys, shell.clock)
        self._teacher = Teacher(shell.store, shell.submit, mirrored=settings.camera_mirrored)
        self._worker = GestureWorker(
            _camera(settings),
            submit=shell.submit,
            keep=self._teacher.keep,
            show=self._live.show,
            observe=lambda device: shell.bulletin.observe("camera", device),
        )

    @override
    @classmethod
    def devices(cls, settings: Settings) -> Mapping[DeviceName, Device]:
        return {"camera": Device("closed")} if settings.camera else {}

    @override
    @classmethod
    async def checks(cls, settings: Settings) -> AsyncIterator[Finding]:
        try:
            models.verify(models_folder(settings))
        except models.ModelError as error:
            yield Finding("models", False, str(error))
            return
        yield Finding("models", True, f"the hand models in {models_folder(settings)} are right")
        if settings.camera is None:
            yield Finding("camera", True, "none is configured; set `camera` for gestures")
            return
        device = await try_camera(_camera(settings))
        if device.capture == "open":
            yield Finding("camera", True, f"{place_of(settings.camera)} gives pictures")
        else:
            yield Finding("camera", False, device.error or "gives no pictures")

    @override
    async def open(self) -> None:
        await self._teacher.open()

    @override
    def due_at_start(self, document: Document) -> Iterator[Deed]:
        wanted, known = self.shell.settings.of(GestureSettings).thresholds, document["thresholds"]
        if changed := {name: value for name, value in wanted.items() if value != known[name]}:
            yield "set_thresholds", changed

    @override
    def changed(self, now: Now) -> None:
        # Open only while its switch can be heard: what could not be switched off is closed.
        self._worker.want(now.deciding and now.document["camera"]["on"], self._teacher.recognition(now.document))
        if now.connected:  # Until then a restored log may lack what Redis gives back.
            self._teacher.tidy()

    @override
    def works(self) -> dict[str, Work]:
        works: dict[str, Work] = {"live": self._live.run, "teaching": self._teacher.run}
        if self.shell.settings.camera:
            lending = Lending(self.shell.settings.lending_path, self._worker.lend)
            works |= {"gesture": self._worker.run, "lending": lending.run}
        return works


def _camera(settings: Settings) -> CameraSettings:
    return CameraSettings(camera=settings.camera, token=settings.camera_token, models=models_folder(settings))


PART = GesturePart
