"""The versions of models that there are: those that were imported, in the mirror's data folder, and those of Mira."""

import itertools
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal, NamedTuple

from mira_sidecar.private import sync, write_private
from mira_sidecar.subjects.windows.model.checks import objections
from mira_sidecar.subjects.windows.model.errors import ModelError
from mira_sidecar.subjects.windows.model.format import FILE_BYTES, Model, read

MOST = 32
"""Versions in the folder."""
_RULES = ("needs-1", "shut-1", "thresholds-1", "thresholds-co2-1")
"""What other planners are called."""
_SHIPPED = "shipped"


class Version(NamedTuple):
    """One that there is."""

    name: str
    """By its file."""
    origin: Literal["imported", "shipped"]
    model: Model | ModelError
    """It, or why it cannot be read."""


class Models:
    """Those of one mirror. Each method may raise OSError."""

    def __init__(self, database: Path) -> None:
        self.folder = database.with_name(f"{database.name}.models")

    def add(self, body: bytes) -> Model:
        """Keep one, whole and on the disk or not at all. Raises ModelError where it may not be used."""
        model = checked(read(body))
        known = self._files().get(model.id)
        if model.id in _RULES or (known is not None and _body(known) != body):
            raise ModelError(
                f"There is another model called {model.id} already. Give this one another id in its manifest, such as "
                "one with a higher number."
            )
        if known is None:
            if len(self._files()) >= MOST:
                raise ModelError(f"There are {MOST} models already. Remove one first, with `windows model remove`.")
            write_private(self.folder / f"{model.id}.npz", body)
        return model

    def load(self, name: str, sha256: str | None = None) -> Model:
        """One of these, if it may be used, and is the file with this digest. Raises ModelError."""
        model = checked(read(self.body(name)))
        if sha256 not in (None, model.sha256):
            raise ModelError(f"The file of {name} is another one than was activated.")
        return model

    def body(self, name: str) -> bytes:
        """The file of one. Raises ModelError where there is none."""
        file = self._files().get(name)
        if file is None:
            raise ModelError(
                f"There is no model `{name[:64]}`. `mira-sidecar windows model list` shows those there are."
            )
        return _body(file)

    def remove(self, name: str) -> None:
        """Delete one that was imported. Raises ModelError where there is none."""
        file = self.folder / f"{name}.npz"
        if name not in self._files() or not file.is_file():
            raise ModelError(f"No model `{name[:64]}` was imported.")
        file.unlink()
        sync(self.folder)

    def all(self) -> list[Version]:
        """All of them, by name."""
        return [
            Version(
                name, "imported" if isinstance(file, Path) and file.parent == self.folder else "shipped", _read(file)
            )
            for name, file in sorted(self._files().items())
        ]

    def _files(self) -> dict[str, Traversable]:
        shipped = resources.files(__package__).joinpath(_SHIPPED)
        imported = self.folder.iterdir() if self.folder.is_dir() else iter(())
        ours = shipped.iterdir() if shipped.is_dir() else iter(())
        files: itertools.chain[Traversable] = itertools.chain(ours, imported)
        return {file.name.removesuffix(".npz"): file for file in files if _is_model(file.name)}


def shipped(name: str) -> Model:
    """One that comes with Mira. Raises ModelError."""
    return read(_body(resources.files(__package__).joinpath(_SHIPPED, f"{name}.npz")))


def checked(model: Model) -> Model:
    """The model, if it may be used. Raises ModelError."""
    if against := objections(model):
        raise ModelError(" ".join(against))
    return model


def _is_model(name: str) -> bool:
    """Files that are being written begin with a dot, and a name never does."""
    return name.endswith(".npz") and not name.startswith(".")


def _body(file: Traversable) -> bytes:
    with file.open("rb") as opened:
        return opened.read(FILE_BYTES + 1)


def _read(file: Traversable) -> Model | ModelError:
    try:
        return read(_body(file))
    except ModelError as error:
        return error
