"""A sensor that shows the last event of the mirror's log of one kind."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import override

from homeassistant.components.sensor import SensorEntity
from homeassistant.core import callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .coordinator import SIGNAL_EVENTS, MiraCoordinator
from .entity import MiraEntity
from .errors import MiraError
from .models.event import Event

_EVENTS_SEARCHED = 200
"""Of the log, for the last one from before the start: what one read brings."""


class MiraLogSensor(MiraEntity, SensorEntity):
    """Shows the last event that it is about, one from before the start or of an outage included."""

    event: Event | None = None

    @abstractmethod
    def is_about(self, event: Event) -> bool:
        """Whether it shows this one."""

    @override
    async def async_added_to_hass(self) -> None:
        """Begin with the last one in the log, and listen to what happens."""
        await super().async_added_to_hass()
        self.async_on_remove(async_dispatcher_connect(self.hass, SIGNAL_EVENTS, self._async_happened))
        try:
            page = await self.coordinator.client.log.page(limit=_EVENTS_SEARCHED)
        except MiraError:
            return  # Redis has just gone; the next one will do
        if self.event is None:
            self.event = self._newest(page.events)

    @callback
    def _async_happened(self, coordinator: MiraCoordinator, events: Sequence[Event]) -> None:
        if coordinator is self.coordinator and (event := self._newest(reversed(events))):
            self.event = event
            self.async_write_ha_state()

    def _newest(self, events: Iterable[Event]) -> Event | None:
        """The first of these events, newest first, that it is about."""
        return next(filter(self.is_about, events), None)
