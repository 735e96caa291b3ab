"""The commands streams. An entry stays pending until its answer is stored and published."""

import time
from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from mira_sidecar.protocol import GROUP, MAX_COMMAND_BYTES, Keys, Sender
from mira_sidecar.transport.connection import BLOCK_MS
from mira_sidecar.transport.ids import StreamIds
from mira_sidecar.transport.own_connection import OwnConnection, OwnScript, packed

BATCH = 500
"""The most commands decided in one transaction, or a few more: some 10 ms of work, so that nobody waits for long."""
BATCH_BYTES = 2_000_000
"""The most read for it, or a few commands more."""
_USEFUL_BYTES = MAX_COMMAND_BYTES + 1
"""Of a longer entry this is enough to see that it is too long."""
_HEAD = Struct(">BIBB")
_CONSUMER = "active"
"""One name for whoever holds the lease: what the last one left unanswered is pending under our own name."""
_STRAYS_S = 1.0
"""How often to look for entries that one took with it which holds the lease no more."""


class Entry(NamedTuple):
    """One entry of a stream, as it came."""

    id: str
    sender: Sender
    body: bytes | None
    """The field `command`, where there is one: its beginning, where that is longer than a command may be."""

    @property
    def arrived_ms(self) -> int:
        """By the Redis server's clock."""
        return int(self.id.partition("-")[0])


class Inbox:
    """Reads the commands streams for the holder of the lease; a batch is to be answered before the next is read."""

    def __init__(self, redis: Redis, keys: Keys, ids: StreamIds) -> None:
        self._redis = redis
        self._ids = ids
        self._senders: dict[str, Sender] = {key: sender for sender, key in keys.commands.items()}
        self._streams = list(keys.commands.values())
        self._retired = keys.retired
        self._connection = OwnConnection(redis)
        self._read = OwnScript(self._connection, "read", self._streams)
        self._wait = packed(
            *("XREADGROUP", "GROUP", GROUP, _CONSUMER, "COUNT", 1, "BLOCK", BLOCK_MS),
            *("STREAMS", *self._streams, *[">"] * len(self._streams)),
        )
        self._strays_due = 0.0
        self._more = True

    async def open(self) -> None:
        """Make the group where it is missing, and begin with what was left unanswered."""
        for stream in self._streams:
            try:
                # From 0: commands that were sent before the first start are decided too, as `expired` if need be.
                await self._redis.xgroup_create(stream, GROUP, id="0", mkstream=True)
            except ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise
        await self._redis.unlink(*self._retired)
        self._strays_due, self._more = 0.0, True

    def expect(self, waiting: int) -> None:
        """So many entries are in the streams, as of just now."""
        self._more = waiting > 0

    async def read(self) -> list[Entry]:
        """The next batch: what came while the last one was decided, or after a wait of BLOCK_MS nothing."""
        if time.monotonic() >= self._strays_due:
            self._more |= await self._ids.check(self._streams, GROUP)
            if strays := await self._waiting("0"):
                return strays
            self._strays_due = time.monotonic() + _STRAYS_S
        if self._more and (entries := await self._waiting(">")):
            return entries
        self._more = False
        return await self._next()

    async def _waiting(self, after: str) -> list[Entry]:
        """What is there already."""
        found: bytes = await self._read(GROUP, _CONSUMER, BATCH, BATCH_BYTES, _USEFUL_BYTES, after)
        return _in_order(list(_unpacked(found, list(self._senders.values()))))

    async def _next(self) -> list[Entry]:
        """The first to come, at most one of each stream: a script cannot wait."""
        found = await self._connection.ask(self._wait)
        self._more = bool(found)
        return _in_order(
            [
                Entry(entry_id.decode(), self._senders[key.decode()], _body(fields))
                for key, entries in found or []
                for entry_id, fields in entries
            ]
        )


def _body(fields: list[bytes]) -> bytes | None:
    """What `Entry.body` is, of the names and values of an entry."""
    named = dict(zip(fields[::2], fields[1::2], strict=True))
    return named.get(b"command", b"")[:_USEFUL_BYTES] or None


def _unpacked(found: bytes, senders: list[Sender]) -> Iterator[Entry]:
    """The entries as `read.lua` packs them."""
    at = 0
    while at < len(found):
        id_bytes, body_bytes, number, has_body = _HEAD.unpack_from(found, at)
        start = at + _HEAD.size
        at = start + id_bytes + body_bytes
        body = found[start + id_bytes : at] if has_body else None
        yield Entry(found[start : start + id_bytes].decode(), senders[number - 1], body)


def _in_order(entries: list[Entry]) -> list[Entry]:
    """As they came, whichever stream they are in."""
    if all(entry.sender == entries[0].sender for entry in entries):
        return entries
    return sorted(entries, key=_place)


def _place(entry: Entry) -> tuple[int, int]:
    """Where it stands in the order of arrival, over all streams."""
    milliseconds, _, number = entry.id.partition("-")
    return int(milliseconds), int(number)
