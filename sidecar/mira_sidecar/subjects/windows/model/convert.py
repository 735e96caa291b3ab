"""A model from the tensors of another program's file, and a manifest that says what they mean."""

from collections.abc import Mapping

from mira_sidecar.subjects.windows.core.slice import RoomKind
from mira_sidecar.subjects.windows.model.errors import ModelError
from mira_sidecar.subjects.windows.model.format import Array, KindOf, Layer, Manifest, checked_layer, shapes, write
from mira_sidecar.subjects.windows.model.outside import Tensor


def converted(manifest: Manifest, tensors: Mapping[str, Tensor]) -> bytes:
    """The file of the model. Raises ModelError where the tensors are not those of the manifest's nets."""
    kinds = manifest.kinds
    by_kind = {kind: {name: one for name, one in tensors.items() if name.startswith(f"{kind}.")} for kind in kinds}
    if len(kinds) == 1:
        # For a single kind of room, nobody has to say which.
        by_kind = {kind: found or dict(tensors) for kind, found in by_kind.items()}
    if sum(map(len, by_kind.values())) != len(tensors):
        raise ModelError(
            "The names of the tensors do not say for which kind of room they are. Put the nets for several kinds into "
            "one module, with `bedroom`, `living` and `bath` as their names."
        )
    return write(manifest, {kind: _layers(kind, kinds[kind], found) for kind, found in by_kind.items()})


def _layers(kind: RoomKind, of: KindOf, tensors: Mapping[str, Tensor]) -> list[Layer]:
    """Weights and biases in the order of the file, as `torch.nn.Sequential` has them."""
    arrays = [Array(one.shape, one.numbers) for one in tensors.values()]
    if other := [name for name in tensors if not name.endswith(("weight", "bias"))]:
        raise ModelError(f"`{other[0][:64]}` is neither weights nor biases of a linear layer. Mira runs only these.")
    wanted = shapes(of)
    if len(arrays) != 2 * len(wanted):
        layers = len(arrays) / 2
        raise ModelError(f"The file has {layers:g} layers for {kind}, and the manifest {len(wanted)}.")
    pairs = zip(arrays[::2], arrays[1::2], wanted, strict=True)
    return [checked_layer(f"{kind}, layer {n}", w, b, shape) for n, (w, b, shape) in enumerate(pairs)]
