"""Run as a process: reads a `.pth` without torch, and writes its tensors as JSON, or why they are refused.

A pickle can run any code. This one may only build dicts, lists, numbers and tensors: whatever else it names is refused,
and the process has little memory and little time.
"""

import io
import math
import pickle
import sys
import zipfile
from array import array
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple, NoReturn, override

import msgspec
from msgspec import Meta

from mira_sidecar.subjects.windows.model.outside import NUMBERS, UNPACKED_BYTES, RefusedError, Tensor, serve

_LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_TYPES = {"FloatStorage": "f", "DoubleStorage": "d"}
_SAVE = "Save the `state_dict()` of your model, and only that: docs/windows.md has the lines."


_Count = Annotated[int, Meta(ge=0, le=100_000_000)]


class _Storage(NamedTuple):
    """The numbers of one or more tensors."""

    numbers: Sequence[float]


class _Part(msgspec.Struct, frozen=True, array_like=True):
    """Of a storage: where it begins, and how far its places are apart."""

    offset: _Count
    size: list[_Count]
    stride: list[_Count]


class _StateDict(dict[str, Any]):
    """What `collections.OrderedDict` is here."""

    def __setstate__(self, state: object) -> None:
        """Take nothing: it is the versions of modules, which say nothing here."""


class _Unpickler(pickle.Unpickler):
    """Builds nothing but state dicts."""

    def __init__(self, packed: zipfile.ZipFile, root: str) -> None:
        super().__init__(io.BytesIO(packed.read(f"{root}data.pkl")))
        self._packed, self._root = packed, root
        self._read: dict[str, _Storage] = {}

    @override
    def find_class(self, module: str, name: str) -> Any:
        match module, name:
            case "collections", "OrderedDict":
                return _StateDict
            case "torch._utils", "_rebuild_tensor_v2":
                return _tensor
            case "torch._utils", "_rebuild_parameter":
                return _parameter
            case "torch", storage if storage in _TYPES:
                return storage
            case "torch", storage if storage.endswith("Storage"):
                raise RefusedError(f"It has numbers of another kind than float32 and float64 ({storage}).")
        what = f"{module}.{name}"[:80]
        raise RefusedError(f"There is more than weights in it (`{what}`), and that could run any code. {_SAVE}")

    @override
    def persistent_load(self, pid: Any) -> _Storage:
        match pid:
            case ("storage", str(kind), str(key), str(), int(count)) if kind in _TYPES and key.isdecimal():
                if key not in self._read:
                    self._read[key] = _Storage(_numbers(self._packed.read(f"{self._root}data/{key}"), _TYPES[kind]))
                if len(self._read[key].numbers) == count:
                    return self._read[key]
        raise RefusedError("It is damaged: a tensor's numbers are not there.")


def _numbers(raw: bytes, kind: str) -> Sequence[float]:
    numbers = array(kind)
    numbers.frombytes(raw[: len(raw) // numbers.itemsize * numbers.itemsize])
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _tensor(storage: object, offset: object, size: object, stride: object, *_: object) -> Tensor:
    """A part of a storage, as a tensor of up to two dimensions."""
    part = msgspec.convert((offset, size, stride), _Part)
    within = len(part.size) == len(part.stride) in (1, 2) and math.prod(part.size) <= NUMBERS
    steps = zip(part.size, part.stride, strict=True) if within else ()
    last = part.offset + sum((count - 1) * step for count, step in steps)
    if not isinstance(storage, _Storage) or not within or (all(part.size) and last >= len(storage.numbers)):
        raise RefusedError("A tensor in it has more than two dimensions, is too large, or goes beyond its own numbers.")
    rows, columns = part.size if len(part.size) == 2 else (1, *part.size)
    down, across = part.stride if len(part.size) == 2 else (0, *part.stride)
    places = (part.offset + row * down + column * across for row in range(rows) for column in range(columns))
    return Tensor(tuple(part.size), [storage.numbers[place] for place in places])


def _parameter(tensor: object, *_: object) -> object:
    return tensor


def tensors(body: bytes) -> Mapping[str, Tensor]:
    """The tensors of a state dict, in their order. Raises RefusedError, or whatever a hostile file brings about."""
    if body.startswith(_LEGACY):
        raise RefusedError(f"It was saved as PyTorch did before version 1.6. {_SAVE}")
    if not zipfile.is_zipfile(io.BytesIO(body)):
        raise RefusedError(f"It is no file that `torch.save` writes. {_SAVE}")
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        names = packed.namelist()
        if sum(one.file_size for one in packed.infolist()) > UNPACKED_BYTES:
            raise RefusedError("It is too large for a model that looks at some thirty numbers.")
        if any(name.endswith("/constants.pkl") or "/code/" in name for name in names):
            raise RefusedError(f"It is a TorchScript, a program. {_SAVE}")
        roots = [name.removesuffix("data.pkl") for name in names if name.endswith("/data.pkl")]
        if len(roots) != 1:
            raise RefusedError(f"It is no file that `torch.save` writes. {_SAVE}")
        order = f"{roots[0]}byteorder"
        if order in names and packed.read(order) != b"little":
            raise RefusedError("It was written on a machine with another order of bytes. Save it on a common one.")
        found = _Unpickler(packed, roots[0]).load()
    return _of_state_dict(found)


def _of_state_dict(found: object) -> Mapping[str, Tensor]:
    if isinstance(found, dict) and "state_dict" in found:
        found = found["state_dict"]
    if not isinstance(found, dict):
        _no_state_dict()
    for name, tensor in found.items():
        if not isinstance(name, str) or not isinstance(tensor, Tensor):
            _no_state_dict()
    return found


def _no_state_dict() -> NoReturn:
    raise RefusedError(f"It is no state dict: names with a tensor each. {_SAVE}")


if __name__ == "__main__":
    sys.exit(serve(tensors))
