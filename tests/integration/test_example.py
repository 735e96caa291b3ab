"""A subject that is added by what lies in `added`, as it would lie in the integration: there while it is on."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.mira import models, sensor
from custom_components.mira.models.part import Part
from house.redis import RedisServer
from house.sidecar import SidecarProcess
from tests.integration.acting import shown
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror

ADDED = Path(__file__).parent / "added"
PROGRAM = (sys.executable, Path("tests/sidecar/subjects/with_example.py").absolute())
ON, OFF = "example,gesture,voice", "gesture,voice"
SENSOR = "sensor.hall_mirror_example"


@pytest.fixture(autouse=True)
def _example(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the integration finds, and what its platform names, more than it has."""
    for module in ("custom_components.mira.models.example", "tests.integration.added.sensor"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setattr(Part, "kinds", dict(Part.kinds))
    monkeypatch.setattr(models, "__path__", [*models.__path__, str(ADDED / "models")])
    models.find_parts()
    added = import_module("tests.integration.added.sensor")
    monkeypatch.setattr(sensor, "SENSORS", (*sensor.SENSORS, *added.SENSORS))


@pytest.fixture
def counting(redis_server: RedisServer, tmp_path: Path) -> Iterator[SidecarProcess]:
    """The real sidecar, which has found the example too."""
    path = tmp_path / "mira.db"
    process = SidecarProcess(redis_server.url, path, name="Hall mirror", program=PROGRAM, subjects=ON, example_most=5)
    process.start()
    yield process
    process.kill()


async def count(hass: HomeAssistant, by: int) -> None:
    data = {"action": "count", "payload": {"by": by}}
    await hass.services.async_call("mira", "send_command", data, blocking=True)


async def restart(hass: HomeAssistant, sidecar: SidecarProcess, subjects: str) -> None:
    """Have the mirror do something else."""
    sidecar.flags |= {"subjects": subjects, "example_most": 5 if subjects == ON else None}
    await hass.async_add_executor_job(sidecar.stop)
    await hass.async_add_executor_job(sidecar.start)


async def gone(hass: HomeAssistant) -> None:
    """Wait until there is no such entity."""
    for _ in range(500):
        if not hass.states.get(SENSOR) and not er.async_get(hass).async_get(SENSOR):
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"{SENSOR} is still there")


async def test_what_a_subject_counts_is_an_entity_that_follows_it(
    hass: HomeAssistant, counting: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    assert shown(hass, SENSOR).state == "0"
    await count(hass, 3)
    assert shown(hass, SENSOR).state == "3"
    with pytest.raises(ServiceValidationError, match="far_enough"):
        await count(hass, 3)
    await hass.services.async_call("button", "press", {"entity_id": "button.hall_mirror_undo"}, blocking=True)
    assert shown(hass, SENSOR).state == "0"


async def test_what_is_erased_is_gone_from_home_assistant_and_what_it_led_to_stays(
    hass: HomeAssistant, counting: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    sent = {"action": "count", "payload": {"by": 3}}
    answer = await hass.services.async_call("mira", "send_command", sent, blocking=True, return_response=True)
    assert answer is not None
    which = {"command_id": answer["command_id"]}
    found = await hass.services.async_call("mira", "explain", which, blocking=True, return_response=True)

    await hass.async_add_executor_job(counting.stop)
    until = ("--since", "2020-01-01T00:00", "--until", "2100-01-01T00:00", "--yes")
    erase = [*map(str, PROGRAM), "erase", *until, "--database", str(counting.database)]
    await hass.async_add_executor_job(partial(subprocess.run, erase, check=True, capture_output=True, timeout=60))
    await hass.async_add_executor_job(counting.start)
    await state_becomes(SENSOR, "3")
    left = await hass.services.async_call("mira", "explain", which, blocking=True, return_response=True)
    assert "'by': 3" in str(found)
    assert "'by': 3" not in str(left)
    await count(hass, 1)
    assert shown(hass, SENSOR).state == "4"


async def test_an_entity_goes_with_its_subject_and_comes_back_with_it_without_a_restart(
    hass: HomeAssistant, counting: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    await restart(hass, counting, OFF)
    await gone(hass)
    assert shown(hass, "sensor.hall_mirror_last_gesture")
    await restart(hass, counting, ON)
    await state_becomes(SENSOR, "0")


async def test_a_subject_that_the_mirror_never_had_leaves_no_trace(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    entry = await set_up()
    found = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert found
    assert SENSOR not in {entity.entity_id for entity in found}


async def test_of_two_mirrors_only_that_with_the_subject_has_its_entities(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, bath: MockConfigEntry
) -> None:
    written_mirror.state(parts={"example": {"total": 2}})
    written_mirror.presence(subjects={"screen": 1, "example": 1})
    await set_up()
    bath.add_to_hass(hass)
    assert await hass.config_entries.async_setup(bath.entry_id)
    assert shown(hass, SENSOR).state == "2"
    assert hass.states.get("sensor.bath_example") is None


async def test_a_slice_that_is_not_there_yet_is_unknown_and_a_wrong_one_is_named(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    written_mirror.presence(subjects={"screen": 1, "example": 1})
    entry = await set_up()
    assert shown(hass, SENSOR).state == "unknown"
    written_mirror.state(rev=2, seq=2, parts={"example": {"total": "many"}})
    written_mirror.event(2, type="state_patch", payload={"patch": []})
    await state_becomes(SENSOR, "unavailable")
    assert str(entry.runtime_data.data.error) == "The mirror's state: state: parts: example: total is no int."
