"""What the display's widgets ask of Home Assistant, as lovelace/src/widgets ask, has the form that they read."""

from datetime import timedelta
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket, WebSocketGenerator


@pytest.fixture
async def socket(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> MockHAClientWebSocket:
    """A browser's websocket, of a Home Assistant that has a calendar and weather."""
    assert await async_setup_component(hass, "homeassistant", {})
    for component in ("calendar", "weather"):
        assert await async_setup_component(hass, component, {component: {"platform": "demo"}})
    await hass.async_block_till_done()
    return await hass_ws_client(hass)


async def first_message(socket: MockHAClientWebSocket, request: dict[str, Any]) -> dict[str, Any]:
    await socket.send_json_auto_id(request)
    assert (await socket.receive_json(timeout=10))["success"]
    message = await socket.receive_json(timeout=10)
    assert message["type"] == "event"
    return dict(message["event"])


async def test_a_calendar_sends_its_events_with_summary_start_and_end(
    hass: HomeAssistant, socket: MockHAClientWebSocket
) -> None:
    start = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
    span = {"start": start.isoformat(), "end": (start + timedelta(days=7)).isoformat()}
    (entity_id, *_) = hass.states.async_entity_ids("calendar")
    message = await first_message(socket, {"type": "calendar/event/subscribe", "entity_id": entity_id, **span})
    assert message["events"]
    for event in message["events"]:
        assert {"summary", "start", "end"} <= set(event)
        assert dt_util.parse_datetime(event["start"]) or dt_util.parse_date(event["start"])


async def test_the_weather_sends_the_forecasts_that_its_features_promise(
    hass: HomeAssistant, socket: MockHAClientWebSocket
) -> None:
    features = {"daily": 1, "hourly": 2, "twice_daily": 4}  # as in lovelace/src/model/weather.ts
    seen = set()
    for state in hass.states.async_all("weather"):
        assert isinstance(state.attributes["temperature"], int | float)
        for kind, feature in features.items():
            if state.attributes["supported_features"] & feature:
                request = {"type": "weather/subscribe_forecast", "entity_id": state.entity_id, "forecast_type": kind}
                message = await first_message(socket, request)
                assert message["type"] == kind
                assert {"datetime", "condition", "temperature"} <= set(message["forecast"][0])
                seen.add(kind)
    assert seen == set(features)
