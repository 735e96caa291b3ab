"""What the integration sends and reads is what docs/protocol/v2.json says."""

import json
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
import redis
from jsonschema import Draft202012Validator

from custom_components.mira import diagnostics, interact, refusals
from custom_components.mira.client import MAX_COMMAND_BYTES
from custom_components.mira.client.commands import Command
from custom_components.mira.client.connection import Keys
from custom_components.mira.client.frames import Frame
from custom_components.mira.client.interaction import LONGEST, Asked
from custom_components.mira.const import DEVICE_KINDS, GESTURES, REASONS, SENDERS, SOURCES, SUBJECTS
from custom_components.mira.emotions import EMOTIONS
from custom_components.mira.models.event import Event
from custom_components.mira.models.presence import PROTOCOL_VERSION, Presence
from custom_components.mira.models.state import Snapshot, published
from custom_components.mira.services import TYPES
from house.redis import RedisServer
from house.sidecar import SidecarProcess
from mira_sidecar import protocol, reasons
from mira_sidecar.devices.messages import FailureCode
from mira_sidecar.discovery import all_subjects, known
from mira_sidecar.subjects.gesture.names import GestureName
from mira_sidecar.subjects.talk.core import interaction

SCHEMA = json.loads(Path("docs/protocol/v2.json").read_text())


def check(name: str, text: str) -> dict[str, Any]:
    """Raise where the message is not what the schema says of it."""
    message = json.loads(text)
    schema = {"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]}
    Draft202012Validator(schema).validate(message)
    return dict(message)


@pytest.mark.parametrize("origin", [None, {"user_id": None, "context_id": "01JABC"}])
@pytest.mark.parametrize("confidence", [None, 0.0, 0.93])
@pytest.mark.parametrize("source", SOURCES)
def test_a_command_of_the_client_fits(
    source: str, confidence: float | None, origin: dict[str, str | None] | None
) -> None:
    command = Command(
        id="01a1fbab-57b5-7775-9d0c-9f30e1e80ef8",
        ts="2026-11-20T12:00:00.000Z",
        source=source,
        action="add_todo",
        payload={"summary": "Milch für Käthe 🥛"},
        ttl_ms=5_000,
        confidence=confidence,
        origin=origin,
    )
    assert check("Command", command.encode())["payload"] == command.payload


def test_what_a_sidecar_writes_fits_and_is_read(redis_server: RedisServer, tmp_path: Path) -> None:
    sidecar = SidecarProcess(redis_server.url, tmp_path / "mira.db")
    sidecar.start()
    try:
        sidecar.bus.send("add_todo", {"summary": "Buy milk", "due": "2026-11-20", "description": "Oat"})
        sidecar.bus.send("gesture", {"name": "palm", "hold_ms": 600}, source="gesture", confidence=0.1)
        sidecar.bus.send("show_page", {"page": "cellar"})
        keys = Keys("hall")
        with redis.Redis.from_url(redis_server.url, decode_responses=True) as server:
            presence, head, state = (str(server.get(key)) for key in (keys.presence, keys.head, keys.state))
            entries: Any = server.xrange(keys.events)
    finally:
        sidecar.kill()

    check("Presence", presence)
    assert Presence.parse(presence).mirror == "hall"
    check("Head", head)
    check("Snapshot", state)
    end = published(head)
    now = Snapshot.parse(state).after(Event.parse(fields["event"]) for _, fields in entries)
    assert now.seq == end
    assert now.state.todos[0].summary == "Buy milk"
    for entry_id, fields in entries:
        check("Event", fields["event"])
        assert entry_id == f"{Event.parse(fields['event']).seq}-0"
    assert len(entries) >= 4


def test_what_a_program_asks_is_read() -> None:
    who = {"person": "p_a0000000", "persona": "Mira", "language": "de"}
    for ask in (
        interaction.AskText("a" * 32, "b" * 32, "Hello", **who),
        interaction.AskText("a" * 32, "b" * 32, "Hello"),
        interaction.AskAudio("a" * 32, "b" * 32, 3, b"\1\0", last=True, **who),
        interaction.AskCancel("a" * 32, "b" * 32),
    ):
        body = msgspec.json.encode(ask)
        assert msgspec.json.decode(body, type=type(ask)) == ask
        asked = Asked.parse(body.decode())
        assert (asked.session, asked.turn, asked.kind) == (ask.session, ask.turn, ask.__struct_config__.tag)
        for field in msgspec.structs.fields(ask):
            if field.name in ("text", *who):
                assert getattr(asked, field.name) == getattr(ask, field.name)
        assert asked.sound == (Frame("b" * 32, 3, b"\1\0", last=True) if asked.kind == "audio" else None)
    assert interaction.MOST_TEXT == LONGEST


def test_what_a_program_is_told_fits() -> None:
    turn = interact.Turn(Asked("a" * 32, "b" * 32, "text", "Hello"))
    for emotion in EMOTIONS.values():
        turn.express(emotion)
    turn.say("word " * 5_000)
    turn.end("Hello")
    turn.tell("error", code="NOT_ANSWERED")
    told = [turn.messages.get_nowait() for _ in range(turn.messages.qsize())]
    assert len(told) == len(EMOTIONS) + 7 + 3
    for n, message in enumerate(told):
        body = json.dumps(message)
        assert msgspec.json.decode(body, type=interaction.Told) == interaction.Told("a" * 32, "b" * 32, n)
        part = msgspec.json.decode(body, type=interaction.AnswerPart | interaction.Failure)
        assert part.__struct_config__.tag == message["type"]


def test_both_sides_name_the_same_things() -> None:
    ours, theirs = vars(Keys("hall")), vars(protocol.Keys("hall"))
    assert ours.items() <= {**theirs, "commands": theirs["commands"]["home"]}.items()
    assert set(SENDERS) == set(protocol.CARRIES)
    assert PROTOCOL_VERSION == protocol.PROTOCOL_VERSION
    assert MAX_COMMAND_BYTES == protocol.MAX_COMMAND_BYTES
    assert tuple(GESTURES) == get_args(GestureName.__value__)
    assert set(SOURCES) == set(get_args(protocol.Source.__value__))
    assert set(TYPES) == set(get_args(protocol.EventType.__value__))


def test_both_sides_know_the_same_refusals_and_what_comes_with_them() -> None:
    words = all_subjects().words
    assert set(words.reasons) == set(REASONS)
    assert {*words.reasons, *words.query_reasons} - {*reasons.INVALID} == refusals.WORDED
    assert reasons.INVALID == refusals.WITH_FAULTS
    assert {fault: tuple(wording.values) for fault, wording in words.faults.items()} == refusals.FAULTS
    values = {code: set(wording.values) for code, wording in {**words.reasons, **words.query_reasons}.items()}
    unsaid = {"superseded": {"source", "command_id"}}  # a word of the protocol, and an id
    assert {code: names for code, names in values.items() if names} == {
        **{code: set(names) for code, names in refusals.PLACEHOLDERS.items()},
        **unsaid,
    }


def test_what_may_be_shown_around_are_the_words_of_the_protocol() -> None:
    assert {field.name for field in msgspec.structs.fields(protocol.State)} == set(diagnostics.PLACES)
    assert get_args(protocol.CaptureState.__value__) == diagnostics.CAPTURES
    assert get_args(protocol.DeviceKind.__value__) == DEVICE_KINDS
    assert get_args(FailureCode.__value__) == diagnostics.CAPTURE_ERRORS
    assert set(known()) == set(SUBJECTS)
