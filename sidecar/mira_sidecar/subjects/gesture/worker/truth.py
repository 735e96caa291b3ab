"""Films and pictures of hands with a known truth, for `mira-sidecar gestures evaluate`. No frame is read here."""

from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import msgspec

from mira_sidecar.private import private

from .circles import CircleName
from .messages import Handedness
from .poses import PoseName
from .swipes import SwipeName

FILMS = (".mp4", ".avi", ".mkv", ".webm")
PICTURES = (".png", ".jpg", ".jpeg")
NAMES = (*get_args(PoseName.__value__), *get_args(SwipeName.__value__), "wave", *get_args(CircleName.__value__))


class TruthError(Exception):
    """A folder cannot be evaluated; the text says why, and what to do."""


class Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A gesture that somebody makes in a film."""

    name: str
    start_s: float = 0.0
    """From the film's beginning: the first frame of the gesture; of a motion, the first in which the hand moves."""
    end_s: float | None = None
    """Its last frame; None: the film's. A picture has neither."""
    handedness: Handedness | None = None


class Truth(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in `NAME.json` beside the film `NAME.mp4` or the picture `NAME.png`."""

    gestures: list[Shown] = []
    """In the order of time; none: nothing in it is a gesture."""
    mirrored: bool = False
    """It shows the person as a mirror does."""


@dataclass(frozen=True)
class Take:
    """A film or picture, and its truth."""

    path: Path
    truth: Truth

    @property
    def still(self) -> bool:
        """Whether it is a picture."""
        return self.path.suffix.lower() in PICTURES


def takes_in(folder: Path) -> list[Take]:
    """The films and pictures of a folder, in the order of their names. Raises TruthError."""
    if not folder.is_dir():
        raise TruthError(f"{folder} is no folder. Name one with films or pictures and a JSON file beside each.")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in (*FILMS, *PICTURES))
    if not paths:
        raise TruthError(f"{folder} has no films ({', '.join(FILMS)}) and no pictures ({', '.join(PICTURES)}).")
    return [Take(path, _truth_of(path)) for path in paths]


def write_truth(path: Path, truth: Truth) -> None:
    """Put it beside a film. Raises OSError, also where there is one already."""
    with open(path.with_suffix(".json"), "xb", opener=private) as beside:
        beside.write(msgspec.json.encode(truth) + b"\n")


def _truth_of(path: Path) -> Truth:
    beside = path.with_suffix(".json")
    try:
        truth = msgspec.json.decode(beside.read_bytes(), type=Truth)
    except FileNotFoundError as err:
        example = '{"gestures": [{"name": "palm", "start_s": 1.0, "end_s": 2.5}]}'
        raise TruthError(f"{path.name} has no {beside.name} beside it. It says what is shown: {example}.") from err
    except OSError as err:
        raise TruthError(f"{beside} cannot be read ({err.strerror}).") from err
    except msgspec.MsgspecError as err:
        raise TruthError(f"{beside.name} is not as it should be: {err}.") from err
    for shown in truth.gestures:
        if shown.name not in NAMES:
            raise TruthError(f"{beside.name} names the gesture `{shown.name}`; there are {', '.join(NAMES)}.")
        if shown.end_s is not None and not 0 <= shown.start_s < shown.end_s:
            raise TruthError(f"{beside.name}: `{shown.name}` has to end after it starts.")
    return truth
