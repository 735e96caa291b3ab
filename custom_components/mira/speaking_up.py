"""Has a mirror speak by itself, where its rules let it; and for a while it can say why."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from homeassistant.components.assist_satellite.const import DOMAIN as ASSIST_SATELLITE
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from .client.commands import Decision
from .const import DOMAIN
from .coordinator import MiraConfigEntry, MiraCoordinator
from .entity import unique_id
from .helpers import says_somebody
from .options import CONF_OCCUPANCY, options_of

RECENT: Final = timedelta(minutes=10)
"""For so long it can say why it spoke."""
_CHARACTERS_A_SECOND: Final = 12
_LONGEST_S: Final = 120
_SOUND_S: Final = 5
"""The sound before it, and until that begins."""


@dataclass(frozen=True)
class SpokenUp:
    """What a mirror said last by itself: in memory alone."""

    message: str = field(repr=False)
    kind: str
    """What it was about, as whoever asked for it calls that: `window_open`."""
    asker: str | None
    """The name of the automation or script; None: that is not known."""
    at: datetime

    @property
    def is_recent(self) -> bool:
        """Whether it is worth asking about."""
        return timedelta(0) <= dt_util.utcnow() - self.at < RECENT

    @property
    def about(self) -> str:
        """What it was about, in words."""
        return self.kind.replace("_", " ").strip()


@callback
def just_said(mirror: MiraCoordinator, device_id: str | None) -> str | None:
    """What a language model is told of that, where somebody talks to this mirror; None: there is nothing to tell."""
    spoken = mirror.spoken_up
    if spoken is None or not spoken.is_recent or device_id not in (None, mirror.device_id):
        return None
    asker = f", for the automation {spoken.asker}" if spoken.asker else ""
    return f"A few minutes ago you said by yourself{asker} (about: {spoken.about}): {spoken.message}"


@dataclass(frozen=True)
class Speech:
    """What a mirror is to say by itself."""

    message: str = field(repr=False)
    kind: str
    ask: bool
    """Whether it listens to what is said to that."""
    emotion: str | None


async def async_speak_up(mirror: MiraCoordinator, speech: Speech, context: Context) -> Decision:
    """Say it, where the mirror lets it, and wait until it was said; what the mirror has decided.

    Raises a translated error where the mirror is unavailable or cannot speak. One that waits for a confirmation is not
    said.
    """
    hass, satellite = mirror.hass, _satellite(mirror)
    state = mirror.data.snapshot.state if mirror.data.snapshot else None
    if speech.ask and not (state and state.microphone):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="refused_microphone_off")
    payload = {"kind": speech.kind, "there": async_somebody_there(hass, mirror.config_entry)}
    decision = await mirror.async_send("speak_up", payload, context=context)
    if not decision.accepted or decision.needs_confirmation:
        return decision
    if speech.emotion:
        seconds = min(_LONGEST_S, _SOUND_S + len(speech.message) // _CHARACTERS_A_SECOND)
        await _async_express(mirror, speech.emotion, seconds, context)
    mirror.spoken_up = SpokenUp(speech.message, speech.kind, _asker(hass, context), dt_util.utcnow())
    action, text = ("start_conversation", "start_message") if speech.ask else ("announce", "message")
    data = {ATTR_ENTITY_ID: satellite, text: speech.message}
    await hass.services.async_call(ASSIST_SATELLITE, action, data, blocking=True, context=context)
    return decision


@callback
def _asker(hass: HomeAssistant, context: Context) -> str | None:
    """The name of the automation or script that runs in this context."""
    running = (state for state in hass.states.async_all(("automation", "script")) if state.context.id == context.id)
    return next((state.name for state in running), None)


async def _async_express(mirror: MiraCoordinator, emotion: str, seconds: int, context: Context) -> None:
    """Show an emotion; without it, the message is said all the same."""
    try:
        await mirror.async_send("express", {"emotion": emotion, "seconds": seconds}, context=context)
    except HomeAssistantError:
        mirror.logger.debug("%s did not express %s", mirror.name, emotion, exc_info=True)


@callback
def _satellite(mirror: MiraCoordinator) -> str:
    """The entity by which it speaks. Raises a translated error where there is none."""
    registry = er.async_get(mirror.hass)
    entity_id = registry.async_get_entity_id(ASSIST_SATELLITE, DOMAIN, unique_id(mirror, ASSIST_SATELLITE))
    if entity_id is None or mirror.hass.states.get(entity_id) is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_voice", translation_placeholders={"mirror": mirror.name}
        )
    return entity_id


@callback
def async_somebody_there(hass: HomeAssistant, entry: MiraConfigEntry) -> bool | None:
    """Whether somebody is there, by the entity that was chosen for it; None: the mirror goes by what it has seen."""
    chosen = options_of(entry)[CONF_OCCUPANCY]
    return says_somebody(hass.states.get(chosen) if chosen else None)
