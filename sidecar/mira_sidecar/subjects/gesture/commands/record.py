"""`mira-sidecar gestures record`: films of gestures with their truth, of somebody who agreed at the glass.

They are made by this command, which borrows the camera from the sidecar: no picture comes from the capture process.
"""

import asyncio
import contextlib
import itertools
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from av.error import FFmpegError

from mira_sidecar.config import Settings
from mira_sidecar.devices.camera.source import NewestFrame
from mira_sidecar.devices.source import SourceError
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.operations.glass import beside
from mira_sidecar.printing import say
from mira_sidecar.private import make_folder
from mira_sidecar.subjects.gesture.commands.borrowing import Borrowed, check_lender
from mira_sidecar.subjects.gesture.worker.film import write_film
from mira_sidecar.subjects.gesture.worker.messages import Handedness
from mira_sidecar.subjects.gesture.worker.truth import Shown, Truth, write_truth

_BEFORE_S = 2.0
"""A hand that is raised, and rests, is no part of the gesture."""
_AFTER_S = 1.0
_BETWEEN_S = 2.0
"""Until the next film has begun, with a camera that shows a picture a second."""
_LOST = (
    "The camera was switched off, the sidecar stopped, or the time that was agreed on is over. "
    "Of this film nothing is left; finished ones stay."
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be filmed."""

    gesture: str | None
    """None: what is none."""
    seconds: float
    """That there are for it in each film."""
    times: int
    hand: Handedness | None = None

    @property
    def length_s(self) -> float:
        """Of each film."""
        return _BEFORE_S + self.seconds + _AFTER_S


def record(folder: Path, settings: Settings, wanted: Wanted) -> None:
    """Ask, make the films and say where they are. Raises OperationError; what was finished until then stays."""
    if folder.exists() and not folder.is_dir():
        raise OperationError(f"{folder} is no folder. Name one, or one that does not exist yet.")
    asyncio.run(_agreed(settings, wanted))
    borrowed = Borrowed(settings.lending_path, wanted.times * (wanted.length_s + _BETWEEN_S))
    _say("The camera is yours. Until you are done, or press Ctrl-C, hands do nothing at the mirror.")
    try:
        _film_all(folder, borrowed, wanted)
    except SourceError as error:
        raise OperationError(_LOST if borrowed.lost else error.message) from error
    except (OSError, FFmpegError) as error:
        raise OperationError(
            f"The film cannot be written ({error.strerror}). Check the folder and its disk."
        ) from error
    say(f"The films are in {folder}. They show a person, and stay until you delete them.")


async def _agreed(settings: Settings, wanted: Wanted) -> None:
    """Return once somebody has agreed. Raises OperationError."""
    async with beside(settings) as glass:
        await glass.check_camera()
        check_lender(settings.lending_path)
        _say("The mirror asks whether it may film. Answer there: yes by thumb, touch or voice.")
        films = f"{wanted.times} films" if wanted.times > 1 else "one film"
        await glass.agree(
            f"May this mirror film you: {films} of {wanted.length_s:.0f} seconds? They stay in a folder on its machine."
        )


def _film_all(folder: Path, borrowed: Borrowed, wanted: Wanted) -> None:
    """Make the films. Raises SourceError, OSError, FFmpegError."""
    make_folder(folder)
    camera = NewestFrame(borrowed.camera.camera, borrowed.camera.token)
    borrowed.watch(camera.end)
    try:
        with ended_by_interrupt(camera):
            camera.take()
            for number in range(1, wanted.times + 1):
                _say(f"Film {number} of {wanted.times}")
                path = _free_path(folder, wanted)
                _film(camera, path, wanted, mirrored=borrowed.camera.mirrored)
                _say(f"  {path}")
    finally:
        if camera.end():
            borrowed.give_back()


@contextlib.contextmanager
def ended_by_interrupt(camera: NewestFrame) -> Iterator[None]:
    """Have Ctrl-C end the camera, and raise KeyboardInterrupt behind the block.

    As an exception it would be lost where Python runs inside of a library's callback, and the film would go on.
    """
    interrupted = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True
        camera.end()

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    except SourceError:
        if not interrupted:
            raise
    finally:
        signal.signal(signal.SIGINT, before)
    if interrupted:
        raise KeyboardInterrupt


def _film(camera: NewestFrame, path: Path, wanted: Wanted, *, mirrored: bool) -> None:
    unfinished = path.with_name(f"{path.name}.part")
    cues = _Cues(wanted)
    try:
        write_film(camera, unfinished, wanted.length_s, cues.reach)
        # First the truth: a film without one would spoil the folder.
        write_truth(path, Truth(gestures=cues.shown(), mirrored=mirrored))
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _free_path(folder: Path, wanted: Wanted) -> Path:
    """The first number that no file has."""
    name = wanted.gesture or "nothing"
    taken = {file.name.partition(".")[0] for file in folder.iterdir()}
    return next(folder / f"{one}.mp4" for n in itertools.count(1) if (one := f"{name}-{n}") not in taken)


class _Cues:
    """Says when to make the gesture, and keeps when that was said."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        name = wanted.gesture
        now = f"now: {name}" if name else "now: move as you like, without a gesture"
        rests = _BEFORE_S + wanted.seconds
        self._due = [(0.0, "rest"), (_BEFORE_S / 2, "ready"), (_BEFORE_S, now), (rests, "rest")]
        self._said: list[float] = []

    def reach(self, at_s: float) -> None:
        """Say what is due at this time of the film."""
        while self._due and at_s >= self._due[0][0]:
            _say(f"  {self._due.pop(0)[1]}")
            self._said.append(round(at_s, 3))

    def shown(self) -> list[Shown]:
        """The gesture, as it was asked for."""
        if self._wanted.gesture is None:
            return []
        _, _, start_s, end_s = self._said
        return [Shown(self._wanted.gesture, start_s, end_s, self._wanted.hand)]


def _say(line: str) -> None:
    say(line, file=sys.stderr)
