"""What `mira-sidecar` can do with gestures: fetch the models, say how well gestures are told, and film some."""

import argparse
import sys
from pathlib import Path

from mira_sidecar.arguments import whole
from mira_sidecar.config import Settings
from mira_sidecar.parts import Commands
from mira_sidecar.printing import say
from mira_sidecar.subjects.gesture.folder import models_folder
from mira_sidecar.subjects.gesture.names import GESTURE_NAMES
from mira_sidecar.subjects.gesture.worker import models

FAULTS = (models.ModelError,)


def add(commands: Commands) -> None:
    """Add them."""
    commands.add(
        "models", _models, "fetch the hand models, where they are missing or wrong", ("gesture_models",), for_all=True
    )
    among = commands.group("gestures", "say how well gestures are told, and film some for that")
    text = "say how right gestures are told in films or pictures with a known truth"
    evaluate = among.add("evaluate", _evaluate, text, ("gesture_models",))
    evaluate.add_argument("folder", type=Path, metavar="FOLDER", help="films or pictures, with a JSON beside each")
    sure = "what the mirror takes for a gesture, from 0 to 1 (0.7)"
    evaluate.add_argument("--min-confidence", type=_share, default=0.7, metavar="SHARE", help=sure)
    evaluate.add_argument("--rules", action="store_true", help="tell shapes by rules, not by the trained classifier")
    evaluate.add_argument("--json", action="store_true", help="as JSON")
    text = "make such films with the mirror's camera, once somebody has agreed at the glass"
    told = ("mirror", "redis_url", "redis_password_file", "database", "log_key_file")
    record = among.add("record", _record, text, told)
    record.add_argument("folder", type=Path, metavar="FOLDER", help="where the films go, and a JSON beside each")
    what = record.add_mutually_exclusive_group(required=True)
    what.add_argument("--gesture", choices=GESTURE_NAMES, metavar="NAME", help=", ".join(GESTURE_NAMES))
    what.add_argument("--nothing", action="store_true", help="what looks like a gesture, and is none")
    record.add_argument("--seconds", type=whole(1, 300), default=5, metavar="N", help="for it in each film (5)")
    record.add_argument("--times", type=whole(1, 50), default=3, metavar="N", help="how many films (3)")
    record.add_argument("--hand", choices=("left", "right"), help="that makes it (either)")


def _models(settings: Settings, given: argparse.Namespace) -> int:
    models.install(models_folder(settings), lambda line: say(line, file=sys.stderr))
    return 0


def _evaluate(settings: Settings, given: argparse.Namespace) -> int:
    # What looks at pictures takes a third as much memory again as the whole sidecar.
    from mira_sidecar.subjects.gesture.commands.evaluate import evaluate  # noqa: PLC0415
    from mira_sidecar.subjects.gesture.worker.messages import RecogniserSettings  # noqa: PLC0415

    recogniser = RecogniserSettings(shapes="rules" if given.rules else "trained")
    evaluate(
        given.folder,
        models_folder(settings),
        recogniser,
        given.min_confidence,
        as_json=given.json,
    )
    return 0


def _record(settings: Settings, given: argparse.Namespace) -> int:
    from mira_sidecar.subjects.gesture.commands.record import Wanted, record  # noqa: PLC0415 - as above

    wanted = Wanted(gesture=given.gesture, seconds=given.seconds, times=given.times, hand=given.hand)
    record(given.folder, settings, wanted)
    return 0


def _share(text: str) -> float:
    """A number from 0 to 1. Raises ArgumentTypeError, which argparse shows."""
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError("takes a number from 0 to 1")
    return share
