"""`voice evaluate`: files of sound become figures, what is none a sentence; and what few false wakes may hide."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from house.voices import wav
from mira_sidecar.cli import main
from mira_sidecar.subjects.voice.worker.score import Score, Told, most_expected
from mira_sidecar.subjects.voice.worker.truth import Spoken
from tests.sidecar.voice.clips import recording, silence


def write(file: Path, pcm: bytes) -> Path:
    file.write_bytes(wav(pcm))
    return file


def evaluated(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> dict[str, Any]:
    assert main(["voice", "evaluate", *map(str, arguments), "--json"]) == 0
    figures: dict[str, Any] = json.loads(capsys.readouterr().out)
    return figures


def test_words_are_found_missed_and_heard_where_nobody_says_them(
    recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nabu, alexa = (recording(recorded / "wake" / word / "1.wav") for word in ("okay_nabu", "alexa"))
    file = write(tmp_path / "kitchen.wav", silence(2) + nabu + silence(2) + alexa + silence(1))
    spoken = [
        {"word": "okay_nabu", "start_s": 3.5, "end_s": 4.9},
        {"word": "hey_jarvis", "start_s": 6.0, "end_s": 7.0},  # which nobody says
    ]
    (tmp_path / "kitchen.json").write_text(json.dumps({"words": spoken}))
    own = evaluated(capsys, file)["words"]
    counts = {word: (one["spoken"], one["found"], one["missed"], one["false_wakes"]) for word, one in own.items()}
    assert counts == {
        "okay_nabu": (1, 1, 0, 0),
        "hey_jarvis": (1, 0, 1, 0),
        "hey_mycroft": (0, 0, 0, 0),
        "alexa": (0, 0, 0, 1),
    }
    assert 0 < own["okay_nabu"]["told_after_ms_median"] < 300
    assert -220 < own["okay_nabu"]["turn_begins_after_ms_median"] <= 0
    assert math.isclose(own["alexa"]["hours"], len(file.read_bytes()) / 32_000 / 3_600, rel_tol=0.02)


def test_every_wake_is_false_where_no_truth_says_otherwise(
    recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path / "film.wav", recording(recorded / "wake" / "alexa" / "1.wav") + silence(1))
    assert main(["voice", "evaluate", str(file), "--word", "alexa", "--word", "okay_nabu"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("1 file, 0.00 h\n")
    assert "alexa      false wakes  1: " in page
    assert "okay_nabu  false wakes  0: 0.00 an hour, at most " in page
    assert "jarvis" not in page


@pytest.mark.parametrize(
    ("content", "truth", "said"),
    [
        (None, None, "film.wav cannot be read (No such file or directory)."),
        (b"no sound", None, "film.wav has no sound, or none that can be decoded (InvalidDataError)."),
        (b"no sound", "no truth", "film.json is not as it should be: "),
        (
            b"no sound",
            '{"words": [{"word": "hey_mira", "start_s": 1, "end_s": 2}]}',
            "film.json names the wake word `hey_mira`; there are alexa, ",
        ),
        (
            b"no sound",
            '{"words": [{"word": "alexa", "start_s": 2, "end_s": 1}]}',
            "film.json: `alexa` has to end after it starts.",
        ),
    ],
)
def test_what_cannot_be_evaluated_is_refused_with_a_sentence(
    content: bytes | None, truth: str | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "film.wav"
    if content is not None:
        file.write_bytes(content)
    if truth is not None:
        file.with_suffix(".json").write_text(truth)
    assert main(["voice", "evaluate", str(file)]) == 1
    assert said in capsys.readouterr().err


def test_a_word_that_is_not_there_is_refused_with_those_that_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["voice", "evaluate", str(tmp_path), "--word", "hey_mira"]) == 1
    assert "There is no wake word `hey_mira`. There are alexa, " in capsys.readouterr().err


def test_few_false_wakes_say_how_many_there_may_be() -> None:
    assert [round(most_expected(count), 2) for count in (0, 1, 2, 10, 1_000)] == [3.00, 4.74, 6.30, 16.96, 1053.60]
    score = Score()
    assert (score.an_hour, score.at_most_an_hour) == (None, None)
    score.add([], [], 0, 10 * 3_600_000)
    assert score.an_hour == 0
    assert math.isclose(score.at_most_an_hour or 0, 0.3, abs_tol=0.001)


def test_a_word_that_is_heard_twice_where_it_was_said_once_is_false_once() -> None:
    score = Score()
    spoken = [Spoken("alexa", 1.0, 1.6)]
    told = [Told(ended_ms=ended_ms, at_ms=ended_ms + 100) for ended_ms in (900, 1_550, 1_700, 2_200)]
    score.add(spoken, told, near_misses=2, length_ms=3_000)
    assert (score.spoken, score.found, score.missed, score.false, score.near_misses) == (1, 1, 0, 3, 2)
    assert score.lags_ms == [50]
    assert score.begins_ms == [-50]
