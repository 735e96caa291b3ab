"""Every text exists in every language, and every text that is asked for exists."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from custom_components.mira import PLATFORMS
from custom_components.mira.const import GESTURES, REASONS
from custom_components.mira.errors import MiraError
from custom_components.mira.services import GET_EVENTS_SCHEMA, SEND_COMMAND_SCHEMA

FOLDER = Path("custom_components/mira")
ENGLISH: dict[str, Any] = json.loads((FOLDER / "translations/en.json").read_text())
GERMAN: dict[str, Any] = json.loads((FOLDER / "translations/de.json").read_text())
ICONS: dict[str, Any] = json.loads((FOLDER / "icons.json").read_text())


def leaves(tree: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def test_german_has_the_keys_and_the_placeholders_of_english() -> None:
    def placeholders(tree: dict[str, Any]) -> dict[str, list[str]]:
        return {key: sorted(re.findall(r"{\w+}", text)) for key, text in leaves(tree)}

    assert placeholders(GERMAN) == placeholders(ENGLISH)
    assert all(text.strip() for _, text in [*leaves(ENGLISH), *leaves(GERMAN)])


@pytest.mark.parametrize("error", [MiraError, *MiraError.__subclasses__()], ids=lambda error: error.code)
def test_each_error_has_a_text(error: type[MiraError]) -> None:
    assert error.code in ENGLISH["exceptions"]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_entity_has_a_name_and_an_icon(platform: str) -> None:
    source = (FOLDER / f"{platform}.py").read_text()
    keys = set(re.findall(r'(?:\bkey=|super\(\).__init__\(coordinator, )f?"(\w+|{device}_capture)"', source))
    if "{device}_capture" in keys:
        keys = keys - {"{device}_capture"} | {"camera_capture", "microphone_capture"}
    assert keys
    assert keys == set(ENGLISH["entity"][platform]) == set(ICONS["entity"][platform])


def test_each_gesture_has_a_name() -> None:
    event = ENGLISH["entity"]["event"]["gesture"]["state_attributes"]["event_type"]["state"]
    assert list(event) == list(ENGLISH["entity"]["sensor"]["last_gesture"]["state"]) == GESTURES


def test_each_reason_has_a_name() -> None:
    assert list(ENGLISH["entity"]["sensor"]["last_refusal"]["state"]) == REASONS


def test_each_action_is_described_with_all_its_fields() -> None:
    described = yaml.safe_load((FOLDER / "services.yaml").read_text())
    schemas = {"send_command": SEND_COMMAND_SCHEMA, "get_events": GET_EVENTS_SCHEMA}
    for name, schema in schemas.items():
        fields = {str(field) for field in schema.schema}
        assert set(described[name]["fields"]) == set(ENGLISH["services"][name]["fields"]) == fields
    assert set(described) == set(schemas) == set(ICONS["services"])


@pytest.mark.parametrize("key", ["no_pin", "payload_not_json", "pin_missing", "rejected"])
def test_each_translation_key_in_the_source_has_a_text(key: str) -> None:
    used = set(re.findall(r'translation_key="(\w+)"', "".join(path.read_text() for path in FOLDER.glob("*.py"))))
    assert key in used
    assert used <= set(ENGLISH["exceptions"])
