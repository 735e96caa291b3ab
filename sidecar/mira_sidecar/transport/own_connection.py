"""A connection that nobody shares, for what is asked with each batch.

The library's own way to one of its pool, and back, costs more than the rest of such a question.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import NoScriptError

from mira_sidecar.transport.script import text_of

type Word = bytes | str | int


class OwnConnection:
    """Asks Redis one thing after the other. It is the pool's, too: what closes those connections closes this one."""

    def __init__(self, redis: Redis) -> None:
        self._pool = redis.connection_pool
        self._connection: AbstractConnection | None = None

    async def ask(self, question: bytes) -> Any:
        """The answer to what was `packed`. Raises as the library does; the next question connects anew."""
        if self._connection is None:
            self._connection = await self._pool.get_connection()  # type: ignore[no-untyped-call]
        elif self._connection.should_reconnect():  # type: ignore[no-untyped-call]
            await self._connection.disconnect(nowait=True)
        await self._connection.send_packed_command(question, check_health=False)
        return await self._connection.read_response()


class OwnScript:
    """One of the Lua scripts, for the same keys each time; Redis gets its text when it does not know it."""

    def __init__(self, connection: OwnConnection, name: str, keys: Sequence[str]) -> None:
        text = text_of(name).encode()
        self._connection = connection
        self._load = packed("SCRIPT", "LOAD", text)
        sha = hashlib.sha1(text, usedforsecurity=False).hexdigest()
        self._head = [word.encode() for word in ("EVALSHA", sha, str(len(keys)), *keys)]

    async def __call__(self, *arguments: Word) -> Any:
        """What it returns. Raises as `OwnConnection.ask`."""
        question = packed(*self._head, *arguments)
        try:
            return await self._connection.ask(question)
        except NoScriptError:
            await self._connection.ask(self._load)
            return await self._connection.ask(question)


def packed(*words: Word) -> bytes:
    """A command as Redis reads it."""
    encoded = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"".join([b"*%d\r\n" % len(encoded), *[b"$%d\r\n%b\r\n" % (len(word), word) for word in encoded]])
