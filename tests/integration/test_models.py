"""What the client reads: tolerant of what is newer, clear about what is wrong, silent about what is private."""

import json
import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from custom_components.mira.errors import BadMessage, WrongProtocol
from custom_components.mira.models.event import Event
from custom_components.mira.models.presence import Picture, Presence
from custom_components.mira.models.screen import Access, Pending
from custom_components.mira.models.state import Snapshot
from tests.integration.written_mirror import PRESENCE, STATE

MIRA = Path("custom_components/mira")
EVENT = {
    "seq": 42,
    "id": "event-42",
    "ts": "2026-11-20T12:00:00.000Z",
    "command_id": "command-42",
    "type": "accepted",
    "source": "gesture",
    "action": "gesture",
}


def snapshot(**changes: Any) -> Snapshot:
    return Snapshot.parse(json.dumps({"rev": 1, "seq": 2, "at": "…", "state": {**STATE, **changes}}))


def test_a_todo_is_due_on_a_day_or_at_a_time_or_never() -> None:
    todos = [
        {"uid": "1", "summary": "Buy milk", "due": "2026-11-20"},
        {"uid": "2", "summary": "Call", "due": "2026-11-20T18:00:00+01:00"},
        {"uid": "3", "summary": "Done", "status": "completed", "completed": "2026-11-20T12:00:00.000Z"},
    ]
    day, time, done = snapshot(todos=todos).state.todos

    assert day.due == date(2026, 11, 20)
    assert time.due == datetime(2026, 11, 20, 18, tzinfo=timezone(timedelta(hours=1)))
    assert done.due is None
    assert done.completed
    assert done.completed_at == datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_fields_of_a_newer_sidecar_are_ignored_and_passed_on_to_the_display() -> None:
    newer = snapshot(mood="calm")
    assert newer.state == snapshot().state
    assert newer.document["mood"] == "calm"


def test_a_question_and_the_pin_are_read_where_the_sidecar_knows_them() -> None:
    older = snapshot().state
    assert older.pending is None
    assert older.access == Access()

    moment = "2026-11-20T12:00:15.000Z"
    asked = {"command_id": "command-1", "action": "set_camera", "payload": {"on": True}, "deadline": moment}
    state = snapshot(pending=asked, access={"pin_set": True, "wrong_tries": 5, "blocked_until": moment}).state
    assert state.pending == Pending(
        "command-1", "set_camera", {"on": True}, datetime(2026, 11, 20, 12, 0, 15, tzinfo=UTC), frozenset()
    )
    undo = snapshot(pending={**asked, "action": "undo", "risks": ["camera_on"]}).state.pending
    assert undo
    assert undo.risks == {"camera_on"}
    assert "True" not in repr(state.pending)
    assert state.access == Access(True, None, 5, datetime(2026, 11, 20, 12, 0, 15, tzinfo=UTC))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"microphone": None}, "The mirror's state: state has no microphone."),
        ({"camera": {"on": 1}}, "The mirror's state: state: camera: on is no bool."),
        ({"pages": ["home", 2]}, "The mirror's state: state: pages holds something else than text."),
        ({"pending": {"action": "undo"}}, "The mirror's state: state: pending has no command_id."),
        ({"todos": ["milk"]}, "The mirror's state: state: todos[0] is no JSON object."),
        (
            {"todos": [{"uid": "1", "summary": "x", "due": "tomorrow"}]},
            "The mirror's state: state: todos[0]: due is no date.",
        ),
        (
            {"todos": [{"uid": "1", "summary": "x", "completed": "yesterday evening"}]},
            "The mirror's state: state: todos[0]: completed is no time.",
        ),
    ],
)
def test_a_wrong_field_is_named(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadMessage) as error:
        snapshot(**changes)
    assert str(error.value) == sentence


@pytest.mark.parametrize("text", ["", "garbage", "[]", "{}", '{"seq": "first"}', '{"rev": true, "seq": 1}'])
def test_garbage_is_a_clear_error_that_does_not_quote_it(text: str) -> None:
    for kind in (Snapshot, Event, Presence):
        with pytest.raises(BadMessage) as error:
            kind.parse(text)
        assert "garbage" not in str(error.value)


@pytest.mark.parametrize(("theirs", "side"), [(1, "the mirror's sidecar"), (3, "the Mira integration")])
def test_another_protocol_says_which_side_to_update_without_a_look_at_the_rest(theirs: int, side: str) -> None:
    with pytest.raises(WrongProtocol, match=f"Update {side}"):
        Presence.parse(json.dumps({"protocol": theirs}))


def test_a_presence_tells_what_was_observed_and_what_is_wrong() -> None:
    problem = {"code": "disk_full", "message": "The disk is full."}
    devices = {"camera": {"kind": "camera", "capture": "failed", "error": "unplugged", "code": "silent"}}
    presence = Presence.parse(json.dumps({**PRESENCE, "devices": devices, "problem": problem}))

    assert (presence.devices["camera"].error, presence.devices["camera"].code) == ("unplugged", "silent")
    assert presence.problem
    assert presence.problem.code == "disk_full"


def test_a_presence_tells_what_a_camera_s_pictures_are_like() -> None:
    picture = {"width": 640, "height": 480, "mirrored": False}
    devices = {
        "camera": {"kind": "camera", "capture": "open", "entity": "camera.hall", "picture": picture},
        "microphone": {"kind": "microphone", "capture": "closed"},
    }
    presence = Presence.parse(json.dumps({**PRESENCE, "devices": devices}))

    camera, microphone = presence.devices["camera"], presence.devices["microphone"]
    assert (camera.entity, camera.picture) == ("camera.hall", Picture(640, 480, mirrored=False))
    assert (microphone.entity, microphone.picture) == (None, None)


def test_private_text_stays_out_of_logs() -> None:
    event = Event.parse(json.dumps({**EVENT, "payload": {"summary": "secret"}, "message": "secret"}))
    state = snapshot(todos=[{"uid": "1", "summary": "secret", "description": "secret"}])
    assert "secret" not in repr(event) + repr(state)


@pytest.mark.parametrize("path", [*MIRA.glob("models/*.py"), *MIRA.glob("client/*.py")], ids=str)
def test_what_speaks_with_a_mirror_is_free_of_home_assistant(path: Path) -> None:
    named = re.findall(r"^\s*(?:from|import) +([\w.]+)", path.read_text(), re.MULTILINE)
    free = {"..const", "..errors", "..models"}
    assert [name for name in named if name.startswith("homeassistant")] == []
    assert {".".join(name.split(".")[:3]) for name in named if name.startswith("..")} <= free
