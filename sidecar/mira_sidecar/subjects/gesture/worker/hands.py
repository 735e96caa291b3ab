"""Finds and follows hands in frames: MediaPipe's two models, on the CPU, without MediaPipe.

Palms are looked for while no hand is followed, and now and then while one is: its next crop comes from its last
landmarks. The figures (anchors, crops, thresholds) are those of MediaPipe's hand tracking graph, release 0.10.21.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter  # type: ignore[import-untyped]

from .hand import MIDDLE_KNUCKLE, WRIST, Hand, Points
from .models import LANDMARKS, PALM, verify
from .palms import PALM_SIZE, Palm, decode_palms

type Frame = np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]
"""Shape (height, width, 3): RGB."""
type Tensor = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

_LANDMARK_SIZE = 224
_MIN_PRESENCE = 0.5
_MOST = 2
"""Hands that are followed at once: one person's."""
_SEARCH_EVERY = 6
"""Frames, while one hand is followed: a search for the other takes as long as following one."""
_SAME_HAND = 0.7
"""Palms between two middles that are nearer than two hands can be."""
_PALMS_TRIED = 2
"""In one frame, at each size: a second look costs 4 ms, and finds the hand where something like a palm is surer."""
_SMALLER = 0.75
"""Of its full size, at which a frame without a hand is searched once more: of 120 photographs in frames one look found
106, both 110. It costs 5 ms, where the motion gate lets frames without a hand be searched at all."""
_STEADY = [0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18]
"""Landmarks that bound the next crop: without the finger tips, so that it does not jump with them."""


@dataclass(frozen=True)
class Crop:
    """A rotated square of the frame: centre and size in pixels, the hand's lean in radians (0: fingers up)."""

    x: float
    y: float
    size: float
    angle: float

    def matrix(self, side: int) -> Tensor:
        """The 2x3 matrix from a `side` x `side` image of the crop to the frame."""
        scale = self.size / side
        cos, sin = math.cos(self.angle) * scale, math.sin(self.angle) * scale
        half = side / 2
        return np.array(
            (
                (cos, -sin, self.x - cos * half + sin * half),
                (sin, cos, self.y - sin * half - cos * half),
            ),
            np.float32,
        )


class HandTracker:
    """The models, loaded, and the hands that are being followed. One thread at a time."""

    def __init__(self, directory: Path) -> None:
        """Load the models. Raises ModelError where one is missing or not the pinned one."""
        verify(directory)
        self._palm = _Model(directory / PALM)
        self._landmarks = _Model(directory / LANDMARKS)
        self._next: list[Crop] = []
        self._unsearched = 0
        """Frames since palms were looked for."""

    @property
    def following(self) -> bool:
        """Whether a hand is known to be there."""
        return bool(self._next)

    def track(self, frame: Frame) -> list[Hand]:
        """The hands in `frame`, with landmarks in its pixels: two at most."""
        hands: list[Hand] = []
        for crop in self._next:
            self._add(hands, self._look(frame, crop))
        self._unsearched += 1
        if not hands or (len(hands) < _MOST and self._unsearched >= _SEARCH_EVERY):
            self._unsearched = 0
            self._look_for_more(hands, frame, 1.0)
            if not hands:
                self._look_for_more(hands, frame, _SMALLER)
        self._next = [_crop_of_landmarks(hand.landmarks) for hand in hands]
        return hands

    def _look_for_more(self, hands: list[Hand], frame: Frame, size: float) -> None:
        """Take the hands of palms that are none of these hands', found in the frame at this part of its full size."""
        for palm in self._search(frame, size)[:_PALMS_TRIED]:
            if not any(_same(palm.x, palm.y, hand) for hand in hands):
                self._add(hands, self._look(frame, _crop_of_palm(palm)))

    @staticmethod
    def _add(hands: list[Hand], hand: Hand | None) -> None:
        """Take a hand that is none of those already found: two crops may slide onto the same one."""
        if hand and not any(_same(float(hand.centre[0]), float(hand.centre[1]), other) for other in hands):
            hands.append(hand)

    def _search(self, frame: Frame, size: float) -> list[Palm]:
        """Palms in the frame, the surest first; it fills this part of what the model sees."""
        height, width = frame.shape[:2]
        side = round(max(height, width) / size)
        square = np.zeros((PALM_SIZE, PALM_SIZE, 3), np.float32)
        small = cv2.resize(
            frame,
            (max(1, width * PALM_SIZE // side), max(1, height * PALM_SIZE // side)),
            interpolation=cv2.INTER_AREA if side > PALM_SIZE else cv2.INTER_LINEAR,
        )
        top, left = (PALM_SIZE - small.shape[0]) // 2, (PALM_SIZE - small.shape[1]) // 2
        square[top : top + small.shape[0], left : left + small.shape[1]] = small / np.float32(255)
        boxes, scores = self._palm.run(square, 0, 1)
        scale = side / PALM_SIZE
        return [palm.scaled(scale, -left * scale, -top * scale) for palm in decode_palms(boxes[0], scores[0, :, 0])]

    def _look(self, frame: Frame, crop: Crop) -> Hand | None:
        """The hand in the crop, if there is one."""
        matrix = crop.matrix(_LANDMARK_SIZE)
        image = cv2.warpAffine(
            frame,
            matrix,
            (_LANDMARK_SIZE, _LANDMARK_SIZE),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
        )
        points, presence, right = self._landmarks.run(image / np.float32(255), 0, 1, 2)
        score = float(presence[0, 0])
        if score < _MIN_PRESENCE:
            return None
        flat = points.reshape(21, 3)[:, :2]
        return Hand(
            landmarks=(flat @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32),
            # Checked on photographs: MediaPipe calls this output "left", but of a mirrored image.
            handedness="right" if float(right[0, 0]) > 0.5 else "left",
            score=score,
            picture=(frame.shape[1], frame.shape[0]),
        )


class _Model:
    """One TensorFlow Lite model on one thread."""

    def __init__(self, path: Path) -> None:
        self._interpreter = Interpreter(str(path), num_threads=1)
        self._interpreter.allocate_tensors()
        self._input: int = self._interpreter.get_input_details()[0]["index"]
        self._outputs: list[int] = [each["index"] for each in self._interpreter.get_output_details()]

    def run(self, image: Tensor, *outputs: int) -> list[Tensor]:
        """The chosen outputs for one image, values from 0 to 1."""
        self._interpreter.set_tensor(self._input, image[np.newaxis])
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(self._outputs[each]) for each in outputs]


def _same(x: float, y: float, hand: Hand) -> bool:
    """Whether a palm with its middle there is this hand's."""
    return math.dist((x, y), hand.centre.tolist()) < _SAME_HAND * hand.palm


def _lean(start: Points, end: Points) -> float:
    """The angle of the line from wrist to fingers, in radians; 0 points up, positive leans right."""
    x, y = end - start
    return math.atan2(float(x), float(-y))


def _crop_of_palm(palm: Palm) -> Crop:
    """The whole hand around a palm: 2.6 times its size, moved half of it towards the fingers."""
    angle = _lean(palm.wrist, palm.knuckle)
    size = max(palm.width, palm.height)
    shift = 0.5 * palm.height
    x, y = palm.x + math.sin(angle) * shift, palm.y - math.cos(angle) * shift
    return Crop(x, y, size * 2.6, angle)


def _crop_of_landmarks(points: Points) -> Crop:
    """Where the hand is looked for in the next frame: twice its size, moved a tenth towards the fingers."""
    angle = _lean(points[WRIST], (points[5] + points[13]) / 4 + points[MIDDLE_KNUCKLE] / 2)
    cos, sin = math.cos(angle), math.sin(angle)
    upright = points[_STEADY] @ np.array(((cos, -sin), (sin, cos)), np.float32)
    low, high = upright.min(axis=0), upright.max(axis=0)
    width, height = (high - low).tolist()
    x, y = ((low + high) / 2).tolist()
    y -= 0.1 * height
    return Crop(cos * x - sin * y, sin * x + cos * y, max(width, height) * 2.0, angle)
