"""How often a wake word is heard in hours of sound in which nobody says one."""

import os
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed

from house.bench.figures import Measured
from house.bench.voice_sounds import Piece, pieces
from mira_sidecar.subjects.voice.worker import words
from mira_sidecar.subjects.voice.worker.score import Score
from mira_sidecar.subjects.voice.worker.trial import Trial, listened

type Progress = Callable[[str], None]


def figures(*, quick: bool, progress: Progress) -> dict[str, Measured]:
    """False wakes an hour by word, and the hours by source. Raises HouseError."""
    return _figures(heard(pieces(quick=quick), progress))


def heard(all_pieces: list[Piece], progress: Progress) -> Mapping[str, Mapping[str, Score]]:
    """By word and source, on all cores."""
    scores: dict[str, dict[str, Score]] = defaultdict(lambda: defaultdict(Score))
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        under_way = {pool.submit(_listen, piece): piece for piece in all_pieces}
        for number, done in enumerate(as_completed(under_way), 1):
            trial, source = done.result(), under_way[done].source
            for word, said in trial.heard.items():
                scores[word][source].add([], said.told, said.near_misses, trial.length_ms)
            progress(f"listening where nobody says a wake word: {number} of {len(all_pieces)} pieces")
    return scores


def _listen(piece: Piece) -> Trial:
    models = [word.model for word in words.built_in().values()]
    return listened(piece.sound(), models)


def _figures(scores: Mapping[str, Mapping[str, Score]]) -> dict[str, Measured]:
    measured: dict[str, Measured] = {}
    for word, by_source in scores.items():
        total = Score()
        for one in by_source.values():
            total.hours += one.hours
            total.false += one.false
            total.near_misses += one.near_misses
        each = ", ".join(f"{source} {one.false} in {one.hours:.2f} h" for source, one in sorted(by_source.items()))
        note = f"{total.false} in {total.hours:.1f} h, at most {total.at_most_an_hour:.2f} an hour (95 %); {each}"
        measured[f"false_{word}_an_hour"] = Measured(total.an_hour, f"{note}; {total.near_misses} near-misses")
    return measured
