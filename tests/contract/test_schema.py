"""docs/protocol/v2.json is what the code says, and what really crosses the wire."""

import json
import uuid
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import redis

from house.redis import RedisServer
from house.sidecar import SidecarProcess
from mira_sidecar import protocol
from mira_sidecar.cli import main
from mira_sidecar.discovery import all_subjects
from mira_sidecar.protocol import Keys, State, instant
from mira_sidecar.queries.explain import EXPLAIN
from mira_sidecar.subjects.gesture import seen
from mira_sidecar.subjects.voice.kept import bring_up_state as bring_up

PROTOCOL = Path(__file__).parents[2] / "docs" / "protocol"
SCHEMA: dict[str, Any] = json.loads((PROTOCOL / "v2.json").read_text())

NOW = "2026-11-20T12:00:00.000Z"
ORIGIN = {"device": "front_camera", "user_id": "anna", "context_id": "01", "person": "person-1"}
PATCH = {"op": "add", "path": "/todos/-", "value": {"uid": "a"}}
TODO = {
    "uid": "a",
    "summary": "Milk",
    "status": "completed",
    "due": "2026-12-24",
    "description": "One litre",
    "completed": NOW,
}
TUNING = {"enabled": False, "min_confidence": 0.9, "hold_ms": 900, "cooldown_ms": 0}
TAUGHT = {"kind": "motion", "samples": 10, "command_id": "command-1"}
TEACHING = {"name": "mine", "kind": "pose", "samples": 10, "taken": 3, "command_id": "command-1", "until": NOW}
STATE: dict[str, Any] = {
    "microphone": {"on": True},
    "camera": {"on": False},
    "page": "home",
    "pages": ["home"],
    "todos": [TODO],
    "message": {
        "text": "Dinner",
        "title": None,
        "at": NOW,
        "until": NOW,
        "id": "command-1",
        "picture": "camera.door",
        "buttons": [{"id": "soon", "label": "Soon"}],
    },
    "gesture": {"name": "palm", "confidence": 0.9, "handedness": "left", "hold_ms": 700, "at": NOW},
    "gestures_seen": {"palm": NOW},
    "utterance": {"length": 5, "answer": "yes", "language": "en", "at": NOW, "turn": "wake-0001"},
    "pending": {
        "command_id": "command-1",
        "source": "touch",
        "action": "set_camera",
        "payload": {"on": True},
        "risks": ["camera_on"],
        "asked_at": NOW,
        "deadline": NOW,
        "about": [TODO],
        "sender": "home",
        "user_id": "anna",
        "consent": True,
    },
    "access": {
        "pin_set": True,
        "unlocked_until": NOW,
        "wrong_tries": 1,
        "blocked_until": NOW,
        "elsewhere": {"api": {"wrong_tries": 1, "blocked_until": NOW}},
        "unlocked_by": "p_a0000000",
        "persons": {"p_a0000000": {"opens": ["camera_on"]}},
    },
    "thresholds": {
        "gesture_min_confidence": 0.8,
        "gesture_hold_ms": 700,
        "gesture_cooldown_ms": 500,
        "gestures": {"palm": TUNING},
    },
    "taught": {"mine": TAUGHT},
    "teaching": TEACHING,
    "parts": {"example": {"count": 3}},
    "last_changes": {"camera": {"command_id": "command-1", "source": "touch", "captured_at": NOW}},
    "undoable": [
        {
            "command_id": "command-1",
            "source": "touch",
            "touches": ["camera"],
            "action": "set_camera",
            "payload": {"on": False},
            "is_undo": True,
        }
    ],
}
PACE = {"decision_ms_p50": 1.2, "decision_ms_p95": None, "commands_a_minute": 3}
PICTURE = {"width": 640, "height": 480, "mirrored": True}
DEVICE = {
    "kind": "camera",
    "capture": "failed",
    "error": "No picture.",
    "entity": "camera.hall",
    "picture": PICTURE,
    "filming": True,
    "code": "silent",
}
LIVE_HAND = {
    "handedness": "left",
    "x": 0.4,
    "y": 0.6,
    "size": 0.15,
    "engaged": True,
    "pose": "palm",
    "confidence": 0.9,
    "held_ms": 240,
    "hold_ms": 600,
    "travel_x": -0.5,
    "travel_y": 0.1,
    "landmarks": [[0.4, 0.7]],
}
DECISION = {"seq": 1, "id": "event-1", "ts": NOW, "command_id": "command-1", "source": "voice", "action": "gesture"}
EVENT = {
    **DECISION,
    "type": "rejected",
    "payload": {"patch": []},
    "captured_at": NOW,
    "confidence": 0.5,
    "origin": ORIGIN,
    "rev": 1,
    "reason": "expired",
    "policy": "expiry",
    "message": "Too late.",
    "values": {"age_s": 8, "limit_s": 5},
    "looked": ["validation", "expiry"],
    "sender": "home",
    "count": 7,
}
CHANGED = {"place": "camera.on", "before": False, "after": True}
RELATED = {"how": "answers", "command_id": "yes-12345", "seq": 3, "ts": NOW, "source": "voice", "action": "utterance"}
EXAMPLES: dict[str, dict[str, Any]] = {
    "Command": {
        "id": "command-1",
        "ts": NOW,
        "source": "voice",
        "action": "add_todo",
        "payload": {"summary": "Milk"},
        "ttl_ms": 4_000,
        "confidence": 0.5,
        "origin": ORIGIN,
        "confirm": True,
    },
    "Event": EVENT,
    "StatePatch": {"rev": 1, "ts": NOW, "command_id": "command-1", "patch": [PATCH]},
    "Head": {"rev": 1, "seq": 2, "at": NOW},
    "Snapshot": {"rev": 1, "seq": 2, "at": NOW, "state": STATE},
    "Presence": {
        "protocol": 2,
        "version": "0.1.0",
        "server_id": "server",
        "mirror": "hall",
        "name": "Hall",
        "node": "pi:1",
        "started_at": NOW,
        "devices": {"camera": DEVICE},
        "problem": {"code": "disk_full", "message": "The disk is full."},
        "subjects": {"gesture": 1, "screen": 1, "voice": 1},
        "degraded": [{"code": "worker_failing", "message": "The part `live` of the sidecar keeps failing."}],
        "standby": True,
        "pace": PACE,
        "log_bytes": 4_096,
        "disk_free_mb": 12_340,
    },
    "Pace": PACE,
    "Live": {"ts": NOW, "hands": [LIVE_HAND]},
    "LiveHand": LIVE_HAND,
    "Lease": {"fence": 7, "server_id": "server", "store_id": "store", "node": "pi:1"},
    "Query": {"id": "query-01", "kind": "explain", "payload": {"seq": 3}, "ttl_ms": 4_000},
    "Reply": {
        "query_id": "query-01",
        "result": {},
        "reason": "unknown_query",
        "message": "There is none.",
        "values": {"kinds": ["explain"]},
    },
    "Explanation": {
        "answer": EVENT,
        "changed": [CHANGED],
        "rev": 1,
        "before": [RELATED],
        "led_to": [],
        "waiting": True,
        "undoable": True,
    },
    "Changed": CHANGED,
    "Related": RELATED,
    "Origin": ORIGIN,
    "PatchOperation": PATCH,
    "State": STATE,
    "Switch": STATE["microphone"],
    "TodoItem": TODO,
    "Gesture": STATE["gesture"],
    "Utterance": STATE["utterance"],
    "Message": STATE["message"],
    "MessageButton": STATE["message"]["buttons"][0],
    "Pending": STATE["pending"],
    "Access": STATE["access"],
    "PinTries": STATE["access"]["elsewhere"]["api"],
    "OwnPin": STATE["access"]["persons"]["p_a0000000"],
    "LastChange": STATE["last_changes"]["camera"],
    "GestureTuning": TUNING,
    "Taught": TAUGHT,
    "Teaching": TEACHING,
    "Thresholds": STATE["thresholds"],
    "Undoable": STATE["undoable"][0],
    "Device": DEVICE,
    "Picture": PICTURE,
    "Problem": {"code": "disk_full", "message": "The disk is full."},
    "PrivateWords": {"command_id": "said-1234", "words": {"text": "Hello"}},
    "Said": {"command_id": "said-1234", "text": "Hello", "at": NOW},
}
"""One whole message of every type: each field is there, and none has its default."""

OWN = {
    *("set_pages", "time_out", "withdraw", "forget_traces", "shift_times", "revoke", "set_parts"),
    *("end_enrolment", "clear_face"),
}
"""What the mirror asks of itself alone, and does not here."""

TYPES = {
    name: kind
    for name, kind in [*vars(protocol).items(), *vars(seen).items()]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind is not msgspec.Struct
}
assert TYPES.keys() == EXAMPLES.keys()


def validate(name: str, message: object) -> None:
    """Raise where a message is not what the schema says of its type."""
    schema = {"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]}
    jsonschema.validate(message, schema, cls=jsonschema.Draft202012Validator)


def test_the_schema_in_the_documentation_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert capsys.readouterr().out == (PROTOCOL / "v2.json").read_text(), "write it anew: `mira-sidecar schema`"
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", sorted(TYPES))
def test_every_message_type_is_documented_and_keeps_every_field(name: str) -> None:
    example = EXAMPLES[name]
    assert set(example) == {field.encode_name for field in msgspec.structs.fields(TYPES[name])}
    message = msgspec.json.decode(json.dumps(example), type=TYPES[name])
    assert json.loads(msgspec.json.encode(message)) == example
    assert msgspec.json.decode(msgspec.json.encode(message), type=TYPES[name]) == message
    validate(name, example)


@pytest.mark.parametrize("name", sorted(TYPES))
def test_what_a_message_needs_is_required_by_the_schema(name: str) -> None:
    for field in msgspec.structs.fields(TYPES[name]):
        if field.required:
            without = {key: value for key, value in EXAMPLES[name].items() if key != field.encode_name}
            with pytest.raises(jsonschema.ValidationError, match="is a required property"):
                validate(name, without)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "short"),
        ("id", "no spaces please"),
        ("id", "no-new-line\n"),
        ("ts", f"{NOW}\n"),
        ("ts", "yesterday"),
        ("source", "ghost"),
        ("action", ""),
        ("payload", []),
        ("ttl_ms", 0),
        ("confidence", 1.1),
    ],
)
def test_what_the_sidecar_refuses_the_schema_refuses_too(field: str, value: object) -> None:
    wrong = {**EXAMPLES["Command"], field: value}
    with pytest.raises(jsonschema.ValidationError):
        validate("Command", wrong)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, protocol.Command)


def test_every_action_and_reason_is_described() -> None:
    text = (PROTOCOL / "README.md").read_text()
    for action in all_subjects().actions:
        assert f"`{action}`" in text
    assert f"`{EXPLAIN.name}`" in text
    keys = vars(Keys("hall"))
    del keys["retired"]
    for key in (*keys.pop("commands").values(), *keys.values()):
        assert key in text


def test_the_first_state_there_was_is_still_a_state() -> None:
    # A base or a backup may hold it: what is added to State later, at any depth, needs a default, or is brought up.
    first = {
        "microphone": {"on": True},
        "camera": {"on": False},
        "page": "home",
        "pages": ["home"],
        "todos": [{"uid": "a", "summary": "Milk"}],
        "message": {"text": "Dinner", "title": None, "at": NOW, "until": NOW},
        "gesture": {"name": "palm", "confidence": None, "handedness": None, "hold_ms": 700, "at": NOW},
        "gestures_seen": {"palm": NOW},
        "utterance": {"text": "Hello", "at": NOW},
    }
    bring_up(first)
    assert msgspec.convert(first, State).page == "home"
    asking = {name: STATE[name] for name in ("access", "last_changes", "undoable")}
    pending = {name: STATE["pending"][name] for name in ("command_id", "source", "action", "payload", "risks")}
    pending |= {"asked_at": NOW, "deadline": NOW}
    assert msgspec.convert({**first, **asking, "pending": pending}, State).pending


def test_moments_become_text_and_come_back() -> None:
    for moment in (0, 1, 999, 1_795_176_000_000, 1_795_176_000_001, 4_102_444_799_999):
        assert protocol.milliseconds(instant(moment)) == moment
    assert instant(1_795_176_000_007) == "2026-11-20T12:00:00.007Z"


@pytest.fixture(scope="module")
def spoken(shared_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[Any]]]:
    """What really went through Redis while every action was asked for, rightly and wrongly, by type."""
    never_quiet = {"talk_quiet_from": "00:00", "talk_quiet_until": "00:00"}
    database = tmp_path_factory.mktemp("spoken") / "mira.db"
    sidecar = SidecarProcess(shared_redis.url, database, subjects="gesture,talk,voice,windows", **never_quiet)
    sidecar.start()
    keys = Keys("hall")
    with redis.Redis.from_url(shared_redis.url, decode_responses=True) as client:
        heard: Any = client.pubsub()
        heard.subscribe(keys.patches)
        payloads: dict[str, list[dict[str, Any]]] = {
            "set_microphone": [{"on": True}, {}],
            "set_camera": [{"on": True}],
            # By its id: all are captured before any is decided.
            "confirm": [{"command_id": "set_camera"}, {"command_id": "unasked-0"}],
            "ask": [{"text": "Close the blinds?"}, {"text": "And the door?"}],
            "toggle_camera": [{}, {}],
            "cancel": [{"command_id": "ask"}, {}],
            "time_out": [{"command_id": "answered"}],
            "withdraw": [{"command_id": "answered"}],
            "add_todo": [
                {"uid": "a", "summary": "Milk", "due": "2026-12-24", "description": "x"},
                {"uid": "z", "summary": "Tea"},
                {"summary": " "},
            ],
            "update_todo": [{"uid": "a", "status": "completed"}, {"uid": "a", "due": None}, {"uid": "b"}],
            "move_todo": [{"uid": "a", "previous_uid": None}],
            "gesture": [{"name": "swipe_left", "handedness": "left", "hold_ms": 5}, {"name": "salute"}],
            "utterance": [{"length": 5}],
            "show_page": [{"page": "clock"}],
            "show_message": [{"text": "Dinner"}, {"text": "Now?", "buttons": [{"id": "yes", "label": "Yes"}]}],
            "press_button": [{"message_id": "unknown-0", "button": "yes"}],
            "set_gesture": [{"name": "palm", "hold_ms": 900}, {"name": "palm", "hold_ms": None}, {"name": "salute"}],
            "set_pages": [{"pages": ["home", "weather"]}],
            "complete_todos": [{"uids": ["a"]}],
            "remove_todos": [{"uids": ["a"]}, {"uids": ["b"]}],
            "remove_todo": [{"uid": "z"}],
            "undo": [{}, {"command_id": "unknown-0"}],
            "lock": [{}],
            "unlock": [{"pin": "1234"}],
        }
        sent: list[dict[str, Any]] = []
        first: dict[str, str] = {}
        for action in [*payloads, *all_subjects().actions.keys() - payloads.keys()]:
            for payload in payloads.get(action, [{}]):
                envelope = {"id": str(uuid.uuid7()), "ts": instant(clock_ms(client)), "source": "automation"}
                first.setdefault(action, envelope["id"])
                named = {name: first.get(value, value) for name, value in payload.items() if name == "command_id"}
                sent.append({**envelope, "action": action, "payload": {**payload, **named}})
                client.xadd(keys.commands["home"], {"command": json.dumps(sent[-1])})
        client.xadd(keys.commands["home"], {"command": '{"id": "abcdefgh"}'})
        asked = sidecar.bus.send("show_message", {"text": "Now?", "buttons": [{"id": "yes", "label": "Yes"}]})
        sidecar.bus.send("press_button", {"message_id": asked["command_id"], "button": "yes"}, source="touch")
        sidecar.bus.send("next_page", {}, source="gesture", confidence=0.9)
        for action, payload in (
            ("cancel", {}),
            ("set_camera", {"on": True}),
            ("confirm", {}),
            ("teach_gesture", {"name": "mine", "samples": 3}),
            ("confirm", {}),
            *[("take_sample", {"name": "mine"})] * 3,
            ("forget_gesture", {"name": "mine"}),
            ("add_person", anna := {"person": "p_a0000000", "consents": ["face"]}),
            ("change_person", anna),
            ("enrol", {"person": "p_a0000000", "kind": "face"}),
            ("take_print", {"kind": "face", "model": "arcface-1", "quality": 0.9}),
            ("print_lost", {"person": "p_a0000000", "kind": "face"}),
            ("recognise", {"person": "p_a0000000", "by": "face"}),
            ("forget_person", {"person": "p_a0000000"}),
            ("person_erased", {"person": "p_a0000000"}),
            ("add_window", bed := {"window": "bed", "kind": "bedroom", "travel_s": 30, "drive": {"kind": "home"}}),
            ("change_window", bed),
            ("limit_window", {"window": "bed", "most": 80}),
            ("observe_weather", {"rain": False, "wind": 2.5, "temperature": 15.5}),
            ("observe_home", {"away": False, "quiet": True}),
            ("window_moved", {"window": "bed", "position": 0}),
            ("set_window", {"window": "bed", "position": 100, "speed": 30}),
            ("hold_window", {"window": "bed", "minutes": 30}),
            ("resume_window", {"window": "bed"}),
            ("observe_weather", {"rain": True}),
            ("drop_run", {"window": "bed", "run": "unknown-0", "why": "late"}),
            ("place_sensor", {"device": "esp1", "room": "bed"}),
            ("remove_sensor", {"device": "esp1"}),
            ("activate_model", {"model": "needs-net-1", "sha256": "0" * 64}),
            ("activate_model", {"model": None}),
            ("window_fault", {"window": "bed", "fault": "stuck"}),
            ("window_recovered", {"window": "bed"}),
            ("lock_window", {"window": "bed", "locked": True}),
            ("set_window_auto", {"window": "bed", "auto": False}),
            ("remove_window", {"window": "bed"}),
        ):
            sensed = dict.fromkeys(
                (
                    *("take_sample", "take_print", "print_lost", "recognise", "person_erased"),
                    *("observe_weather", "observe_home", "window_moved", "window_fault", "drop_run"),
                ),
                "sensor",
            )
            source = {**sensed, "teach_gesture": "automation"}.get(action, "touch")
            sidecar.bus.send(action, payload, source=source)
        sidecar.bus.send("set_microphone", {"on": True})
        turn = {"turn": sidecar.bus.send("wake", {"word": "okay_nabu"}, source="voice")["command_id"]}
        sidecar.bus.send("advance_turn", {**turn, "stage": "thinking"}, source="sensor")
        sidecar.bus.send("say", {**turn, "kind": "reply"})  # it ends at once: there is no speaker
        sidecar.bus.send("end_turn", {**turn, "outcome": "answered", "trace": {"stt_ms": 700}}, source="sensor")
        sidecar.bus.send("listen", {})
        sidecar.bus.send("set_voice", {"active": []})
        sidecar.bus.send("teach_wake_word", {"phrase": "Hey Mira", "takes": 5}, source="automation")
        lesson = {"lesson": sidecar.bus.send("confirm", {}, source="touch")["command_id"]}
        for fault in ("too_short", None):
            sidecar.bus.send("take_wake_word", {**lesson, "fault": fault}, source="sensor")
        trial = {"takes": 5, "found": 5, "false_wakes": 0, "minutes": 19}
        verdict = {"outcome": "learned", "reach": 0.3, "trial": trial}
        sidecar.bus.send("judge_wake_word", {**lesson, **verdict}, source="sensor")
        sidecar.bus.send("forget_wake_word", {"phrase": "Hey Mira"})
        asked = {"persona": "01ABC", "place": "mirror", "pictures": "drawn", "length": 5, "language": "de"}
        reply = {"reply": sidecar.bus.send("begin_reply", asked, source="sensor")["command_id"]}
        sidecar.bus.send("express", {**reply, "emotion": "joy"}, source="sensor")
        sidecar.bus.send("end_reply", {**reply, "outcome": "answered", "first_ms": 800}, source="sensor")
        compacted = {"persona": "01ABC", "upto": reply["reply"], "messages": 15, "by": "rules"}
        sidecar.bus.send("compact", compacted, source="sensor")
        last = {"last": sidecar.bus.send("forget_talk", {"persona": "01ABC"})["command_id"]}
        sidecar.bus.send("talk_forgotten", last, source="sensor")
        sidecar.bus.send("stop_talking", {})
        for there in (False, True, True):
            sidecar.bus.send("speak_up", {"kind": "weather", "there": there}, source="automation")
        sidecar.bus.send("set_camera", {"on": True})
        sidecar.bus.send("confirm", {}, source="touch")
        sidecar.bus.send("request_capture", {"kind": "video", "seconds": 3, "agent": "Ollama"}, source="sensor")
        capture = sidecar.bus.send("confirm", {}, source="touch")["command_id"]
        sidecar.bus.send("end_capture", {"capture": capture, "outcome": "cancelled"})
        sidecar.bus.send("set_pin", {"pin": "1234"})
        sidecar.bus.send("unlock", {"pin": "4321"})
        sidecar.bus.send("unlock", {"pin": "1234"})
        entries: Any = client.xrange(keys.events)
        replied = client.pubsub()
        replied.subscribe(keys.replies)
        for number, payload in enumerate(({}, {"seq": 1}, {"command_id": "nobody-00"}, {"seq": "x"}), 1):
            query = {"id": f"query-{number:02}", "kind": "explain", "payload": payload}
            client.xadd(keys.queries, {"query": json.dumps(query)})
        replies = [message["data"] for message in islice(replied.listen(), 5) if message["type"] == "message"]
        replied.close()
        patches = iter(lambda: heard.get_message(timeout=0.1, ignore_subscribe_messages=False), None)
        yield {
            "Command": sent,
            "Event": [json.loads(fields["event"]) for _, fields in entries],
            "StatePatch": [json.loads(one["data"]) for one in patches if one["type"] == "message"],
            "Head": [json.loads(str(client.get(keys.head)))],
            "Snapshot": [json.loads(str(client.get(keys.state)))],
            "Presence": [json.loads(str(client.get(keys.presence)))],
            "Reply": [json.loads(reply) for reply in replies],
            "Explanation": [found for reply in replies if (found := json.loads(reply).get("result"))],
        }
        heard.close()
    sidecar.kill()


def clock_ms(client: redis.Redis) -> int:
    """The Redis server's time."""
    seconds, microseconds = client.time()
    return int(seconds) * 1000 + int(microseconds) // 1000


@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize(
    "name", ["Command", "Event", "StatePatch", "Head", "Snapshot", "Presence", "Reply", "Explanation"]
)
def test_what_is_really_said_is_what_the_schema_says(spoken: dict[str, list[Any]], name: str) -> None:
    assert spoken[name]
    for message in spoken[name]:
        validate(name, message)


@pytest.mark.usefixtures("socket_enabled")
def test_each_refusal_comes_with_the_values_of_its_code_and_no_others(spoken: dict[str, list[Any]]) -> None:
    refusals = [event for event in spoken["Event"] if event["type"] == "rejected"]
    refused = [reply for reply in spoken["Reply"] if "reason" in reply]
    assert len({event["reason"] for event in refusals}) > 10
    assert {reply["reason"] for reply in refused} == {"unknown_command", "bad_query"}
    for table, told in (("Reasons", refusals), ("QueryReasons", refused)):
        for one in told:
            reason, values = one["reason"], one.get("values", {})
            validate(table, {reason: values})
            known = set(SCHEMA["$defs"][table]["properties"][reason]["properties"])
            if fault := values.get("fault"):
                validate("Faults", {fault: values})
                known |= set(SCHEMA["$defs"]["Faults"]["properties"][fault]["properties"])
            assert set(values) == known


@pytest.mark.usefixtures("socket_enabled")
def test_every_kind_of_event_was_said(spoken: dict[str, list[Any]]) -> None:
    assert {event["type"] for event in spoken["Event"]} == {"accepted", "rejected", "state_patch"}
    assert {event["action"] for event in spoken["Event"] if event["type"] == "accepted"} == set(
        all_subjects().actions
    ) - OWN
    patches = [event for event in spoken["Event"] if event["type"] == "state_patch"]
    assert [event["rev"] for event in patches] == [message["rev"] for message in spoken["StatePatch"]]
