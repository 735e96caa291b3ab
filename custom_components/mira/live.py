"""Hears what the camera sees of hands, for as long as somebody wants to show it. Knows nothing of Home Assistant."""

import logging
from collections.abc import Callable

from .channel import Channel
from .connection import Keys, Server
from .errors import BadMessage
from .fields import Fields
from .models import Document

_LOGGER = logging.getLogger(__name__)


class LiveChannel:
    """The channel `live` of one mirror."""

    def __init__(self, server: Server, keys: Keys) -> None:
        self._channel = Channel(server, keys.live, "Hands are not shown as they move")

    async def run(self, listener: Callable[[Document], None]) -> None:
        """Hand on what is heard until cancelled. What is sent meanwhile to nobody is lost, as is meant."""

        def hear(text: str) -> None:
            try:
                fields = Fields.parse("What the mirror sees", text)
                fields.objects("hands")
            except BadMessage as err:
                _LOGGER.debug("%s", err)
            else:
                listener(fields.document)

        await self._channel.run(hear)
