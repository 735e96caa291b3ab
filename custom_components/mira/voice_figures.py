"""How loud it is at the mirror, and how often there was nearly a wake word: asked for while somebody wants it."""

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, override

from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .errors import MiraError
from .models.json_object import JsonObject
from .models.voice import Figures

if TYPE_CHECKING:
    from .coordinator import MiraCoordinator

_LOGGER = logging.getLogger(__name__)

_EVERY = timedelta(seconds=8)
"""The mirror measures levels for ten seconds after it was asked for them."""
LEVELS = "levels"
"""The context of a listener that wants levels."""


class VoiceFigures(DataUpdateCoordinator[Figures | None]):
    """Asks a mirror for its figures of voice while there is a listener; levels are measured only for one of them."""

    def __init__(self, mirror: MiraCoordinator) -> None:
        super().__init__(
            mirror.hass,
            _LOGGER,
            config_entry=mirror.config_entry,
            name=f"the voice of {mirror.name}",
            update_interval=_EVERY,
        )
        self._mirror = mirror

    @override
    async def _async_update_data(self) -> Figures | None:
        """What is known now; None while the mirror is unavailable: a question would wait for it in Redis."""
        if not self._mirror.data.connected:
            return None
        asked = {"levels": LEVELS in set(self.async_contexts())}
        try:
            answer = await self._mirror.client.queries.ask("voice", asked)
            return Figures.read(JsonObject("The figures of voice", answer))
        except MiraError as err:
            raise UpdateFailed(str(err)) from err
