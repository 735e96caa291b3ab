"""`mira-sidecar gestures record`: films of gestures with their truth, of somebody who agreed at the glass.

The films are made by this command, from its own connection to the camera: none comes from the capture process.
"""

import asyncio
import contextlib
import itertools
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from av.error import FFmpegError

from mira_sidecar.config import Settings
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.operations.glass import Glass, beside
from mira_sidecar.workers.gesture.film import write_film
from mira_sidecar.workers.gesture.messages import Handedness
from mira_sidecar.workers.gesture.source import NewestFrame, SourceError
from mira_sidecar.workers.gesture.truth import Shown, Truth, write_truth

_BEFORE_S = 2.0
"""A hand that is raised, and rests, is no part of the gesture."""
_AFTER_S = 1.0
_OVER_S = 5.0
"""For which the glass says that it is over."""


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


class _StoppedError(Exception):
    """The film is not to go on."""


def record(folder: Path, settings: Settings, wanted: Wanted) -> None:
    """Ask, make the films and say where they are. Raises OperationError; what was finished until then stays."""
    camera = _camera_of(settings)
    if folder.exists() and not folder.is_dir():
        raise OperationError(f"{folder} is no folder. Name one, or one that does not exist yet.")
    asyncio.run(_asked(settings, wanted, _Filming(folder, settings, camera, wanted)))
    print(f"The films are in {folder}. They show a person, and stay until you delete them.")


async def _asked(settings: Settings, wanted: Wanted, filming: _Filming) -> None:
    """Film once somebody has agreed. Raises OperationError."""
    async with beside(settings) as glass:
        await glass.check_camera()
        _say("The mirror asks whether it may film. Answer there: yes by thumb, touch or voice.")
        films = f"{wanted.times} films" if wanted.times > 1 else "one film"
        await glass.agree(
            f"May this mirror film you: {films} of {wanted.length_s:.0f} seconds? They stay in a folder on its machine."
        )
        await glass.check_camera()
        await glass.show("Filming", wanted.times * wanted.length_s)
        try:
            await _while_on(glass, filming)
        finally:
            with contextlib.suppress(OperationError):  # the films matter more
                await glass.show("Filming is over", _OVER_S)


def _camera_of(settings: Settings) -> str:
    """What to film with. Raises OperationError."""
    if settings.camera is None:
        raise OperationError("No camera is configured. Set `camera` in the sidecar's settings.")
    if settings.camera.startswith("/dev/"):
        raise OperationError(
            f"{settings.camera} belongs to the sidecar, which hands no picture out, while its camera is on. "
            "Only a camera that sends to several at once (an http or rtsp address) can be recorded."
        )
    return settings.camera


async def _while_on(glass: Glass, filming: _Filming) -> None:
    """Film until that is done or the camera is switched off. Raises OperationError."""
    films = asyncio.create_task(asyncio.to_thread(filming.run))
    switch = asyncio.create_task(glass.keep_checking_camera())
    try:
        await asyncio.wait((films, switch), return_when=asyncio.FIRST_COMPLETED)
    finally:
        filming.stopped.set()
        switch.cancel()
        await asyncio.gather(films, switch, return_exceptions=True)
    try:
        films.result()
    except _StoppedError:
        switch.result()
    except SourceError as error:
        raise OperationError(error.message) from error
    except (OSError, FFmpegError) as error:
        raise OperationError(
            f"The film cannot be written ({error.strerror}). Check the folder and its disk."
        ) from error


class _Filming:
    """The films of one run, made in a thread of their own."""

    def __init__(self, folder: Path, settings: Settings, camera: str, wanted: Wanted) -> None:
        self.stopped = threading.Event()
        self._folder = folder
        self._settings = settings
        self._camera = camera
        self._wanted = wanted

    def run(self) -> None:
        """Make them. Raises SourceError, OSError, FFmpegError, _StoppedError."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        camera = NewestFrame(self._camera, self._settings.camera_token)
        camera.take()
        for number in range(1, self._wanted.times + 1):
            _say(f"Film {number} of {self._wanted.times}")
            path = self._free_path()
            self._film(camera, path)
            _say(f"  {path}")

    def _film(self, camera: NewestFrame, path: Path) -> None:
        unfinished = path.with_name(f"{path.name}.part")
        cues = _Cues(self._wanted)

        def reached(at_s: float) -> None:
            if self.stopped.is_set():
                raise _StoppedError
            cues.reach(at_s)

        try:
            write_film(camera, unfinished, self._wanted.length_s, reached)
            # First the truth: a film without one would spoil the folder.
            write_truth(path, Truth(gestures=cues.shown(), mirrored=self._settings.camera_mirrored))
            unfinished.rename(path)
        finally:
            unfinished.unlink(missing_ok=True)

    def _free_path(self) -> Path:
        """The first number that no file has."""
        name = self._wanted.gesture or "nothing"
        taken = {file.name.partition(".")[0] for file in self._folder.iterdir()}
        return next(self._folder / f"{one}.mp4" for n in itertools.count(1) if (one := f"{name}-{n}") not in taken)


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
    print(line, file=sys.stderr, flush=True)
