"""What looks inside the process of a device: each looker on its own, so that one that fails stops no other.

The module of a looker has it as `LOOKER`. It is imported in the process alone, so that its libraries are.
"""

import importlib
import math
import time
import traceback
from collections.abc import Callable
from functools import partial
from typing import Protocol

import msgspec

from .messages import FailureCode, Faulted, LookerOrder, Message, Orders, Recovered, Said

_RETRY_S = 30.0
"""Until one that failed is tried again."""
_SOUND_S = 60.0
"""What it has to look then without a fault, to count as sound again."""
_NOBODY_S = 0.1
"""Between two frames that nobody looks at."""

type Tell = Callable[[msgspec.Struct], None]
"""Tells the part of the sidecar that wants the looker."""


class Looker[Taken](Protocol):
    """Looks at what a device gives. It is made with a `Tell`."""

    def set(self, settings: msgspec.Raw) -> None:
        """How to look from now on; once before it looks."""

    def look(self, taken: Taken) -> float:
        """Look at a frame, or listen to a block of sound; for how many seconds it needs no other."""


class LookerError(Exception):
    """A looker cannot look; the message says why, and what to do."""

    def __init__(self, code: FailureCode, message: str) -> None:
        super().__init__(message)
        self.code: FailureCode = code
        self.message = message


class Lookers[Taken]:
    """All that look in this process. The fault of the last one is raised: nobody looks then."""

    def __init__(self, say: Callable[[Message], None]) -> None:
        self._say = say
        self._orders: Orders | None = None
        self._places: dict[str, _Place[Taken]] = {}

    def follow(self, orders: Orders) -> None:
        """Have those look that are to, as they are to."""
        if orders is self._orders:
            return
        self._orders = orders
        before = self._places
        self._places = {name: before.get(name) or _Place(name, self._say) for name in orders.lookers}
        for name, order in orders.lookers.items():
            self._try(self._places[name], partial(self._places[name].set, order))

    def look(self, taken: Taken) -> None:
        """Let those look whose time has come."""
        for place in self._places.values():
            if place.due_s <= time.monotonic():
                self._try(place, partial(place.look, taken))

    def rest_s(self) -> float:
        """For how many seconds nobody needs another look."""
        now_s = time.monotonic()
        return max(0.0, min((place.due_s for place in self._places.values()), default=now_s + _NOBODY_S) - now_s)

    def _try(self, place: _Place[Taken], work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            place.fail()
            if all(one.failed for one in self._places.values()):
                raise
            trace = "".join(traceback.format_tb(error.__traceback__))
            message = error.message if isinstance(error, LookerError) else None
            self._say(Faulted(place.name, type(error).__name__, message, trace))


class _Place[Taken]:
    """Where a looker is, or is to be again."""

    def __init__(self, name: str, say: Callable[[Message], None]) -> None:
        self.name = name
        self.due_s = -math.inf
        self.failed = False
        self._say = say
        self._order: LookerOrder | None = None
        self._looker: Looker[Taken] | None = None
        self._sound_s = math.inf
        """When it counts as sound again, where it has failed."""

    def set(self, order: LookerOrder) -> None:
        """Have it look like this. What is as it was goes on."""
        if order == self._order and self._looker:
            return
        self._order = order
        if self._looker is None:
            made = importlib.import_module(order.module).LOOKER(self._tell)
            made.set(order.settings)
            self._looker = made
            if self.failed:
                self.failed, self._sound_s = False, time.monotonic() + _SOUND_S
        else:
            self._looker.set(order.settings)

    def look(self, taken: Taken) -> None:
        """Look, or try to make the looker anew."""
        if self._looker is None:
            assert self._order  # noqa: S101 - it was set
            self.set(self._order)
        assert self._looker  # noqa: S101 - as above
        self.due_s = time.monotonic() + self._looker.look(taken)
        if time.monotonic() >= self._sound_s:
            self._sound_s = math.inf
            self._say(Recovered(self.name))

    def fail(self) -> None:
        """Forget the looker for a while."""
        self._looker, self.failed, self._sound_s = None, True, math.inf
        self.due_s = time.monotonic() + _RETRY_S

    def _tell(self, message: msgspec.Struct) -> None:
        self._say(Said(self.name, msgspec.Raw(msgspec.json.encode(message))))
