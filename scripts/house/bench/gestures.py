"""`scripts/bench gestures`: how right hands are told, on photographs, landmarks and made-up films; what that costs."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from house.bench import gesture_worker
from house.bench.figures import Measured
from house.gestures import films, likeness, non_gestures, recorded, taught, tracks
from house.gestures.hand_model import Random
from house.hands import photograph, recordings
from house.process import HouseError
from mira_sidecar.subjects.gesture.worker import models
from mira_sidecar.subjects.gesture.worker.classifier import SHAPES
from mira_sidecar.subjects.gesture.worker.hand import Hand
from mira_sidecar.subjects.gesture.worker.messages import RecogniserSettings
from mira_sidecar.subjects.gesture.worker.poses import pose_of, shapes_of
from mira_sidecar.subjects.gesture.worker.recogniser import Recogniser
from mira_sidecar.subjects.gesture.worker.score import Score, Told
from mira_sidecar.subjects.gesture.worker.shapes import Shape
from mira_sidecar.subjects.gesture.worker.trial import looked_at, tried
from mira_sidecar.subjects.gesture.worker.truth import Shown, takes_in

type Progress = Callable[[str], None]

_TAKEN = 0.7
"""How sure a gesture has to be for the mirror, by default."""
_SEED = 20_261_121
"""Of the hands that are measured with; nothing was tuned on them."""
_NON_GESTURES_RATE = 15
_LESSONS = 6
"""In which a shape is taught, each by another hand."""


@dataclass
class _Looks:
    """Photographs: found, and told right."""

    all: int = 0
    found: int = 0
    right: int = 0
    wrong: list[str] = field(default_factory=list)


def measure(folder: Path, *, quick: bool, progress: Progress) -> dict[str, Measured]:
    """Take every figure. Raises HouseError where the recorded hands are missing."""
    photographs, palm = recordings(), photograph()
    if palm is None:
        raise HouseError(f"There are no recorded hands at {photographs}; MIRA_TESTDATA says where they are.")
    models.verify(models.default_directory())
    progress("photographs")
    looks = _photographs(photographs)
    progress("recorded landmarks")
    hands = recorded.read(photographs.parent / "landmarks" / "static_poses.csv")
    motions, poses = Score(), Score()
    random = np.random.default_rng(_SEED)
    _gestures(motions, _motion_films(random, 4 if quick else 60), progress, "swipes, waves and circles")
    _gestures(poses, _pose_films(random, 2 if quick else 20), progress, "poses")
    triggers = _nothing(random, hours=0.02 if quick else 6.0, progress=progress)
    filmed = _filmed(folder / "films", photographs, random, each=1 if quick else 4, progress=progress)
    effort = gesture_worker.QUICK if quick else gesture_worker.FULL
    worker = gesture_worker.figures(folder, palm, random, effort, progress)
    lessons = _taught(hands, random, SHAPES[:1] if quick else SHAPES, progress)
    return _figures(looks, hands, (motions, poses), triggers, filmed) | lessons | worker


def _figures(
    looks: _Looks,
    hands: recorded.Recorded,
    made: tuple[Score, Score],
    triggers: Score,
    filmed: Score,
) -> dict[str, Measured]:
    motions, poses = made
    swipes = {pair: n for pair, n in motions.confusions.items() if pair[0] in tracks.SWIPES}
    swipes_right = sum(n for (name, told), n in swipes.items() if name == told)
    other_way = sum(n for (name, told), n in swipes.items() if told in tracks.SWIPES and told != name)
    others = {pair: n for pair, n in motions.confusions.items() if pair[0] not in tracks.SWIPES}
    others_right = sum(n for (name, told), n in others.items() if name == told)
    false = ", ".join(f"{name} {n}" for name, n in triggers.false_triggers.most_common()) or "none"
    return {
        "photographs_detected": Measured(looks.found, f"of {looks.all}"),
        "photographs_right_percent": Measured(
            100 * looks.right / looks.found, f"of those detected; wrong: {', '.join(looks.wrong) or 'none'}"
        ),
        "recorded_poses_percent": _recorded(hands, rules=False),
        "recorded_poses_by_rules_percent": _recorded(hands, rules=True),
        "made_up_swipes_percent": Measured(
            100 * swipes_right / sum(swipes.values()), f"{swipes_right} of {sum(swipes.values())}, at 30 a second"
        ),
        "made_up_swipes_other_way": Measured(other_way, f"of {sum(swipes.values())}"),
        "made_up_waves_and_circles_percent": Measured(
            100 * others_right / sum(others.values()), f"{others_right} of {sum(others.values())}"
        ),
        "made_up_poses_percent": Measured(
            100 * poses.right / poses.shown, f"{poses.right} of {poses.shown}, {poses.wrong} as another pose"
        ),
        "false_triggers_an_hour": Measured(
            triggers.false_triggers.total() / triggers.hours, f"{false}, in {triggers.hours * 60:.0f} min with hands"
        ),
        "filmed_right_percent": Measured(
            100 * filmed.right / filmed.shown,
            f"{filmed.right} of {filmed.shown}, {filmed.wrong} as another; "
            f"false: {filmed.false_triggers.total()} in {filmed.hours * 60:.1f} min",
        ),
    }


def _photographs(folder: Path) -> _Looks:
    """Each photograph, looked at twice, as a tracker finds a hand and then follows it."""
    looks = _Looks()
    for path in sorted(folder.glob("*.png")):
        looks.all += 1
        hand = looked_at(path, models.default_directory())
        if hand is None:
            continue
        looks.found += 1
        pose = pose_of(hand)
        if pose and pose.name == films.POSES[path.stem.rpartition("_")[0]]:
            looks.right += 1
        else:
            looks.wrong.append(f"{path.stem} as {pose.name if pose else 'nothing'}")
    return looks


def _recorded(hands: recorded.Recorded, *, rules: bool) -> Measured:
    """Held-out rows, told among the three recorded shapes; and among all ten."""
    told: Counter[str] = Counter()
    for shape, points in zip(hands.shapes[hands.held_out], hands.hands[hands.held_out], strict=True):
        hand = Hand(landmarks=points, handedness="right", score=1.0, picture=tracks.PICTURE)
        shapes = shapes_of(hand, rules=rules)
        best = max(shapes, key=shapes.__getitem__)
        told["all"] += best == shape
        told["wrong"] += best != shape and shapes[best] >= 0.5
        told["three"] += max(shapes, key=lambda name: shapes[name] if name in recorded.CLASSES else -1.0) == shape
    count = int(hands.held_out.sum())
    note = f"{told['three']} of {count} held out, of three shapes; of all: {told['all']} right, {told['wrong']} wrong"
    return Measured(100 * told["three"] / count, note)


def _taught(
    hands: recorded.Recorded, random: Random, shapes: Sequence[Shape], progress: Progress
) -> dict[str, Measured]:
    """Poses taught by ten examples: recorded ones, and of each shape, by a measure that was fitted without it."""
    progress("taught poses, recorded")
    recordings = taught.on_recordings(hands)
    made_up = taught.Known()
    for shape in shapes:
        progress(f"taught poses, made-up: {shape}")
        made_up += taught.on_bones(shape, random, _LESSONS, likeness.fitted(shape))
    return {
        f"taught_{name}_{what}_percent": Measured(100 * count / of, f"{count:,} of {of:,}")
        for name, known in (("recorded", recordings), ("made_up", made_up))
        for what, count, of in (("found", known.found, known.shown), ("others", known.taken, known.others))
    }


def _motion_films(random: Random, each: int) -> Iterator[tracks.Film]:
    for _ in range(each):
        yield from (tracks.swipe(name, random) for name in tracks.SWIPES)
        yield from (tracks.circle(name, random) for name in ("circle_clockwise", "circle_counter_clockwise"))
        yield tracks.wave(random)


def _pose_films(random: Random, each: int) -> Iterator[tracks.Film]:
    for _ in range(each):
        yield from (tracks.pose(name, random) for name in tracks.SHAPES_OF_POSES)


def _gestures(score: Score, made: Iterator[tracks.Film], progress: Progress, what: str) -> None:
    for film in made:
        shown = [Shown(film.gesture, film.start_ms / 1000, film.end_ms / 1000)] if film.gesture else []
        score.add(shown, _told(film), film.length_ms)
        progress(f"made-up {what}: {score.shown}")


def _nothing(random: Random, *, hours: float, progress: Progress) -> Score:
    """As much time of each kind that is no gesture."""
    total = Score()
    for number, kind in enumerate(non_gestures.NON_GESTURES):
        while total.hours < hours * (number + 1) / len(non_gestures.NON_GESTURES):
            film = non_gestures.nothing(kind, random, _NON_GESTURES_RATE)
            total.add([], _told(film), film.length_ms)
            progress(f"made-up {kind}: {total.hours * 60:.0f} of {hours * 60:.0f} min")
    return total


def _told(film: tracks.Film) -> list[Told]:
    recogniser = Recogniser(RecogniserSettings())
    found = (seen for t_ms, hands in film.frames for seen in recogniser.observe(t_ms, hands))
    return [Told(seen, seen.t_ms) for seen in found if seen.confidence >= _TAKEN]


def _filmed(folder: Path, photographs: Path, random: Random, *, each: int, progress: Progress) -> Score:
    """Films of photographs through the models."""
    folder.mkdir()
    films.write(folder, photographs, random, each=each, progress=progress)
    score = Score()
    for take in takes_in(folder):
        progress(f"evaluating {take.path.stem}")
        trial = tried(take, models.default_directory(), RecogniserSettings(), _TAKEN, lambda _: None)
        score.add(take.truth.gestures, trial.told, trial.length_ms)
    return score
