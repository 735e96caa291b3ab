"""Small nets for tests: they look at little, and what they advise can be said in words."""

from collections.abc import Sequence

from mira_sidecar.subjects.windows.core.planner import LADDER
from mira_sidecar.subjects.windows.core.slice import RoomKind
from mira_sidecar.subjects.windows.model.format import InputOf, KindOf, Layer, Manifest, write
from mira_sidecar.subjects.windows.model.inputs import INPUTS

AS_LONG = [0.0] * (len(LADDER) - 2)


def kind_of(inputs: Sequence[str], hidden: Sequence[int] = (), **more: object) -> KindOf:
    """Inputs that are scaled by nothing."""
    told = [InputOf(name, INPUTS[name].unit, mean=0.0, scale=1.0) for name in inputs]
    return KindOf(inputs=told, hidden=list(hidden), **more)  # type: ignore[arg-type]


def manifest(of: KindOf, name: str = "test-net-1", kind: RoomKind = "bedroom") -> Manifest:
    return Manifest(format=1, id=name, ladder=list(LADDER), kinds={kind: of}, made="2026-11-29")


def humid_net() -> tuple[KindOf, list[Layer]]:
    """Opens wholly above 60% of humidity, the surer the further, and shuts below. Nothing else matters."""
    of = kind_of(["too_humid"], conformal={"90": 0.9})
    return of, [([[0.0], *[[0.0] for _ in AS_LONG], [2.0]], [1.0, *[-5.0 for _ in AS_LONG], 0.0])]


def file_of(name: str = "test-net-1", kind: RoomKind = "bedroom") -> bytes:
    of, layers = humid_net()
    return write(manifest(of, name, kind), {kind: layers})
