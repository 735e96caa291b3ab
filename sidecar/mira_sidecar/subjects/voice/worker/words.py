"""The wake words that there are: the library's own, and those of a folder. No library is imported for that.

microWakeWord describes a model, a `.tflite` file, in a manifest, a `.json` file beside it.
"""

import asyncio
import importlib.util
import re
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from mira_sidecar.apart import run_apart
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


async def found(folder: Path | None) -> Found:
    """The library's words, and those of a folder, of which each model was tried."""
    words, refused = built_in(), dict[str, str]()
    if folder is not None:
        async for file, word in own(folder):
            if isinstance(word, str):
                refused[file] = word
            else:
                words[word.model.id] = word
    return Found(words, refused)


def built_in() -> dict[str, Word]:
    """The library's own words; none where it is not installed."""
    library = importlib.util.find_spec(LIBRARY)
    if library is None or library.origin is None:
        return {}
    return {file.stem: _read(file) for file in _manifests(Path(library.origin).parent / "models")}


async def own(folder: Path) -> AsyncIterator[tuple[str, Word | str]]:
    """Of each manifest in a folder its name, and the word once its model was tried, or why it is refused."""
    if not await asyncio.to_thread(folder.is_dir):
        yield str(folder), "there is no such folder"
        return
    taken = built_in()
    for file in await asyncio.to_thread(_manifests, folder):
        try:
            word = await asyncio.to_thread(_read, file)
            await _try(word.model)
        except _RefusedError as error:
            yield file.name, str(error)
            continue
        is_taken = word.model.id in taken
        yield file.name, "there is a wake word of this name already; rename both files" if is_taken else word


def _manifests(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"))


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


async def _try(model: WakeModel) -> None:
    """Listen with it for a moment, in a process of its own: a damaged one ends that. Raises _RefusedError."""
    try:
        returned, said = await run_apart(_CHECK, msgspec.json.encode(model), _CHECK_S, stderr=DEVNULL)
    except TimeoutError as error:
        raise _RefusedError("its model takes too long") from error
    if returned != 0:
        raise _RefusedError(said.decode(errors="replace").strip() or "its model is damaged: it cannot be run")
