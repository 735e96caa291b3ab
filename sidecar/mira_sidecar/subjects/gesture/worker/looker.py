"""Looks for hands in what the camera shows, inside its process, and says what they do."""

import time
from pathlib import Path

import cv2
import msgspec

from mira_sidecar.devices.camera.source import Taken
from mira_sidecar.devices.lookers import LookerError, Tell

from .hand import Hand
from .hands import HandTracker
from .light import brightened
from .messages import LookerSettings
from .models import ModelError
from .motion import GREY_SIZE, Grey, MotionGate
from .pace import Pace
from .recogniser import Recogniser
from .sights import Sights

_decode = msgspec.json.Decoder(LookerSettings)


class HandsLooker:
    """Turns frames into gestures."""

    def __init__(self, tell: Tell) -> None:
        cv2.setNumThreads(1)
        self._tell = tell
        self._settings: LookerSettings | None = None
        self._sights = Sights()
        self._pace = Pace()

    def set(self, settings: msgspec.Raw) -> None:
        """How hands become gestures from now on."""
        before, self._settings = self._settings, _decode.decode(settings)
        if before is None or before.models != self._settings.models:
            try:
                self._search = _Search(HandTracker(Path(self._settings.models)))
            except ModelError as err:
                raise LookerError("models", str(err)) from err
        self._recogniser = Recogniser(self._settings.recognition)

    def look(self, taken: Taken) -> float:
        """Look at a frame; for how many seconds to rest."""
        began = time.monotonic()
        hands = self._search.hands(taken, lingering=self._pace.lingering)
        for recognised in self._recogniser.observe(taken.t_ms, hands):
            self._tell(recognised)
        for sample in self._recogniser.samples():
            self._tell(sample)
        if seen := self._sights.observe(taken.t_ms, self._recogniser.live()):
            self._tell(seen)
        return self._pace.rest_s(began, time.monotonic(), seen=bool(hands))


class _Search:
    """Finds hands in what the camera shows, where anything can have changed and there is light enough."""

    def __init__(self, tracker: HandTracker) -> None:
        self._tracker = tracker
        self._gate = MotionGate()

    def hands(self, taken: Taken, *, lingering: bool) -> list[Hand]:
        """The hands in this picture; `lingering`: one that was here a moment ago is looked for in any case."""
        width, height = GREY_SIZE
        grey: Grey = taken.frame.to_ndarray(format="gray", width=width, height=height, interpolation="AREA")  # type: ignore[assignment]
        if not (self._tracker.following or lingering or self._gate.opens(taken.t_ms, grey)):
            return []
        return self._tracker.track(brightened(taken.rgb, float(grey.mean())))


LOOKER = HandsLooker
