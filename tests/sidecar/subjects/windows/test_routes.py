"""What the API tells of the air to a key that may read it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from house.redis import RedisServer
from mira_sidecar.protocol import instant
from tests.sidecar.api.served import Served, served


@pytest.fixture
def api(shared_redis: RedisServer, tmp_path: Path) -> Iterator[Served]:
    with served(shared_redis, tmp_path / "api", subjects="windows") as one:
        yield one


async def test_a_key_that_may_reads_what_is_measured_and_no_other(api: Served) -> None:
    mirror = api.mirror
    mirror.until(lambda: mirror.redis.pubsub_numsub(mirror.keys.readings)[0][1] == 1)
    at = instant(mirror.now_ms())
    told = {"type": "readings", "room": "bath", "values": {"temperature": 21.4}, "at": at}
    mirror.redis.publish(mirror.keys.readings, json.dumps(told))
    _, key = api.new_key("panel", "windows.read")
    span = {"from": at, "to": instant(mirror.now_ms() + 60_000)}
    async with api.client(key) as client:
        air = await (await client.get("/api/v1/windows/air")).json()
        assert air["rooms"]["bath"]["temperature"] == 21.4
        devices = await (await client.get("/api/v1/windows/devices", params={"limit": "5"})).json()
        assert (devices["devices"], devices["next"]) == ([], None)
        readings = {"room": "bath", "kind": "temperature", **span}
        minutes = await client.get("/api/v1/windows/readings", params=readings)
        assert (minutes.status, (await minutes.json())["next"]) == (200, None)
        nowhere = await client.get("/api/v1/windows/readings", params={"kind": "temperature", **span})
        assert (nowhere.status, (await nowhere.json())["error"]["details"]) == (422, "room")
        never = await client.get("/api/v1/windows/readings", params={**readings, "from": "yesterday"})
        assert never.status == 422
    async with api.client() as client:
        for route in ("air", "devices", "readings"):
            assert (await client.get(f"/api/v1/windows/{route}")).status == 403
