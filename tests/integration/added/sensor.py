"""What of the example would stand in the platform's own file."""

from custom_components.mira.models.example import Example  # type: ignore[import-not-found]
from custom_components.mira.models.view import MirrorView
from custom_components.mira.sensor import MiraSensorDescription


def _total(view: MirrorView) -> int | None:
    example = view.snapshot.state.part(Example) if view.snapshot else None
    return example.total if example else None


SENSORS = (MiraSensorDescription(key="example", subject="example", name="Example", value_fn=_total),)
