"""Run as a process: reads an `.onnx` of linear layers without onnxruntime, and writes its weights as JSON, or why not.

Only what a small net consists of is known: Gemm, or MatMul and Add, with Relu between and Softmax at the end. The
numbers of the fields are those of onnx.proto.
"""

import math
import struct
import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from mira_sidecar.subjects.windows.model.outside import NUMBERS, RefusedError, Tensor, serve

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_NODES = 100
_EXPORT = "Export a net of linear layers with ReLU between them, with `external_data=False`."
type Field = tuple[int, int | bytes]


class Node(NamedTuple):
    """A step of the graph."""

    op: str
    inputs: Sequence[str]
    output: str
    attributes: Mapping[str, float]


def tensors(body: bytes) -> Mapping[str, Tensor]:
    """Weights (outputs, inputs) and biases, layer by layer. Raises RefusedError."""
    graphs = [value for number, value in _fields(body) if number == 7 and isinstance(value, bytes)]
    if len(graphs) != 1:
        raise RefusedError(f"It is no ONNX model. {_EXPORT}")
    nodes, known = [], dict[str, Tensor]()
    for number, value in _fields(graphs[0]):
        if number == 1 and isinstance(value, bytes):
            nodes.append(_node(value))
        elif number == 5 and isinstance(value, bytes):
            name, tensor = _initializer(value)
            known[name] = tensor
    if not 0 < len(nodes) <= _NODES:
        raise RefusedError(f"Its graph has no steps, or too many. {_EXPORT}")
    return _layers(nodes, known)


def _layers(nodes: Sequence[Node], known: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    """Go along the chain of steps."""
    found: dict[str, Tensor] = {}
    pending: Tensor | None = None  # of a MatMul that waits for its Add
    last, activated = None, True
    for node in nodes:
        flowing = [name for name in node.inputs if name not in known]
        constants = [known[name] for name in node.inputs if name in known]
        if last is not None and flowing != [last]:
            raise RefusedError(f"Its steps are no single chain. {_EXPORT}")
        last = node.output
        match node.op, constants:
            case "Gemm", [weights, biases] if pending is None and activated and _is_plain(node):
                _put(found, weights if node.attributes.get("transB") else _turned(weights), biases)
                activated = False
            case "MatMul", [weights] if pending is None and activated:
                pending = _turned(weights)
            case "Add", [biases] if pending is not None:
                _put(found, pending, biases)
                pending, activated = None, False
            case "Relu", [] if not activated:
                activated = True
            case (("Softmax" | "Identity" | "Flatten"), []):
                if node.op == "Softmax" and node is not nodes[-1]:
                    raise RefusedError(f"It has a softmax between its layers. {_EXPORT}")
            case _:
                raise RefusedError(f"It has a step that Mira does not run there (`{node.op[:40]}`). {_EXPORT}")
    if pending is not None or (activated and found):
        raise RefusedError(f"It ends in the middle of a layer, or in a ReLU. {_EXPORT}")
    return found


def _is_plain(node: Node) -> bool:
    attributes = node.attributes
    return not attributes.get("transA") and attributes.get("alpha", 1) == 1 and attributes.get("beta", 1) == 1


def _put(found: dict[str, Tensor], weights: Tensor, biases: Tensor) -> None:
    number = len(found) // 2
    found[f"{number}.weight"], found[f"{number}.bias"] = weights, biases


def _turned(one: Tensor) -> Tensor:
    if len(one.shape) != 2:
        raise RefusedError(f"The weights of a layer are no matrix. {_EXPORT}")
    rows, columns = one.shape
    return Tensor((columns, rows), [one.numbers[row * columns + at] for at in range(columns) for row in range(rows)])


def _node(body: bytes) -> Node:
    inputs, output, op, attributes = list[str](), "", "", dict[str, float]()
    for number, value in _fields(body):
        match number, value:
            case 1, bytes():
                inputs.append(_text(value))
            case 2, bytes():
                output = _text(value)
            case 4, bytes():
                op = _text(value)
            case 5, bytes():
                name, number_ = _attribute(value)
                attributes[name] = number_
    return Node(op, [name for name in inputs if name], output, attributes)


def _attribute(body: bytes) -> tuple[str, float]:
    name, found = "", 0.0
    for number, value in _fields(body):
        match number, value:
            case 1, bytes():
                name = _text(value)
            case 2, bytes() if len(value) == 4:
                found = struct.unpack("<f", value)[0]
            case 3, int():
                found = float(value)
    return name, found


def _initializer(body: bytes) -> tuple[str, Tensor]:
    name, shape, kind, numbers = "", list[int](), 0, list[float]()
    for number, value in _fields(body):
        match number, value:
            case 1, int():
                shape.append(value)
            case 1, bytes():
                shape.extend(_packed(value))
            case 2, int():
                kind = value
            case 4, bytes():
                numbers.extend(_floats(value))
            case 8, bytes():
                name = _text(value)
            case 9, bytes():
                numbers = _floats(value) if kind in (0, 1) else []
            case (13, _) | (14, 1):
                raise RefusedError("Its weights are in a file beside it. Export it with `external_data=False`.")
    # Others, such as the shape of a Reshape, are no weights: a step that uses one is refused by its name.
    if kind == 1 and (math.prod(shape) != len(numbers) or len(numbers) > NUMBERS):
        raise RefusedError("It is damaged: the numbers of a layer are not those that it should have.")
    return name, Tensor(tuple(shape), numbers)


def _floats(raw: bytes) -> list[float]:
    numbers = array("f")
    numbers.frombytes(raw[: len(raw) // 4 * 4])
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tolist()


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _packed(raw: bytes) -> Iterator[int]:
    at = 0
    while at < len(raw):
        value, at = _varint(raw, at)
        yield value


def _fields(body: bytes) -> Iterator[Field]:
    """The fields of a message, by number: whole numbers, or bytes. Raises RefusedError where it is none."""
    at = 0
    while at < len(body):
        tag, at = _varint(body, at)
        number, kind = tag >> 3, tag & 7
        if kind == _VARINT:
            value, at = _varint(body, at)
            yield number, value
            continue
        if kind not in (_FIXED64, _BYTES, _FIXED32):
            raise RefusedError(f"It is no ONNX model. {_EXPORT}")
        size = 8 if kind == _FIXED64 else 4
        if kind == _BYTES:
            size, at = _varint(body, at)
        if at + size > len(body):
            raise RefusedError("It is cut off.")
        yield number, body[at : at + size]
        at += size


def _varint(body: bytes, at: int) -> tuple[int, int]:
    """A whole number, and where the next thing begins."""
    value = 0
    for place in range(10):
        if at + place >= len(body):
            raise RefusedError("It is cut off.")
        byte = body[at + place]
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return value, at + place + 1
    raise RefusedError(f"It is no ONNX model. {_EXPORT}")


if __name__ == "__main__":
    sys.exit(serve(tensors))
