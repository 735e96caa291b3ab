"""The Pub/Sub channels of a mirror, listened to through every outage."""

import asyncio
import logging
import time
from collections.abc import Callable

from ..errors import BadMessage, MiraError, MissingRight
from ..models.json_object import Document, JsonObject
from ..models.voice import Said
from .connection import Keys, Server, redis_errors
from .interaction import Asked

_LOGGER = logging.getLogger(__name__)

_POLL = 5.0
"""Seconds for which one read waits."""
_FIRST_DELAY, _LAST_DELAY = 0.5, 5.0
"""Seconds between two attempts to subscribe: doubled each time."""
_UNTIL_ALLOWED = 60.0
"""Seconds until it is tried again where the user has no right to."""


class Channel[Data: (str, bytes)]:
    """One channel, of texts or of bytes; `lost` says what does not work without the right to it."""

    def __init__(self, server: Server, name: str, lost: str, *, binary: bool = False) -> None:
        self._server = server
        self._name = name
        self._lost = lost
        self._binary = binary
        self._warned = False

    async def run(self, listener: Callable[[Data], None]) -> None:
        """Hand on what is heard until cancelled. What is sent while nobody listens is lost."""
        delay = _FIRST_DELAY
        while True:
            began = time.monotonic()
            try:
                await self._listen(listener)
            except MissingRight as err:
                # The mirror itself can be followed: the user was made for an older version.
                if not self._warned:
                    _LOGGER.warning("%s, see docs/installation.md: %s", self._lost, err)
                self._warned = True
                await asyncio.sleep(_UNTIL_ALLOWED)
            except MiraError as err:
                if time.monotonic() - began > _LAST_DELAY:
                    delay = _FIRST_DELAY  # it was heard meanwhile
                _LOGGER.debug("Not listening to %s: %s Next attempt in %s s", self._name, err, delay)
                await asyncio.sleep(delay)
                delay = min(2 * delay, _LAST_DELAY)

    async def _listen(self, listener: Callable[[Data], None]) -> None:
        """Hand on what is heard, until the connection is an old one. Raises CannotConnect or InvalidAuth."""
        with redis_errors():
            era = self._server.era  # before connecting: what is renewed meanwhile is an old one already
            async with self._server.connections(binary=self._binary) as redis, redis.pubsub() as channel:
                await channel.subscribe(self._name)
                while era == self._server.era:
                    message = await channel.get_message(timeout=_POLL)
                    if message and message["type"] == "message":
                        listener(message["data"])


class MessageChannel[T]:
    """A channel of messages that `read` makes something of, for as long as somebody wants them."""

    def __init__(self, channel: Channel[str], read: Callable[[str], T]) -> None:
        self._channel = channel
        self._read = read

    async def run(self, listener: Callable[[T], None]) -> None:
        """Hand on what is heard until cancelled. What is sent meanwhile to nobody is lost, as is meant."""

        def hear(text: str) -> None:
            try:
                message = self._read(text)
            except BadMessage as err:
                _LOGGER.debug("%s", err)
            else:
                listener(message)

        await self._channel.run(hear)


def live_channel(server: Server, keys: Keys) -> MessageChannel[Document]:
    """What the camera sees of hands, how loud it is at the microphones and the mirror speaks, and the air in rooms."""
    return MessageChannel(Channel[str](server, keys.live, "Hands are not shown as they move, nor levels"), _live)


def said_channel(server: Server, keys: Keys) -> MessageChannel[Said]:
    """What was said at the mirror."""
    return MessageChannel(Channel[str](server, keys.said, "What was said is not known"), Said.parse)


def audio_channel(server: Server, keys: Keys) -> Channel[bytes]:
    """What the mirror hears in a turn, in frames."""
    return Channel[bytes](server, keys.audio, "Nothing that is said to the mirror is heard", binary=True)


def asking_channel(server: Server, keys: Keys) -> MessageChannel[Asked]:
    """What other programs say to a persona."""
    return MessageChannel(Channel[str](server, keys.asking, "No other program can talk to a persona"), Asked.parse)


def _live(text: str) -> Document:
    fields = JsonObject.parse("What the mirror sees or hears", text)
    if "levels" in fields.document:
        fields.object("levels")
    elif "speech" in fields.document:
        fields.required("level", float)
    elif "rooms" in fields.document:
        fields.object("rooms")
    else:
        fields.objects("hands")
    return fields.document
