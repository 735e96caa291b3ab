"""The wake words that there are: the library's own, and those of a folder. No library is imported for that.

microWakeWord describes a model, a `.tflite` file, in a manifest, a `.json` file beside it.
"""

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from mira_sidecar.subjects.voice.core.slice import LANGUAGE, WakeWord
from mira_sidecar.subjects.voice.worker.messages import WakeModel

LIBRARY = "pymicro_wakeword"
_CHECK = "mira_sidecar.subjects.voice.worker.check"
_CHECK_S = 20.0
_ID = re.compile("[a-z0-9_]{1,64}")
_STEP_MS = 10
"""Between two looks at the sound; models of microWakeWord's first version have others."""
_LARGEST = 2_000_000
"""Bytes of a model: they are of some 60 kB."""
_MAGIC = b"TFL3"
"""At the fifth byte of every model of TensorFlow Lite."""


class Word(NamedTuple):
    """A wake word that can be heard here."""

    about: WakeWord
    model: WakeModel


class Found(NamedTuple):
    """What there is."""

    words: Mapping[str, Word]
    """By id."""
    refused: Mapping[str, str]
    """By the name of the manifest, why it is not among them."""


class _Micro(msgspec.Struct):
    probability_cutoff: Annotated[float, Meta(gt=0, le=1)]
    sliding_window_size: Annotated[int, Meta(ge=1, le=50)]
    feature_step_size: int = _STEP_MS


class _Manifest(msgspec.Struct):
    type: Literal["micro"]
    wake_word: Annotated[str, Meta(min_length=1, max_length=64)]
    model: str
    micro: _Micro
    version: int = 1
    trained_languages: list[str] = []


class _RefusedError(Exception):
    """Why a manifest, or its model, cannot be used."""


def found(folder: Path | None) -> Found:
    """The library's words, and those of a folder, of which each model was tried."""
    words = {word.model.id: word for word in _built_in()}
    refused: dict[str, str] = {}
    if folder is None:
        return Found(words, refused)
    if not folder.is_dir():
        return Found(words, {str(folder): "there is no such folder"})
    for file in sorted(folder.glob("*.json")):
        try:
            word = _read(file)
            _try(word.model)
        except _RefusedError as error:
            refused[file.name] = str(error)
            continue
        if words.setdefault(word.model.id, word) is not word:
            refused[file.name] = "there is a wake word of this name already; rename both files"
    return Found(words, refused)


def _built_in() -> Iterator[Word]:
    """None where the library is not installed."""
    library = importlib.util.find_spec(LIBRARY)
    if library is not None and library.origin:
        for file in sorted((Path(library.origin).parent / "models").glob("*.json")):
            yield _read(file)


def _read(file: Path) -> Word:
    """The word of a manifest. Raises _RefusedError."""
    if not _ID.fullmatch(file.stem):
        raise _RefusedError("its name may have a-z, 0-9 and _ alone, and up to 64 of them")
    try:
        manifest = msgspec.json.decode(file.read_bytes(), type=_Manifest)
    except (OSError, ValueError) as error:
        raise _RefusedError(f"it is no manifest of microWakeWord ({error})") from error
    if manifest.version != 2 or manifest.micro.feature_step_size != _STEP_MS:
        raise _RefusedError("it is for another version of microWakeWord: version 2 with steps of 10 ms is needed")
    path = file.parent / manifest.model
    if Path(manifest.model).name != manifest.model:
        raise _RefusedError("its model has to lie beside it")
    try:
        size, head = path.stat().st_size, path.open("rb").read(8)
    except OSError as error:
        raise _RefusedError(f"its model {manifest.model} cannot be read ({error.strerror})") from error
    if head[4:] != _MAGIC or size > _LARGEST:
        raise _RefusedError(f"{manifest.model} is no model of TensorFlow Lite, or far too large for one")
    languages = [one for one in manifest.trained_languages if re.fullmatch(LANGUAGE, one)][:32]
    micro = manifest.micro
    model = WakeModel(
        id=file.stem, path=str(path.resolve()), cutoff=micro.probability_cutoff, window=micro.sliding_window_size
    )
    return Word(WakeWord(manifest.wake_word, languages), model)


def _try(model: WakeModel) -> None:
    """Listen with it for a moment, in a process of its own: a damaged one ends that. Raises _RefusedError."""
    told = msgspec.json.encode(model)
    try:
        tried = subprocess.run(
            [sys.executable, "-m", _CHECK], input=told, capture_output=True, timeout=_CHECK_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _RefusedError("its model takes too long") from error
    if tried.returncode != 0:
        raise _RefusedError(tried.stdout.decode(errors="replace").strip() or "its model is damaged: it cannot be run")
