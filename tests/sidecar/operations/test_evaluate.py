"""`gestures evaluate`: a folder of films becomes figures, another one a sentence."""

import json
import os
import shutil
from pathlib import Path

import pytest

from house.hand_video import ABSENT, HELD, MIDDLE, SWIPE_RIGHT, Scene, Stretch
from mira_sidecar.cli import main
from mira_sidecar.subjects.gesture.worker import models

PHOTOGRAPHS = Path(os.environ.get("MIRA_TESTDATA") or Path(__file__).parents[4] / "shared/testdata") / "hands"
needs_hands = pytest.mark.skipif(not PHOTOGRAPHS.exists(), reason=f"there are no recorded hands at {PHOTOGRAPHS}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A palm, a swipe, a photograph of another pose, and a hand that only passes."""
    scene = Scene(photograph=PHOTOGRAPHS / "four_04.png", rate=15)
    films = {
        "palm": ((ABSENT, HELD, ABSENT), [{"name": "palm", "start_s": 0.5, "end_s": 2.5, "handedness": "right"}]),
        "swipe": (
            (ABSENT, Stretch(seconds=0.5, start=MIDDLE), SWIPE_RIGHT, ABSENT),
            [{"name": "swipe_right", "start_s": 1.0, "end_s": 1.4}],
        ),
        "passing": ((ABSENT, Stretch(seconds=0.8, start=(-0.2, 0.5), end=(1.2, 0.5)), ABSENT), []),
    }
    for name, (stretches, gestures) in films.items():
        scene.write(tmp_path / f"{name}.avi", *stretches)
        (tmp_path / f"{name}.json").write_text(json.dumps({"gestures": gestures}))
    shutil.copy(PHOTOGRAPHS / "rock_02.png", tmp_path / "rock.png")
    (tmp_path / "rock.json").write_text('{"gestures": [{"name": "rock"}]}')
    return tmp_path


@needs_hands
def test_a_folder_becomes_figures(folder: Path, models_path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gestures", "evaluate", str(folder), "--models", models_path, "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["shown"], figures["right"], figures["wrong"], figures["other_hand"]) == (3, 3, 0, 0)
    assert figures["false_triggers"] == {}
    assert 500 < figures["from_start_ms_median"] < 1_500
    assert figures["frames"] > 60
    assert figures["cpu_ms_a_frame"] > 0


@needs_hands
def test_a_page_has_a_table_and_says_what_is_false(
    folder: Path, models_path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("swipe", "passing", "rock"):
        next(path for path in folder.glob(f"{name}.*") if path.suffix != ".json").unlink()
    (folder / "palm.json").write_text('{"gestures": []}')
    assert main(["gestures", "evaluate", str(folder), "--models", models_path]) == 0
    page = capsys.readouterr().out
    assert page.startswith("1 take, 0.1 minutes, ")
    assert "false triggers  palm 1: " in page
    assert "% of a core at 15 frames a second" in page


def test_a_folder_without_films_is_refused_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gestures", "evaluate", str(tmp_path)]) == 1
    assert "has no films" in capsys.readouterr().err


def test_a_film_that_is_none_is_refused_with_a_sentence(
    tmp_path: Path, models_path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.mp4").write_text("no film")
    (tmp_path / "a.json").write_text("{}")
    assert main(["gestures", "evaluate", str(tmp_path), "--models", models_path]) == 1
    assert "a.mp4 cannot be read as a film" in capsys.readouterr().err


@pytest.fixture
def models_path() -> str:
    """The folder of the real models, which scripts/setup has installed."""
    models.verify(models.default_directory())
    return str(models.default_directory())
