"""Files of other programs: read in a process of its own, with little memory and little time.

What the process says is bounded, too, and is believed no more than the file itself.
"""

import math
import resource
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import Callable, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from mira_sidecar.apart import run_apart
from mira_sidecar.subjects.windows.model.errors import ModelError

FILE_BYTES = 8_000_000
UNPACKED_BYTES = 16_000_000
NUMBERS = 200_000
"""Weights of a file; the largest net that Mira runs has some 50,000."""
_TENSORS = 100
_MEMORY_BYTES = 512_000_000
_CPU_S, _WAIT_S = 10, 30.0
_READERS = {
    ".pth": "mira_sidecar.subjects.windows.model.pth",
    ".pt": "mira_sidecar.subjects.windows.model.pth",
    ".onnx": "mira_sidecar.subjects.windows.model.onnx",
}
SUFFIXES = tuple(_READERS)


class RefusedError(Exception):
    """Why a file is not read, in a sentence."""


class Tensor(msgspec.Struct, frozen=True, array_like=True):
    """An array of a file."""

    shape: tuple[int, ...]
    numbers: list[float]
    """Row by row."""


class Read(msgspec.Struct, frozen=True):
    """What a reader says: tensors in the order of the file, or why there are none."""

    tensors: list[tuple[str, Tensor]] = []
    refused: Annotated[str, Meta(max_length=1_000)] | None = None


_decode = msgspec.json.Decoder(Read)


async def read_apart(suffix: str, body: bytes) -> Mapping[str, Tensor]:
    """The tensors of a file, by a process that may fail as it likes. Raises ModelError."""
    if len(body) > FILE_BYTES:
        raise ModelError(f"The file is too large for a model: Mira reads up to {FILE_BYTES // 1_000_000} MB.")
    try:
        _, said = await run_apart(_READERS[suffix], body, _WAIT_S, stderr=DEVNULL)
        read = _decode.decode(said)
    except TimeoutError as error:
        raise ModelError("The file takes too long to read, so it is no model that Mira can use.") from error
    except msgspec.MsgspecError as error:
        raise ModelError("The file cannot be read within the memory and time that a model may take.") from error
    if read.refused is not None:
        raise ModelError(read.refused)
    return dict(read.tensors)


def serve(read: Callable[[bytes], Mapping[str, Tensor]]) -> int:
    """Read the file from standard input, and say what is in it; for the process itself."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    body = sys.stdin.buffer.read(FILE_BYTES)
    sys.stdout.buffer.write(msgspec.json.encode(answer(read, body)))
    sys.stdout.buffer.flush()
    return 0


def answer(read: Callable[[bytes], Mapping[str, Tensor]], body: bytes) -> Read:
    """What is in a file, or why it is refused, whatever is in it."""
    try:
        found = list(read(body).items())
        numbers = sum(len(tensor.numbers) for _, tensor in found)
        if len(found) > _TENSORS or numbers > NUMBERS:
            return Read(refused="It is too large: Mira runs small nets of up to 50,000 weights.")
        if not all(map(math.isfinite, (number for _, tensor in found for number in tensor.numbers))):
            return Read(refused="Not all of its weights are finite. Something went wrong in its training.")
        return Read(found)
    except RefusedError as error:
        return Read(refused=str(error))
    except MemoryError:
        return Read(refused="It needs more memory than a model may.")
    except Exception as error:  # noqa: BLE001 - a hostile file may bring about any
        return Read(refused=f"It is damaged, or no model ({type(error).__name__}).")
