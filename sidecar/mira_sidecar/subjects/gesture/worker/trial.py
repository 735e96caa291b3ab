"""Runs a film or a picture through tracker and recogniser, as fast as it goes, by the film's own clock."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice, repeat
from pathlib import Path

import av
import av.error
import cv2
import msgspec
import numpy as np

from .hand import Hand
from .hands import Frame, HandTracker
from .light import brightened
from .messages import RecogniserSettings
from .recogniser import Recogniser
from .score import Told
from .truth import Take, TruthError

_STILL_MS, _STILL_STEP_MS = 2000.0, 100.0
"""A picture is looked at for so long, so often."""
_LEAST_HEIGHT = 240
"""Pixels; a picture with fewer is enlarged."""


@dataclass
class Trial:
    """What came of a film."""

    told: list[Told] = field(default_factory=list)
    length_ms: float = 0.0
    frames: int = 0
    seen: int = 0
    """Frames with a hand."""
    cpu_ms: float = 0.0
    """To find and recognise; reading the film is not counted."""


def tried(
    take: Take, models: Path, settings: RecogniserSettings, min_confidence: float, progress: Callable[[int], None]
) -> Trial:
    """Look at all of a take; `progress` is told how many frames were. Raises ModelError, TruthError."""
    tracker = HandTracker(models)
    recogniser = Recogniser(msgspec.structs.replace(settings, mirrored=take.truth.mirrored))
    trial = Trial()
    for t_ms, frame in _still(take.path) if take.still else _film(take.path):
        began, cpu = time.perf_counter(), time.process_time()
        hands = tracker.track(brightened(frame, float(frame.mean())))
        found = recogniser.observe(t_ms, hands)
        trial.cpu_ms += (time.process_time() - cpu) * 1000
        at_ms = t_ms + (time.perf_counter() - began) * 1000
        trial.told += [Told(each, at_ms) for each in found if each.confidence >= min_confidence]
        trial.length_ms = t_ms
        trial.frames += 1
        trial.seen += bool(hands)
        progress(trial.frames)
    return trial


def looked_at(path: Path, models: Path) -> Hand | None:
    """The hand on a picture, found and then followed once; None: there is none. Raises ModelError, TruthError."""
    tracker = HandTracker(models)
    hands = [tracker.track(frame) for _, frame in islice(_still(path), 2)][-1]
    return hands[0] if hands else None


def _film(path: Path) -> Iterator[tuple[float, Frame]]:
    """Each frame, with its time in milliseconds."""
    try:
        with av.open(str(path)) as film:
            for frame in film.decode(video=0):
                picture: Frame = frame.to_ndarray(format="rgb24")  # type: ignore[assignment]
                yield (frame.time or 0.0) * 1000, picture
    except (av.error.FFmpegError, IndexError) as err:
        raise TruthError(f"{path.name} cannot be read as a film ({type(err).__name__}).") from err


def _still(path: Path) -> Iterator[tuple[float, Frame]]:
    """The same picture for a while, long enough for its pose to be held; a crop of a hand gets more of its border."""
    pictures = [_bordered(picture) for _, picture in _film(path)][:1]
    times = np.arange(0, _STILL_MS, _STILL_STEP_MS).tolist()
    yield from zip(times, repeat(pictures[0], len(times)), strict=True) if pictures else []


def _bordered(picture: Frame) -> Frame:
    """The picture in the middle of one twice as high and 4:3 wide at least, as high as a camera's."""
    scale = max(1.0, _LEAST_HEIGHT / picture.shape[0])
    picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)  # type: ignore[assignment]
    height, width = picture.shape[:2]
    top, left = height // 2, max(width // 2, (2 * height * 4 // 3 - width) // 2)
    wider: Frame = cv2.copyMakeBorder(picture, top, top, left, left, cv2.BORDER_REPLICATE)  # type: ignore[assignment]
    return wider
