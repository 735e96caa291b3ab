"""The part of gestures before a real camera: what it sent, kept and showed, and what was said of the camera."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from mira_sidecar.config import Settings
from mira_sidecar.parts import Shell
from mira_sidecar.protocol import Keys
from mira_sidecar.subjects.gesture.part import GesturePart
from mira_sidecar.subjects.gesture.seen import LiveHand
from mira_sidecar.subjects.gesture.worker.messages import LookerSettings, RecogniserSettings, Sampled
from tests.sidecar.devices.watched import Watched, running


@dataclass
class WatchedGestures(Watched):
    """The part and what was heard of it, in order."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    kept: list[Sampled] = field(default_factory=list)
    shown: list[Sequence[LiveHand]] = field(default_factory=list)
    part: GesturePart = field(init=False)
    models: Path = field(init=False)

    def watch(self, settings: Settings, models: Path) -> None:
        """Make the part; what it would write and publish comes here."""
        nowhere = cast("Any", None)
        shell = Shell(
            *(settings, nowhere, nowhere, nowhere, nowhere, Keys("hall"), nowhere, self.submit, nowhere, nowhere),
            *(self.all, None),
        )
        self.part, self.models = GesturePart(shell), models
        self.part._teacher.keep = self.keep  # type: ignore[method-assign]
        self.part._show = self.show  # type: ignore[method-assign]

    def want(self, on: bool, recognition: RecogniserSettings = RecogniserSettings()) -> None:  # noqa: B008 - frozen
        """Switch the camera, and have hands become gestures like this."""
        assert self.part._camera
        self.part._camera.look(self.part._looker, LookerSettings(models=str(self.models), recognition=recognition))
        self.switch(on)

    async def submit(self, source: str, action: str, payload: dict[str, Any], **more: Any) -> None:
        self.sent.append({"source": source, "action": action, **payload, **more})
        self.news.set()

    async def keep(self, sampled: Sampled) -> None:
        self.kept.append(sampled)
        self.news.set()

    def show(self, hands: Sequence[LiveHand], *, age_ms: int) -> None:
        assert 0 <= age_ms < 1_000
        self.shown.append(hands)
        self.news.set()


@contextlib.asynccontextmanager
async def watched(
    camera: str, models: Path, *, wanted: bool = True, mirrored: bool = False
) -> AsyncIterator[WatchedGestures]:
    """Gestures before this camera, for the length of the block."""
    watched = WatchedGestures()
    settings = Settings(camera=camera, camera_mirrored=mirrored)
    async with running(watched, settings.all_cameras, Path("/nowhere/camera")):
        watched.watch(settings, models)
        watched.want(wanted)
        yield watched
