"""Bodies of stream entries such as no client should send: broken, odd, deep, long, and some that are right."""

import json
import random
from collections.abc import Callable
from typing import Any

import msgspec

from mira_sidecar.discovery import all_subjects
from mira_sidecar.protocol import MAX_COMMAND_BYTES
from tests.sidecar.core.situation import NOON

WHOLE: dict[str, Any] = {
    "id": "0193b2c4-0000-7000-8000-000000000001",
    "ts": "2026-11-20T12:00:00.000Z",
    "source": "voice",
    "action": "add_todo",
    "payload": {"summary": "Buy milk"},
    "ttl_ms": 5_000,
    "confidence": 0.93,
    "origin": {"device": "front_camera", "user_id": None, "context_id": None},
}
_SOURCES = ["voice", "gesture", "touch", "automation", "sensor", "system"]
_ODD: list[Any] = [
    *[None, True, -1, 0.5, 10**20, -(2**63), 2**64, 1e308, "", " ", "\u0000", "\n", "ö" * 70, "\U0001f600" * 300],
    *[[], {}, [[]], {"a": None}, {"": {}}, ["a"] * 20, "x" * 5_000, "a\n", "٢٠٢٦", "__class__", "../../etc", "~0~1/-"],
    *["2026-11-20T12:00:00.000Z", "2026-12-24", "9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00.000Z", "abcdefgh\n"],
]
_FITTING: dict[str, list[Any]] = {
    "on": [True, False],
    "uid": ["a", "b", "c"],
    "uids": [["a"], ["a", "b"], ["c", "c"], []],
    "previous_uid": ["a", None],
    "summary": ["Milk", "Bread"],
    "status": ["completed", "needs_action"],
    "due": ["2026-12-24", None],
    "description": ["Fresh", None],
    "name": ["palm", "thumb_up", "thumb_down", "swipe_left", "mine"],
    "handedness": ["left", "right"],
    "hold_ms": [700],
    "text": ["yes", "no", "Hello"],
    "length": [5],
    "answer": ["yes", "no"],
    "language": ["de"],
    "title": ["Note"],
    "duration_ms": [5_000],
    "consent": [True, False],
    "picture": ["camera.door", "/local/door.jpg", None],
    "buttons": [[], [{"id": "soon", "label": "Soon"}]],
    "message_id": ["fuzzed-1", "fuzzed-2"],
    "button": ["soon"],
    "page": ["todos", "clock"],
    "pages": [["home", "weather"]],
    "command_id": ["fuzzed-1", "fuzzed-2"],
    "source": _SOURCES,
    "by_ms": [-3_600_000],
    "opened": ["camera"],
    "pin": ["set", "right", "wrong", "1234"],
    "current": ["right"],
    "gesture_min_confidence": [0.5, 0.9],
    "gesture_hold_ms": [400],
    "gesture_cooldown_ms": [0, 2_000],
    "enabled": [True, False],
    "kind": [
        "pose",
        "motion",
        "face",
        "voice",
        "reply",
        "announcement",
        "weather",
        "photo",
        "video",
        "bedroom",
        "bath",
    ],
    "samples": [3, 10],
    "min_confidence": [0.5, None],
    "cooldown_ms": [0, None],
    "person": ["p_a0000000", "p_b0000000"],
    "opens": [["camera_on"], None],
    "ha_person": ["0" * 32, None],
    "ha_user": ["anna", None],
    "consents": [["face"], ["face", "voice"], []],
    "model": ["arcface-1"],
    "quality": [0.9],
    "by": ["face", "voice", "login", "model", "rules"],
    "word": ["okay_nabu", "alexa"],
    "microphone": ["microphone"],
    "turn": ["fuzzed-1", "fuzzed-2"],
    "speech": ["fuzzed-1", "fuzzed-2"],
    "stage": ["thinking", "speaking"],
    "outcome": ["answered", "stopped", "played", "failed", "learned", "lost", "taken"],
    "code": ["stt-stream-failed"],
    "trace": [{"stt_ms": 700}],
    "words": [{"okay_nabu": {"phrase": "Okay Nabu", "languages": ["en"]}}],
    "active": [["okay_nabu"], []],
    "phrase": ["Hey Mira", "Okay Nabu"],
    "takes": [5, 8],
    "lesson": ["fuzzed-1", "fuzzed-2"],
    "fault": ["too_short", "stuck", None],
    "reach": [0.3],
    "persona": ["01ABC", "02DEF"],
    "place": ["mirror", "elsewhere", "api"],
    "pictures": ["drawn", "fluent", "none", None],
    "remembers": [True, False],
    "emotion": ["joy", "neutral"],
    "reply": ["fuzzed-1", "fuzzed-2", None],
    "seconds": [1, 10],
    "heard": [0, 5],
    "first_ms": [800],
    "total_ms": [4_000],
    "upto": ["fuzzed-1"],
    "messages": [15],
    "everybody": [True, False],
    "last": ["fuzzed-1", "fuzzed-2"],
    "there": [True, False, None],
    "agent": ["OpenAI"],
    "cloud": [True, False],
    "capture": ["fuzzed-1", "fuzzed-2"],
    "media": ["0198c0de-7f3e-7d60-9c65-2f0d8a1b4c11"],
    "bytes": [90_000],
    "ms": [3_200],
    "trial": [{"takes": 5, "found": 5, "false_wakes": 0, "minutes": 19}],
    "window": ["bed", "bath"],
    "room": ["bed", None],
    "travel_s": [30, None],
    "minutes": [30],
    "most": [100, 40],
    "most_at_night": [100, 10],
    "rest": [0, None],
    "locked": [True, False],
    "auto": [True, False],
    "shadow": [True, False],
    "position": [0, 25, 100, "stop"],
    "speed": [30],
    "age_s": [60],
    "features": ["0123456789abcdef"],
    "mattered": [["humidity"]],
    "expected": [{"temperature": 21.5}],
    "why": ["rain", "storm", "late", "unheard"],
    "drive": [{"kind": "mqtt", "topic": "sash", "profile": "esphome"}, {"kind": "home"}, None],
    "run": ["fuzzed-1", "fuzzed-2"],
    "device": ["shelf", "roof"],
    "sha256": ["0" * 64],
    "closed": [True, False],
    "rain": [True, False, None],
    "wind": [3, 14, None],
    "gust": [20, None],
    "alert": [True, False],
    "temperature": [-5, 20, None],
    "air": ["good", "bad", None],
    "away": [True, False, None],
    "armed": [True, False],
    "quiet": [True, False],
}
"""Values for the fields of all payloads."""
_NUMBERS = [
    "NaN",
    "-Infinity",
    "1e400",
    "-1e-400",
    "9" * 5_000,
    "0x10",
    "01",
    "1.",
    "-",
    "1e5",
    "-0",
    "0.1e+1",
    "1_000",
]
_BYTES = [
    b"\xff",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xf5\x80\x80\x80",
    b"\xe2\x82",
    b"\x80",
    b"\x00",
    b"\\ud800",
    b"\\u12",
]
"""No UTF-8, or no JSON: overlong, a surrogate, beyond Unicode, cut off; half an escape."""


def written(**changes: Any) -> bytes:
    """A whole command, with other or more members."""
    return json.dumps({**WHOLE, **changes}).encode()


def raw(name: str, value: str | bytes) -> bytes:
    """A command with a member as it stands here, for what `json.dumps` would not write."""
    return written(**{name: "@"}).replace(b'"@"', value.encode() if isinstance(value, str) else value)


def body(chance: random.Random) -> bytes:
    """One more body, of any kind."""
    return chance.choice(KINDS)(chance)


def _plausible(chance: random.Random) -> bytes:
    """A command that some may even carry out: every action, with fields that fit and others that do not."""
    action = all_subjects().actions[chance.choice(list(all_subjects().actions))]
    payload = {
        field.name: chance.choice(_FITTING[field.name] if chance.random() < 0.95 else _ODD)
        for field in msgspec.structs.fields(action.payload)
        if field.required or chance.random() < 0.4
    }
    return written(
        id=f"fuzzed-{chance.randrange(10**9)}",
        ts=f"2026-11-20T12:00:0{chance.randrange(10)}.000Z",
        ttl_ms=3_600_000,
        source=chance.choice(_SOURCES),
        action=action.name,
        payload=payload,
        confirm=chance.random() < 0.1,
    )


def _odd_member(chance: random.Random) -> bytes:
    return written(**{chance.choice([*WHOLE, "confirm", "extra"]): chance.choice(_ODD)})


def _noise(chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(200))


def _mutated(chance: random.Random) -> bytes:
    found = bytearray(_plausible(chance))
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(found))
        found[place : place + chance.randint(0, 3)] = bytes(
            chance.choices(b'{}[]",:\\\x00\xffe0-9u', k=chance.randint(0, 3))
        )
    return bytes(found)


def _cut(chance: random.Random) -> bytes:
    found = _plausible(chance)
    return found[: chance.randrange(len(found))]


def _deep(chance: random.Random) -> bytes:
    levels = chance.choice([10, 100, 500, 1_000, 3_000, 10_000])
    opened, closed = chance.choice([("[", "]"), ('{"a":', "}"), ('[{"text":', "}]")])
    nest = opened * levels + chance.choice(["1", ""]) + closed * chance.choice([levels, levels - 1])
    beside = chance.choice(['"text": "yes", "name": "palm", "summary": "Milk", "x":', '"text":'])
    if chance.random() < 0.2:
        return nest.encode()
    action = chance.choice(list(all_subjects().actions))
    return raw("payload", f"{{{beside} {nest}}}").replace(b'"add_todo"', f'"{action}", "confirm": true'.encode())


def _number(chance: random.Random) -> bytes:
    name = chance.choice(["ttl_ms", "confidence", "ts", "payload", "confirm"])
    number = chance.choice(_NUMBERS)
    return raw(name, f'{{"hold_ms": {number}}}' if name == "payload" else number)


def _bad_text(chance: random.Random) -> bytes:
    text = b'"a ' + chance.choice(_BYTES) + b' b"'
    name = chance.choice(["id", "ts", "source", "action", "payload"])
    return raw(name, b'{"summary": ' + text + b"}" if name == "payload" else text)


def _twice(chance: random.Random) -> bytes:
    """A member that comes twice, with another value."""
    name = chance.choice(list(WHOLE))
    return _plausible(chance)[:-1] + f', "{name}": {json.dumps(chance.choice(_ODD))}}}'.encode()


def _long(chance: random.Random) -> bytes:
    """About as long as a command may be."""
    room = MAX_COMMAND_BYTES - len(written(payload={"text": ""}))
    return written(payload={"text": "x" * (room + chance.randint(-1, 1))})


KINDS: tuple[Callable[[random.Random], bytes], ...] = (
    *[_plausible] * 8,
    *[_mutated] * 4,
    *[_odd_member] * 2,
    *[_noise, _cut, _deep, _number, _bad_text, _twice, _long],
)

ARRIVALS = (NOON, NOON, NOON, 0, NOON - 10_000, 2**63)
"""Unix milliseconds: whoever adds an entry may choose its id, and so when it came."""
