"""Connections to Redis, and the errors they end in."""

import socket
from collections.abc import Generator
from contextlib import contextmanager
from ssl import SSLContext
from typing import Any, override

from redis.asyncio import BlockingConnectionPool, Connection, Redis, SSLConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
)
from redis.exceptions import ConnectionError as LinkError
from redis.exceptions import TimeoutError as NoReplyError

from ..errors import CannotConnect, CannotWrite, InvalidAuth, MissingRight

_TIMEOUT = 5.0
"""Seconds for connecting and for an answer of Redis; a blocking read must stay below it."""
_SHORT_TIMEOUT = 2.0
"""The same where a call is repeated: a command that is sent at the second attempt still lives for some seconds."""
_CONNECTIONS = 4
"""Who finds them all busy waits: a thousand todos may be removed at once."""
_KEEPALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}
"""A link that died in silence is noticed after 25 s; one that nobody uses is not forgotten by a firewall."""
_REPEATED = (LinkError, NoReplyError, ResponseError)
"""What another connection may be spared: it may reach another Redis, such as the primary after a failover."""

_WRITES_REFUSED = {"MISCONF": "disk_fails", "NOREPLICAS": "no_replicas"}
"""Codes of Redis that the library has no exceptions of their own for."""


class Keys:
    """Redis keys of one mirror. The braces keep them in one slot of a Redis Cluster."""

    def __init__(self, mirror: str) -> None:
        prefix = f"mira:{{{mirror}}}"
        self.commands = f"{prefix}:commands:home"
        self.answers = f"{prefix}:answers"
        self.events = f"{prefix}:events"
        self.head = f"{prefix}:head"
        self.state = f"{prefix}:state"
        self.live = f"{prefix}:live"
        self.audio = f"{prefix}:audio"
        self.speech = f"{prefix}:speech"
        self.presence = f"{prefix}:presence"
        self.queries = f"{prefix}:queries"
        self.replies = f"{prefix}:replies"
        self.private = f"{prefix}:private"
        self.said = f"{prefix}:said"
        self.asking = f"{prefix}:asking"
        self.telling = f"{prefix}:telling"
        self.readings = f"{prefix}:readings"


class Server:
    """A Redis server and who we are there."""

    def __init__(
        self, host: str, port: int, username: str | None, password: str | None, tls: SSLContext | None
    ) -> None:
        self._arguments: dict[str, Any] = {
            "connection_class": _Connection,
            "host": host,
            "port": port,
            "username": username,
            "password": password,
            "socket_timeout": _TIMEOUT,
            "socket_connect_timeout": _TIMEOUT,
            "socket_keepalive_options": {
                getattr(socket, name): value for name, value in _KEEPALIVE.items() if hasattr(socket, name)
            },
            "decode_responses": True,
            "encoding_errors": "replace",  # garbage is for the parser to name, not for the library to stumble on
            "protocol": 2,
            "driver_info": None,  # to say which it is, the library would read its version from disk in the event loop
            "retry": Retry(NoBackoff(), 0),
        }
        self._arguments |= {"connection_class": _TLSConnection, "context": tls} if tls else {}
        self.era = 0
        """Which connections are the current ones: whoever listens on older ones leaves them."""

    def connections(self, *, binary: bool = False) -> Redis:
        """A few connections, opened as they are needed; to be closed with `aclose` or `async with`.

        Binary ones hand on what they read as it is.
        """
        arguments = self._arguments | {"decode_responses": not binary}
        return Redis.from_pool(BlockingConnectionPool(_CONNECTIONS, timeout=_TIMEOUT, **arguments))

    def repeating(self) -> Redis:
        """The same for what may arrive twice: what fails is repeated, once, on a new connection.

        A command may: the sidecar decides each id once.
        """
        more: dict[str, Any] = {
            "socket_timeout": _SHORT_TIMEOUT,
            "socket_connect_timeout": _SHORT_TIMEOUT,
            "retry": Retry(NoBackoff(), 1, supported_errors=_REPEATED),
        }
        return Redis.from_pool(BlockingConnectionPool(_CONNECTIONS, timeout=_TIMEOUT, **self._arguments | more))

    def anonymous(self) -> Redis:
        """The same without a name and a password: whoever reaches the server gets so far."""
        stranger = {**self._arguments, "username": None, "password": None}
        return Redis.from_pool(BlockingConnectionPool(1, timeout=_TIMEOUT, **stranger))


class _Connection(Connection):
    """Is closed without waiting: over TLS a server that is gone never says goodbye.

    The library would wait, then raise, also in the place of a cancellation.
    """

    @override
    async def disconnect(self, nowait: bool = False, *args: Any, **how: Any) -> None:
        await super().disconnect(True, *args, **how)


class _TLSConnection(_Connection, SSLConnection):
    """Uses a ready-made context: the library would read the certificates' files in the event loop."""

    def __init__(self, *, context: SSLContext, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.ssl_context.context = context


@contextmanager
def redis_errors() -> Generator[None]:
    """Turns what the Redis library raises into InvalidAuth, CannotWrite or CannotConnect."""
    try:
        yield
    except NoPermissionError as err:
        raise MissingRight(f"Redis refuses this user: {err}") from err
    except (AuthenticationError, AuthorizationError) as err:
        raise InvalidAuth(f"Redis refuses this user: {err}") from err
    except OutOfMemoryError as err:
        raise CannotWrite("out_of_memory") from err
    except ReadOnlyError as err:
        raise CannotWrite("read_only") from err
    except (RedisError, OSError) as err:
        if cause := _WRITES_REFUSED.get(str(err).partition(" ")[0]):
            raise CannotWrite(cause) from err
        raise CannotConnect(f"Redis cannot be used: {err}") from err
