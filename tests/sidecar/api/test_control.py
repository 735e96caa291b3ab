"""What every mirror can be asked over HTTP, and who may."""

from typing import Any

import aiohttp

from tests.sidecar.api.served import Served

COMMAND = "/api/v1/command"


async def asked(client: aiohttp.ClientSession, path: str) -> tuple[int, dict[str, Any]]:
    async with client.get(path) as response:
        return response.status, await response.json(content_type=None)


async def sent(client: aiohttp.ClientSession, **body: Any) -> tuple[int, dict[str, Any]]:
    async with client.post(COMMAND, json=body) as response:
        return response.status, await response.json(content_type=None)


async def test_health_is_open_to_everybody(api: Served) -> None:
    async with api.client(None) as client:
        status, health = await asked(client, "/health")
    assert (status, health["status"], health["deciding"], health["mirror"]) == (200, "ok", True, "hall")
    assert health["version"]
    assert health["request_id"]


async def test_a_command_is_answered_with_what_became_of_it(api: Served) -> None:
    async with api.client() as client:
        status, decision = await sent(client, action="add_todo", payload={"summary": "Milk"})
        assert (status, decision["status"], decision["reason"]) == (200, "accepted", None)
        status, state = await asked(client, "/api/v1/state")
        assert status == 200
        [todo] = [one for one in state["state"]["todos"] if one["uid"] == decision["payload"]["uid"]]
        assert todo["summary"] == "Milk"
        status, refused = await sent(client, action="show_page", payload={"page": "nowhere"})
        assert (status, refused["status"], refused["reason"]) == (200, "rejected", "unknown_page")
        assert refused["message"]
