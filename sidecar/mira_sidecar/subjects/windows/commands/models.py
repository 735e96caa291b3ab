"""`mira-sidecar windows model …`: versions of trained models, kept, used, and taken back."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mira_sidecar.config import Settings
from mira_sidecar.core.state import Document
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.operations.glass import beside
from mira_sidecar.printing import say
from mira_sidecar.private import write_private
from mira_sidecar.subjects.windows.core.models import active, active_before
from mira_sidecar.subjects.windows.model import outside
from mira_sidecar.subjects.windows.model.convert import converted
from mira_sidecar.subjects.windows.model.errors import ModelError
from mira_sidecar.subjects.windows.model.folder import Models, Version
from mira_sidecar.subjects.windows.model.format import FILE_BYTES, Model, decoded_manifest

OWN = "needs"
"""What Mira's own rules are called here."""
_MOST_BYTES = max(FILE_BYTES, outside.FILE_BYTES) + 1


def bring(settings: Settings, file: Path, manifest: Path | None) -> None:
    """Keep a model from a file. Raises ModelError or OperationError."""
    with _explained():
        model = Models(settings.database_path).add(_body(file, manifest))
    say(f"{model.id} is kept, for {', '.join(model.layers)}. To use it: mira-sidecar windows model activate {model.id}")


def _body(file: Path, manifest: Path | None) -> bytes:
    """The file as Mira keeps it: as it is, or made from another program's."""
    body, suffix = _bytes(file), file.suffix.lower()
    if suffix == ".npz":
        return body
    if suffix not in outside.SUFFIXES:
        raise OperationError(f"{file} is none of .npz, {', '.join(outside.SUFFIXES)}: these can be imported.")
    manifest = manifest or file.with_suffix(".json")
    if not manifest.is_file():
        raise OperationError(
            f"What the net in {file} looks at has to be in a manifest. Write {manifest}, or name one with --manifest; "
            "docs/windows.md has an example."
        )
    told = decoded_manifest(_bytes(manifest))
    return converted(told, asyncio.run(outside.read_apart(suffix, body)))


def _bytes(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(_MOST_BYTES)


def show(settings: Settings) -> None:
    """Print a line for each model, and which one is used."""
    with _explained():
        versions = Models(settings.database_path).all()
    document = asyncio.run(_state_or_none(settings))
    used = None if document is None else (active(document) or {"name": OWN})["name"]
    lines = {OWN: f"{OWN:<24} Mira's own rules", **{version.name: _line(version) for version in versions}}
    say(*(f"{'*' if name == used else ' '} {line}" for name, line in lines.items()))
    if document is None:
        say("", "No sidecar serves the mirror, so it is not known which one is used.")


def _line(version: Version) -> str:
    model = version.model
    if isinstance(model, ModelError):
        return f"{version.name:<24} cannot be used: {model}"
    made = model.manifest.made or "-"
    return f"{version.name:<24} {version.origin:<9} {made:<11} {model.sha256[:12]}  {', '.join(model.layers)}"


def activate(settings: Settings, name: str) -> None:
    """Have this model advise. Raises ModelError or OperationError."""
    if name == OWN:
        asyncio.run(_activate(settings, lambda document: None))
        return
    with _explained():
        model = Models(settings.database_path).load(name)
    asyncio.run(_activate(settings, lambda document: model))


def roll_back(settings: Settings) -> None:
    """Have the one advise that did before. Raises ModelError or OperationError."""
    asyncio.run(_activate(settings, lambda document: _before(settings, document)))


def _before(settings: Settings, document: Document) -> Model | None:
    before = active_before(document)
    if before is None:
        if active(document) is None:
            raise OperationError("No other model was used before. Nothing was changed.")
        return None
    with _explained():
        return Models(settings.database_path).load(before["name"], before["sha256"])


async def _activate(settings: Settings, choose: Callable[[Document], Model | None]) -> None:
    async with beside(settings) as mirror:
        model = choose(await mirror.document())
        payload = {"model": model.id, "sha256": model.sha256} if model else {"model": None}
        await mirror.carry_out("activate_model", payload)
    say(f"{model.id} advises from now on." if model else "Mira's own rules advise from now on.")


def export(settings: Settings, name: str, output: Path) -> None:
    """Write the file of a model. Raises ModelError or OperationError."""
    with _explained():
        body = Models(settings.database_path).body(name)
        if output.exists():
            raise OperationError(f"{output} exists already. Name another file.")
        write_private(output, body)
    say(f"{output} is the model {name}: `numpy.load` reads it, and `windows model import` takes it.")


def remove(settings: Settings, name: str) -> None:
    """Delete a model that is not used. Raises ModelError or OperationError."""
    document = asyncio.run(_state_or_none(settings))
    if document and (used := active(document)) and used["name"] == name:
        raise OperationError(f"{name} is used. Activate another one first.")
    with _explained():
        Models(settings.database_path).remove(name)
    say(f"{name} is deleted.")


async def _state_or_none(settings: Settings) -> Document | None:
    try:
        async with beside(settings) as mirror:
            return await mirror.document()
    except OperationError:
        return None


@contextmanager
def _explained() -> Iterator[None]:
    """Raise OperationError where a disk does not do what it should."""
    try:
        yield
    except OSError as error:
        raise OperationError(f"{error.filename or 'The file'} cannot be read or written ({error.strerror}).") from error
