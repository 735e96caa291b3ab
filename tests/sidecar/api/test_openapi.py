"""The OpenAPI document: it is valid, and the API does what it says, whatever it is sent."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import jsonschema
import pytest
import requests
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as openapi
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

import mira_sidecar.api
from mira_sidecar.discovery import all_subjects
from mira_sidecar.pins import PAYLOADS
from tests.attack.effort import FULL, SEED, times
from tests.sidecar.api.served import EVERYTHING, Served

CHECKS = [
    not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
    openapi.negative_data_rejection,
    openapi.ignored_auth,
]


@pytest.fixture(scope="module")
def document(api: Served) -> dict[str, Any]:
    read: dict[str, Any] = requests.get(f"{api.url}/openapi.json", timeout=10).json()
    return read


@pytest.fixture(scope="module")
def key(api: Served) -> str:
    """One that may do all that there is."""
    return api.new_key("all", *{*EVERYTHING, *all_subjects().capabilities})[1]


def test_the_document_is_valid_and_so_are_its_examples(document: dict[str, Any]) -> None:
    OPENAPI_31_VALIDATOR.validate(document)
    given = list[str]()
    for content in _contents(document["paths"]):
        for name, example in content.get("examples", {}).items():
            schema = {**content["schema"], "components": document["components"]}
            jsonschema.validate(example["value"], schema, jsonschema.Draft202012Validator)
            given.append(name)
    assert "a_to_do_by_voice" in given


def test_the_document_has_each_action_with_what_is_sent_with_it(document: dict[str, Any]) -> None:
    text = document["paths"]["/api/v1/command"]["post"]["description"]
    registry = all_subjects()
    assert PAYLOADS.keys() == registry.with_pin
    on = [subject for subject in registry.subjects if subject.default or subject.below]
    for capability, actions in ((one, subject.capabilities[one]) for subject in on for one in subject.capabilities):
        for action in actions:
            [payload] = re.findall(rf"`{action}` \| `{re.escape(capability)}` \| `(\w+)`", text)
            assert payload in document["components"]["schemas"]
    # The core is told what came of a PIN, and who sends one says the PIN.
    assert document["components"]["schemas"]["Unlock"]["properties"]["pin"]["type"] == "string"


def test_the_document_has_each_code_of_an_error(document: dict[str, Any]) -> None:
    source = "".join(path.read_text() for path in Path(mira_sidecar.api.__file__).parent.rglob("*.py"))
    codes = set(re.findall(r'ApiError\(\s*\d{3}, "([A-Z_]+)"', source))
    assert len(codes) > 20
    assert [code for code in codes if f"`{code}`" not in document["info"]["description"]] == []


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("mode", schemathesis.GenerationMode)
def test_whatever_is_sent_is_answered_as_the_document_says(
    api: Served, key: str, document: dict[str, Any], mode: schemathesis.GenerationMode
) -> None:
    schema = schemathesis.openapi.from_dict(document)
    with requests.Session() as session:
        for operation in (found.ok() for found in schema.get_all_operations()):

            @hypothesis.seed(SEED if FULL else 0)
            @hypothesis.settings(max_examples=times(13, 1_000), suppress_health_check=[*hypothesis.HealthCheck])
            @hypothesis.given(case=operation.as_strategy(mode))
            def ask(case: schemathesis.Case[Any]) -> None:
                case.call_and_validate(api.url, session=session, headers={"X-API-Key": key}, checks=CHECKS)

            # Where nothing is taken, nothing wrong can be sent.
            if mode is schemathesis.GenerationMode.POSITIVE or operation.query or operation.body:
                ask()


def _contents(tree: Any) -> Iterator[dict[str, Any]]:
    """Everything in the document that has a media type."""
    if isinstance(tree, dict):
        yield from tree.get("content", {}).values()
        for one in tree.values():
            yield from _contents(one)
