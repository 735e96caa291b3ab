"""Questions about the mirror's log, which the sidecar answers from all that it has kept."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import uuid7

from redis.asyncio import Redis

from ..errors import BadMessage, NoReply, QueryRefused
from ..models.json_object import Document, JsonObject
from .connection import Keys, Server, redis_errors

_PATIENCE = 4.0
"""Seconds to wait for a reply; below those that a connection waits for Redis."""


class Queries:
    """Asks one mirror's sidecar. Nothing of that gets into the log, and no reply into a file of Redis."""

    def __init__(self, redis: Redis, server: Server, keys: Keys) -> None:
        self._redis = redis
        self._server = server
        self._keys = keys

    async def ask(self, kind: str, payload: Mapping[str, Any]) -> Document:
        """The result of a query. Raises CannotConnect, InvalidAuth, QueryRefused, NoReply or BadMessage."""
        query = {"id": str(uuid7()), "kind": kind, "payload": payload, "ttl_ms": round(_PATIENCE * 1000)}
        try:
            async with asyncio.timeout(_PATIENCE):
                with redis_errors():
                    reply = await self._reply_to(query)
        except TimeoutError as err:
            raise NoReply(f"There was no reply within {_PATIENCE:g} s; an older sidecar gives none.") from err
        if reason := reply.optional("reason", str):
            raise QueryRefused(reason, reply.optional("values", dict) or {})
        return reply.object("result").document

    async def _reply_to(self, query: Mapping[str, Any]) -> JsonObject:
        """Ask, and wait for the reply to that. What others are replied goes by."""
        async with self._server.connections() as redis, redis.pubsub() as channel:
            await channel.subscribe(self._keys.replies)
            await channel.get_message(timeout=None)  # that we hear: a reply that nobody hears is lost
            await self._redis.xadd(self._keys.queries, {"query": json.dumps(query, ensure_ascii=False)})
            while True:
                message = await channel.get_message(timeout=None)
                with suppress(BadMessage):
                    reply = JsonObject.parse("The mirror's reply", message["data"])
                    if reply.document.get("query_id") == query["id"]:
                        return reply
