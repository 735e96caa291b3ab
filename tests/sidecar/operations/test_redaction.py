"""A redacted log folds as the log does, and has nothing of what was said, written or named."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.core.decision import Rules
from mira_sidecar.core.state import initial_document
from mira_sidecar.discovery import all_subjects
from mira_sidecar.operations.redaction import NUMERIC, Redactor
from mira_sidecar.protocol import Event, instant
from mira_sidecar.snapshots import picture, position_of
from mira_sidecar.store.event_store import EventStore
from tests.sidecar.core.sequences import SENSIBLE, SOURCES
from tests.sidecar.core.situation import NOON, Situation
from tests.sidecar.operations.kept import CommandLine, lived_in, written

SECRETS = ["call my doctor", "Ännas Geburtstag", "anna_phone", "mama-uid-7777", "kids_room", "~1/secret", "x4711" * 60]
NUMBERS = [90_210, 4_711.25]
SECRET = st.sampled_from(SECRETS)
ODD: st.SearchStrategy[Any] = st.recursive(
    SECRET | st.sampled_from(NUMBERS) | st.booleans(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(SECRET | st.sampled_from(["pin", "op"]), inner),
    max_leaves=4,
)
PRIVATE: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(["uid", "summary", "text", "title", "description", "page", "pin", "command_id"], SECRET),
    "previous_uid": st.none() | SECRET,
    "pages": st.just(["kids_room", "anna_phone", "home"]),
}
"""In their place, by name of the field; what else a payload has is of Mira's own words."""


@st.composite
def commands(draw: st.DrawFn) -> dict[str, Any]:
    """A command with secrets wherever there can be any."""
    action = draw(st.sampled_from([*all_subjects().actions, "add_todo", "add_todo", "call my doctor"]))
    payload = draw(SENSIBLE.get(action, st.just({})))
    private = {name: draw(PRIVATE[name]) for name in payload if name in PRIVATE and draw(st.integers(0, 9))}
    extra = draw(st.dictionaries(SECRET, ODD, max_size=1))
    origin = {"device": "Annas phone", "user_id": "5eadbeef5eadbeef", "context_id": "01SECRETCONTEXT"}
    if draw(st.booleans()):
        origin["person"] = "annas-person"
    return {
        "action": action,
        "fields": {**payload, **private, **extra},
        "source": draw(SOURCES),
        "confirm": draw(st.booleans()),
        "origin": origin,
    }


def lines(redactor: Redactor, events: list[Event]) -> list[bytes]:
    return [msgspec.json.encode(redactor.event(event)) for event in events]


def folded(events: list[Event]) -> Position:
    position = Position(0, 0, initial_document())
    for event in events:
        position = fold(position, event)
    return position


@given(st.lists(commands(), max_size=12))
def test_no_secret_is_left_and_it_leads_to_the_redacted_state(sequence: list[dict[str, Any]]) -> None:
    mirror, redactor = Situation(rules=Rules(rates={}, confirm=frozenset())), Redactor()
    for number, command in enumerate(sequence):
        mirror.pass_ms(1_000)
        mirror.send(**command, own_id=f"annas-command-{number}")
    redacted = [msgspec.json.decode(line, type=Event) for line in lines(redactor, mirror.events)]
    state = redactor.snapshot(picture(mirror.position, instant(NOON)))
    text = json.dumps([msgspec.to_builtins(redacted), msgspec.to_builtins(state)], ensure_ascii=False)
    for secret in [*SECRETS, "annas-command", "Annas", "5eadbeef", "SECRETCONTEXT", *map(str, NUMBERS)]:
        assert secret not in text
    assert folded(redacted) == position_of(state)
    for event, was in zip(redacted, mirror.events, strict=True):
        assert (event.seq, event.ts, event.type, event.source, event.rev) == (
            *(was.seq, was.ts, was.type, was.source, was.rev),
        )
        assert (event.reason, event.policy, event.looked) == (was.reason, was.policy, was.looked)
        assert was.action in (event.action, "call my doctor")


def test_the_same_text_is_the_same_placeholder_and_another_one_another() -> None:
    mirror, redactor = Situation(), Redactor()
    for summary in ("Milk", "Bread", "Milk"):
        mirror.send("add_todo", summary=summary)
    mirror.send("show_message", text="Milk")
    actions = ("add_todo", "show_message")
    texts = [event.payload for event in map(redactor.event, mirror.events) if event.action in actions]
    named = [payload.get("summary", payload.get("text")) for payload in texts if "patch" not in payload]
    assert named[0] == named[2] == named[3] != named[1]
    assert all(name.startswith("text_") for name in named)


def test_long_texts_stay_long_and_no_text_outgrows_its_limit() -> None:
    redactor = Redactor()
    for length in (1, 32, 64, 100, 255, 500, 1_000, 4_096):
        found = redactor._text("x y" * length)[:length]
        assert found == redactor._text("x y" * length)[:length]
        assert len(redactor._text("ä" * length)) <= max(length, 11)
    assert len(redactor._text("ä" * 300)) == 256


def test_a_yes_stays_a_yes_and_a_date_a_date() -> None:
    redactor = Redactor()
    for text in ("yes", "2026-12-24", "2026-12-24T18:00:00+01:00", instant(NOON), "thumb_up", "add_todo"):
        assert redactor._text(text) == text
    heard = Situation().say(answer="no", language="pt-BR")
    assert redactor.event(heard).payload == heard.payload
    assert redactor._text("pt-BR", "summary") != "pt-BR"


def test_numbers_are_kept_only_where_mira_has_numbers() -> None:
    assert {"hold_ms", "confidence", "duration_ms", "wrong_tries"} <= NUMERIC
    assert not NUMERIC & {"pin", "uid", "summary", "value", "payload"}


async def test_the_export_can_be_redacted_with_its_base(mira: CommandLine, tmp_path: Path) -> None:
    events = lived_in().events
    database = await written(tmp_path / "mira.db", events)
    store = await EventStore.open(database)
    await store.begin_at(picture(folded(events[:20]), events[19].ts))
    await store.close()
    file = tmp_path / "redacted.jsonl"
    assert mira("export", "--redact", "--database", database, "--output", file) == (0, "", "")
    text = file.read_text()
    header = json.loads(text.splitlines()[0])
    assert (header["redacted"], header["base"]["seq"]) == (True, 20)
    for private in ("Todo 0", "Something private", "nobody"):
        assert private not in text
        assert private in mira("export", "--database", database)[1]
    _, out, _ = mira("replay", "--json", file)
    state, was = json.loads(out)["state"], lived_in().document
    assert [len(state["todos"]), state["page"], state["gesture"]] == [len(was["todos"]), was["page"], was["gesture"]]


def test_an_erased_log_can_be_redacted_replayed_and_explained(
    mira: CommandLine, database: Path, tmp_path: Path
) -> None:
    day = ("--since", "2026-11-20", "--until", "2026-11-21")
    assert mira("erase", *day, "--yes", "--database", database)[0] == 0
    code, state, _ = mira("replay", "--json", "--database", database)
    assert code == 0
    file = tmp_path / "redacted.jsonl"
    assert mira("export", "--redact", "--database", database, "--output", file) == (0, "", "")
    assert json.loads(mira("replay", "--json", file)[1])["rev"] == json.loads(state)["rev"]
    assert mira("replay", "--decide", "--database", database)[0] == 0
    code, page, _ = mira("explain", "5", "--database", database)
    assert (code, '{"erased": true}' in page) == (0, True)


@pytest.mark.parametrize("text", ["camera: ja", "call: no", "home:todos", "pin:2026-11-20", "name:Müller", "todo"])
def test_what_only_looks_like_a_word_of_mira_is_somebodys(text: str) -> None:
    assert Redactor()._text(text).startswith("text_")


def test_a_value_of_a_reason_that_may_name_somebody_is_a_placeholder() -> None:
    redactor = Redactor()
    assert redactor._value("name", "Frau Müller").startswith("text_")
    assert redactor._value("field", "summary") == "summary"
    assert redactor._value("limit", 255) == 255
