"""The file of a model: an `.npz` of weights with its manifest, read without numpy and without pickle.

Whatever is in a file that somebody brings: it is refused with a sentence, or it is a model. docs/windows.md says more.
"""

import hashlib
import io
import itertools
import math
import re
import sys
import zipfile
import zlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from mira_sidecar.subjects.windows.core.planner import LADDER
from mira_sidecar.subjects.windows.core.slice import RoomKind
from mira_sidecar.subjects.windows.model.errors import ModelError
from mira_sidecar.subjects.windows.model.inputs import INPUTS, RANGES

FILE_BYTES = 1_000_000
"""Of a file; needs-net has some 50 kB."""
_PARTS = 64
_LARGEST = 1e6
_MANIFEST = "manifest"
_HEADER = re.compile(
    rb"\{'descr': '(<f4|<f8|\|u1)', 'fortran_order': False, 'shape': \((\d{1,7}),(?: (\d{1,4}))?\), \} *\n"
)
_SIZES = {b"<f4": 4, b"<f8": 8, b"|u1": 1}
_MAGIC = b"\x93NUMPY\x01\x00"
_Finite = Annotated[float, Meta(ge=-1e6, le=1e6)]
_Text = Annotated[str, Meta(max_length=500)]
type Row = list[float]
type Layer = tuple[list[Row], Row]
"""Weights (outputs, inputs), as torch has them, and biases (outputs)."""


class Array(NamedTuple):
    """An array of a file."""

    shape: tuple[int, ...]
    numbers: list[float]
    """Row by row."""
    raw: bytes = b""
    """Where it is of bytes: those."""


_NOTHING = Array((), [])


class InputOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One input, in its order, and how it is scaled: `(value - mean) / scale`, from -5 to 5."""

    name: str
    unit: str
    """That of `INPUTS`: a model that means another one is refused."""
    mean: _Finite
    scale: Annotated[float, Meta(gt=0, le=1e6)]


class KindOf(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The net for one kind of room: layers of `w @ x + b` with ReLU between them, softmax behind the last."""

    inputs: Annotated[list[InputOf], Meta(min_length=1, max_length=64)]
    hidden: Annotated[list[Annotated[int, Meta(ge=1, le=128)]], Meta(max_length=3)]
    """Outputs of the layers but the last, which has one for each step of the ladder."""
    usual: dict[str, _Finite] = {}
    """By reading: what stands in for one that is missing."""
    calibration_temperature: Annotated[float, Meta(ge=0.05, le=20)] = 1.0
    """By which the last layer's outputs are divided: the confidence is how often it is right then."""
    conformal: dict[Literal["90", "95"], Annotated[float, Meta(ge=0, le=1)]] = {}
    """By percent of coverage, the limit q: the right step is in so many cases among those with `1 - p <= q`."""
    stay: Annotated[float, Meta(ge=0, le=1)] = 0.0
    """By how much likelier another step has to be than the present one before the window moves."""
    figures: dict[Annotated[str, Meta(max_length=64)], _Finite] = {}
    """What was measured of it, for people."""


class Manifest(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a model is."""

    format: Literal[1]
    id: Annotated[str, Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$(?!\n)")]
    """With its version: other weights have another id."""
    ladder: list[int]
    kinds: Annotated[dict[RoomKind, KindOf], Meta(min_length=1)]
    """In a kind of room that is not here, `needs` advises."""
    made: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$(?!\n)")] | None = None
    by: _Text = ""
    """What it was made of, and how: seeds, climates, scripts."""
    weights_sha256: str = ""
    """Of the weights, by `weights_digest`; left out before they are written."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model that was read."""

    manifest: Manifest
    layers: Mapping[RoomKind, Sequence[Layer]]
    sha256: str
    """Of its file."""

    @property
    def id(self) -> str:
        """Its name, with its version."""
        return self.manifest.id


def read(body: bytes) -> Model:
    """A model from the bytes of its file. Raises ModelError."""
    parts = _parts(body)
    manifest = decoded_manifest(parts.pop(_MANIFEST, _NOTHING).raw)
    layers = {kind: _layers(parts, kind, of) for kind, of in manifest.kinds.items()}
    if parts:
        raise ModelError(f"The model has parts that its manifest does not name: {_some(parts)}.")
    if weights_digest(layers) != manifest.weights_sha256:
        raise ModelError("The weights are not those that the manifest was made for. Import the original file again.")
    return Model(manifest, layers, hashlib.sha256(body).hexdigest())


def write(manifest: Manifest, layers: Mapping[RoomKind, Sequence[Layer]]) -> bytes:
    """The file of a model: the same bytes for the same model. Raises ModelError where they do not fit together."""
    rounded = {
        kind: [([array("f", row).tolist() for row in w], array("f", b).tolist()) for w, b in net]
        for kind, net in layers.items()
    }
    manifest = msgspec.structs.replace(manifest, weights_sha256=weights_digest(rounded))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, part in _packed(manifest, rounded):
            packed.writestr(zipfile.ZipInfo(f"{name}.npy"), part)
    read(file.getvalue())
    return file.getvalue()


def decoded_manifest(body: bytes) -> Manifest:
    """A manifest from its JSON, with nothing in it that this version does not know. Raises ModelError."""
    if not body:
        raise ModelError("This is no model of Mira's: there is no manifest in it.")
    try:
        manifest = msgspec.json.decode(body, type=Manifest)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise ModelError(f"The manifest cannot be read: {error}.") from error
    if manifest.ladder != list(LADDER):
        steps = ", ".join(map(str, LADDER))
        raise ModelError(f"The model advises other positions than Mira does. Its ladder has to be {steps}.")
    for kind, of in manifest.kinds.items():
        _check_inputs(kind, of)
    return manifest


def _check_inputs(kind: str, of: KindOf) -> None:
    for one in of.inputs:
        known = INPUTS.get(one.name)
        if known is None:
            raise ModelError(f"The model for {kind} looks at `{one.name[:64]}`, which Mira does not know.")
        if one.unit != known.unit:
            raise ModelError(
                f"The model for {kind} wants `{one.name}` in {one.unit[:16]}. Mira has it in {known.unit}."
            )
    if unknown := [name for name in of.usual if name not in RANGES]:
        raise ModelError(f"The manifest says what is usual for `{unknown[0][:64]}`, which is no reading.")


def weights_digest(layers: Mapping[RoomKind, Sequence[Layer]]) -> str:
    """The sha256 over all weights, as float32, in the order of the names of their kinds and of the layers."""
    digest = hashlib.sha256()
    for kind in sorted(layers):
        for number, (weights, biases) in enumerate(layers[kind]):
            digest.update(f"{kind}.{number}:{len(weights)}x{len(weights[0]) if weights else 0}".encode())
            for row in (*weights, biases):
                digest.update(_bytes(row))
    return digest.hexdigest()


def shapes(of: KindOf) -> list[tuple[int, int]]:
    """Outputs and inputs of each layer."""
    widths = [len(of.inputs), *of.hidden, len(LADDER)]
    return [(outputs, inputs) for inputs, outputs in itertools.pairwise(widths)]


def _layers(parts: dict[str, Array], kind: RoomKind, of: KindOf) -> list[Layer]:
    """Take them out of the parts. Raises ModelError."""
    layers = []
    for number, shape in enumerate(shapes(of)):
        weights, biases = (parts.pop(f"{kind}.{letter}{number}", None) for letter in "wb")
        layers.append(checked_layer(f"{kind}, layer {number}", weights, biases, shape))
    return layers


def checked_layer(where: str, weights: Array | None, biases: Array | None, shape: tuple[int, int]) -> Layer:
    """A layer of this shape: outputs and inputs. Raises ModelError."""
    outputs, inputs = shape
    if weights is None or biases is None or weights.shape != shape or biases.shape != (outputs,):
        raise ModelError(f"The weights for {where} are missing or of another shape than {outputs} x {inputs}.")
    if not all(abs(value) <= _LARGEST for value in (*weights.numbers, *biases.numbers)):
        raise ModelError(f"The weights for {where} are not all finite, or beyond a million.")
    numbers = weights.numbers
    return [numbers[row * inputs : (row + 1) * inputs] for row in range(outputs)], biases.numbers


def _parts(body: bytes) -> dict[str, Array]:
    """The arrays in a file, by name. Raises ModelError. Never needs much more memory than `FILE_BYTES`."""
    if len(body) > FILE_BYTES:
        raise ModelError(f"The file is too large for a model: Mira reads up to {FILE_BYTES // 1_000_000} MB.")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            found = packed.infolist()
            names = [one.filename for one in found]
            if len(found) > _PARTS or sum(one.file_size for one in found) > FILE_BYTES or len(set(names)) != len(names):
                raise ModelError("The file is no model of Mira's: it has too many parts, or too large ones.")
            return {one.filename.removesuffix(".npy"): _part(packed, one) for one in found}
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error) as error:
        raise ModelError("The file is damaged, or no `.npz`. Export or download it again.") from error


def _part(packed: zipfile.ZipFile, one: zipfile.ZipInfo) -> Array:
    if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ModelError("The file is packed in another way than `.npz` files are.")
    with packed.open(one) as file:
        # What a header says of its size is not to be believed.
        body = file.read(FILE_BYTES + 1)
    length = int.from_bytes(body[8:10], "little")
    header = _HEADER.fullmatch(body[10 : 10 + length])
    if len(body) > FILE_BYTES or not body.startswith(_MAGIC) or not header:
        raise ModelError(f"`{one.filename[:64]}` is no array of float32, float64 or bytes.")
    kind, data = header[1], body[10 + length :]
    shape = tuple(int(size) for size in header.groups()[1:] if size is not None)
    if len(data) != math.prod(shape) * _SIZES[kind]:
        raise ModelError(f"`{one.filename[:64]}` is cut off.")
    if kind == b"|u1":
        return Array(shape, [], data)
    numbers = array("f" if kind == b"<f4" else "d", data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return Array(shape, numbers.tolist())


def _packed(manifest: Manifest, layers: Mapping[RoomKind, Sequence[Layer]]) -> list[tuple[str, bytes]]:
    told = msgspec.json.encode(manifest)
    packed = [(_MANIFEST, _npy("|u1", f"({len(told)},)", told))]
    for kind in sorted(layers):
        for number, (weights, biases) in enumerate(layers[kind]):
            shape = f"({len(weights)}, {len(weights[0])})"
            packed.append((f"{kind}.w{number}", _npy("<f4", shape, b"".join(map(_bytes, weights)))))
            packed.append((f"{kind}.b{number}", _npy("<f4", f"({len(biases)},)", _bytes(biases))))
    return packed


def _npy(kind: str, shape: str, body: bytes) -> bytes:
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    padded = header + " " * (-(len(_MAGIC) + 3 + len(header)) % 64) + "\n"
    return _MAGIC + len(padded).to_bytes(2, "little") + padded.encode() + body


def _bytes(row: Row) -> bytes:
    numbers = array("f", row)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _some(names: Mapping[str, object]) -> str:
    return ", ".join(f"`{name[:64]}`" for name in sorted(names)[:3])
