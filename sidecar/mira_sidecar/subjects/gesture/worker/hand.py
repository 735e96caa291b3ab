"""A hand as the camera sees it: the word that tracker, poses, swipes and recogniser share."""

from dataclasses import dataclass

import numpy as np

from .messages import Handedness

type Points = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
"""Shape (21, 2): MediaPipe's hand landmarks, x to the right and y down, in pixels."""

WRIST = 0
MIDDLE_KNUCKLE = 9
_OTHER: dict[Handedness, Handedness] = {"left": "right", "right": "left"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Hand:
    """One hand in one frame."""

    landmarks: Points
    handedness: Handedness
    """Of the person, where the image is as the camera took it."""
    score: float
    """How sure the landmark model is that there is a hand: 0 to 1."""
    picture: tuple[int, int]
    """Width and height of the frame, in pixels."""

    @property
    def palm(self) -> float:
        """Pixels from the wrist to the middle knuckle: about 9 cm on a grown-up's hand."""
        return float(np.linalg.norm(self.landmarks[MIDDLE_KNUCKLE] - self.landmarks[WRIST]))

    @property
    def centre(self) -> Points:
        """The middle between wrist and middle knuckle, (x, y) in pixels: fingers do not move it."""
        middle: Points = (self.landmarks[WRIST] + self.landmarks[MIDDLE_KNUCKLE]) / 2
        return middle

    def flipped(self) -> Hand:
        """The same hand in the mirrored image."""
        mirror, offset = np.array((-1, 1), np.float32), np.array((self.picture[0], 0), np.float32)
        return Hand(
            landmarks=self.landmarks * mirror + offset,
            handedness=_OTHER[self.handedness],
            score=self.score,
            picture=self.picture,
        )
