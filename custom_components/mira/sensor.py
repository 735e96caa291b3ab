"""What the mirror saw, heard and refused last, how busy it is, and the air at its windows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import SIGNAL_STRENGTH_DECIBELS, EntityCategory, UnitOfInformation, UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .const import DOMAIN, GESTURES, REASONS
from .coordinator import MiraConfigEntry
from .emotions import EMOTIONS, NEUTRAL, Emotion
from .entity import MiraEntity, MiraEntityDescription, async_add_described
from .log_sensor import MiraLogSensor
from .models.event import Event
from .models.presence import Pace
from .models.talk import Talk
from .models.view import MirrorView
from .models.voice import VERSION, Figures, Said
from .translation import sentence
from .voice_figures import LEVELS
from .window_sensor import async_add_window_sensors

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class MiraSensorDescription(SensorEntityDescription, MiraEntityDescription):
    """Describes a sensor of what the mirror's view shows."""

    value_fn: Callable[[MirrorView], StateType | datetime]
    options_fn: Callable[[MirrorView], list[str]] = lambda view: []


@dataclass(frozen=True, kw_only=True)
class MiraLogSensorDescription(SensorEntityDescription, MiraEntityDescription):
    """Describes a sensor that follows the mirror's log."""


@dataclass(frozen=True, kw_only=True)
class MiraVoiceSensorDescription(SensorEntityDescription, MiraEntityDescription):
    """Describes a sensor of what the mirror is asked about its voice."""

    figure_fn: Callable[[Figures], StateType]
    wants: str | None = None
    """What has to be measured for it."""


def _last_gesture(view: MirrorView) -> str | None:
    """The last accepted gesture, one made during an outage included; None for one that only a newer sidecar knows."""
    gesture = view.snapshot.state.gesture if view.snapshot else None
    return gesture.name if gesture and gesture.name in _gestures(view) else None


def _gestures(view: MirrorView) -> list[str]:
    """Those that every mirror knows, and those that this one was taught."""
    return [*GESTURES, *(view.snapshot.state.taught if view.snapshot else ())]


def _last_heard(view: MirrorView) -> datetime | None:
    """When something was said last."""
    utterance = view.snapshot.state.utterance if view.snapshot else None
    return utterance.at if utterance else None


def _emotion(view: MirrorView) -> Emotion:
    """What the face shows; neutral while nothing is expressed, and for what only a newer sidecar knows."""
    talk = view.snapshot.state.part(Talk) if view.snapshot else None
    return EMOTIONS.get((talk.emotion if talk else None) or "", NEUTRAL)


def _pace(value_fn: Callable[[Pace], StateType]) -> Callable[[MirrorView], StateType]:
    """What the mirror says of its pace; None of an older sidecar."""
    return lambda view: value_fn(view.presence.pace) if view.presence and view.presence.pace else None


def _decision_time(key: str, value_fn: Callable[[MirrorView], StateType]) -> MiraSensorDescription:
    """Describes a percentile of the times that decisions take."""
    return MiraSensorDescription(
        key=key,
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=value_fn,
    )


SENSORS: tuple[MiraSensorDescription, ...] = (
    MiraSensorDescription(
        key="command_rate",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_pace(lambda pace: pace.commands_a_minute),
    ),
    _decision_time(key="decision_time_p50", value_fn=_pace(lambda pace: pace.decision_ms_p50)),
    _decision_time(key="decision_time_p95", value_fn=_pace(lambda pace: pace.decision_ms_p95)),
    MiraSensorDescription(
        key="log_size",
        device_class=SensorDeviceClass.DATA_SIZE,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.MEGABYTES,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda view: view.presence.log_bytes if view.presence else None,
    ),
    MiraSensorDescription(
        key="uptime",
        device_class=SensorDeviceClass.UPTIME,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda view: view.presence.started_at if view.presence else None,
    ),
    MiraSensorDescription(
        key="last_gesture",
        subject="gesture",
        device_class=SensorDeviceClass.ENUM,
        options_fn=_gestures,
        value_fn=_last_gesture,
    ),
)
LAST_HEARD = MiraSensorDescription(
    key="last_voice",
    subject="voice",
    device_kind="microphone",
    device_class=SensorDeviceClass.TIMESTAMP,
    # What people say at home is theirs: whoever wants it in Home Assistant says so.
    entity_registry_enabled_default=False,
    value_fn=_last_heard,
)


def _level(key: str, figure_fn: Callable[[Figures], StateType]) -> MiraVoiceSensorDescription:
    """Describes how loud it is at the mirror's own microphone."""
    return MiraVoiceSensorDescription(
        key=key,
        subject="voice",
        subject_version=VERSION,
        device_kind="microphone",
        native_unit_of_measurement=SIGNAL_STRENGTH_DECIBELS,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.MEASUREMENT,
        figure_fn=figure_fn,
        wants=LEVELS,
    )


VOICE_SENSORS = (
    _level(key="microphone_level", figure_fn=lambda figures: figures.level_db),
    _level(key="microphone_noise", figure_fn=lambda figures: figures.noise_db),
    MiraVoiceSensorDescription(
        key="near_misses",
        subject="voice",
        subject_version=VERSION,
        device_kind="microphone",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.TOTAL_INCREASING,
        figure_fn=lambda figures: figures.near_misses,
    ),
)
EMOTION = MiraSensorDescription(
    key="emotion",
    subject="talk",
    device_class=SensorDeviceClass.ENUM,
    options_fn=lambda view: list(EMOTIONS),
    value_fn=lambda view: _emotion(view).name,
)
LAST_REFUSAL = MiraLogSensorDescription(key="last_refusal", device_class=SensorDeviceClass.ENUM, options=REASONS)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors."""
    async_add_described(entry, async_add_entities, MiraSensor, SENSORS)
    async_add_described(entry, async_add_entities, MiraLastHeard, [LAST_HEARD])
    async_add_described(entry, async_add_entities, MiraLastRefusal, [LAST_REFUSAL])
    async_add_described(entry, async_add_entities, MiraVoiceSensor, VOICE_SENSORS)
    async_add_described(entry, async_add_entities, MiraEmotion, [EMOTION])
    async_add_window_sensors(entry, async_add_entities)


class MiraSensor(MiraEntity, SensorEntity):
    """What the mirror's view shows."""

    entity_description: MiraSensorDescription

    @property
    @override
    def options(self) -> list[str] | None:
        """The values that there may be."""
        return self.entity_description.options_fn(self.coordinator.data) or None

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """The value of now."""
        return self.entity_description.value_fn(self.coordinator.data)


class MiraLastHeard(MiraSensor):
    """When something was said, and what: that comes past the log, is lost with a restart, and is not recorded."""

    _unrecorded_attributes = frozenset({"text"})
    _said: Said | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to what is said. Where nobody wants this sensor, it does not even come here."""
        await super().async_added_to_hass()
        listening = self.coordinator.config_entry.async_create_background_task(
            self.hass, self.coordinator.client.said.run(self._async_hear), f"{DOMAIN} {self.entity_id}"
        )

        @callback
        def stop() -> None:
            listening.cancel()

        self.async_on_remove(stop)

    @callback
    def _async_hear(self, said: Said) -> None:
        self._said = said
        self.async_write_ha_state()

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """The words, where they were heard."""
        said = self._said
        return {"text": said.text if said and said.at == self.native_value else None}


class MiraVoiceSensor(MiraEntity, SensorEntity):
    """A figure that the mirror is asked for, while this sensor is on."""

    entity_description: MiraVoiceSensorDescription

    @override
    async def async_added_to_hass(self) -> None:
        """Have the mirror asked."""
        await super().async_added_to_hass()
        wants = self.entity_description.wants
        self.async_on_remove(self.coordinator.figures.async_add_listener(self.async_write_ha_state, wants))

    @property
    @override
    def native_value(self) -> StateType:
        """The figure; None before the first answer, and where there was none."""
        figures = self.coordinator.figures.data if self.coordinator.figures.last_update_success else None
        return self.entity_description.figure_fn(figures) if figures else None


class MiraEmotion(MiraSensor):
    """What the mirror's face shows."""

    @property
    @override
    def extra_state_attributes(self) -> dict[str, str]:
        """Its emoji, and OpenMoji's code of it."""
        emotion = _emotion(self.coordinator.data)
        return {"emoji": emotion.emoji, "hexcode": emotion.hexcode}


class MiraLastRefusal(MiraLogSensor):
    """Why the mirror refused a command last."""

    @override
    def is_about(self, event: Event) -> bool:
        """Whether it is a refusal."""
        return event.type == "rejected" and not event.sent_again

    @property
    @override
    def native_value(self) -> str | None:
        """The code of the reason; None before the first one, and for one that only a newer sidecar knows."""
        reason = self.event.reason if self.event else None
        return reason if reason in REASONS else None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """What was refused, of whom, and why in a sentence."""
        if (refusal := self.event) is None:
            return dict.fromkeys(("action", "source", "message"))
        return {
            "action": refusal.action,
            "source": refusal.source,
            "message": sentence(self.hass, refusal),
        }
