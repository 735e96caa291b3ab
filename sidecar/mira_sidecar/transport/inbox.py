"""The commands stream. An entry stays pending until its answer is stored and published."""

import time
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from mira_sidecar.protocol import GROUP, Keys
from mira_sidecar.transport.connection import BLOCK_MS

BATCH = 500
"""The most commands decided in one transaction: some 10 ms of work, so that nobody waits long behind it."""
_CONSUMER = "active"
"""One name for whoever holds the lease: what the last one left unanswered is pending under our own name."""
_STRAYS_S = 1.0
"""How often to look for entries that one took with it which holds the lease no more."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the stream, as it came."""

    id: str
    arrived_ms: int
    """By the Redis server's clock."""
    body: bytes | None
    """The field `command`, where there is one."""


class Inbox:
    """Reads the commands stream for the holder of the lease; a batch is to be answered before the next is read."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._strays_due = 0.0

    async def open(self) -> None:
        """Make the group where it is missing, and begin with what was left unanswered."""
        try:
            # From 0: commands that were sent before the first start are decided too, as `expired` if need be.
            await self._redis.xgroup_create(self._keys.commands, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise
        self._strays_due = 0.0

    async def read(self) -> list[Entry]:
        """The next batch: what came while the last one was decided, or after a wait of BLOCK_MS nothing."""
        if time.monotonic() >= self._strays_due:
            if strays := await self._xreadgroup("0", block=None):
                return strays
            self._strays_due = time.monotonic() + _STRAYS_S
        return await self._xreadgroup(">", block=BLOCK_MS)

    async def _xreadgroup(self, after: str, block: int | None) -> list[Entry]:
        # Any: what the library promises is the union of both versions of the Redis protocol.
        found: Any = await self._redis.xreadgroup(
            GROUP, _CONSUMER, {self._keys.commands: after}, count=BATCH, block=block
        )
        entries = found[0][1] if found else []
        return [_entry(entry_id.decode(), fields) for entry_id, fields in entries]


def _entry(entry_id: str, fields: dict[bytes, bytes] | None) -> Entry:
    # A pending entry that was deleted from the stream comes without fields.
    return Entry(entry_id, int(entry_id.partition("-")[0]), (fields or {}).get(b"command"))
