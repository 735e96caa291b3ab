"""What a user sees of each entity: a change of it shows in the snapshots, and has to be meant."""

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import snapshot_platform
from syrupy.assertion import SnapshotAssertion

from custom_components.mira import PLATFORMS
from tests.integration.conftest import SetUp
from tests.integration.persona import add_persona
from tests.integration.written_mirror import WrittenMirror
from tests.integration.written_windows import SUBJECTS, Answers, window

MOMENT = "2026-11-20T12:00:00.000Z"


@pytest.fixture(params=PLATFORMS)
def platform(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """One platform alone."""
    monkeypatch.setattr("custom_components.mira.PLATFORMS", [request.param])


@pytest.mark.usefixtures("all_enabled", "platform")
async def test_entities(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
    snapshot: SnapshotAssertion,
) -> None:
    answers = Answers(monkeypatch)
    measured = {"temperature": 21.4, "humidity": 60.0, "co2": 800.0, "noise": -42.0, "age_s": 4}
    answers.air = {"rooms": {"bed": measured}, "windows": {"bed": {"advice": 25, "confidence": 0.83}}}
    drive = {"kind": "mqtt", "topic": None, "profile": "mira"}
    written_mirror.presence(subjects=SUBJECTS)
    written_mirror.state(
        parts={"windows": {"windows": {"bed": window(position=25, fault="stuck", drive=drive, held_until=MOMENT)}}},
        todos=[{"uid": "1", "summary": "Buy milk"}, {"uid": "2", "summary": "Call", "status": "completed"}],
        gesture={"name": "victory", "at": MOMENT},
        utterance={"length": 12, "answer": None, "language": "en", "at": MOMENT},
        access={"pin_set": True},
    )
    written_mirror.event(1, type="rejected", reason="camera_off", message="The camera is off.")
    entry = await set_up()
    await add_persona(hass, entry)
    await snapshot_platform(hass, er.async_get(hass), snapshot, entry.entry_id)
