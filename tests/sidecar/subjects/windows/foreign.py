"""Files of other programs, written as these write them: `torch.save` and ONNX, without torch and onnx."""

import collections
import io
import pickle
import struct
import sys
import types
import zipfile
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, override

type Matrix = Sequence[Sequence[float]]


class Stored:
    """A tensor, as torch pickles one: a part of a storage."""

    def __init__(
        self, numbers: Sequence[float], size: tuple[int, ...], stride: tuple[int, ...], offset: int = 0
    ) -> None:
        self.numbers, self.size, self.stride, self.offset = list(numbers), size, stride, offset

    @classmethod
    def of(cls, rows: Matrix | Sequence[float]) -> Stored:
        if rows and isinstance(rows[0], Sequence):
            flat = [number for row in rows for number in row]  # type: ignore[union-attr]
            return cls(flat, (len(rows), len(rows[0])), (len(rows[0]), 1))
        return cls(rows, (len(rows),), (1,))  # type: ignore[arg-type]

    def __reduce__(self) -> Any:
        torch_utils = sys.modules["torch._utils"]
        arguments = (_Storage(self.numbers), self.offset, self.size, self.stride, False, collections.OrderedDict())
        return torch_utils._rebuild_tensor_v2, arguments


class _Storage:
    def __init__(self, numbers: Sequence[float]) -> None:
        self.numbers = numbers


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, stored: list[Sequence[float]], kind: str) -> None:
        super().__init__(file, protocol=2)
        self._stored, self._kind = stored, kind

    @override
    def persistent_id(self, obj: Any) -> Any:
        if not isinstance(obj, _Storage):
            return None
        self._stored.append(obj.numbers)
        kind = getattr(sys.modules["torch"], self._kind)
        return ("storage", kind, str(len(self._stored) - 1), "cpu", len(obj.numbers))


def saved(what: Any, *, kind: str = "FloatStorage", more: Mapping[str, bytes] | None = None) -> bytes:
    """What `torch.save` writes of it."""
    stored: list[Sequence[float]] = []
    body, file = io.BytesIO(), io.BytesIO()
    with _torch():
        _Pickler(body, stored, kind).dump(what)
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("net/data.pkl", body.getvalue())
        packed.writestr("net/byteorder", b"little")
        for number, numbers in enumerate(stored):
            packed.writestr(f"net/data/{number}", array("d" if kind == "DoubleStorage" else "f", numbers).tobytes())
        packed.writestr("net/version", b"3\n")
        for name, content in (more or {}).items():
            packed.writestr(name, content)
    return file.getvalue()


def packed_pickle(body: bytes) -> bytes:
    """A pickle in the place where torch has its own."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("net/data.pkl", body)
    return file.getvalue()


def state_dict(layers: Sequence[tuple[Matrix, Sequence[float]]], prefix: str = "") -> dict[str, Stored]:
    """As that of an `nn.Sequential` of linear layers with ReLU between them."""
    found: dict[str, Stored] = collections.OrderedDict()
    for number, (weights, biases) in enumerate(layers):
        found[f"{prefix}{2 * number}.weight"] = Stored.of(weights)
        found[f"{prefix}{2 * number}.bias"] = Stored.of(biases)
    return found


@contextmanager
def _torch() -> Iterator[None]:
    """Modules of these names, for the pickler: it looks each of its names up."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    for kind in ("FloatStorage", "DoubleStorage", "LongStorage"):
        setattr(torch, kind, type(kind, (), {"__module__": "torch"}))

    def _rebuild_tensor_v2(*_: object) -> None:
        """Never called here."""

    _rebuild_tensor_v2.__module__, _rebuild_tensor_v2.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2  # type: ignore[attr-defined]
    torch._utils = utils  # type: ignore[attr-defined]
    sys.modules["torch"], sys.modules["torch._utils"] = torch, utils
    try:
        yield
    finally:
        del sys.modules["torch"], sys.modules["torch._utils"]


def field(number: int, value: int | bytes) -> bytes:
    """A field of a message of protobuf."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value: int) -> bytes:
    said = bytearray()
    while value > 0x7F:
        said.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*said, value])


def tensor(name: str, rows: Matrix | Sequence[float], *, raw: bool = True, kind: int = 1) -> bytes:
    """An initializer."""
    two = bool(rows) and isinstance(rows[0], Sequence)
    shape = [len(rows), len(rows[0])] if two else [len(rows)]  # type: ignore[arg-type]
    flat = [number for row in rows for number in row] if two else list(rows)  # type: ignore[union-attr]
    numbers = array("f", flat).tobytes()  # type: ignore[arg-type]
    dims = b"".join(field(1, size) for size in shape)
    return field(5, dims + field(2, kind) + field(9 if raw else 4, numbers) + field(8, name.encode()))


def step(op: str, inputs: Sequence[str], output: str, **attributes: float) -> bytes:
    """A node."""
    body = b"".join(field(1, name.encode()) for name in inputs) + field(2, output.encode()) + field(4, op.encode())
    for name, value in attributes.items():
        number = field(3, value) if isinstance(value, int) else varint(2 << 3 | 5) + struct.pack("<f", value)
        body += field(5, field(1, name.encode()) + number)
    return field(1, body)


def onnx(*parts: bytes) -> bytes:
    """A model with this graph."""
    return field(1, 10) + field(7, b"".join(parts)) + field(8, field(2, 20))
