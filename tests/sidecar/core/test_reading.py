"""From bytes to a command: whatever comes, it is a command, a misfit that can be answered, or garbage."""

import json
import random
from typing import Any

import pytest

from mira_sidecar.core.arbiter import Position, settle
from mira_sidecar.core.decision import Rules
from mira_sidecar.core.reading import Garbage, Misfit, read
from mira_sidecar.core.state import initial_document
from mira_sidecar.protocol import MAX_COMMAND_BYTES, Command, Origin
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


def written(**changes: Any) -> bytes:
    return json.dumps({**WHOLE, **changes}).encode()


def raw(name: str, value: str) -> bytes:
    """A command with a member as it stands here, for what `json.dumps` would not write."""
    return written(**{name: "@"}).replace(b'"@"', value.encode())


def test_a_whole_command_is_read() -> None:
    assert read(written()) == Command(
        **{**WHOLE, "origin": Origin(device="front_camera")},
    )


def test_what_may_be_left_out_has_its_default() -> None:
    least = {name: WHOLE[name] for name in ("id", "ts", "source", "action")}
    assert read(json.dumps(least).encode()) == Command(**least)


def test_unknown_fields_are_ignored() -> None:
    assert read(written(colour="blue")) == read(written())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"\x00\xff\xfe",
        b"null",
        b"[]",
        b'"0193b2c4-0000-7000-8000-000000000001"',
        b"[" * 60_000,
        b"{",
        b"{}",
        written()[:-1],
        written(id=None),
        written(id=17),
        written(id="short"),
        written(id="x" * 65),
        written(id="no spaces please"),
        raw("confidence", "NaN"),
        raw("payload", r'{"summary": "\ud800"}'),
        b'{"id": "\xff\xff\xff\xff\xff\xff\xff\xff"}',
    ],
    ids=lambda body: repr(body[:40]),
)
def test_what_has_no_usable_id_is_garbage(body: bytes) -> None:
    found = read(body)
    assert isinstance(found, Garbage)
    assert found.reason.startswith("This is no command and has no usable id: ")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"id": "abcdefgh"}', "missing required field `ts`"),
        (written(ts="yesterday"), "at `ts`"),
        (written(ts="2026-13-20T12:00:00.000Z"), "`ts` is no time"),
        (written(ts="9999-12-31T24:00:00.000Z"), "`ts` is no time"),
        (written(ts="0000-01-01T00:00:00.000Z"), "`ts` is no time"),
        (written(ts=1_795_176_000), "Expected `str`, got `int` - at `ts`"),
        (written(source="ghost"), "`source` takes one of automation, gesture, system, touch, voice"),
        (written(source=["voice"]), "at `source`"),
        (written(action=""), "at `action`"),
        (written(action="x" * 65), "at `action`"),
        (written(payload=[]), "Expected `object`, got `array` - at `payload`"),
        (written(ttl_ms=0), "at `ttl_ms`"),
        (written(ttl_ms=3_600_001), "at `ttl_ms`"),
        (written(ttl_ms=10**40), "at `ttl_ms`"),
        (written(confidence=1.01), "at `confidence`"),
        (written(confidence="high"), "at `confidence`"),
        (raw("confidence", "1e400"), "at `confidence`"),
        (raw("payload", '{"summary": ' + "9" * 5_000 + "}"), "Integer value out of range"),
        (written(origin={"device": "x" * 65}), "at `origin.device`"),
        (written(payload={"text": "x" * MAX_COMMAND_BYTES}), "bytes, at most 65,536 are read"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_has_an_id_can_be_answered(body: bytes, said: str) -> None:
    found = read(body)
    assert isinstance(found, Misfit)
    assert found.command.id in {WHOLE["id"], "abcdefgh"}
    assert found.command.payload == {}
    assert (found.refusal.reason, found.refusal.policy) == ("bad_command", "validation")
    assert found.refusal.message.startswith("This is no valid command: ")
    assert said in found.refusal.message


@pytest.mark.parametrize("levels", [50, 1_000, 30_000])
def test_nesting_is_no_way_to_harm(levels: int) -> None:
    # How deep is too deep depends on the stack of this thread.
    found = read(raw("payload", '{"summary": ' + "[" * levels + "]" * levels + "}"))
    assert isinstance(found, (Command, Misfit))
    assert isinstance(found, Command) or found.refusal.message.endswith("it is nested too deeply.")


def test_a_misfit_keeps_what_could_be_read() -> None:
    found = read(written(ts="yesterday"))
    assert isinstance(found, Misfit)
    assert (found.command.source, found.command.action) == ("voice", "add_todo")


def test_a_command_of_the_greatest_length_is_read() -> None:
    room = MAX_COMMAND_BYTES - len(written(payload={"text": ""}))
    assert isinstance(read(written(payload={"text": "x" * room})), Command)
    assert isinstance(read(written(payload={"text": "x" * (room + 1)})), Misfit)


def test_nothing_that_was_sent_is_repeated_in_a_reason() -> None:
    found = read(written(id="!", source="call my doctor"))
    assert isinstance(found, Garbage)
    assert "doctor" not in found.reason


def mutated(chance: random.Random) -> bytes:
    """A command with a few bytes, or a member, changed for something else."""
    if chance.random() < 0.5:
        odd: list[Any] = [
            None,
            True,
            -1,
            0.5,
            10**20,
            "",
            "\u0000",
            "ö" * 70,
            [],
            {},
            [[]],
            {"a": None},
            "2026-11-20T12:00:00.000Z",
        ]
        return written(**{chance.choice([*WHOLE, "payload", "extra"]): chance.choice(odd)})
    body = bytearray(written())
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(body))
        body[place : place + chance.randint(0, 3)] = bytes(
            chance.choices(b'{}[]",:\\\x00\xffe0-9u', k=chance.randint(0, 3))
        )
    return bytes(body)


def test_whatever_comes_is_read_and_decided_without_an_exception() -> None:
    chance = random.Random(20_261_120)
    position = Position(0, 0, initial_document())
    kinds = set()
    for _ in range(5_000):
        found = read(mutated(chance))
        kinds.add(type(found))
        if not isinstance(found, Garbage):
            _, events = settle(position, found, arrived_ms=NOON, now_ms=NOON, rules=Rules(), new_id=lambda: "event")
            assert events[0].type in {"accepted", "rejected"}
    assert kinds == {Command, Misfit, Garbage}
