"""The words of a query: what it takes, and how it is refused."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from mira_sidecar.reasons import Value


class QueryRefusedError(Exception):
    """Why there is no answer: the reason, of those that every mirror knows or of its subject's, and its values."""

    def __init__(self, reason: str, **values: Value) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


@dataclass(frozen=True, slots=True)
class Kind[P]:
    """Something that can be asked about a log."""

    name: str
    payload: type[P]
    answer: Callable[[Path, P], msgspec.Struct]
    """Reads the database of a running sidecar, in a thread of its own: never for long, and never without giving way to
    the decisions. Raises QueryRefusedError or StoreError."""


@dataclass(frozen=True, slots=True)
class Asking[P]:
    """Something that can be asked of a part that runs."""

    name: str
    payload: type[P]
    answer: Callable[[P], Awaitable[msgspec.Struct]]
    """For some seconds at the most. Raises QueryRefusedError or StoreError."""
