"""Wake words of one's own: a folder of microWakeWord's models, of which a wrong one is refused with the reason."""

import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from mira_sidecar.subjects.voice.core.slice import WakeWord
from mira_sidecar.subjects.voice.worker import words
from tests.sidecar.voice.clips import Listener, recording, silence

BUILT_IN = ["alexa", "hey_jarvis", "hey_mycroft", "okay_nabu"]


def library() -> Path:
    found = importlib.util.find_spec(words.LIBRARY)
    assert found
    assert found.origin
    return Path(found.origin).parent / "models"


MANIFEST = json.loads((library() / "okay_nabu.json").read_text())


def put(folder: Path, name: str = "hey_hall", content: bytes | None = None, **changes: Any) -> Path:
    """A wake word in a folder, whose model is that of another one."""
    if content is None:
        shutil.copy(library() / "okay_nabu.tflite", folder / f"{name}.tflite")
    else:
        (folder / f"{name}.tflite").write_bytes(content)
    file = folder / f"{name}.json"
    file.write_text(json.dumps({**MANIFEST, "wake_word": "Hey Hall", "model": f"{name}.tflite", **changes}))
    return file


def refused(folder: Path) -> str:
    """Why the one word in it is."""
    found = words.found(folder)
    assert list(found.words) == BUILT_IN
    ((name, why),) = found.refused.items()
    assert name == "hey_hall.json"
    return why


def test_the_words_that_come_along_are_there_without_the_library_being_loaded() -> None:
    assert list(words.found(None).words) == BUILT_IN
    assert words.found(None).words["okay_nabu"].about.phrase == "Okay Nabu"


def test_a_word_of_ones_own_is_heard(tmp_path: Path, recorded: Path) -> None:
    put(tmp_path, trained_languages=["de", "de-AT", "Klingon, my dear"])
    found = words.found(tmp_path)
    assert found.refused == {}
    assert found.words["hey_hall"].about == WakeWord("Hey Hall", ["de", "de-AT"])
    listener = Listener(words=["hey_hall"], known=found.words)
    listener.hear(silence(1) + recording(recorded / "wake" / "okay_nabu" / "2.wav") + silence(1))
    assert [one.word for one in listener.woken] == ["hey_hall"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"type": "openWakeWord"}, "no manifest of microWakeWord"),
        ({"wake_word": ""}, "no manifest of microWakeWord"),
        ({"micro": {"probability_cutoff": 2, "sliding_window_size": 5}}, "no manifest of microWakeWord"),
        ({"version": 1}, "another version of microWakeWord"),
        ({"micro": {**MANIFEST["micro"], "feature_step_size": 20}}, "another version of microWakeWord"),
        ({"model": "../hey_hall.tflite"}, "has to lie beside it"),
        ({"model": "gone.tflite"}, "cannot be read (No such file or directory)"),
    ],
)
def test_a_manifest_that_is_wrong_is_refused_with_the_reason(tmp_path: Path, changes: dict[str, Any], why: str) -> None:
    put(tmp_path, **changes)
    assert why in refused(tmp_path)


def test_a_file_that_is_no_json_is_refused(tmp_path: Path) -> None:
    put(tmp_path).write_bytes(b"\xff{")
    assert "no manifest of microWakeWord" in refused(tmp_path)


def damaged(kind: str) -> bytes:
    model = (library() / "okay_nabu.tflite").read_bytes()
    match kind:
        case "another kind of file":
            return b"PK\x03\x04" + model
        case "cut off":
            return model[: len(model) // 2]
        case "its head alone":
            return model[:8]
        case _:
            return model[:8] + bytes(len(model) - 8)


@pytest.mark.parametrize("kind", ["another kind of file", "cut off", "its head alone", "emptied"])
def test_a_model_that_is_damaged_is_refused_and_ends_nothing(tmp_path: Path, kind: str) -> None:
    put(tmp_path, content=damaged(kind))
    why = refused(tmp_path)
    assert why.startswith(("hey_hall.tflite is no model of TensorFlow Lite", "its model "))


def test_names_are_ids_and_each_is_there_once(tmp_path: Path) -> None:
    put(tmp_path, "Hey Hall")
    put(tmp_path, "alexa")
    found = words.found(tmp_path)
    assert list(found.words) == BUILT_IN
    assert "a-z, 0-9 and _" in found.refused["Hey Hall.json"]
    assert "already" in found.refused["alexa.json"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert words.found(tmp_path / "gone").refused == {str(tmp_path / "gone"): "there is no such folder"}
