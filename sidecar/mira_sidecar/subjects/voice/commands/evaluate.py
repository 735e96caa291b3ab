"""`mira-sidecar voice evaluate`: how well wake words are heard in files of sound, by the very looker of the mirror."""

import json
import statistics
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from mira_sidecar.operations.errors import OperationError
from mira_sidecar.operations.progress import Progress
from mira_sidecar.printing import say
from mira_sidecar.subjects.voice.commands.choosing import chosen, known_words
from mira_sidecar.subjects.voice.worker.score import Score
from mira_sidecar.subjects.voice.worker.trial import listened, sound_of
from mira_sidecar.subjects.voice.worker.truth import TruthError, truth_of


def evaluate(files: Sequence[Path], folder: Path | None, wanted: Sequence[str], *, as_json: bool) -> None:
    """Print the figures of these words, or of all. Raises OperationError."""
    known = known_words(folder)
    scores = {word: Score() for word in chosen(known, wanted)}
    models = [known[word].model for word in scores]
    cpu_ms = listened_ms = length_ms = 0.0
    try:
        truths = [truth_of(file, known) for file in files]
        with Progress("listening", "files") as progress:
            for number, (file, truth) in enumerate(zip(files, truths, strict=True)):
                progress.reach(number, len(files))
                trial = listened(sound_of(file), models)
                cpu_ms += trial.cpu_ms
                listened_ms += trial.listened_ms
                length_ms += trial.length_ms
                for word, heard in trial.heard.items():
                    spoken = [one for one in truth if one.word == word]
                    scores[word].add(spoken, heard.told, heard.near_misses, trial.length_ms)
    except TruthError as error:
        raise OperationError(str(error)) from error
    factor = cpu_ms / listened_ms
    if as_json:
        say(*json.dumps(_figures(scores, factor), indent=2).splitlines())
    else:
        say(*_page(scores, factor, len(files), length_ms))


def _figures(scores: Mapping[str, Score], factor: float) -> dict[str, object]:
    return {
        "words": {word: _of_word(score) for word, score in scores.items()},
        "real_time_factor": round(factor, 5),
    }


def _of_word(score: Score) -> dict[str, object]:
    return {
        "hours": round(score.hours, 4),
        "spoken": score.spoken,
        "found": score.found,
        "missed": score.missed,
        "false_wakes": score.false,
        "false_wakes_an_hour": _rounded(score.an_hour),
        "false_wakes_an_hour_at_most": _rounded(score.at_most_an_hour),
        "near_misses": score.near_misses,
        "told_after_ms_median": _rounded(_median(score.lags_ms)),
        "turn_begins_after_ms_median": _rounded(_median(score.begins_ms)),
    }


def _page(scores: Mapping[str, Score], factor: float, files: int, length_ms: float) -> Iterator[str]:
    of = "file" if files == 1 else "files"
    yield f"{files:,} {of}, {length_ms / 3_600_000:,.2f} h"
    first = max(len(word) for word in scores)
    for word, score in scores.items():
        yield ""
        name = word.ljust(first)
        blank = " " * first
        if score.spoken:
            share = score.missed / score.spoken
            yield f"{name}  missed       {score.missed:,} of {score.spoken:,} ({share:.1%})"
            name = blank
        if score.lags_ms:
            lag, begin = statistics.median(score.lags_ms), statistics.median(score.begins_ms)
            side = "before" if begin < 0 else "after"
            yield f"{blank}  told         {lag:,.0f} ms after its end (median)"
            yield f"{blank}  a turn       begins {abs(begin):,.0f} ms {side} its end (median)"
        at_most = score.at_most_an_hour
        rate = "" if at_most is None else f": {score.an_hour:,.2f} an hour, at most {at_most:,.2f} (95 %)"
        yield f"{name}  false wakes  {score.false:,}{rate}"
        yield f"{blank}  near-misses  {score.near_misses:,}"
    yield ""
    words = "one word" if len(scores) == 1 else f"{len(scores)} words, each by itself"
    yield f"CPU: {factor:.4f} of a core for {words}: {1 / factor:,.0f} times faster than time"


def _median(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
