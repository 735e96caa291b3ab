"""Wake words of one's own: a folder of microWakeWord's models, of which a wrong one is refused with the reason."""

import importlib.util
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from house.redis import RedisServer
from mira_sidecar.subjects.voice.core.slice import WakeWord
from mira_sidecar.subjects.voice.worker import words
from tests.sidecar.voice.clips import Listener, recording, silence
from tests.sidecar.voice.room import room

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


async def refused(folder: Path) -> str:
    """Why the one word in it is."""
    found = await words.found(folder)
    assert list(found.words) == BUILT_IN
    ((name, why),) = found.refused.items()
    assert name == "hey_hall.json"
    return why


def test_the_words_that_come_along_are_there_without_the_library_being_loaded() -> None:
    assert list(words.built_in()) == BUILT_IN
    assert words.built_in()["okay_nabu"].about.phrase == "Okay Nabu"


async def test_a_word_of_ones_own_is_heard(tmp_path: Path, recorded: Path) -> None:
    put(tmp_path, trained_languages=["de", "de-AT", "Klingon, my dear"])
    found = await words.found(tmp_path)
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
async def test_a_manifest_that_is_wrong_is_refused_with_the_reason(
    tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    put(tmp_path, **changes)
    assert why in await refused(tmp_path)


async def test_a_file_that_is_no_json_is_refused(tmp_path: Path) -> None:
    put(tmp_path).write_bytes(b"\xff{")
    assert "no manifest of microWakeWord" in await refused(tmp_path)


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
async def test_a_model_that_is_damaged_is_refused_and_ends_nothing(tmp_path: Path, kind: str) -> None:
    put(tmp_path, content=damaged(kind))
    why = await refused(tmp_path)
    assert why.startswith(("hey_hall.tflite is no model of TensorFlow Lite", "its model "))


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets every trial of a model take so long."""

    def takes(seconds: float) -> None:
        (tmp_path / "path").mkdir()
        (tmp_path / "path" / "sitecustomize.py").write_text(
            f"import sys, time\nif {words._CHECK!r} in sys.orig_argv:\n    time.sleep({seconds})\n"
        )
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "path"))

    return takes


async def test_a_model_that_hangs_is_refused_and_its_process_ended(
    tmp_path: Path, slow: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(60)
    monkeypatch.setattr(words, "_CHECK_S", 0.5)
    put(tmp_path)
    assert await refused(tmp_path) == "its model takes too long"


@pytest.mark.usefixtures("socket_enabled")
def test_while_words_of_ones_own_are_tried_the_mirror_listens_for_the_others(
    redis_server: RedisServer, tmp_path: Path, recorded: Path, slow: Callable[[float], None]
) -> None:
    slow(5)
    folder = tmp_path / "models"
    folder.mkdir()
    put(folder)
    put(folder, "wrong", b"nothing")
    own_words = {"voice_wake_models": str(folder), "voice_wake_words": "hey_hall,alexa"}
    with room(redis_server, tmp_path, **own_words) as hall, hall.hearing():
        assert (set(hall.voice["words"]), hall.voice["active"]) == ({*BUILT_IN}, ["alexa"])
        hall.listens()
        hall.alsa.play(silence(0.5) + recording(recorded / "wake" / "alexa" / "1.wav"))
        first = hall.turn()
        assert (first["word"], "hey_hall" in hall.voice["words"]) == ("alexa", False)
        hall.mirror.until(lambda: hall.voice["active"] == ["hey_hall", "alexa"], 20)
        hall.mirror.until(lambda: hall.mirror.degraded() == ["wake_models"])
        hall.mirror.send("stop_talking")
        hall.alsa.play(silence(0.5) + recording(recorded / "wake" / "okay_nabu" / "2.wav"))
        assert hall.turn()["word"] == "hey_hall"
        hall.mirror.sidecar.kill()
        hall.mirror.sidecar.start()
        assert hall.voice["active"] == ["hey_hall", "alexa"], "it is not given up while it is tried"
        shutil.rmtree(folder)
        folder.mkdir()
        hall.mirror.sidecar.kill()
        hall.mirror.sidecar.start()
        hall.mirror.until(lambda: hall.voice["active"] == ["alexa"], 20)
        assert set(hall.voice["words"]) == {*BUILT_IN}


async def test_names_are_ids_and_each_is_there_once(tmp_path: Path) -> None:
    put(tmp_path, "Hey Hall")
    put(tmp_path, "alexa")
    found = await words.found(tmp_path)
    assert list(found.words) == BUILT_IN
    assert "a-z, 0-9 and _" in found.refused["Hey Hall.json"]
    assert "already" in found.refused["alexa.json"]


async def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert (await words.found(tmp_path / "gone")).refused == {str(tmp_path / "gone"): "there is no such folder"}
