"""What Assist says, and a language model is told, of a switch of the mirror that was to be turned on and is not on."""

import asyncio
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final, override

from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.const import ATTR_ENTITY_ID, ATTR_SERVICE_DATA, EVENT_CALL_SERVICE, STATE_OFF, STATE_ON
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import intent
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.translation import async_get_translations

from .const import ATTR_WAITING_FOR, DOMAIN
from .translation import base_language

_PATIENCE: Final = 3.0
"""Seconds that the answer waits for the mirror's decision; Home Assistant's own handler waits for 0.2."""


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Look at what came of `HassTurnOn`; whatever handles it keeps doing so."""
    handler = next(handler for handler in intent.async_get(hass) if handler.intent_type == intent.INTENT_TURN_ON)
    intent.async_remove(hass, intent.INTENT_TURN_ON)  # or Home Assistant warns that it is overwritten
    intent.async_register(hass, TurnOn(handler))


class TurnOn(intent.IntentHandler):
    """Home Assistant says "turned on" after each call that raised nothing, and one that raises stops automations."""

    intent_type = intent.INTENT_TURN_ON

    def __init__(self, handler: intent.IntentHandler) -> None:
        self._handler = handler
        self.platforms = handler.platforms
        self.description = handler.description

    @property
    @override
    def slot_schema(self) -> dict[Any, Any] | None:
        """What the handler takes."""
        return self._handler.slot_schema

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        """Turn on, and say which of the mirror's switches wait for a confirmation or are not on for another reason."""
        hass = intent_obj.hass
        with _called(intent_obj) as called:
            try:
                response = await self._handler.async_handle(intent_obj)
            except intent.IntentHandleError:
                # Everything failed: Home Assistant would say no more than that something went wrong.
                targets = [_target(hass, entity_id) for entity_id in called]
                if not any(_is_ours(hass, target) for target in targets):
                    raise
                response = intent_obj.create_response()
                response.async_set_results(success_results=[], failed_results=targets)
        success, failed = list(response.success_results), list(response.failed_results)
        # Where one of several calls fails, Home Assistant may name another one: what counts is what each switch shows.
        ours = [target for target in (*success, *failed) if _is_ours(hass, target)]
        all_failed = not any(target.type is intent.IntentResponseTargetType.ENTITY for target in success)
        if all_failed:
            states = [hass.states.get(str(target.id)) for target in ours]
        else:
            states = await asyncio.gather(*(_async_decided(hass, str(target.id)) for target in ours))
        waiting, off = list[intent.IntentResponseTarget](), list[intent.IntentResponseTarget]()
        success = [target for target in success if target not in ours]
        failed = [target for target in failed if target not in ours]
        for target, state in zip(ours, states, strict=True):
            if state and state.state == STATE_ON:
                success.append(target)
            else:
                (waiting if state and ATTR_WAITING_FOR in state.attributes else off).append(target)
        if not waiting and not off:
            return response
        response.async_set_results(success_results=success, failed_results=[*failed, *off])
        texts = await async_get_translations(hass, base_language(intent_obj.language), "common", [DOMAIN])
        done = [target for target in success if target.type is intent.IntentResponseTargetType.ENTITY]
        not_on = [*off, *failed] if all_failed else off
        said = {"assist_waiting": waiting, "assist_not_on": not_on, "assist_rest_on": done}
        response.async_set_speech(
            " ".join(
                texts[f"component.{DOMAIN}.common.{key}"].format(names=", ".join(target.name for target in targets))
                for key, targets in said.items()
                if targets
            )
        )
        return response


@contextmanager
def _called(intent_obj: intent.Intent) -> Generator[dict[str, None]]:
    """The entities for which actions are called meanwhile, in their order."""
    called: dict[str, None] = {}

    @callback
    def call(event: Event[Mapping[str, Any]]) -> None:
        ours = event.context.id == intent_obj.context.id
        called.update(dict.fromkeys(cv.ensure_list(event.data[ATTR_SERVICE_DATA].get(ATTR_ENTITY_ID)) if ours else ()))

    unsubscribe = intent_obj.hass.bus.async_listen(EVENT_CALL_SERVICE, call)
    try:
        yield called
    finally:
        unsubscribe()


def _target(hass: HomeAssistant, entity_id: str) -> intent.IntentResponseTarget:
    state = hass.states.get(entity_id)
    return intent.IntentResponseTarget(
        name=state.name if state else entity_id, type=intent.IntentResponseTargetType.ENTITY, id=entity_id
    )


def _is_ours(hass: HomeAssistant, target: intent.IntentResponseTarget) -> bool:
    """Whether it is a switch of a mirror."""
    entity = er.async_get(hass).async_get(str(target.id))
    return entity is not None and (entity.domain, entity.platform) == (SWITCH_DOMAIN, DOMAIN)


async def _async_decided(hass: HomeAssistant, entity_id: str) -> State | None:
    """The state of a switch once the mirror has decided, or when there was time enough for it."""
    changed = asyncio.Event()

    @callback
    def change(_: Event[EventStateChangedData]) -> None:
        changed.set()

    unsubscribe = async_track_state_change_event(hass, entity_id, change)
    try:
        async with asyncio.timeout(_PATIENCE):
            while (state := hass.states.get(entity_id)) and _is_undecided(state):
                changed.clear()
                await changed.wait()
    except TimeoutError:
        pass
    finally:
        unsubscribe()
    return hass.states.get(entity_id)


def _is_undecided(state: State) -> bool:
    return state.state == STATE_OFF and ATTR_WAITING_FOR not in state.attributes
