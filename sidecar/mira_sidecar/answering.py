"""Answers questions about the log, beside the decisions: they read the database by a connection of their own."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import structlog
from redis.exceptions import RedisError, ResponseError

from mira_sidecar.core.reading import fault_in
from mira_sidecar.protocol import MAX_COMMAND_BYTES, Query, Reply
from mira_sidecar.queries.kind import Asking, Kind, QueryRefusedError
from mira_sidecar.reasons import COMMON, Values, Vocabulary, sentence
from mira_sidecar.store.errors import StoreError
from mira_sidecar.transport.connection import RedisClock
from mira_sidecar.transport.queries import Asked, Queries

log = structlog.get_logger()

_LOOK_S = 0.5
"""How soon one that has begun to decide answers, too."""
_PAUSE_S = 5.0
"""After Redis did not do what it was asked."""
_LONGEST_S = 2.0
"""For which a part may look for an answer: others wait for theirs."""
_QUERY = msgspec.json.Decoder(Query)
_IDENTIFIED = msgspec.json.Decoder(msgspec.defstruct("Identified", [("id", Query.__annotations__["id"])]))


class Answering:
    """Answers one query after the other, while `serving` says that this is the sidecar to ask."""

    def __init__(
        self,
        kinds: Mapping[str, Kind[Any] | Asking[Any]],
        queries: Queries,
        clock: RedisClock,
        database: Path,
        serving: Callable[[], bool],
        *,
        words: Vocabulary = COMMON,
    ) -> None:
        self._kinds = kinds
        self._queries = queries
        self._clock = clock
        self._database = database
        self._serving = serving
        self._words = words

    async def run(self) -> None:
        """Answer until cancelled, through every outage of Redis, of which the flow is the one to speak."""
        while True:
            if not self._serving():
                await asyncio.sleep(_LOOK_S)
                continue
            try:
                for asked in await self._queries.read():
                    if reply := await self._reply(asked):
                        await self._queries.reply(reply)
            except ResponseError as error:
                log.warning("queries are not answered: Redis refuses what Mira asks", why=str(error))
                await asyncio.sleep(_PAUSE_S)
            except RedisError, OSError:
                await asyncio.sleep(_LOOK_S)

    async def _reply(self, asked: Asked) -> Reply | None:
        """The reply; None where nobody can be told, or waits for it any more."""
        try:
            query = _QUERY.decode(asked.body[:MAX_COMMAND_BYTES])
        except (ValueError, RecursionError) as error:
            return self._unfit(asked.body[:MAX_COMMAND_BYTES], fault_in(error, Query))
        late = self._clock.now_ms() > asked.arrived_ms + query.ttl_ms
        return None if late else await self._found(query)

    async def _found(self, query: Query) -> Reply:
        try:
            return Reply(query.id, await self._result(query))
        except QueryRefusedError as error:
            return self._refused(query.id, error)
        except TimeoutError:
            log.warning("a query is not answered in time", kind=query.kind)
            return self._refused(query.id, QueryRefusedError(StoreError.code))
        except StoreError as error:
            log.warning("a query is not answered", kind=query.kind, why=str(error))
            return self._refused(query.id, QueryRefusedError(error.code))
        except Exception:
            log.exception("a fault of Mira: please report it", query_id=query.id, kind=query.kind)
            return self._refused(query.id, QueryRefusedError("fault"))

    async def _result(self, query: Query) -> Any:
        """Raises QueryRefusedError, StoreError or TimeoutError."""
        kind = self._kinds.get(query.kind)
        if kind is None:
            raise QueryRefusedError("unknown_query", kinds=list(self._kinds))
        try:
            payload = msgspec.convert(query.payload, kind.payload)
        except (ValueError, RecursionError) as error:
            raise QueryRefusedError("bad_query", **fault_in(error, kind.payload)) from error
        if isinstance(kind, Asking):
            async with asyncio.timeout(_LONGEST_S):
                return msgspec.to_builtins(await kind.answer(payload))
        answer = kind.answer
        return await asyncio.to_thread(lambda: msgspec.to_builtins(answer(self._database, payload)))

    def _refused(self, query_id: str, error: QueryRefusedError) -> Reply:
        message = sentence(error.reason, error.values, self._words)
        return Reply(query_id, reason=error.reason, message=message, values=error.values)

    def _unfit(self, body: bytes, fault: Values) -> Reply | None:
        """What can be said to the sender of something that is no query."""
        try:
            query_id: str = _IDENTIFIED.decode(body).id  # type: ignore[attr-defined]  # made above
        except ValueError, RecursionError:
            return None
        return self._refused(query_id, QueryRefusedError("bad_query", **fault))
