"""A mirror's view in JSON, for the displays: whole, or as the difference from the one before."""

from collections.abc import Mapping
from functools import cached_property
from itertools import count
from typing import Any

from homeassistant.helpers.json import json_bytes

from .models import json_patch

_NUMBERS = count(1)
"""Of all mirrors and readers: what is of another mirror, or of before a reload, has another number."""


class ShownView:
    """What a kind of reader is shown of a mirror, until something changes. Its JSON is made once for all of them.

    A difference is one between what was shown and what is shown: it holds nothing that the whole view would not.
    """

    def __init__(self, view: Mapping[str, Any]) -> None:
        self._view = {"type": "view", "number": next(_NUMBERS), **view}
        self._since: dict[int, bytes] = {}

    @property
    def number(self) -> int:
        """Which view it is."""
        return int(self._view["number"])

    @cached_property
    def whole(self) -> bytes:
        """All of it."""
        return json_bytes(self._view)

    def since(self, before: ShownView) -> bytes:
        """What is other than in a view that a subscriber has."""
        if before.number not in self._since:
            patch = json_patch.difference(before._view, self._view)
            self._since[before.number] = json_bytes({"type": "patch", "from": before.number, "patch": patch})
        return self._since[before.number]
