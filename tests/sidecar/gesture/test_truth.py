"""A folder that cannot be evaluated is refused with a sentence."""

from pathlib import Path

import pytest

from mira_sidecar.subjects.gesture.worker.truth import TruthError, takes_in


@pytest.mark.parametrize(
    ("truth", "sentence"),
    [
        (None, r"a\.mp4 has no a\.json beside it"),
        ("[", r"a\.json is not as it should be"),
        ('{"gestures": [{"name": "salute"}]}', "names the gesture `salute`; there are palm, fist"),
        ('{"gestures": [{"name": "palm", "start_s": 3, "end_s": 2}]}', "`palm` has to end after it starts"),
        ('{"gestures": [{"name": "palm", "begin": 3}]}', "unknown field `begin`"),
    ],
)
def test_a_truth_that_is_none_is_refused(tmp_path: Path, truth: str | None, sentence: str) -> None:
    (tmp_path / "a.mp4").touch()
    if truth:
        (tmp_path / "a.json").write_text(truth)
    with pytest.raises(TruthError, match=sentence):
        takes_in(tmp_path)


def test_no_folder_and_an_empty_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TruthError, match="is no folder"):
        takes_in(tmp_path / "nowhere")
    with pytest.raises(TruthError, match="has no films"):
        takes_in(tmp_path)


def test_films_and_pictures_are_taken_in_order_and_other_files_left_alone(tmp_path: Path) -> None:
    for name in ("b.png", "a.avi", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "b.json").write_text('{"gestures": [{"name": "rock"}]}')
    (tmp_path / "a.json").write_text("{}")
    takes = takes_in(tmp_path)
    assert [(take.path.name, take.still, len(take.truth.gestures)) for take in takes] == [
        ("a.avi", False, 0),
        ("b.png", True, 1),
    ]
