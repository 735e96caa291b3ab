"""A question that cannot be answered costs its sender the answer, and the mirror nothing."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, override

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from mira_sidecar import answering
from mira_sidecar.answering import Answering
from mira_sidecar.protocol import Keys, Reply
from mira_sidecar.queries.explain import Explain
from mira_sidecar.queries.kind import Kind
from mira_sidecar.store.errors import StoreError
from mira_sidecar.transport.connection import RedisClock
from mira_sidecar.transport.ids import StreamIds
from mira_sidecar.transport.queries import Asked, Queries

type Fail = Callable[[Path, Explain], Any]


class OneQuestion(Queries):
    """A Redis in which one question stands, after an outage."""

    def __init__(self) -> None:
        super().__init__(Redis(), Keys("hall"), StreamIds(Redis(), lambda _: None))
        self.outages = 1
        self.replied: asyncio.Queue[Reply] = asyncio.Queue()

    @override
    async def read(self) -> list[Asked]:
        if self.outages:
            self.outages -= 1
            raise RedisConnectionError
        await asyncio.sleep(0)
        return [Asked(10**15, json.dumps({"id": "query-01", "kind": "explain"}).encode())]

    @override
    async def reply(self, reply: Reply) -> None:
        await self.replied.put(reply)


def failing(error: Exception) -> Fail:
    def answer(database: Path, payload: Explain) -> Any:
        raise error

    return answer


@pytest.mark.parametrize(
    ("error", "reason", "message"),
    [
        (
            StoreError("The database is damaged."),
            "storage_failed",
            "The log cannot be read; the sidecar's log says why.",
        ),
        (AssertionError("Milk"), "fault", "Mira itself failed on this; the sidecar's log says more."),
    ],
)
async def test_what_fails_is_a_reply_with_a_reason(
    monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str, message: str
) -> None:
    kinds = {"explain": Kind("explain", Explain, failing(error))}
    monkeypatch.setattr(answering, "_LOOK_S", 0.01)
    serving = iter([False])
    queries = OneQuestion()
    loop = Answering(kinds, queries, RedisClock(Redis()), Path("mira.db"), lambda: next(serving, True))
    task = asyncio.create_task(loop.run())
    try:
        async with asyncio.timeout(10):
            assert await queries.replied.get() == Reply("query-01", reason=reason, message=message)
            assert (await queries.replied.get()).reason == reason
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
