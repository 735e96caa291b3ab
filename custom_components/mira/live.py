"""Hears what the camera sees of hands, for as long as somebody wants to show it. Knows nothing of Home Assistant."""

import asyncio
import logging
from collections.abc import Callable

from .connection import Keys, Server, redis_errors
from .errors import BadMessage, InvalidAuth, MiraError
from .fields import Fields
from .models import Document

_LOGGER = logging.getLogger(__name__)

_POLL = 5.0
"""Seconds for which one read waits."""
_FIRST_DELAY, _LAST_DELAY = 0.5, 60.0
"""Seconds between two attempts to subscribe: doubled each time."""


class LiveChannel:
    """The channel `live` of one mirror."""

    def __init__(self, server: Server, keys: Keys) -> None:
        self._server = server
        self._channel = keys.live
        self._warned = False

    async def run(self, listener: Callable[[Document], None]) -> None:
        """Hand on what is heard until cancelled. What is sent meanwhile to nobody is lost, as is meant."""
        delay = _FIRST_DELAY
        while True:
            try:
                await self._listen(listener)
            except InvalidAuth as err:
                # The mirror itself can be followed: the user was made for an older version.
                if not self._warned:
                    _LOGGER.warning("Hands are not shown as they move, see docs/installation.md: %s", err)
                self._warned = True
            except MiraError as err:
                _LOGGER.debug("Not listening to %s: %s Next attempt in %s s", self._channel, err, delay)
            await asyncio.sleep(delay)
            delay = min(2 * delay, _LAST_DELAY)

    async def _listen(self, listener: Callable[[Document], None]) -> None:
        """Hand on what is heard. Raises CannotConnect or InvalidAuth when it ends."""
        with redis_errors():
            async with self._server.connections() as redis, redis.pubsub() as channel:
                await channel.subscribe(self._channel)
                while True:
                    message = await channel.get_message(timeout=_POLL)
                    if message and message["type"] == "message":
                        self._hand_on(message["data"], listener)

    def _hand_on(self, text: str, listener: Callable[[Document], None]) -> None:
        try:
            fields = Fields.parse("What the mirror sees", text)
            fields.objects("hands")
        except BadMessage as err:
            _LOGGER.debug("%s", err)
        else:
            listener(fields.document)
