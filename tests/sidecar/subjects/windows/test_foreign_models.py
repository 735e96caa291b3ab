"""Models of other programs: weights are taken, and whatever could run, or is none, is refused with a sentence."""

import io
import os
import pickle
import re
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mira_sidecar.subjects.windows.model import onnx, outside, pth
from mira_sidecar.subjects.windows.model.checks import objections
from mira_sidecar.subjects.windows.model.convert import converted
from mira_sidecar.subjects.windows.model.errors import ModelError
from mira_sidecar.subjects.windows.model.format import KindOf, decoded_manifest, read
from mira_sidecar.subjects.windows.model.inputs import INPUTS
from mira_sidecar.subjects.windows.model.outside import Read, answer, read_apart
from tests.sidecar.subjects.windows import foreign
from tests.sidecar.subjects.windows.foreign import Stored, packed_pickle, saved, state_dict, step, tensor
from tests.sidecar.subjects.windows.nets import kind_of, manifest

FIRST = ([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [0.1, 0.2, 0.3])
LAST = ([[1.0, 0.0, 0.0]] * 6, [float(number) for number in range(6)])
OF = kind_of(["temperature", "humidity"], hidden=[3])


def of_pth(body: bytes) -> Read:
    return answer(pth.tensors, body)


def of_onnx(*parts: bytes) -> Read:
    return answer(onnx.tensors, foreign.onnx(*parts))


def weights_of(said: Read, of: KindOf = OF) -> Any:
    assert said.refused is None, said.refused
    return [(w, pytest.approx(b)) for w, b in read(converted(manifest(of), dict(said.tensors))).layers["bedroom"]]


@pytest.mark.parametrize(
    "body",
    [
        saved(state_dict([FIRST, LAST])),
        saved({"state_dict": state_dict([FIRST, LAST]), "epoch": 9}),
        saved(state_dict([FIRST, LAST]), kind="DoubleStorage"),
        saved(state_dict([FIRST, LAST], "bedroom.")),
        saved(
            {
                **state_dict([FIRST]),
                "1.weight": Stored([0, 1, *[0] * 2], (6, 3), (0, 1), 1),
                "1.bias": Stored.of(LAST[1]),
            }
        ),
    ],
)
def test_a_state_dict_becomes_a_model(body: bytes) -> None:
    assert weights_of(of_pth(body)) == [FIRST, LAST]


def test_layers_of_an_onnx_become_a_model() -> None:
    turned = [list(column) for column in zip(*FIRST[0], strict=True)]
    of_torch = of_onnx(
        tensor("w0", FIRST[0]),
        tensor("b0", FIRST[1], raw=False),
        tensor("w1", LAST[0]),
        tensor("b1", LAST[1]),
        step("Gemm", ["x", "w0", "b0"], "h", transB=1, alpha=1.0, beta=1.0),
        step("Relu", ["h"], "a"),
        step("Gemm", ["a", "w1", "b1"], "y", transB=1),
        step("Softmax", ["y"], "p", axis=1),
    )
    assert weights_of(of_torch) == [FIRST, LAST]
    of_keras = of_onnx(
        step("Flatten", ["x"], "f"),
        step("MatMul", ["f", "w0"], "m"),
        step("Add", ["m", "b0"], "h"),
        step("Relu", ["h"], "a"),
        step("Gemm", ["a", "w1", "b1"], "y"),
        tensor("w0", turned),
        tensor("b0", FIRST[1]),
        tensor("w1", [list(column) for column in zip(*LAST[0], strict=True)]),
        tensor("b1", LAST[1]),
    )
    assert weights_of(of_keras) == [FIRST, LAST]


WEIGHTS = (tensor("w", FIRST[0]), tensor("b", FIRST[1]))


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ((), "no steps"),
        ((*WEIGHTS, step("Conv", ["x", "w", "b"], "y")), "`Conv`"),
        ((*WEIGHTS, step("Gemm", ["x", "w", "b"], "y", transA=1)), "`Gemm`"),
        ((*WEIGHTS, step("Gemm", ["x", "w", "b"], "y", alpha=0.5)), "`Gemm`"),
        ((*WEIGHTS, step("Gemm", ["x", "w", "b"], "y"), step("Gemm", ["y", "w", "b"], "z")), "`Gemm`"),
        ((*WEIGHTS, step("Gemm", ["x", "w", "b"], "y"), step("Relu", ["y"], "z")), "ends in the middle"),
        ((*WEIGHTS, step("MatMul", ["x", "w"], "y")), "ends in the middle"),
        ((*WEIGHTS, step("Gemm", ["x", "w", "b"], "y"), step("Relu", ["x"], "z")), "no single chain"),
        ((*WEIGHTS, step("Softmax", ["x"], "s"), step("Gemm", ["s", "w", "b"], "y")), "softmax between"),
        ((WEIGHTS[1], step("MatMul", ["x", "b"], "y")), "no matrix"),
        ((foreign.field(5, foreign.field(14, 1)),), "in a file beside it"),
        ((foreign.field(5, foreign.field(1, 3) + foreign.field(2, 1) + foreign.field(9, b"1234")),), "damaged"),
    ],
)
def test_an_onnx_that_is_more_or_less_than_layers_is_refused(parts: tuple[bytes, ...], why: str) -> None:
    said = of_onnx(*parts)
    assert not said.tensors
    assert why in str(said.refused)


@pytest.mark.parametrize(
    "body", [b"", b"\xff" * 40, b"\x3a\x05ab", b"\x0b\x00", foreign.onnx() + foreign.onnx(), b"PK"]
)
def test_what_is_no_onnx_is_refused(body: bytes) -> None:
    assert answer(onnx.tensors, body).refused


def exploit(target: str) -> bytes:
    class Evil:
        def __reduce__(self) -> Any:
            return os.system, (f"touch {target}",)

    return pickle.dumps({"0.weight": Evil()}, protocol=2)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.rest", "before version 1.6"),
        (b"no file at all", "`torch.save`"),
        (saved({}, more={"net/code/__torch__.py": b"def forward(): ..."}), "TorchScript"),
        (saved({}, more={"other/data.pkl": b""}), "`torch.save`"),
        (saved({"state_dict": 3}), "no state dict"),
        (saved({"epoch": 3}), "no state dict"),
        (saved([1, 2]), "no state dict"),
        (saved(state_dict([FIRST]), kind="LongStorage"), "LongStorage"),
        (saved({"w": Stored([1.0], (2, 2), (2, 1))}), "beyond its own numbers"),
        (saved({"w": Stored([1.0], (1, 1, 1), (1, 1, 1))}), "more than two dimensions"),
        (saved({"w": Stored([1.0], (1_000_000,), (0,))}), "is too large"),
        (saved({"w": Stored([1.0], (-1,), (1,))}), "damaged"),
        (saved({"w": Stored([float("nan")], (1,), (1,))}), "not all of its weights are finite"),
        (saved({f"w{number}": Stored([1.0], (1,), (1,)) for number in range(101)}), "too large"),
        (packed_pickle(b"\x80\x02ctorch.nn.modules.container\nSequential\n."), "could run any code"),
        (packed_pickle(b"\x80\x02U\x010X\x05\x00\x00"), "damaged, or no model"),
        (packed_pickle(b"\x80\x02r\xff\xff\xff\x7f."), "damaged, or no model"),
        (packed_pickle(b"\x80\x02" + b"(" * 100_000 + b"t" * 100_000 + b"."), "no state dict"),
        (packed_pickle(b"\x80\x02N\x82\x01."), "damaged, or no model"),
        (packed_pickle(b"\x80\x02\x8c\x01xQ."), "damaged: a tensor's numbers"),
    ],
)
def test_a_pth_that_is_no_state_dict_is_refused_with_a_sentence(body: bytes, why: str) -> None:
    said = of_pth(body)
    assert not said.tensors
    assert why.lower() in str(said.refused).lower()


async def test_a_file_that_would_run_code_runs_none(
    tmp_path_factory: pytest.TempPathFactory, socket_enabled: None
) -> None:
    target = tmp_path_factory.mktemp("evil") / "ran"
    with pytest.raises(ModelError, match="could run any code"):
        await read_apart(".pth", packed_pickle(exploit(str(target))))
    assert not target.exists()


async def test_a_file_is_read_in_a_process_of_its_own(socket_enabled: None) -> None:
    body = saved(state_dict([FIRST, LAST]))
    assert weights_of(Read(list((await read_apart(".pth", body)).items()))) == [FIRST, LAST]
    with pytest.raises(ModelError, match="too large"):
        await read_apart(".pt", bytes(outside.FILE_BYTES + 1))
    with pytest.raises(ModelError, match="no ONNX model"):
        await read_apart(".onnx", b"")


async def test_a_process_that_dies_or_hangs_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, socket_enabled: None
) -> None:
    async def died(*_: object, **__: object) -> tuple[int, bytes]:
        return -9, b""

    monkeypatch.setattr(outside, "run_apart", died)
    with pytest.raises(ModelError, match="within the memory and time"):
        await read_apart(".pth", b"")

    async def hung(*_: object, **__: object) -> tuple[int, bytes]:
        raise TimeoutError

    monkeypatch.setattr(outside, "run_apart", hung)
    with pytest.raises(ModelError, match="takes too long"):
        await read_apart(".pth", b"")


async def test_memory_is_bounded_where_a_file_asks_for_much(socket_enabled: None) -> None:
    """Eight gigabytes of memo, in ten bytes: LONG_BINPUT at the end of what it can name."""
    asks = packed_pickle(b"\x80\x02Nr" + struct.pack("<I", 2**30) + b".")
    with pytest.raises(ModelError):
        await read_apart(".pth", asks)


@pytest.mark.parametrize(
    ("tensors", "why"),
    [
        (state_dict([FIRST]), "has 1 layers for bedroom, and the manifest 2"),
        (state_dict([LAST, FIRST]), "of another shape than 3 x 2"),
        ({**state_dict([FIRST, LAST]), "running_mean": Stored.of([1.0])}, "`running_mean` is neither"),
        ({**state_dict([FIRST, LAST], "bedroom."), "bath.0.weight": Stored.of([1.0])}, "for which kind of room"),
    ],
)
def test_tensors_that_are_not_the_manifests_are_refused(tensors: Mapping[str, Stored], why: str) -> None:
    said = of_pth(saved(dict(tensors)))
    with pytest.raises(ModelError, match=why):
        converted(manifest(OF), dict(said.tensors))


def test_nets_for_several_kinds_come_in_one_file() -> None:
    both = msgspec.structs.replace(manifest(OF), kinds={"bedroom": OF, "living": OF})
    nets = saved({**state_dict([FIRST, LAST], "living."), **state_dict([FIRST, LAST], "bedroom.")})
    model = read(converted(both, dict(of_pth(nets).tensors)))
    assert model.layers["bedroom"] == model.layers["living"]
    with pytest.raises(ModelError, match="for which kind of room"):
        converted(both, dict(of_pth(saved(state_dict([FIRST, LAST]))).tensors))


def test_the_reader_says_it_on_its_output(monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.BytesIO()
    monkeypatch.setattr(outside.resource, "setrlimit", lambda *_: None)
    monkeypatch.setattr(outside.sys, "stdin", io.TextIOWrapper(io.BytesIO(b"nothing")))
    monkeypatch.setattr(outside.sys, "stdout", io.TextIOWrapper(said, write_through=True))
    assert outside.serve(pth.tensors) == 0
    assert b"torch.save" in said.getvalue()


PAGE = Path("docs/windows.md").read_text(encoding="utf-8")


def test_the_example_of_the_docs_can_be_imported() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    told = decoded_manifest(example.encode())
    net = state_dict([([[0.1] * 3] * 16, [0.0] * 16), ([[0.1] * 16] * 6, [0.0] * 6)])
    model = read(converted(told, dict(of_pth(saved(net)).tensors)))
    assert (model.id, objections(model)) == ("mine-1", [])


def test_the_docs_have_every_input_and_its_unit() -> None:
    table = PAGE[PAGE.index("### What a model looks at") : PAGE.index("### Bring your own")]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    told = {name: row.split("|")[-2].strip() for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert told == {name: known.unit for name, known in INPUTS.items()}
