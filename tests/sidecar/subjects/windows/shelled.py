"""What runs beside the core, with the real core, and stand-ins for Redis, the broker and the side store."""

import asyncio
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple, Protocol, cast

from mira_sidecar.parts import Now, Shell
from mira_sidecar.protocol import Event, Problem
from mira_sidecar.subjects.windows.settings import WindowsSettings
from tests.sidecar.subjects.windows.house import House


class Sent(NamedTuple):
    """What went to the broker."""

    topic: str
    payload: bytes
    expires_s: int | None
    retain: bool


class Wire:
    """A broker that takes what is published, while it is connected."""

    def __init__(self) -> None:
        self.connected = True
        self.sent: list[Sent] = []

    async def publish(self, topic: str, payload: bytes, *, expires_s: int | None = None, retain: bool = False) -> bool:
        if self.connected:
            self.sent.append(Sent(topic, payload, expires_s, retain))
        return self.connected


class Follows(Protocol):
    def changed(self, now: Now) -> None: ...


class Shelled:
    """A house whose decisions are heard by what is tested, as the sidecar does it."""

    def __init__(self, house: House, **settings: Any) -> None:
        self.house = house
        self.problems: list[Problem] = []
        self.rows: list[Any] = []
        self.deciding = True
        self.is_away = False
        """Whether what is submitted is lost: Redis does not answer."""
        self.answered: set[str] = set()
        """Commands that the log has, from before."""
        self.parts: list[Any] = []
        self.shell = cast(
            "Shell",
            SimpleNamespace(
                settings=SimpleNamespace(of=lambda kind: WindowsSettings(**settings)),
                clock=SimpleNamespace(now_ms=lambda: self.house.now_ms),
                submit=self._submit,
                store=SimpleNamespace(answers=self._answers),
                side=SimpleNamespace(opened=self._opened),
                bulletin=SimpleNamespace(happened=self.problems.append),
            ),
        )

    def follow(self, *parts: Follows) -> None:
        """From now on, and with what there is already."""
        self.parts += parts
        self.changed()

    def changed(self, *, deciding: bool | None = None) -> None:
        """The mirror has changed, or whether it decides."""
        if deciding is not None:
            self.deciding = deciding
        for part in self.parts:
            part.changed(Now(self.house.document, self.deciding, self.deciding))

    def heard(self, since: int) -> None:
        """What was decided since that many events is stored and published."""
        for part in self.parts:
            if hasattr(part, "decided"):
                part.decided(self.house.events[since:])
        self.changed()

    def decide(self, action: str, source: str = "touch", **fields: Any) -> Event:
        """Somebody asks for something, and it is decided."""
        since = len(self.house.events)
        answer = self.house.send(action, source=source, fields=fields)
        self.heard(since)
        return answer

    def minutes(self, number: float) -> None:
        """Time passes, and what becomes due is done."""
        since = len(self.house.events)
        self.house.minutes(number)
        self.heard(since)

    async def _submit(self, source: str, action: str, payload: dict[str, Any], **more: Any) -> None:
        if self.is_away:
            return
        since = len(self.house.events)
        more["own_id"] = more.pop("command_id", None)
        self.house.send(action, source=source, fields=payload, **more)
        self.heard(since)

    async def _answers(self, commands: Sequence[str]) -> dict[str, Any]:
        return {one: one for one in commands if one in self.answered}

    async def _opened(self) -> Any:
        async def put(table: Any, *rows: Any) -> None:
            self.rows += rows

        return SimpleNamespace(put=put)

    @property
    def actions(self) -> list[str]:
        """What was asked for so far."""
        return [event.action for event in self.house.events if event.type != "state_patch"]


async def until(holds: Callable[[], object]) -> None:
    """Wait until it does. Raises TimeoutError."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - it may hold for any reason
            await asyncio.sleep(0.01)
