"""The gestures' part: what is looked for in the camera's pictures, and the gestures that people teach."""

import time
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import override

import msgspec

from mira_sidecar.config import Settings
from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Deed
from mira_sidecar.devices.camera.settings import OWN_CAMERA
from mira_sidecar.devices.owner import Looker
from mira_sidecar.operations.findings import Finding
from mira_sidecar.parts import Now, Part, Shell, Work
from mira_sidecar.protocol import instant
from mira_sidecar.subjects.gesture.folder import models_folder
from mira_sidecar.subjects.gesture.seen import Live, LiveHand
from mira_sidecar.subjects.gesture.settings import GestureSettings
from mira_sidecar.subjects.gesture.teacher import Teacher
from mira_sidecar.subjects.gesture.worker import models
from mira_sidecar.subjects.gesture.worker.messages import LookerSettings, Message, Recognised, Sampled, Seen
from mira_sidecar.transport.live import LiveChannel

_decode = msgspec.json.Decoder(Message)


class GesturePart(Part):
    """Looks for hands in the mirror's own camera, and sends what they say."""

    modules = ("ai_edge_litert", "cv2")
    looks_at = ("camera",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        settings = shell.settings
        self._live = LiveChannel(shell.redis, shell.keys.live)
        self._teacher = Teacher(shell.side, shell.submit, mirrored=settings.camera_mirrored)
        self._camera = shell.devices.of("camera").get(OWN_CAMERA)
        self._models = str(models_folder(settings))
        self._shows_hands = False
        self._looker = Looker(
            name="gesture",
            module="mira_sidecar.subjects.gesture.worker.looker",
            hear=self._hear,
            closed=self._closed,
        )
        self._now: Now | None = None

    @override
    @classmethod
    async def checks(cls, settings: Settings) -> AsyncIterator[Finding]:
        try:
            models.verify(models_folder(settings))
        except models.ModelError as error:
            yield Finding("models", False, str(error))
            return
        yield Finding("models", True, f"the hand models in {models_folder(settings)} are right")

    @override
    def due_at_start(self, document: Document) -> Iterator[Deed]:
        wanted, known = self.shell.settings.of(GestureSettings).thresholds, document["thresholds"]
        if changed := {name: value for name, value in wanted.items() if value != known[name]}:
            yield "set_thresholds", changed

    @override
    def changed(self, now: Now) -> None:
        self._now = now
        recognition = self._teacher.recognition(now.document)
        if self._camera:
            self._camera.look(self._looker, LookerSettings(models=self._models, recognition=recognition))
        if now.connected:  # Until then a restored log may lack what Redis gives back.
            self._teacher.tidy()
            if self._camera:
                self.shell.bulletin.degraded("samples", self._teacher.lacking(now.document))

    @override
    def works(self) -> dict[str, Work]:
        return {"live": self._live.run, "teaching": self._teach}

    async def _hear(self, said: msgspec.Raw) -> None:
        """Take what the looker says."""
        match message := _decode.decode(said):
            case Recognised():
                await self.shell.submit(
                    "gesture",
                    "gesture",
                    {"name": message.name, "handedness": message.handedness, "hold_ms": message.hold_ms},
                    confidence=message.confidence,
                    age_ms=_age_ms(message),
                )
            case Sampled():
                await self._teacher.keep(message)
            case Seen():
                self._shows_hands = bool(message.hands)
                self._show(message.hands, age_ms=_age_ms(message))

    def _closed(self) -> None:
        """No hand is seen by a camera that is closed."""
        if self._shows_hands:
            self._shows_hands = False
            self._show((), age_ms=0)

    def _show(self, hands: Sequence[LiveHand], *, age_ms: int) -> None:
        self._live.show(Live(instant(self.shell.clock.now_ms() - age_ms), list(hands)))

    async def _teach(self) -> None:
        await self._teacher.run(lambda: self.changed(self._now) if self._now else None)


def _age_ms(message: Recognised | Seen) -> int:
    return max(0, round(time.monotonic() * 1000 - message.t_ms))


PART = GesturePart
