"""Questions about the mirror's log, which the sidecar answers from all that it has kept."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid7

from redis.asyncio import Redis

from ..errors import NoReply, QueryRefused
from ..models.json_object import Document, JsonObject
from .connection import Keys, Server, redis_errors

_PATIENCE = 4.0
"""Seconds to wait for a reply; below those that a connection waits for Redis."""


class Queries:
    """Asks one mirror's sidecar. Nothing of that gets into the log."""

    def __init__(self, redis: Redis, server: Server, keys: Keys) -> None:
        self._redis = redis
        self._server = server
        self._keys = keys

    async def ask(self, kind: str, payload: Mapping[str, Any]) -> Document:
        """The result of a query. Raises CannotConnect, InvalidAuth, QueryRefused, NoReply or BadMessage."""
        query = {"id": str(uuid7()), "kind": kind, "payload": payload, "ttl_ms": round(_PATIENCE * 1000)}
        with redis_errors():
            await self._redis.xadd(self._keys.queries, {"query": json.dumps(query, ensure_ascii=False)})
            # It waits for longer than a call may take that is repeated.
            async with self._server.connections() as redis:
                found = await redis.blpop([f"{self._keys.replies}:{query['id']}"], timeout=_PATIENCE)
        if not found:
            raise NoReply(f"There was no reply within {_PATIENCE:g} s; an older sidecar gives none.")
        reply = JsonObject.parse("The mirror's reply", str(found[1]))
        if reason := reply.optional("reason", str):
            raise QueryRefused(reason, reply.optional("values", dict) or {})
        return reply.object("result").document
