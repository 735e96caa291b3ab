"""A mirror for Home Assistant: the real sidecar on a real Redis or, for what it never does, keys written by hand."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from hassil.parse_expression import parse_sentence
from homeassistant.components.llm import DOMAIN as LLM
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion

from custom_components.mira import frontend
from custom_components.mira.client import MiraClient
from house.household import QUIET
from house.model import StandInModel
from house.redis import RedisServer
from house.sidecar import SidecarProcess
from tests.integration import documented_user
from tests.integration.decided_mirror import DecidedMirror
from tests.integration.persona import persona, set_up_agent
from tests.integration.repairing import Repair
from tests.integration.spoken_mirror import SpokenMirror
from tests.integration.written_mirror import PRESENCE, WrittenMirror

type StateBecomes = Callable[[str, Callable[[State], bool] | str], Awaitable[State]]
type MakeClient = Callable[..., MiraClient]
type Meet = Callable[..., Awaitable[MockConfigEntry]]
type SetUp = Callable[[], Awaitable[MockConfigEntry]]


@pytest.fixture(autouse=True)
def _installed(enable_custom_integrations: None) -> None:
    """Home Assistant finds the integration."""


_parse_sentence = cache(parse_sentence)

FORMS = {
    "clock": [
        {"name": "size", "selector": {"select": {"options": ["small", "large"], "translation_key": "size"}}},
        {"name": "date", "selector": {"boolean": {}}},
    ],
    "todos": [{"name": "completed", "selector": {"boolean": {}}}],
    "weather": [
        {"name": "entity", "selector": {"entity": {"domain": "weather"}}},
        {"name": "count", "selector": {"number": {"min": 1, "max": 8, "mode": "box"}}},
    ],
    "entities": [
        {"name": "entities", "required": True, "selector": {"entity": {"multiple": True}}},
        {"name": "title", "selector": {"text": {}}},
    ],
}
"""Those of some widgets, as the build writes them."""


@pytest.fixture(autouse=True)
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A display's bundle, whether the real one was built or not."""
    path = tmp_path / "frontend" / "mira.js"
    path.parent.mkdir()
    path.write_text("export {};")
    path.with_name("dashboard.js").write_text("export { };")
    path.with_name("widgets.json").write_text(json.dumps(FORMS))
    monkeypatch.setattr(frontend, "FOLDER", path.parent)
    return path


@pytest.fixture(autouse=True)
def _parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Home Assistant reads each sentence of ours before it listens for it: a third of what it takes to set us up."""
    monkeypatch.setattr("homeassistant.components.conversation.trigger.parse_sentence", _parse_sentence)


@pytest.fixture
async def hass(hass: HomeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HomeAssistant:
    """Home Assistant with what it always has, and Assist builds on, but no FFmpeg: nothing is converted here.

    Voices keep their sound in a folder of the test's own.
    """

    async def version(manager: object) -> tuple[None, None]:
        return None, None

    sounds = tmp_path / "tts"
    sounds.mkdir()
    monkeypatch.setattr("homeassistant.components.tts._init_tts_cache_dir", lambda hass, folder: str(sounds))
    monkeypatch.setattr("homeassistant.components.ffmpeg.FFmpegManager.async_get_version", version)
    assert await async_setup_component(hass, "homeassistant", {})
    return hass


@pytest.fixture
def all_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entities that are off until somebody wants them are on."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Snapshots in Home Assistant's own form, without what changes with each run."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@pytest.fixture
def redis_server(tmp_path_factory: pytest.TempPathFactory, socket_enabled: None) -> Iterator[RedisServer]:
    """A real Redis of one test's own that has the documented user, beside the one who may do everything."""
    with RedisServer(tmp_path_factory.mktemp("redis"), settings=documented_user.SETTINGS) as server:
        yield server


@pytest.fixture
def written_mirror(redis_server: RedisServer) -> Iterator[WrittenMirror]:
    """A mirror whose keys the test writes."""
    mirror = WrittenMirror(redis_server.url)
    mirror.presence()
    mirror.state()
    yield mirror
    mirror.redis.close()


@pytest.fixture
def sidecar(redis_server: RedisServer, tmp_path: Path) -> Iterator[SidecarProcess]:
    """The real sidecar, running."""
    process = SidecarProcess(redis_server.url, tmp_path / "mira.db", name="Hall mirror", script=QUIET)
    process.start()
    yield process
    process.kill()


@pytest.fixture
def sidecar_at_once(redis_server: RedisServer, tmp_path: Path) -> Iterator[SidecarProcess]:
    """The real sidecar, running, for which nothing needs confirmation."""
    path = tmp_path / "mira.db"
    process = SidecarProcess(redis_server.url, path, name="Hall mirror", confirm="none", script=QUIET)
    process.start()
    yield process
    process.kill()


@pytest.fixture
def entry(redis_server: RedisServer) -> MockConfigEntry:
    """The config entry of the mirror, not set up yet."""
    return MockConfigEntry(
        domain="mira",
        title="Hall mirror",
        unique_id=PRESENCE["server_id"],
        data={
            "host": "127.0.0.1",
            "port": redis_server.port,
            "ssl": False,
            "mirror": "hall",
            "username": documented_user.NAME,
            "password": documented_user.PASSWORD,
        },
    )


@pytest.fixture
async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> AsyncIterator[SetUp]:
    """Sets the entry up, and unloads it in the end."""

    async def set_up() -> MockConfigEntry:
        entry.add_to_hass(hass)
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        return entry

    yield set_up
    if entry.state.recoverable and hass.config_entries.async_get_entry(entry.entry_id):
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.fixture
async def bath(
    hass: HomeAssistant, written_mirror: WrittenMirror, entry: MockConfigEntry
) -> AsyncIterator[MockConfigEntry]:
    """A second mirror at the same Redis, as the first one was when this was asked for; not set up yet."""
    for name in ("head", "state"):
        written_mirror.redis.copy(f"mira:{{hall}}:{name}", f"mira:{{bath}}:{name}")
    presence = json.loads(str(written_mirror.redis.get("mira:{hall}:presence")))
    written_mirror.redis.set("mira:{bath}:presence", json.dumps({**presence, "server_id": "bath"}))
    owner = {"username": None, "password": None}  # the documented user may use the keys of one mirror
    bath = MockConfigEntry(
        domain="mira", title="Bath", unique_id="bath", data={**entry.data, **owner, "mirror": "bath"}
    )
    yield bath
    if bath.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(bath.entry_id)


@pytest.fixture
async def flow(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Repair:
    """Opens the repair of an issue, or goes on with it, as the frontend does."""
    assert await async_setup_component(hass, "repairs", {})

    async def flow(flow_id: str | None = None, issue_id: str = "") -> dict[str, Any]:
        client = await hass_client()
        data = {} if flow_id else {"handler": "mira", "issue_id": issue_id}
        response = await client.post("/api/repairs/issues/fix" + (f"/{flow_id}" if flow_id else ""), json=data)
        assert response.status == HTTPStatus.OK
        return dict(await response.json())

    return flow


@pytest.fixture
def state_becomes(hass: HomeAssistant) -> StateBecomes:
    """Waits, at most ten seconds, until an entity's state is this one, or fits."""

    async def state_becomes(entity_id: str, wanted: Callable[[State], bool] | str) -> State:
        def fits(state: State | None) -> bool:
            return state is not None and (wanted(state) if callable(wanted) else state.state == wanted)

        arrived = asyncio.Event()

        @callback
        def changed(event: Event[EventStateChangedData]) -> None:
            if fits(event.data["new_state"]):
                arrived.set()

        unsubscribe = async_track_state_change_event(hass, entity_id, changed)
        try:
            if not fits(hass.states.get(entity_id)):
                await asyncio.wait_for(arrived.wait(), 10)
        except TimeoutError:
            pytest.fail(f"{entity_id} did not become {wanted}; it is {hass.states.get(entity_id)}")
        finally:
            unsubscribe()
        state = hass.states.get(entity_id)
        assert state
        return state

    return state_becomes


@pytest.fixture
async def make_client(redis_server: RedisServer) -> AsyncIterator[MakeClient]:
    """Makes clients of the mirror, and closes them in the end."""
    clients: list[MiraClient] = []

    def make_client(**changes: Any) -> MiraClient:
        arguments = {"host": "127.0.0.1", "port": redis_server.port, "mirror": "hall", **changes}
        clients.append(MiraClient(**arguments))
        return clients[-1]

    yield make_client
    for client in clients:
        await client.close()


@pytest.fixture
async def model(socket_enabled: None) -> AsyncIterator[StandInModel]:
    """The stand-in, which answers by what the test puts into its turns."""
    async with StandInModel() as model:
        yield model


@pytest.fixture
async def mirror(redis_server: RedisServer, written_mirror: WrittenMirror) -> AsyncIterator[SpokenMirror]:
    """A mirror that decides what its personas answer and express."""
    mirror = SpokenMirror(written_mirror, redis_server.url)
    await mirror.start()
    yield mirror
    await mirror.stop()


@pytest.fixture
async def decided(redis_server: RedisServer, written_mirror: WrittenMirror) -> AsyncIterator[DecidedMirror]:
    """A mirror that decides about windows."""
    mirror = DecidedMirror(written_mirror, redis_server.url)
    await mirror.start()
    yield mirror
    await mirror.stop()


@pytest.fixture
async def meet(
    hass: HomeAssistant, model: StandInModel, mirror: SpokenMirror, entry: MockConfigEntry, set_up: SetUp
) -> Meet:
    """Sets up a mirror with a persona over an agent."""
    assert await async_setup_component(hass, LLM, {})

    async def meet(kind: str = "llama_cpp", *, agent: str | None = None, **changes: Any) -> MockConfigEntry:
        agent = agent or await set_up_agent(hass, kind, model)
        mirror = MockConfigEntry(
            domain="mira",
            title=entry.title,
            unique_id=entry.unique_id,
            data=entry.data,
            subentries_data=[persona(agent, **changes)],
        )
        mirror.add_to_hass(hass)
        assert await hass.config_entries.async_setup(mirror.entry_id)
        await hass.async_block_till_done()
        return mirror

    return meet
