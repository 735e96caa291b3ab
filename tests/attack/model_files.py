"""Run as a process: reads hostile model files, one after the other, in the memory that a reader has.

Prints how many were models and how many were refused, and the most memory that it took, in MB.
"""

import io
import pickle
import random
import resource
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from mira_sidecar.subjects.windows.model import onnx, outside, pth
from mira_sidecar.subjects.windows.model.errors import ModelError
from mira_sidecar.subjects.windows.model.format import read
from tests.sidecar.subjects.windows import foreign
from tests.sidecar.subjects.windows.foreign import packed_pickle, saved, state_dict, step, tensor
from tests.sidecar.subjects.windows.nets import file_of

_LAYERS = [([[1.0, 2.0], [3.0, 4.0]], [0.1, 0.2])]
_OPCODES = [code for name in dir(pickle) if isinstance(code := getattr(pickle, name), bytes) and len(code) == 1]
_NAMES = (
    b"ctorch._utils\n_rebuild_tensor_v2\n",
    b"ccollections\nOrderedDict\n",
    b"ctorch\nFloatStorage\n",
    b"cos\nsystem\n",
    b"cbuiltins\neval\n",
    b"X\x07\x00\x00\x00storageX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x04",
)
type Make = Callable[[random.Random], bytes]


def changed(body: bytes, chance: random.Random) -> bytes:
    """Some bytes are others, are gone, or come twice."""
    said = bytearray(body)
    for _ in range(chance.choice((1, 1, 2, 8, 40))):
        at = chance.randrange(len(said))
        match chance.randrange(4):
            case 0:
                said[at] = chance.randrange(256)
            case 1:
                said[at] ^= 1 << chance.randrange(8)
            case 2:
                said[at:at] = chance.randbytes(chance.choice((1, 4, 8)))
            case 3:
                del said[at : at + chance.choice((1, 4, 60))]
        if not said:
            break
    return bytes(said)


def inside(body: bytes, chance: random.Random) -> bytes:
    """A zip that is whole, with parts that are not."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as whole, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in whole.namelist():
            part = whole.read(name)
            packed.writestr(name, changed(part, chance) if part and chance.random() < 0.4 else part)
        if chance.random() < 0.005:
            packed.writestr("bomb.npy", bytes(30_000_000))
    return file.getvalue()


def opcodes(chance: random.Random) -> bytes:
    """A pickle of opcodes in no order."""
    body = [b"\x80\x02"]
    for _ in range(chance.randrange(60)):
        body.append(chance.choice(_NAMES) if chance.random() < 0.2 else chance.choice(_OPCODES))
        if chance.random() < 0.4:
            body.append(chance.randbytes(chance.choice((1, 2, 4, 8))))
    return packed_pickle(b"".join(body) + b".")


def fields(chance: random.Random) -> bytes:
    """A message of protobuf with fields in no order."""

    def some(depth: int) -> bytes:
        if not depth or chance.random() < 0.2:
            return chance.randbytes(chance.randrange(12))
        return b"".join(
            foreign.field(chance.randrange(1, 16), chance.choice((chance.randrange(1 << 40), some(depth - 1))))
            for _ in range(chance.randrange(5))
        )

    return foreign.field(7, some(4)) + some(2)


_PTH, _NPZ = saved({"state_dict": state_dict(_LAYERS)}), file_of()
_ONNX = foreign.onnx(
    tensor("w", _LAYERS[0][0]), tensor("b", _LAYERS[0][1]), step("Gemm", ["x", "w", "b"], "y", transB=1)
)
FILES: tuple[tuple[str, Make], ...] = (
    ("npz", lambda chance: changed(_NPZ, chance)),
    ("npz", lambda chance: inside(_NPZ, chance)),
    ("pth", lambda chance: changed(_PTH, chance)),
    ("pth", lambda chance: inside(_PTH, chance)),
    ("pth", opcodes),
    ("onnx", lambda chance: changed(_ONNX, chance)),
    ("onnx", fields),
)


def taken(kind: str, body: bytes) -> bool:
    """Whether it was a model, and not refused. Anything but a refusal ends the process."""
    if kind == "npz":
        try:
            read(body)
        except ModelError:
            return False
        return True
    said = outside.answer(pth.tensors if kind == "pth" else onnx.tensors, body)
    return said.refused is None


def main(seed: int, count: int) -> None:
    """Read so many."""
    resource.setrlimit(resource.RLIMIT_AS, (512_000_000, 512_000_000))
    chance = random.Random(seed)
    models = sum(taken(kind, make(chance)) for number in range(count) for kind, make in [FILES[number % len(FILES)]])
    # Not `ru_maxrss`: that of a new program begins with what the one had that started it.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak_mb = int(status.partition("VmHWM:")[2].split()[0]) // 1024
    print(models, count - models, peak_mb)  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
