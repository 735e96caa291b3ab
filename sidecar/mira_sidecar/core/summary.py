"""What a state is, in lines for people: each subject says its own."""

import json
from typing import NamedTuple

_WIDTH = 100
"""Characters of a value that are shown."""


class Line(NamedTuple):
    """A fact about the state; without a name, more of the one before."""

    name: str
    text: str


def shown(value: object) -> str:
    """A value as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
