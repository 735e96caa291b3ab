"""The process that looks: `python -m mira_sidecar.devices.camera.capture`.

It reads its settings from the first line of standard input, how to go on from each further one, and writes one message
a line (messages.py) to standard output. It ends as soon as its standard input does, and when nothing comes over it for
three seconds: so it cannot outlive the sidecar, whatever ended that, nor one that hangs and could not switch it off.
Pictures are never written, sent or logged; they leave this process in no form.
"""

import os
import sys
import threading
import time
from pathlib import Path
from typing import IO

import av.logging
import cv2
import msgspec

from mira_sidecar.subjects.gesture.worker.hand import Hand
from mira_sidecar.subjects.gesture.worker.hands import Frame, HandTracker
from mira_sidecar.subjects.gesture.worker.light import brightened
from mira_sidecar.subjects.gesture.worker.messages import (
    PULSE_S,
    SILENCE_S,
    CaptureSettings,
    Failed,
    Message,
    Opened,
    RecogniserSettings,
)
from mira_sidecar.subjects.gesture.worker.models import ModelError
from mira_sidecar.subjects.gesture.worker.motion import GREY_SIZE, Grey, MotionGate
from mira_sidecar.subjects.gesture.worker.pace import Pace
from mira_sidecar.subjects.gesture.worker.recogniser import Recogniser
from mira_sidecar.subjects.gesture.worker.sights import Sights

from .source import NewestFrame, SourceError, Taken


def main() -> int:
    """Look until the camera fails or standard input ends; the exit code is 1 where something failed."""
    av.logging.set_level(av.logging.PANIC)
    cv2.setNumThreads(1)
    # Not sys.stdin: a thread that waits for it keeps the interpreter from ending in order.
    lines = os.fdopen(0, "rb", closefd=False)
    settings = msgspec.json.decode(lines.readline(), type=CaptureSettings)
    orders = _Orders(lines, settings.recognition)
    try:
        _look(settings, orders)
    except SourceError as err:
        _say(Failed(err.code, err.message))
    except ModelError as err:
        _say(Failed("models", str(err)))
    return 1


def _look(settings: CaptureSettings, orders: _Orders) -> None:
    """Turn frames into gestures. Raises SourceError, ModelError."""
    camera = NewestFrame(settings.camera, settings.token)  # opens while the models load
    search = _Search(HandTracker(Path(settings.models)))
    recognition = orders.recognition
    recogniser = Recogniser(recognition)
    sights = Sights()
    pace = Pace()
    taken = camera.take()
    _say(Opened(taken.frame.width, taken.frame.height))
    while True:
        began = time.monotonic()
        if orders.recognition is not recognition:
            recognition = orders.recognition
            recogniser = Recogniser(recognition)
        hands = search.hands(taken, lingering=pace.lingering)
        for recognised in recogniser.observe(taken.t_ms, hands):
            _say(recognised)
        for sample in recogniser.samples():
            _say(sample)
        if seen := sights.observe(taken.t_ms, recogniser.live()):
            _say(seen)
        time.sleep(pace.rest_s(began, time.monotonic(), seen=bool(hands)))
        taken = camera.take()


class _Orders:
    """What comes over standard input while frames are looked at; its end, or its silence, ends the process."""

    def __init__(self, lines: IO[bytes], recognition: RecogniserSettings) -> None:
        self._lines = lines
        self._heard_at = time.monotonic()
        self.recognition = recognition
        for work in (self._read, self._watch):
            threading.Thread(target=work, daemon=True).start()

    def _read(self) -> None:
        try:
            for line in self._lines:
                self._heard_at = time.monotonic()
                if line.strip():
                    self.recognition = msgspec.json.decode(line, type=RecogniserSettings)
        finally:
            os._exit(0)  # at once: a thread may be waiting for a camera

    def _watch(self) -> None:
        while time.monotonic() - self._heard_at < SILENCE_S:
            time.sleep(PULSE_S / 4)
        os._exit(0)


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
        return self._tracker.track(brightened(_picture(taken), float(grey.mean())))


def _picture(taken: Taken) -> Frame:
    """The frame as RGB."""
    width, height = taken.size
    picture: Frame = taken.frame.to_ndarray(format="rgb24", width=width, height=height)  # type: ignore[assignment]
    return picture


def _say(message: Message) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(message) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    # Without the interpreter's orderly end, which would wait for the thread that reads the camera.
    code = main()
    sys.stdout.flush()
    os._exit(code)
