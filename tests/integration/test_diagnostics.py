"""Diagnostics and system health: what a bug report needs, and nothing that is private."""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components import assist_pipeline
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, get_system_health_info
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion

from custom_components.mira.assist_satellite import protocol_code
from custom_components.mira.const import REPLY_FAILURES, TURN_CODES
from custom_components.mira.diagnostics import redacted_presence
from custom_components.mira.models.presence import Presence
from house.redis import RedisServer, free_port
from house.sidecar import SidecarProcess
from tests.integration import documented_user
from tests.integration.conftest import SetUp
from tests.integration.written_mirror import PRESENCE, WrittenMirror
from tests.integration.written_windows import window
from tests.planted import OTHER_PIN, PIN

type Diagnose = Callable[[MockConfigEntry], Awaitable[dict[str, Any]]]
SECRET = "Umbrella"


@pytest.fixture
async def diagnose(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Diagnose:
    """Downloads a mirror's diagnostics, as the frontend does."""
    assert await async_setup_component(hass, "diagnostics", {})

    async def diagnose(entry: MockConfigEntry) -> dict[str, Any]:
        client = await hass_client()
        response = await client.get(f"/api/diagnostics/config_entry/{entry.entry_id}")
        assert response.status == HTTPStatus.OK
        document = dict(await response.json())
        assert SECRET.casefold() not in json.dumps(document["data"]).casefold()
        return dict(document["data"])

    return diagnose


async def test_what_was_said_written_or_named_is_not_in_the_diagnostics(
    hass: HomeAssistant, sidecar_at_once: SidecarProcess, set_up: SetUp, diagnose: Diagnose
) -> None:
    def live() -> None:
        send = sidecar_at_once.bus.send
        send("set_microphone", {"on": True}, source="touch")
        words = {"text": f"Where is my {SECRET}?"}
        send("utterance", {"length": 20}, words=words, source="voice", confidence=0.9)
        send("utterance", words, source="voice", confidence=0.9)
        send("add_todo", {"summary": SECRET, "description": SECRET, "uid": SECRET})
        send("show_message", {"text": SECRET, "title": SECRET})
        send("show_page", {"page": SECRET.lower()})
        send(SECRET, {SECRET: SECRET})
        send("set_pin", {"pin": PIN}, source="touch")
        send("unlock", {"pin": OTHER_PIN}, source="touch")

    await hass.async_add_executor_job(live)
    entry = await set_up()
    diagnostics = await diagnose(entry)

    assert PIN not in str(diagnostics)
    assert OTHER_PIN not in str(diagnostics)
    assert "127.0.0.1" not in str(diagnostics)
    told = [(event["type"], event["action"], event["reason"]) for event in reversed(diagnostics["events"])]
    assert ("accepted", "utterance", None) in told
    assert ("rejected", "other", "unknown_action") in told
    assert ("rejected", "unlock", "wrong_pin") in told
    assert (diagnostics["state"]["todos"], diagnostics["state"]["pin_set"]) == (1, True)


async def test_no_password_is_in_the_diagnostics_nor_in_what_the_mirror_shows_of_itself(
    hass: HomeAssistant, redis_server: RedisServer, tmp_path: Path, set_up: SetUp, diagnose: Diagnose
) -> None:
    sidecar = SidecarProcess(redis_server.url, tmp_path / "mira.db", confirm="none")
    place = f"127.0.0.1:{free_port()}"
    sidecar.flags |= {
        "redis_url": f"{redis_server.url}?username=default&password={SECRET}",  # the default user takes any
        "camera": f"http://{SECRET}:{SECRET}@{place}/{SECRET}?key={SECRET}#{SECRET}",
        "camera_token": SECRET,
    }

    def live() -> None:
        sidecar.start()
        sidecar.bus.send("set_camera", {"on": True}, source="touch")
        for _ in range(200):
            if camera()["capture"] == "failed":
                return
            time.sleep(0.05)
        raise AssertionError("The camera did not fail.")

    def camera() -> dict[str, Any]:
        return dict((sidecar.bus.presence() or {})["devices"]["camera"])

    try:
        await hass.async_add_executor_job(live)
        await set_up()
        for _ in range(50):  # the camera is tried again and again, ever more seldom
            diagnostics = await diagnose(hass.config_entries.async_entries("mira")[0])
            states = [str(state.as_dict()) for state in hass.states.async_all()]
            presence = await hass.async_add_executor_job(sidecar.bus.presence)
            devices = [(one["id"], one["capture"]) for one in diagnostics["presence"]["devices"]]
            if devices == [("camera", "failed")] and place in str(presence):
                break
            await asyncio.sleep(0.1)
    finally:
        sidecar.kill()
    assert devices == [("camera", "failed")]
    assert place in str(presence)
    assert documented_user.PASSWORD not in str(diagnostics)
    for shown in (*states, str(presence), sidecar.process.log.read_text()):
        assert SECRET.casefold() not in shown.casefold()


async def test_diagnostics(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    diagnose: Diagnose,
    snapshot: SnapshotAssertion,
) -> None:
    moment = "2026-11-20T12:00:00.000Z"
    written_mirror.presence(
        problem={"code": "disk_full", "message": f"The disk of /home/{SECRET} is full."},
        degraded=[{"code": "worker_failing", "message": SECRET}, {"code": SECRET, "message": SECRET}],
        devices={
            "camera": {"kind": "camera", "capture": "failed", "code": "silent", "error": f"rtsp://{SECRET}@camera"},
            SECRET: {"kind": SECRET, "capture": SECRET, "code": SECRET, "entity": SECRET},
            "lisas_room": {"kind": "camera", "capture": "open", "filming": True},
        },
        subjects={"screen": 1, "gesture": 2, SECRET: 3},
        name=SECRET,
        pace={"decision_ms_p50": 1.5, "decision_ms_p95": 3.5, "commands_a_minute": 7},
        log_bytes=4096,
        disk_free_mb=12_340,
    )
    written_mirror.state(
        pages=["home", SECRET],
        page=SECRET,
        gesture={"name": SECRET},
        utterance={"length": 5, "answer": SECRET, "language": SECRET, "at": moment},
        pending={"command_id": SECRET, "action": SECRET, "payload": {"text": SECRET}, "deadline": moment},
        access={
            "pin_set": True,
            "unlocked_until": moment,
            "wrong_tries": 2,
            "unlocked_by": SECRET,
            "persons": {SECRET: {"opens": [SECRET]}},
        },
        parts={
            "people": {"persons": {SECRET: {"ha_person": SECRET, "ha_user": SECRET}, "p_1": {}}},
            "voice": {
                "words": {SECRET: {"phrase": SECRET, "languages": []}, "alexa": {"phrase": SECRET, "languages": []}},
                "active": [SECRET],
                "turn": {"id": SECRET, "how": SECRET},
            },
            "windows": {
                "windows": {
                    SECRET: window(kind=SECRET, fault=SECRET, drive={"kind": SECRET, "topic": SECRET}),
                    "bed": window(position=25, drive={"kind": "mqtt", "topic": SECRET, "profile": "tasmota"}),
                }
            },
        },
        undoable=[{"payload": {"summary": SECRET}}],
        seq=7,
    )
    written_mirror.event(1, action="gesture", payload={"name": "palm", "handedness": SECRET, "hold_ms": 700})
    written_mirror.event(2, type="rejected", reason=SECRET, message=SECRET, action=SECRET, source=SECRET)
    written_mirror.event(3, type="state_patch", payload={"patch": [{"path": f"/todos/{SECRET}"}, {"path": SECRET}, 7]})
    written_mirror.event(4, ts=SECRET, payload={"on": SECRET, "name": [SECRET], SECRET: 1, "patch": SECRET})
    trace = {"stt_ms": 412, "intent_ms": 500}
    turn = {"turn": SECRET, "outcome": "failed", "code": "stt_stream_failed", "trace": trace}
    written_mirror.event(5, action="end_turn", source="sensor", payload=turn)
    written_mirror.event(6, action="end_turn", payload={"code": SECRET, "trace": {**trace, SECRET: 1}})
    moved = {"window": SECRET, "position": 10, "wished": 50, "limited": "frost", "model": SECRET, "auto": True}
    written_mirror.event(7, action="set_window", source="sensor", payload=moved)
    entry = await set_up()
    diagnostics = await diagnose(entry)
    assert diagnostics["entry"].pop("port")
    assert diagnostics["redis"].pop("seconds_apart") < 1
    assert diagnostics == snapshot


def test_the_codes_of_a_turn_are_those_of_home_assistant() -> None:
    folder = Path(assist_pipeline.__file__).parent
    source = (folder / "default_pipeline.py").read_text().partition("def prepare_speech_to_text")[2]
    codes = {*re.findall(r'code="([\w-]+)"', source), "validation-error", "duplicate_wake_up_detected"}
    assert {protocol_code(code) for code in codes} | {"no_intent_match", *REPLY_FAILURES} == set(TURN_CODES)


@pytest.mark.parametrize(("version", "shown"), [("1.10.0rc2", "1.10.0rc2"), (f"1.0+{SECRET}", "other")])
def test_a_version_is_shown_and_what_is_none_is_not(version: str, shown: str) -> None:
    presence = Presence.parse(json.dumps({**PRESENCE, "version": version}))
    assert redacted_presence(presence)["version"] == shown


async def test_a_mirror_that_is_away_has_diagnostics_too(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, set_up: SetUp, diagnose: Diagnose
) -> None:
    written_mirror.redis.flushall()
    entry = await set_up()
    diagnostics = await diagnose(entry)
    assert (diagnostics["connected"], diagnostics["error"]) == (False, "no_mirror")
    assert diagnostics["state"] is diagnostics["presence"] is None

    redis_server.stop()
    assert (await diagnose(entry))["redis"]["error"] == "cannot_connect"


async def test_a_mirror_that_cannot_be_set_up_has_diagnostics_too(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, set_up: SetUp, diagnose: Diagnose
) -> None:
    redis_server.stop()
    diagnostics = await diagnose(await set_up())
    assert diagnostics == {
        "entry": {
            **dict.fromkeys(("host", "mirror", "username", "password"), "**REDACTED**"),
            "port": redis_server.port,
            "ssl": False,
        },
        "options": {"logbook": "notable", "llm_tools": True, "sidebar": True, "occupancy": False},
        "protocol": 2,
        "connected": False,
        "error": "cannot_connect",
    }


async def test_system_health_tells_how_many_mirrors_there_are_and_how_far_redis_is(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    await set_up()
    health = await get_system_health_info(hass, "mira")
    assert (await health.pop("redis_round_trip")).endswith(" ms")
    assert health == {"mirrors": 1, "connected": 1, "protocol": 2, "sidecar_versions": "0.1.0"}

    redis_server.stop()
    health = await get_system_health_info(hass, "mira")
    assert await health["redis_round_trip"] == {"type": "failed", "error": "unreachable"}
