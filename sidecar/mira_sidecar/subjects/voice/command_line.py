"""What `mira-sidecar` can do with voice: say how well wake words are heard, in files and at this microphone."""

import argparse
from pathlib import Path

from mira_sidecar.arguments import whole
from mira_sidecar.config import Settings
from mira_sidecar.parts import Commands
from mira_sidecar.subjects.voice.settings import VoiceSettings

FAULTS: tuple[type[Exception], ...] = ()


def add(commands: Commands) -> None:
    """Add them."""
    among = commands.group("voice", "say how well wake words are heard")
    text = "say how often wake words are heard in sound, missed, and heard where nobody says them"
    evaluate = among.add("evaluate", _evaluate, text, ("voice_wake_models",))
    evaluate.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="sound; what is said, in a JSON beside it"
    )
    evaluate.add_argument("--word", action="append", default=[], metavar="NAME", help="only this one; may be repeated")
    evaluate.add_argument("--json", action="store_true", help="as JSON")
    text = "measure the microphone and what listening costs here, while the sidecar is stopped; nothing is kept"
    told = ("mirror", "database", "microphone", "voice_wake_words", "voice_wake_models")
    report = among.add("report", _report, text, told)
    report.add_argument("--seconds", type=whole(1, 600), default=60, metavar="N", help="to listen for (60)")
    report.add_argument(
        "--speak", type=whole(1, 600), default=0, metavar="N", help="say the wake word so often, when asked (0)"
    )
    report.add_argument("--json", action="store_true", help="as JSON")


def _evaluate(settings: Settings, given: argparse.Namespace) -> int:
    # What listens has a large library: not in a sidecar that serves.
    from mira_sidecar.subjects.voice.commands.evaluate import evaluate  # noqa: PLC0415

    evaluate(given.files, settings.of(VoiceSettings).wake_models, given.word, as_json=given.json)
    return 0


def _report(settings: Settings, given: argparse.Namespace) -> int:
    from mira_sidecar.subjects.voice.commands.report import report  # noqa: PLC0415 - as above

    report(settings, given.seconds, given.speak, as_json=given.json)
    return 0
