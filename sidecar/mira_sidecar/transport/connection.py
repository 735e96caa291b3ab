"""One Redis connection pool, and the time by that server's clock."""

import socket
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec
from redis.asyncio import Redis, SSLConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, OutOfMemoryError, ReadOnlyError, RedisError, ResponseError

from mira_sidecar.address import UNREADABLE, place_of

_EXPECTED = (
    "Expected redis://[user:password@]host[:port][/number], or the same with rediss://, "
    "and in user and password %40 for @, %2F for /, %3A for :"
)
_JUMP_MS = 1_000
"""Less is no jump: clocks are put right by slowing them down or speeding them up."""
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_KEEPALIVE = {
    getattr(socket, name): value
    for name, value in {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}.items()
    if hasattr(socket, name)
}
"""Of a link that nobody uses it is noticed within 25 s that it died in silence, and no firewall forgets it."""
BLOCK_MS = 500
"""How long a read waits for commands; also the longest that an order to stop waits for it."""


def connect(url: str) -> Redis:
    """Make a client. It never repeats a call by itself: an XADD whose answer was late would arrive twice.

    Raises ValueError where the text is no Redis URL.
    """
    # A socket of this machine has no such options, and needs none.
    keepalive: dict[str, Any] = {} if urlsplit(url).scheme == "unix" else {"socket_keepalive_options": _KEEPALIVE}
    return Redis.from_url(
        url,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=3,
        socket_timeout=2,  # of a server that hangs: by then the lease is over
        health_check_interval=0,
        protocol=2,
        **keepalive,
    )


@dataclass(frozen=True, slots=True)
class Address:
    """Where a Redis server is."""

    host: str
    port: int
    tls: bool


def address(url: str) -> Address | None:
    """Where the server of a URL is; None where that is no place in a network. Raises ValueError as `connect`."""
    pool = connect(url).connection_pool
    place = pool.connection_kwargs
    if "path" in place:
        return None
    tls = issubclass(pool.connection_class, SSLConnection)
    return Address(place.get("host", "localhost"), place.get("port", 6379), tls)


def has_password(url: str) -> bool:
    """Whether we say a password. Raises ValueError as `connect`."""
    return bool(connect(url).connection_pool.connection_kwargs.get("password"))


def check_url(url: str) -> None:
    """Raise ValueError where the text is no Redis URL, without repeating it: it may hold a password."""
    try:
        connect(url).connection_pool.make_connection()  # type: ignore[no-untyped-call]
    except (ValueError, TypeError) as error:
        raise ValueError(_EXPECTED) from error
    if place_of(url) == UNREADABLE:  # such as one with a slash in its password, which redis-py takes for the path
        raise ValueError(_EXPECTED)


class StrangerError(RedisError):
    """Redis holds something under a key of the mirror that Mira did not write there; the text is the key."""


def decoded[T](body: bytes | str | None, kind: type[T], key: str) -> T:
    """What a key holds. Raises StrangerError where that is not Mira's."""
    try:
        return msgspec.json.decode(body or b"", type=kind)
    except ValueError as error:
        raise StrangerError(key) from error


_AGAIN = "Mira goes on by itself"
_REFUSED = {
    "MISCONF": f"cannot save its data and takes no commands. Check its disk; {_AGAIN}",
    "NOREPLICAS": f"misses its replicas and takes no commands. Check them; {_AGAIN}",
}
"""Why Redis takes no commands, by the first word of its error."""


def _refused(error: ResponseError) -> str:
    if isinstance(error, OutOfMemoryError):
        return f"is out of memory and takes no commands. Raise `maxmemory`, or remove what fills it; {_AGAIN}"
    if isinstance(error, ReadOnlyError):
        return f"is a replica and takes no commands. Name its primary in `redis_url`; {_AGAIN}"
    # Of a command that it does not know, Redis repeats the arguments: a password, or what somebody said.
    reason = str(error).partition(", with args beginning with")[0]
    return _REFUSED.get(reason.partition(" ")[0], f"refuses what Mira asks ({reason})")


def explain(error: RedisError | OSError, url: str) -> str:
    """What went wrong with Redis, and what to do."""
    shown = place_of(url)
    if isinstance(error, AuthenticationError):
        return f"Redis at {shown} refuses the user or password. Check `redis_url`."
    if isinstance(error, StrangerError):
        return f"Redis at {shown} has something else under `{error}`. Delete it there; Mira goes on by itself."
    if isinstance(error, ResponseError):
        return f"Redis at {shown} {_refused(error)}."
    return f"Redis at {shown} does not answer ({str(error) or type(error).__name__}). Start it, or check `redis_url`."


class RedisClock:
    """Time by the Redis server's clock, asked now and then and carried on by this machine's steady one."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._offset_ms = time.time() * 1000 - _steady_ms()
        self._asked = False
        self._stamped_ms = 0
        self.jump_ms = 0
        """How far the server's clock was put forward, or back where that is negative, and nobody has cared yet."""

    async def sync(self) -> None:
        """Ask the server; the answer is taken to be from the middle of the asking."""
        before = _steady_ms()
        seconds, microseconds = await self._redis.time()
        after = _steady_ms()
        offset_ms = seconds * 1000 + microseconds / 1000 - (before + after) / 2
        jump_ms = round(offset_ms - self._offset_ms)
        if self._asked and abs(jump_ms) > _JUMP_MS + (after - before):
            self.jump_ms += jump_ms
        self._offset_ms, self._asked = offset_ms, True

    def resume(self, last_ms: int) -> None:
        """Something happened at this time: where it is still to come, the clock was set back since."""
        behind_ms = self.now_ms() - last_ms
        if behind_ms < -_JUMP_MS:
            self.jump_ms = min(self.jump_ms, behind_ms)

    def stamp_ms(self) -> int:
        """Now, in Unix milliseconds, for something that comes after all that was stamped before.

        Each look at the server's clock puts ours right by some ms, also back. Where that was set back, stamps are, too.
        """
        now_ms = self.now_ms()
        if not 0 < self._stamped_ms - now_ms <= _JUMP_MS:
            self._stamped_ms = now_ms
        return self._stamped_ms

    def now_ms(self) -> int:
        """Unix milliseconds."""
        return round(_steady_ms() + self._offset_ms)


def _steady_ms() -> float:
    """A clock that nobody sets, and that goes on while the machine sleeps where it has such a one."""
    return time.clock_gettime(_STEADY) * 1000
