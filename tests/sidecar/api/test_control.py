"""What every mirror can be asked over HTTP, and who may."""

import asyncio
import re
import time
from typing import Any

import aiohttp
import pytest

from mira_sidecar.api import keys
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


async def test_the_seeds_line_of_curl_is_taken_as_it_is_written(api: Served) -> None:
    """`curl -d` says that its JSON is a form; `text` stands for the to-do's summary; the microphone has to be on."""
    _, key = api.new_key("curl", "todo.write", "voice.speak", source="voice")
    line = '{"source":"voice","action":"add_todo","payload":{"text":"buy milk"}}'
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    async with api.client(key) as client, api.client() as owner:
        await sent(owner, action="set_microphone", payload={"on": False})
        async with client.post(COMMAND, data=line, headers=kind) as response:
            assert (await response.json())["reason"] == "microphone_off"
        await sent(owner, action="set_microphone", payload={"on": True})
        async with client.post(COMMAND, data=line, headers=kind) as response:
            decision = await response.json()
    assert (decision["status"], decision["payload"]["summary"]) == ("accepted", "buy milk")


async def test_the_same_command_again_has_its_first_answer_and_is_done_once(api: Served) -> None:
    async with api.client() as client:
        first, second = await asyncio.gather(
            *(sent(client, id="twice-0001", action="add_todo", payload={"summary": "Bread"}) for _ in range(2))
        )
        _, third = await sent(client, id="twice-0001", action="add_todo", payload={"summary": "Cake"})
    answers = [
        {name: value for name, value in one.items() if name != "request_id"} for one in (first[1], second[1], third)
    ]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["payload"]["summary"] == "Bread"


async def test_the_answer_to_somebody_elses_command_is_not_given(api: Served) -> None:
    command = api.mirror.command("add_todo", {"summary": "Present"})
    api.mirror.post([command])
    api.mirror.answers([command])
    _, text = api.new_key("curious", "page.show")
    async with api.client() as client, api.client(text) as other:
        await sent(client, id="mine-0001", action="add_todo", payload={"summary": "Cake"})
        for command_id in (command["id"], "mine-0001"):
            status, error = await sent(other, id=command_id, action="next_page")
            assert (status, error["error_code"]) == (409, "ID_TAKEN")
        assert (await sent(client, id="mine-0001", action="undo"))[1]["payload"]["summary"] == "Cake"


async def test_the_log_says_nothing_of_people_to_keys_that_may_not_know_them(api: Served) -> None:
    _, everything = api.new_key("household", "events.read", "people.read")
    person = "p_fedcba9876543210"
    command = api.mirror.command("add_person", {"person": person}, source="automation")
    api.mirror.post([command])
    assert api.mirror.answers([command])[0]["type"] == "accepted"
    async with api.client() as client, api.client(everything) as owner:
        await sent(client, action="next_page")
        seen = (await asked(client, "/api/v1/events?limit=6"))[1]
        whole = (await asked(owner, "/api/v1/events?limit=6"))[1]
    assert {"add_person", "next_page"} <= {event["action"] for event in whole["events"]}
    assert {event["action"] for event in seen["events"]} == {event["action"] for event in whole["events"]} - {
        "add_person"
    }
    assert person not in str(seen)
    assert seen["next"] == whole["next"]


async def test_a_question_is_pending_until_somebody_answers_it(api: Served) -> None:
    async with api.client() as client:
        _, asked_back = await sent(client, action="set_camera", payload={"on": True}, confirm=True)
        assert asked_back["status"] == "pending"
        _, answer = await sent(client, action="cancel")
        assert answer["payload"]["cancelled"] == asked_back["id"]


async def test_what_is_no_command_is_refused_with_the_reason_and_never_sent(api: Served) -> None:
    seq = api.mirror.snapshot()["seq"]
    async with api.client() as client:
        for body, status, code in (
            ({"action": "add_tod"}, 422, "UNKNOWN_ACTION"),
            ({"action": "shift_times", "payload": {"by_ms": 1}}, 422, "UNKNOWN_ACTION"),
            ({"payload": {}}, 422, "BAD_REQUEST"),
            ({"action": "undo", "ttl_ms": 0}, 422, "BAD_REQUEST"),
            ({"action": "undo", "source": "system"}, 403, "SOURCE_NOT_ALLOWED"),
            ({"action": "undo", "source": "touch"}, 403, "SOURCE_NOT_ALLOWED"),
            ({"action": "utterance", "payload": {"text": "yes"}}, 403, "CAPABILITY_MISSING"),
            ({"action": "add_person", "payload": {}}, 403, "CAPABILITY_MISSING"),
        ):
            found, error = await sent(client, **body)
            assert (found, error["error_code"], error["error"]["code"]) == (status, code, code), body
            assert error["request_id"]
            assert error["detail"]
        async with client.post(COMMAND, data=b"\xff{") as response:
            assert (response.status, (await response.json(content_type=None))["error_code"]) == (400, "BODY_UNREADABLE")
        async with client.post(COMMAND, data=b"[" * 70_000) as response:
            assert response.status == 413
    assert api.mirror.snapshot()["seq"] == seq


async def test_the_error_object_has_every_name_that_a_client_may_know_it_by(api: Served) -> None:
    async with api.client(None) as client:
        status, error = await asked(client, "/api/v1/state")
        async with client.get("/api/v1/state") as response:
            assert response.headers["WWW-Authenticate"] == "Bearer"
    assert status == error["status"] == 401
    assert error.keys() == {
        *("detail", "error_code", "timestamp", "error", "recoverable", "retry_after", "type", "title", "status"),
        "request_id",
    }
    assert error["error"].keys() == {"code", "message", "details", "timestamp"}
    assert (error["type"], error["title"], error["recoverable"]) == ("about:blank", "Unauthorized", False)


GUARDED = [("GET", "/api/v1/state"), ("GET", "/api/v1/events"), ("GET", "/metrics"), ("GET", "/ws/state")]
GUARDED += [("POST", COMMAND), ("POST", "/auth/pin")]


@pytest.mark.parametrize(("method", "path"), GUARDED)
async def test_nobody_is_let_in_without_a_key_that_is_valid_here(
    api: Served, method: str, path: str, revoked: str, foreign: str
) -> None:
    for key in (None, "mira_000000000000_" + "0" * 64, revoked, foreign, "a.b.c", "ä"):
        async with api.client(key) as client, client.request(method, path, json={"action": "undo"}) as response:
            if path != "/ws/state":
                assert response.status == 401, key
            else:
                assert response.status in (401, 426)


@pytest.fixture(scope="module")
def revoked(api: Served) -> str:
    key, text = api.new_key("revoked", "state.read")
    keys.revoke(api.database, key.id)
    time.sleep(0.7)
    return text


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A key of another mirror."""
    return keys.add(tmp_path_factory.mktemp("other") / "bath.db", "bath", "automation", ["state.read"])[1]


async def test_a_key_may_do_what_it_was_given_and_nothing_else(api: Served) -> None:
    _, text = api.new_key("little", "page.show")
    async with api.client(text) as client:
        assert (await sent(client, action="next_page"))[0] == 200
        for path in ("/api/v1/state", "/api/v1/events", "/metrics"):
            status, error = await asked(client, path)
            assert (status, error["error_code"]) == (403, "CAPABILITY_MISSING")
        assert (await sent(client, action="toggle_camera"))[1]["error"]["details"] == "cam.toggle"


async def test_a_key_that_is_revoked_is_refused_within_a_second(api: Served) -> None:
    key, text = api.new_key("short", "state.read")
    async with api.client(text) as client:
        assert (await asked(client, "/api/v1/state"))[0] == 200
        keys.revoke(api.database, key.id)
        await asyncio.sleep(1)
        assert (await asked(client, "/api/v1/state"))[0] == 401


async def test_the_log_is_read_in_pages_both_ways(api: Served) -> None:
    async with api.client() as client:
        for _ in range(4):
            await sent(client, action="next_page")
        newest = (await asked(client, "/api/v1/events?limit=3"))[1]
        older = (await asked(client, f"/api/v1/events?limit=3&before={newest['next']}"))[1]
        seqs = [event["seq"] for page in (newest, older) for event in page["events"]]
        assert seqs == list(range(seqs[0], seqs[0] - 6, -1))
        forward = (await asked(client, f"/api/v1/events?after={seqs[-1]}&limit=1000"))[1]
        assert [event["seq"] for event in forward["events"]][:5] == sorted(seqs)[1:]
        assert forward["next"] is None
        for query in ("limit=0", "limit=1001", "after=-1", "after=x", "limit=1e9"):
            assert (await asked(client, f"/api/v1/events?{query}"))[0] == 422


async def test_what_comes_through_the_api_is_named_by_its_key_and_never_by_the_keys_name(api: Served) -> None:
    key, text = api.new_key("Anna's phone", "page.show", "events.read")
    async with api.client(text) as client:
        await sent(client, action="next_page")
        page = (await asked(client, "/api/v1/events?limit=5"))[1]
    answer = next(event for event in page["events"] if event["type"] == "accepted")
    assert (answer["sender"], answer["origin"]) == ("api", {"device": f"api:{key.id}"})
    assert "Anna" not in api.mirror.sidecar.process.log.read_text()


async def test_figures_are_there_for_prometheus(api: Served) -> None:
    async with api.client() as client:
        await sent(client, action="next_page")
        await asked(client, "/api/v1/nothing")
        async with client.get("/metrics") as response:
            text = await response.text()
    found = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.splitlines() if line[0] != "#"}
    assert found["mira_deciding"] == 1
    assert found['mira_commands_total{reason="",result="accepted",source="automation"}'] >= 1
    assert found['mira_api_requests_total{method="POST",route="/api/v1/command",status="200"}'] >= 1
    assert "nothing" not in text, "a path that somebody thinks up is no label"


async def test_a_pin_gives_a_token_for_what_takes_one(api: Served) -> None:
    _, text = api.new_key("door", "state.read", with_pin=["mic.toggle"])
    async with api.client() as owner, api.client(text) as client:
        assert (await sent(client, action="toggle_microphone"))[1]["error_code"] == "PIN_REQUIRED"
        async with client.post("/auth/pin", data={"pin": "2580"}) as response:
            assert (response.status, (await response.json(content_type=None))["error_code"]) == (409, "NO_PIN")
        await sent(owner, action="set_pin", payload={"pin": "2580"})
        try:
            async with client.post("/auth/pin", data={"pin": "1111"}) as response:
                assert (response.status, (await response.json(content_type=None))["error_code"]) == (403, "WRONG_PIN")
            async with client.post("/auth/pin", data={"pin": "2580"}) as response:
                granted = await response.json()
            assert granted["cap"] == ["mic.toggle", "state.read"]
            async with api.client(None, Authorization=f"Bearer {granted['token']}") as holder:
                assert (await sent(holder, action="set_microphone", payload={"on": True}))[0] == 200
                assert (await sent(holder, action="toggle_camera"))[1]["error_code"] == "CAPABILITY_MISSING"
            changed = granted["token"][:-3] + ("AAA" if granted["token"][-3:] != "AAA" else "BBB")
            async with api.client(None, Authorization=f"Bearer {changed}") as liar:
                assert (await asked(liar, "/api/v1/state"))[0] == 401
        finally:
            await sent(owner, action="set_pin", payload={"pin": None, "current": "2580"})
    # As a word: ids and times have any four digits in them.
    assert not re.search(r"(?<![\w.-])2580(?![\w-])", api.mirror.sidecar.process.log.read_text())


async def test_a_key_that_has_nothing_to_do_with_pins_cannot_try_any(api: Served) -> None:
    _, text = api.new_key("reader", "state.read")
    async with api.client(text) as client, client.post("/auth/pin", data={"pin": "2580"}) as response:
        assert (response.status, (await response.json(content_type=None))["error_code"]) == (403, "CAPABILITY_MISSING")


async def test_pages_of_elsewhere_may_ask_nothing_unless_they_are_named(api: Served) -> None:
    async with api.client(None, Origin="https://evil.example") as client:
        async with client.options("/api/v1/state") as response:
            assert response.status == 405
        async with client.get("/health") as response:
            assert "Access-Control-Allow-Origin" not in response.headers
        async with client.get("/ws/state") as response:
            assert response.status == 403
