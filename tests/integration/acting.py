"""What a user does with entities: calls their actions, and looks at them."""

from typing import Any

from homeassistant.core import HomeAssistant, State


async def act(hass: HomeAssistant, action: str, entity_id: str, **data: Any) -> Any:
    """Call a Home Assistant action, and wait for its end."""
    domain, name = action.split(".")
    answers = name == "get_items"
    answer = await hass.services.async_call(
        domain, name, {"entity_id": entity_id, **data}, blocking=True, return_response=answers
    )
    return answer[entity_id] if answer else None


def shown(hass: HomeAssistant, entity_id: str) -> State:
    """The state of an entity that exists."""
    state = hass.states.get(entity_id)
    assert state
    return state
