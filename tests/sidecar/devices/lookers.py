"""Lookers for tests: loaded in the process of a device by the name of their module, as every looker is."""

import os
import time
from typing import Any

import msgspec

from mira_sidecar.devices.lookers import Tell


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """How a looker of a test looks."""

    fails_at: int = 0
    """The frame, from 1, with which it begins to fail."""
    hangs: bool = False
    tag: str = ""


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """What it says of each frame."""

    frame: int
    pid: int
    """Of the process in which it looks."""
    t_ms: float
    tag: str


class Counting:
    """Counts frames."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._frame = 0

    def set(self, settings: msgspec.Raw) -> None:
        self._wish = msgspec.json.decode(settings, type=Wish)

    def look(self, taken: Any) -> float:
        self._frame += 1
        while self._wish.hangs:
            time.sleep(1)
        if 0 < self._wish.fails_at <= self._frame:
            raise KeyError("a secret of the household")
        self._tell(Counted(frame=self._frame, pid=os.getpid(), t_ms=taken.t_ms, tag=self._wish.tag))
        return 0.0


LOOKER = Counting
