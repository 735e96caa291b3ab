"""Triggers: a gesture or a sequence, a refusal, a question, a message's button, who speaks to it, what it expresses."""

import re
from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, cast, override

import voluptuous as vol
from homeassistant.const import CONF_OPTIONS, CONF_TARGET, Platform
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.trigger import (
    NotTriggeredInfo,
    Trigger,
    TriggerAction,
    TriggerActionPayloadBuilder,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType

from .automation_checks import (
    Check,
    Needs,
    Watch,
    async_refuse_blocked,
    async_used_in,
    check_gestures,
    check_wake_words,
    did_you_mean,
    nothing_to_check,
    state_of,
)
from .const import ACTIONS, DOMAIN, GESTURE_NAME, GESTURES, MOTIONS, REASONS, SOURCES
from .coordinator import SIGNAL_DECISION, MiraCoordinator
from .emotions import EMOTIONS
from .models.event import Event
from .models.talk import Talk
from .models.voice import Voice, phrase_of
from .schemas import BUTTON_ID
from .translation import sentence

HANDS = ["left", "right"]


def _word(kind: str, known: Collection[str]) -> Callable[[str], str]:
    """A validator of one of the known words."""

    def word(value: Any) -> str:
        if value not in known:
            raise vol.Invalid(f"There is no {kind} {value}.{did_you_mean(str(value), known)}")
        return str(value)

    return word


def _refused_action(value: Any) -> str:
    """Any action: the mirror refuses what it does not know too. But not one that is hardly meant."""
    name = str(value)
    if name not in ACTIONS and (hint := did_you_mean(name, ACTIONS)):
        raise vol.Invalid(f"There is no action {name}.{hint}")
    return name


def _gesture(value: Any) -> str:
    """What may be the name of a gesture; whether there is one of it, the targeted mirrors know."""
    name = str(value)
    if not re.match(GESTURE_NAME, name):
        hint = did_you_mean(name, GESTURES)
        raise vol.Invalid(f"{name} is not the name of a gesture: lower-case letters, digits and underscores.{hint}")
    return name


def _list_of(one: Any) -> vol.All:
    return vol.All(cv.ensure_list, [one])


def _step(value: Any) -> str:
    """A gesture of a sequence: its name, or the object that the visual editor makes."""
    return _gesture(vol.Schema({vol.Required("gesture"): str})(value)["gesture"] if isinstance(value, dict) else value)


def _one_or_a_sequence(options: ConfigType) -> ConfigType:
    if options["gesture"] and options["sequence"]:
        raise vol.Invalid("Choose either gestures, any of which triggers, or a sequence of gestures.")
    if len(options["sequence"]) == 1:
        raise vol.Invalid("A sequence has at least two gestures.")
    return options


def _schema(options: Mapping[Any, Any], *checks: Any) -> vol.Schema:
    return vol.Schema(
        {
            vol.Required(CONF_TARGET): cv.TARGET_FIELDS,
            vol.Required(CONF_OPTIONS, default=dict): vol.All(dict(options), *checks),
        }
    )


GESTURE_SCHEMA = _schema(
    {
        vol.Optional("gesture", default=list): _list_of(_gesture),
        vol.Optional("sequence", default=list): _list_of(_step),
        vol.Optional("within", default={"seconds": 2}): cv.positive_time_period,
        vol.Optional("min_confidence", default=0): vol.All(vol.Coerce(float), vol.Range(0, 100)),
        vol.Optional("hand"): vol.In(HANDS),
        vol.Optional("min_hold", default=0): cv.positive_time_period,
    },
    _one_or_a_sequence,
)
REFUSED_SCHEMA = _schema(
    {
        vol.Optional("reason", default=list): _list_of(_word("reason", REASONS)),
        vol.Optional("source", default=list): _list_of(_word("source", SOURCES)),
        vol.Optional("action", default=list): _list_of(_refused_action),
    }
)
REQUESTED_SCHEMA = _schema({vol.Optional("action", default=list): _list_of(_word("action", ACTIONS))})
PRESSED_SCHEMA = _schema({vol.Optional("button", default=list): _list_of(BUTTON_ID)})
EMOTION_SCHEMA = _schema({vol.Optional("emotion", default=list): _list_of(_word("emotion", EMOTIONS))})
SPOKEN_TO_SCHEMA = _schema({vol.Optional("wake_word", default=list): _list_of(str)})


class MirrorTrigger(Trigger):
    """A trigger on what the targeted mirrors decide, as they do: nothing that happened during an outage."""

    name: ClassVar[str]
    schema: ClassVar[vol.Schema]
    entity_key: ClassVar[str | None] = None
    """The kind of entity that stands for its mirror in the target; None: any."""

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the target and the options. What can never trigger is refused."""
        valid = cast(ConfigType, cls.schema(config))
        async_refuse_blocked(hass, cls.needs(valid[CONF_TARGET], valid[CONF_OPTIONS]))
        return valid

    @classmethod
    def needs(cls, target: Mapping[str, Any], options: Mapping[str, Any]) -> Needs:
        """What has to be there, or it never triggers."""
        return Needs(f"{DOMAIN}.{cls.name}", target, cls.entity_key, cls.check(options), str(sorted(options.items())))

    @classmethod
    def check(cls, options: Mapping[str, Any]) -> Check:
        """The check of what the options name."""
        return nothing_to_check

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._target = config.target or {}
        self._options = config.options or {}
        self._used_in = async_used_in(hass)

    @override
    async def async_attach_action(
        self,
        action: TriggerAction,
        action_payload_builder: TriggerActionPayloadBuilder,
        *,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Attach, knowing whose trigger it is: a repair names the automation."""
        self._used_in = async_used_in(self._hass, action)
        return await super().async_attach_action(action, action_payload_builder, did_not_trigger=did_not_trigger)

    @abstractmethod
    def match(self, event: Event, mirror: str) -> tuple[str, dict[str, Any]] | NotTriggeredInfo | None:
        """What triggers, in words, and its variables; or why it does not; or None where it is of no interest."""

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        """Listen to the mirrors until detached."""
        watch = Watch(self._hass, self.needs(self._target, self._options), self._used_in)
        mirrors = watch.mirrors
        await watch.async_start()

        @callback
        def decided(coordinator: MiraCoordinator, event: Event) -> None:
            entry_id = coordinator.config_entry.entry_id
            if entry_id not in mirrors.entities or not (found := self.match(event, entry_id)):
                return
            context = coordinator.context_of(event)
            if isinstance(found, NotTriggeredInfo):
                if did_not_trigger:
                    did_not_trigger(found, context)
                return
            what, variables = found
            common = {
                "entity_id": mirrors.entities[entry_id],
                "device_id": coordinator.device_id,
                "mirror": coordinator.name,
                "command_id": event.command_id,
                "source": event.source,
            }
            run_action({**common, **variables}, f"{what} at {coordinator.name}", context)

        stop_listening = async_dispatcher_connect(self._hass, SIGNAL_DECISION, decided)

        @callback
        def detach() -> None:
            stop_listening()
            watch.stop()

        return detach


class GesturePerformed(MirrorTrigger):
    """One gesture of several, or a sequence of them, one directly after the other within a time."""

    name = "gesture_performed"
    schema = GESTURE_SCHEMA
    entity_key = "gesture"

    @override
    @classmethod
    def check(cls, options: Mapping[str, Any]) -> Check:
        """Each gesture is one that a mirror knows, and accepts late enough."""
        return check_gestures([*options["gesture"], *options["sequence"]], options["min_hold"])

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._sequence: list[str] = self._options["sequence"]
        self._within: timedelta = self._options["within"]
        self._seen: dict[str, deque[tuple[str, datetime]]] = {}

    @override
    def match(self, event: Event, mirror: str) -> tuple[str, dict[str, Any]] | NotTriggeredInfo | None:
        """A gesture that does not fit hand, confidence or hold is as if it were not there."""
        if (event.type, event.action) != ("accepted", "gesture"):
            return None
        gesture = str(event.payload.get("name"))
        if self._options["gesture"] and gesture not in self._options["gesture"]:
            return None
        if mismatch := self._mismatch(event, gesture):
            return mismatch
        gestures = self._completed(event, gesture, mirror) if self._sequence else [gesture]
        if not gestures:
            return None
        return f"gesture {' → '.join(gestures)}", {
            "gesture": gesture,
            "gestures": gestures,
            "confidence": event.percent,
            "handedness": event.payload.get("handedness"),
            "hold_ms": event.payload.get("hold_ms"),
        }

    def _mismatch(self, event: Event, gesture: str) -> NotTriggeredInfo | None:
        """What keeps a gesture from being one that is meant. Who does not say how sure it is, is sure."""
        confidence = 1.0 if event.confidence is None else event.confidence
        hold = timedelta(milliseconds=event.payload.get("hold_ms") or 0)
        hand = event.payload.get("handedness")
        if confidence < self._options["min_confidence"] / 100:
            return NotTriggeredInfo("low_confidence", {"gesture": gesture, "confidence": event.percent})
        if hand != self._options.get("hand", hand):
            return NotTriggeredInfo("other_hand", {"gesture": gesture, "handedness": hand})
        # Nobody holds a motion; of somebody's own gestures, it is one that has no hold.
        is_pose = gesture in GESTURES and gesture not in MOTIONS
        if (hold or is_pose) and hold < self._options["min_hold"]:
            return NotTriggeredInfo("short_hold", {"gesture": gesture, "hold_ms": event.payload.get("hold_ms")})
        return None

    def _completed(self, event: Event, gesture: str, mirror: str) -> list[str]:
        """The sequence, where this gesture completes it in time; a gesture counts for one sequence only."""
        seen = self._seen.setdefault(mirror, deque(maxlen=len(self._sequence)))
        seen.append((gesture, event.at))
        if [name for name, _ in seen] != self._sequence or seen[-1][1] - seen[0][1] > self._within:
            return []
        seen.clear()
        return self._sequence


class CommandRefused(MirrorTrigger):
    """A command was refused, from whatever source."""

    name = "command_refused"
    schema = REFUSED_SCHEMA

    @override
    def match(self, event: Event, mirror: str) -> tuple[str, dict[str, Any]] | None:
        """A refusal with one of these reasons, sources and actions."""
        if event.type != "rejected" or not all(
            value in (self._options[name] or [value])
            for name, value in (("reason", event.reason), ("source", event.source), ("action", event.action))
        ):
            return None
        return f"refused {event.action}", {
            "action": event.action,
            "payload": dict(event.payload),
            "reason": event.reason,
            "message": sentence(self._hass, event),
        }


class ConfirmationRequested(MirrorTrigger):
    """The mirror asks back before it does what was asked for."""

    name = "confirmation_requested"
    schema = REQUESTED_SCHEMA

    @override
    def match(self, event: Event, mirror: str) -> tuple[str, dict[str, Any]] | None:
        """A question about one of these actions."""
        if not event.asks_back or event.action not in (self._options["action"] or [event.action]):
            return None
        payload = {name: value for name, value in event.payload.items() if name not in ("outcome", "deadline")}
        return f"question about {event.action}", {
            "action": event.action,
            "payload": payload,
            "deadline": event.deadline,
        }


class MessageButtonPressed(MirrorTrigger):
    """A button of a message was pressed."""

    name = "message_button_pressed"
    schema = PRESSED_SCHEMA

    @override
    def match(self, event: Event, mirror: str) -> tuple[str, dict[str, Any]] | None:
        """A press of one of these buttons."""
        button = event.payload.get("button")
        if (event.type, event.action) != ("accepted", "press_button"):
            return None
        if button not in (self._options["button"] or [button]):
            return None
        return f"button {button}", {"button": button, "message_id": event.payload.get("message_id")}


class SpokenTo(MirrorTrigger):
    """Somebody begins to speak to the mirror: by a wake word, or otherwise."""

    name = "spoken_to"
    schema = SPOKEN_TO_SCHEMA
    entity_key = "assist_satellite"

    @override
    @classmethod
    def check(cls, options: Mapping[str, Any]) -> Check:
        """Each wake word is one that a mirror listens for."""
        return check_wake_words(options["wake_word"])

    @override
    def match(self, event: Event, mirror: str) -> tuple[str, dict[str, Any]] | None:
        """A turn that was opened; where wake words are chosen, by one of them."""
        if (how := event.carried_out) not in ("wake", "listen"):
            return None
        # That of `listen` says whose assistant is meant: nobody has said it.
        word = event.payload.get("word") if how == "wake" else None
        if word not in (self._options["wake_word"] or [word]):
            return None
        state = state_of(self._hass, mirror)
        phrase = phrase_of(word, state.part(Voice) if state else None)
        return f"spoken to by {phrase or event.source}", {
            "how": how,
            "wake_word": word,
            "phrase": phrase,
            "microphone": event.payload.get("microphone"),
            "confidence": event.percent,
        }


class EmotionShown(MirrorTrigger):
    """The face shows an emotion: of a persona that answers, or of an action."""

    name = "emotion_shown"
    schema = EMOTION_SCHEMA

    @override
    def match(self, event: Event, mirror: str) -> tuple[str, dict[str, Any]] | None:
        """One of these emotions."""
        emotion = event.payload.get("emotion")
        if event.carried_out != "express" or emotion not in (self._options["emotion"] or [emotion]):
            return None
        state = state_of(self._hass, mirror)
        talk = state.part(Talk) if state else None
        persona = talk.replies.get(str(event.payload.get("reply"))) if talk else None
        return f"emotion {emotion}", {"emotion": emotion, "persona": self._persona(persona)}

    def _persona(self, subentry_id: str | None) -> str | None:
        """The entity of a persona."""
        entities = er.async_get(self._hass).entities.values()
        ours = (each for each in entities if each.platform == DOMAIN and each.domain == Platform.CONVERSATION)
        return next((each.entity_id for each in ours if subentry_id and each.config_subentry_id == subentry_id), None)


TRIGGERS: dict[str, type[Trigger]] = {
    trigger.name: trigger
    for trigger in (
        GesturePerformed,
        CommandRefused,
        ConfirmationRequested,
        MessageButtonPressed,
        SpokenTo,
        EmotionShown,
    )
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers of mirrors."""
    return TRIGGERS
