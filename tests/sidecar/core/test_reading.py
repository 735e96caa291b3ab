"""From bytes to a command: whatever comes, it is a command, a misfit that can be answered, or garbage."""

import json

import pytest

from mira_sidecar.core.reading import Garbage, Misfit, read
from mira_sidecar.discovery import all_subjects, registry_of
from mira_sidecar.protocol import MAX_COMMAND_BYTES, Command, Origin, Sender, Source
from mira_sidecar.reasons import sentence
from tests.sidecar.core.entries import WHOLE, raw, written


def test_a_whole_command_is_read() -> None:
    assert read(written(), "voice") == Command(
        **{**WHOLE, "origin": Origin(device="front_camera")},
    )


def test_what_may_be_left_out_has_its_default() -> None:
    least = {name: WHOLE[name] for name in ("id", "ts", "source", "action")}
    assert read(json.dumps(least).encode(), "voice") == Command(**least)


@pytest.mark.parametrize(
    ("sender", "source"),
    [("gesture", "gesture"), ("voice", "voice"), ("sensor", "sensor"), ("home", "automation"), ("api", "voice")],
)
def test_who_it_was_is_said_by_what_sees_and_hears_people_and_by_nobody_else(sender: Sender, source: Source) -> None:
    found = read(written(source=source, origin={"person": "person-1"}), sender)
    if sender in ("gesture", "voice", "sensor"):
        assert isinstance(found, Command)
        assert found.origin == Origin(person="person-1")
    else:
        assert isinstance(found, Misfit)
        assert (found.refusal.reason, found.refusal.values) == (
            "bad_command",
            {"fault": "not_theirs", "field": "origin.person"},
        )
        assert "person-1" not in str(found)


@pytest.mark.parametrize(
    ("source", "action", "may"),
    [
        ("voice", "utterance", True),
        ("voice", "set_camera", False),
        ("voice", "wake", False),
        ("sensor", "advance_turn", True),
        ("sensor", "recognise", False),
        ("automation", "set_camera", True),
    ],
)
def test_home_assistant_says_what_it_heard_and_does_nothing_by_voice(source: Source, action: str, may: bool) -> None:
    found = read(written(source=source, action=action, origin=None), "home", all_subjects().from_home)
    assert isinstance(found, Command) == may
    if isinstance(found, Misfit):
        assert (found.refusal.reason, found.refusal.values) == (
            *("source_not_allowed", {"sender": "home", "source": source}),
        )


def test_home_assistant_says_nothing_for_a_mirror_that_does_not_hear() -> None:
    found = read(written(source="voice", action="utterance", origin=None), "home", registry_of(["screen"]).from_home)
    assert isinstance(found, Misfit)
    assert found.refusal.reason == "source_not_allowed"


def test_unknown_fields_are_ignored() -> None:
    assert read(written(colour="blue"), "voice") == read(written(), "voice")


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
        written(id="no-new-line\n"),
        raw("confidence", "NaN"),
        raw("payload", r'{"summary": "\ud800"}'),
        b'{"id": "\xff\xff\xff\xff\xff\xff\xff\xff"}',
    ],
    ids=lambda body: repr(body[:40]),
)
def test_what_has_no_usable_id_is_garbage(body: bytes) -> None:
    found = read(body, "voice")
    assert isinstance(found, Garbage)
    assert found.reason.startswith("No usable id. This is no valid command: ")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"id": "abcdefgh"}', "`ts` is missing"),
        (written(ts="yesterday"), "`ts` "),
        (written(ts="2026-13-20T12:00:00.000Z"), "`ts` does not have the form that it needs"),
        (written(ts="2026-11-20T12:00:00.000Z\n"), "`ts` "),
        (written(ts="٢٠٢٦-11-20T12:00:00.000Z"), "`ts` "),
        (written(ts="9999-12-31T24:00:00.000Z"), "`ts` does not have the form that it needs"),
        (written(ts="0000-01-01T00:00:00.000Z"), "`ts` does not have the form that it needs"),
        (written(ts=1_795_176_000), "`ts` takes text"),
        (written(source="ghost"), "`source` takes one of automation, gesture, sensor, system, touch, voice"),
        (written(source=["voice"]), "`source` "),
        (written(action=""), "`action` "),
        (written(action="x" * 65), "`action` "),
        (written(payload=[]), "`payload` takes an object"),
        (written(ttl_ms=0), "`ttl_ms` "),
        (written(ttl_ms=3_600_001), "`ttl_ms` "),
        (written(ttl_ms=10**40), "`ttl_ms` "),
        (written(confidence=1.01), "`confidence` "),
        (written(confidence="high"), "`confidence` "),
        (raw("confidence", "1e400"), "`confidence` "),
        (raw("payload", '{"summary": ' + "9" * 5_000 + "}"), "`payload[...]` does not have the form"),
        (written(origin={"device": "x" * 65}), "`origin.device` "),
        (written(payload={"text": "x" * MAX_COMMAND_BYTES}), "it is longer than 65536 bytes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_has_an_id_can_be_answered(body: bytes, said: str) -> None:
    found = read(body, "voice")
    assert isinstance(found, Misfit)
    assert found.command.id in {WHOLE["id"], "abcdefgh"}
    assert found.command.payload == {}
    assert (found.refusal.reason, found.refusal.policy) == ("bad_command", "validation")
    assert said in sentence(found.refusal.reason, found.refusal.values)


@pytest.mark.parametrize("levels", [1_000, 30_000])
def test_nesting_is_no_way_to_harm(levels: int) -> None:
    found = read(raw("payload", '{"summary": ' + "[" * levels + "]" * levels + "}"), "voice")
    assert isinstance(found, Misfit)
    assert found.refusal.values == {"fault": "too_deep", "limit": 32}


@pytest.mark.parametrize("opened", ["[", '{"a":', '[{"a":'])
def test_a_command_has_at_most_32_levels(opened: str) -> None:
    closed = opened.translate({ord("["): "]", ord("{"): "}", ord('"'): None, ord("a"): None, ord(":"): None})[::-1]
    for levels, kind in ((30, Command), (32, Misfit)):
        nest = opened * (levels // len(closed)) + "0" + closed * (levels // len(closed))
        assert isinstance(read(raw("payload", f'{{"summary": {nest}}}'), "voice"), kind)
    assert isinstance(read(written(payload={"summary": "[{" * 100, "items": [[], {}] * 100}), "voice"), Command)


def test_a_misfit_keeps_what_could_be_read() -> None:
    found = read(written(ts="yesterday"), "voice")
    assert isinstance(found, Misfit)
    assert (found.command.source, found.command.action) == ("voice", "add_todo")


def test_a_command_of_the_greatest_length_is_read() -> None:
    room = MAX_COMMAND_BYTES - len(written(payload={"text": ""}))
    assert isinstance(read(written(payload={"text": "x" * room}), "voice"), Command)
    assert isinstance(read(written(payload={"text": "x" * (room + 1)}), "voice"), Misfit)


def test_nothing_that_was_sent_is_repeated_in_a_reason() -> None:
    found = read(written(id="!", source="call my doctor"), "voice")
    assert isinstance(found, Garbage)
    assert "doctor" not in found.reason
