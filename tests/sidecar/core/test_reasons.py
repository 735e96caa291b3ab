"""Every refusal has a code and values, and its sentence is made of these alone."""

import ast
import string
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import mira_sidecar
from mira_sidecar.core.decision import Rules
from mira_sidecar.discovery import all_subjects
from mira_sidecar.reasons import INVALID, Wording, sentence
from mira_sidecar.store.errors import DatabaseFullError, DatabaseReadOnlyError, StoreError
from mira_sidecar.subjects.screen.core.pin import FREE_TRIES
from tests.sidecar.core.situation import Situation

SAMPLES = {str: "word", int: 7, float: 0.5, list[str]: ["one", "two"]}
WORDS = all_subjects().words
REASONS, QUERY_REASONS, FAULTS = WORDS.reasons, WORDS.query_reasons, WORDS.faults
ALL = [(code, wording) for table in (REASONS, QUERY_REASONS, FAULTS) for code, wording in table.items()]


def calls(function: str) -> Iterator[str]:
    """The codes with which the sidecar calls this."""
    for path in Path(mira_sidecar.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield str(first.value)


def test_every_refusal_of_the_sidecar_has_its_words_and_none_has_them_for_nothing() -> None:
    assert set(calls("Refusal")) == set(REASONS)
    stored = {error.code for error in (StoreError, DatabaseFullError, DatabaseReadOnlyError)}
    assert {*calls("QueryRefusedError"), *stored} == set(QUERY_REASONS)


@pytest.mark.parametrize(("code", "wording"), ALL, ids=[code for code, _ in ALL])
def test_a_sentence_says_all_values_and_no_others(code: str, wording: Wording) -> None:
    said = {name for _, name, _, _ in string.Formatter().parse(wording.sentence) if name}
    assert said == set(wording.values)


@pytest.mark.parametrize("reason", sorted({*REASONS, *QUERY_REASONS} - set(INVALID)))
def test_a_refusal_is_a_whole_sentence(reason: str) -> None:
    wording = REASONS.get(reason) or QUERY_REASONS[reason]
    said = sentence(reason, sample(wording.values), WORDS)
    assert said[0].isupper()
    assert said.endswith(".")
    assert "one, two" in said or list[str] not in wording.values.values()


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_fault_is_told_in_a_whole_sentence(fault: str) -> None:
    for reason in INVALID:
        said = sentence(reason, {"fault": fault, **sample(FAULTS[fault].values)}, WORDS)
        assert said.startswith(REASONS.get(reason, QUERY_REASONS.get(reason, Wording(""))).sentence)
        assert said.endswith(".")


def sample(values: Mapping[str, type]) -> dict[str, object]:
    return {name: SAMPLES[kind] for name, kind in values.items()}


def test_who_won_and_how_long_to_wait_are_told_in_values() -> None:
    mirror = Situation()
    won = mirror.send("show_page", source="touch", page="clock")
    lost = mirror.send("show_page", source="automation", page="todos")
    assert lost.values == {"source": "touch", "command_id": won.command_id}
    assert mirror.send("show_page", page="cellar").values == {"pages": mirror.state.pages}
    mirror.send("set_pin", source="system", pin="set")
    for _ in range(FREE_TRIES):
        mirror.send("unlock", pin="wrong")
    mirror.pass_ms(29_500)
    assert mirror.send("unlock", pin="right").values == {"seconds": 1}


def test_what_nobody_needs_besides_the_reason_is_not_sent() -> None:
    assert Situation(off=True, rules=Rules()).gesture().values == {}
