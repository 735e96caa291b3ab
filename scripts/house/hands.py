"""Hands in front of the mirror: filmed ones where the recordings are at hand, else gestures from a script."""

import json
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import override

import numpy as np

from house.configuration import REPOSITORY
from house.hand_video import ABSENT, HELD, MIDDLE, SWIPE_RIGHT, Scene, Stretch, jpeg
from house.household import Household
from house.stream_server import StreamServer

_GLIMPSE = Stretch(seconds=0.5, start=MIDDLE)
"""Too short to count as held."""
_SCRIPT_DELAY_S = 2
"""In which Home Assistant finds the sidecar again."""
FILMS: dict[str, tuple[Stretch, ...]] = {
    "palm": (ABSENT, HELD, ABSENT),
    "swipe_right": (ABSENT, _GLIMPSE, SWIPE_RIGHT, ABSENT),
}


class Hands(ABC):
    """Makes gestures."""

    description: str
    """What is going to be in front of the camera, for the one who reads the check."""

    @abstractmethod
    def show(self, gesture: str) -> float:
        """Begin to make a gesture; the time (time.monotonic) at which the hand comes into view."""


class FilmedHands(Hands):
    """Photographs of a real hand on the move, for the real models to find."""

    description = "a filmed hand"

    def __init__(self, camera: StreamServer, photograph: Path) -> None:
        self._camera = camera
        scene = Scene(photograph=photograph)
        self._films: dict[str, Sequence[bytes]] = {gesture: scene.jpegs(*film) for gesture, film in FILMS.items()}

    @override
    def show(self, gesture: str) -> float:
        self._camera.play(self._films[gesture])
        return time.monotonic() + FILMS[gesture][0].seconds


class ScriptedHands(Hands):
    """Gestures that the sidecar's scripted worker plays. The camera sees an empty room."""

    description = "no hand: a script makes the gestures"

    def __init__(self, house: Household) -> None:
        self._house = house

    @override
    def show(self, gesture: str) -> float:
        line = {
            "after_ms": _SCRIPT_DELAY_S * 1000,
            "source": "gesture",
            "action": "gesture",
            "payload": {"name": gesture},
        }
        script = self._house.folder / f"{gesture}.jsonl"
        script.write_text(json.dumps({**line, "confidence": 0.95}))
        sidecar = self._house.sidecar
        sidecar.stop()
        sidecar.flags["script"] = script
        sidecar.start()
        del sidecar.flags["script"]  # the next start is one without
        return time.monotonic() + _SCRIPT_DELAY_S


def recordings() -> Path:
    """The folder of recorded hands; it may be absent."""
    root = os.environ.get("MIRA_TESTDATA")
    return (Path(root) if root else REPOSITORY.parent / "shared/testdata") / "hands"


def photograph() -> Path | None:
    """A hand to film; None where there is no recording."""
    found = recordings() / "four_04.png"
    return found if found.exists() else None


def empty_room() -> bytes:
    """What the camera sees when nobody is there: one JPEG."""
    return jpeg(np.full((480, 640, 3), 190, np.uint8))
