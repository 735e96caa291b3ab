"""`mira-sidecar gestures evaluate`: how well gestures are told in a folder of films and pictures with a known truth."""

import json
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mira_sidecar.operations.errors import OperationError
from mira_sidecar.operations.progress import Progress
from mira_sidecar.printing import say
from mira_sidecar.subjects.gesture.worker.messages import RecogniserSettings
from mira_sidecar.subjects.gesture.worker.score import NOTHING, Score
from mira_sidecar.subjects.gesture.worker.trial import Trial, tried
from mira_sidecar.subjects.gesture.worker.truth import NAMES, TruthError, takes_in


@dataclass
class _Looked:
    """What looking took."""

    frames: int = 0
    seen: int = 0
    cpu_ms: float = 0.0

    def add(self, trial: Trial) -> None:
        self.frames += trial.frames
        self.seen += trial.seen
        self.cpu_ms += trial.cpu_ms

    @property
    def ms(self) -> float:
        """Of one core, for a frame."""
        return self.cpu_ms / max(1, self.frames)


def evaluate(folder: Path, models: Path, settings: RecogniserSettings, min_confidence: float, *, as_json: bool) -> None:
    """Print the figures. Raises OperationError, ModelError."""
    score, looked = Score(), _Looked()
    try:
        takes = takes_in(folder)
        with Progress("evaluating", "takes") as progress:
            for number, take in enumerate(takes):
                trial = tried(take, models, settings, min_confidence, partial(_reach, progress, number, len(takes)))
                score.add(take.truth.gestures, trial.told, trial.length_ms)
                looked.add(trial)
    except TruthError as err:
        raise OperationError(str(err)) from err
    figures = json.dumps(_figures(score, looked), indent=2).splitlines()
    say(*(figures if as_json else _page(score, looked, len(takes))))


def _reach(progress: Progress, number: int, total: int, _frames: int) -> None:
    progress.reach(number, total)


def _figures(score: Score, looked: _Looked) -> dict[str, object]:
    return {
        "shown": score.shown,
        "right": score.right,
        "wrong": score.wrong,
        "missed": score.shown - score.right - score.wrong,
        "other_hand": score.other_hand,
        "confusions": [{"shown": name, "told": told, "times": n} for (name, told), n in score.confusions.items()],
        "false_triggers": dict(score.false_triggers),
        "hours": round(score.hours, 4),
        "false_triggers_an_hour": _an_hour(score),
        "from_start_ms_median": _median(score.from_start_ms),
        "from_end_ms_median": _median(score.from_end_ms),
        "frames": looked.frames,
        "frames_with_a_hand": looked.seen,
        "cpu_ms_a_frame": round(looked.ms, 2),
    }


def _page(score: Score, looked: _Looked, takes: int) -> Iterator[str]:
    of = "take" if takes == 1 else "takes"
    yield f"{takes:,} {of}, {score.hours * 60:.1f} minutes, {looked.frames:,} frames, {looked.seen:,} with a hand"
    if score.shown:
        yield ""
        yield from _table(score)
        yield ""
        share = score.right / score.shown
        yield f"right           {score.right:,} of {score.shown:,} ({share:.1%}), {score.wrong:,} as another gesture"
        yield f"the other hand  {score.other_hand:,} of those that are right"
    extra = ", ".join(f"{name} {count:,}" for name, count in score.false_triggers.most_common()) or "none"
    yield f"false triggers  {extra}: {_an_hour(score):,.1f} an hour"
    if score.from_start_ms:
        yield f"latency         {_median(score.from_start_ms):,.0f} ms from the first frame of a gesture (median)"
    if score.from_end_ms:
        yield f"                {_median(score.from_end_ms):,.0f} ms from the last frame of a motion (median)"
    yield f"CPU             {looked.ms:.1f} ms a frame: {looked.ms * 1.5:.0f} % of a core at 15 frames a second"


def _table(score: Score) -> Iterator[str]:
    """A line for each gesture that was shown, a column for each that was told."""
    shown = [name for name in NAMES if any(name == one for one, _ in score.confusions)]
    told = [name for name in (*NAMES, NOTHING) if any(name == one for _, one in score.confusions)]
    first = max(len(name) for name in shown)
    yield " " * first + "  " + "  ".join(told)
    for name in shown:
        counts = (str(score.confusions[name, one] or "·").rjust(len(one)) for one in told)
        yield f"{name.ljust(first)}  {'  '.join(counts)}"


def _median(values: list[float]) -> float | None:
    return round(statistics.median(values), 1) if values else None


def _an_hour(score: Score) -> float:
    return round(score.false_triggers.total() / score.hours, 2) if score.hours else 0.0
