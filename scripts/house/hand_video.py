"""Moving pictures of a hand with a known truth, made from one photograph: for the check and the tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import av
import cv2
import numpy as np

type Picture = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
"""Shape (height, width, 3): RGB."""
type Place = tuple[float, float]
"""The middle of the hand, as parts of the frame's width and height; outside 0 to 1 it leaves the frame."""


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """The hand on its way from one place to another, or at rest, or nowhere."""

    seconds: float
    start: Place | None = None
    """None: no hand."""
    end: Place | None = None
    """None: it stays where it started."""


MIDDLE: Place = (0.55, 0.5)
ABSENT = Stretch(seconds=0.5)
HELD = Stretch(seconds=2.0, start=MIDDLE)
"""Three times as long as a pose has to be held by default: a busy machine may miss a second of it."""
SWIPE_RIGHT = Stretch(seconds=0.4, start=MIDDLE, end=(-0.2, 0.5))
"""To the right of the person: a camera that does not mirror sees it go left."""
PALM_THEN_SWIPE_RIGHT = (ABSENT, HELD, SWIPE_RIGHT, ABSENT)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What the camera looks at."""

    photograph: Path
    """Of one hand; `four_04.png` is a palm that is found at every size and place."""
    width: int = 640
    height: int = 480
    hand_height: float = 0.45
    """Of the photograph in the frame, as a part of the frame's height."""
    noise: float = 4.0
    """Standard deviation of the picture's noise, of 255."""
    rate: int = 30
    """Frames a second."""
    seed: int = 1
    angle: float = 0.0
    """Degrees by which the hand is turned to the right."""
    light: float = 1.0
    """Of the photograph's brightness."""
    blur: float = 0.0
    """Seconds that a frame is exposed: a hand that moves is blurred."""
    covered: float = 0.0
    """Of the hand's height, from its wrist: by a sleeve, as wide as the hand."""

    def frames(self, *stretches: Stretch) -> Iterator[Picture]:
        """The frames of the stretches, one after the other; the same each time."""
        random = np.random.default_rng(self.seed)
        hand = self._hand()
        wall = np.full((self.height, self.width, 3), np.median(hand[0], axis=0), np.uint8)
        for stretch in stretches:
            count = round(stretch.seconds * self.rate)
            for number in range(count):
                frame = wall.copy()
                if stretch.start is not None:
                    part = number / count
                    end = stretch.end or stretch.start
                    place = [a + (b - a) * part for a, b in zip(stretch.start, end, strict=True)]
                    _paste(hand, frame, round(place[0] * self.width), round(place[1] * self.height))
                    if self.blur and stretch.end is not None:
                        frame[:] = self._exposed(frame, stretch.start, stretch.end, stretch.seconds)
                grain = random.normal(0, self.noise, (self.height, self.width, 1))
                yield np.clip(frame * self.light + grain, 0, 255).astype(np.uint8)

    def jpegs(self, *stretches: Stretch) -> list[bytes]:
        """The frames as JPEG files."""
        return [jpeg(frame) for frame in self.frames(*stretches)]

    def write(self, path: Path, *stretches: Stretch) -> None:
        """The frames as a video; the ending says which kind (.mp4: H.264, .avi: MJPEG)."""
        codec = "libx264" if path.suffix == ".mp4" else "mjpeg"
        with av.open(str(path), "w") as video:
            stream = cast(av.VideoStream, video.add_stream(codec, rate=self.rate))
            stream.width, stream.height = self.width, self.height
            stream.pix_fmt = "yuv420p" if path.suffix == ".mp4" else "yuvj420p"
            for frame in self.frames(*stretches):
                video.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
            video.mux(stream.encode())

    def _exposed(self, frame: Picture, start: Place, end: Place, seconds: float) -> Picture:
        """The frame with the blur of its movement."""
        speed = [(b - a) / seconds for a, b in zip(start, end, strict=True)]
        right, down = speed[0] * self.width * self.blur, speed[1] * self.height * self.blur
        length = max(1, round(max(abs(right), abs(down)))) | 1
        kernel = np.zeros((length, length), np.float32)
        middle = length // 2
        across = (round(middle * right / length), round(middle * down / length))
        cv2.line(kernel, (middle - across[0], middle - across[1]), (middle + across[0], middle + across[1]), 1.0)
        blurred: Picture = cv2.filter2D(frame, -1, kernel / kernel.sum()).astype(np.uint8)
        return blurred

    def _hand(self) -> Picture:
        """The photograph at its size in the frame, turned and covered."""
        photograph = cv2.imread(str(self.photograph))
        if photograph is None:
            raise FileNotFoundError(f"{self.photograph} is no picture.")
        scale = self.hand_height * self.height / photograph.shape[0]
        scaled = cv2.resize(photograph, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        if self.covered:
            sleeve = round(self.covered * scaled.shape[0])
            scaled[-sleeve:] = (60, 50, 40)
        if self.angle:
            scaled = _turned(scaled, self.angle)
        return np.ascontiguousarray(scaled[:, :, ::-1], np.uint8)


def jpeg(picture: Picture) -> bytes:
    """The picture as a JPEG file."""
    return cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()


def _turned(picture: np.ndarray, degrees: float) -> Picture:
    """The picture turned to the right, as large as it then has to be; what is new repeats its border."""
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
    wide, tall = round(height * sin + width * cos), round(height * cos + width * sin)
    turn[0, 2] += (wide - width) / 2
    turn[1, 2] += (tall - height) / 2
    turned: Picture = cv2.warpAffine(picture, turn, (wide, tall), borderMode=cv2.BORDER_REPLICATE).astype(np.uint8)
    return turned


def _paste(hand: Picture, frame: Picture, x: int, y: int) -> None:
    """Put the hand's middle at (x, y), as far as it is inside the frame."""
    height, width = hand.shape[:2]
    left, top = x - width // 2, y - height // 2
    columns = slice(max(0, left), min(frame.shape[1], left + width))
    rows = slice(max(0, top), min(frame.shape[0], top + height))
    if columns.start < columns.stop and rows.start < rows.stop:
        frame[rows, columns] = hand[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
