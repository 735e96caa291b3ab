"""What hassfest asks of an integration, as far as that can be held without it: Home Assistant's package lacks it."""

import ast
import json
import re
from collections.abc import Iterator
from importlib.metadata import distribution, packages_distributions
from pathlib import Path
from typing import Any, Literal, get_args, get_type_hints

import hass_frontend
import pytest
import voluptuous as vol
import yaml
from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import service
from homeassistant.loader import Manifest
from homeassistant.setup import async_setup_component
from packaging.requirements import Requirement
from yarl import URL

from tests.integration.texts import ENGLISH, FOLDER, GERMAN, ICONS, leaves

MANIFEST: dict[str, Any] = json.loads((FOLDER / "manifest.json").read_text())
LANGUAGES = pytest.mark.parametrize("texts", [pytest.param(ENGLISH, id="en"), pytest.param(GERMAN, id="de")])


def test_the_manifest_has_known_keys_in_the_usual_order() -> None:
    assert list(MANIFEST) == ["domain", "name", *sorted(set(MANIFEST) - {"domain", "name"})]
    assert set(MANIFEST) <= set(Manifest.__annotations__)
    assert MANIFEST["domain"] == FOLDER.name
    AwesomeVersion(MANIFEST["version"], ensure_strategy=[AwesomeVersionStrategy.SEMVER])
    hints = get_type_hints(Manifest, {"Literal": Literal})
    assert MANIFEST["integration_type"] in get_args(hints["integration_type"])
    assert all(owner.startswith("@") for owner in MANIFEST["codeowners"])
    assert MANIFEST["integration_type"] == "hub"  # a mirror has devices of its own


@pytest.mark.parametrize("key", ["documentation", "issue_tracker"])
def test_the_manifest_in_the_source_says_where_help_is(key: str) -> None:
    address = URL(MANIFEST[key])
    assert address.scheme == "https"
    assert address.host
    assert address.host != "www.home-assistant.io"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_each_config_entry_has_the_type_that_says_what_its_runtime_data_is(path: Path) -> None:
    """Also the arguments that Home Assistant's own base classes give a plain ConfigEntry."""
    tree = ast.parse(path.read_text())
    plain = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "ConfigEntry"]
    alias = ["ConfigEntry"] if path.stem == "coordinator" else []
    assert [node.id for node in plain] == alias
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for function in functions:
        for argument in (*function.args.args, *function.args.kwonlyargs):
            if argument.arg in ("entry", "config_entry") and argument.annotation:
                assert ast.unparse(argument.annotation) == "MiraConfigEntry", function.name


@pytest.mark.parametrize("kind", ["triggers", "conditions", "services"])
@LANGUAGES
def test_each_field_has_a_name_and_a_description(texts: dict[str, Any], kind: str) -> None:
    for name, described in yaml.safe_load((FOLDER / f"{kind}.yaml").read_text()).items():
        assert texts[kind][name]["name"]
        assert texts[kind][name]["description"]
        for field in (described or {}).get("fields", {}):
            assert set(texts[kind][name]["fields"][field]) >= {"name", "description"}, (name, field)


def test_the_loggers_are_those_of_what_is_required() -> None:
    required = {Requirement(text).name for text in MANIFEST["requirements"]}
    modules = {module for module, names in packages_distributions().items() if required & set(names)}
    assert {name.partition(".")[0] for name in MANIFEST["loggers"]} <= modules
    for text in MANIFEST["requirements"]:
        assert distribution(Requirement(text).name).version in Requirement(text).specifier


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_each_component_that_is_used_is_a_dependency_or_looks_for_this_file(path: Path) -> None:
    used: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "homeassistant.components":
            used |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("homeassistant.components."):
            used.add(str(node.module).split(".")[2])
    # Home Assistant itself and its notifications are always there, and the entity components come with their platforms.
    assert used <= {*MANIFEST["dependencies"], *Platform, "homeassistant", "persistent_notification", path.stem}


def fields_of(schema: Any) -> dict[Any, Any]:
    """What an action takes; something may be done to its data before that is looked at."""
    checked = schema.schema
    return checked if isinstance(checked, dict) else checked.validators[-1]


async def test_the_descriptions_of_actions_are_taken_and_say_what_the_schemas_say(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    assert await async_setup_component(hass, "mira", {})
    described = (await service.async_get_all_descriptions(hass))["mira"]
    assert "Unable to parse" not in caplog.text
    schemas = {name: fields_of(action.schema) for name, action in hass.services.async_services()["mira"].items()}
    assert set(described) == set(schemas) == set(ENGLISH["services"]) == set(ICONS["services"])
    for name, schema in schemas.items():
        assert set(described[name]["fields"]) == set(ENGLISH["services"][name]["fields"]) == set(map(str, schema))
        for marker in schema:
            field = described[name]["fields"][marker.schema]
            assert field["selector"]
            assert field.get("required", False) == isinstance(marker, vol.Required), (name, marker)
            # What nobody gives is nothing, or what the form begins with.
            default = None if isinstance(marker.default, vol.Undefined) else marker.default()
            assert field.get("default") == (None if default in ({}, []) else default), (name, marker)


@LANGUAGES
def test_texts_are_plain(texts: dict[str, Any]) -> None:
    for key, text in leaves(texts):
        assert all(cv.slug(name) == name for name in key), key
        assert text == text.strip(), key
        assert not re.search(r"<[a-z/]|https?://|\[%|'{\w+}'", text), key


@LANGUAGES
def test_descriptions_are_sentences_and_names_are_not(texts: dict[str, Any]) -> None:
    for key, text in leaves(texts):
        if key[-1] == "description" or key[-2] in ("abort", "error", "data_description"):
            assert text.endswith((".", "?")), (key, text)
        elif key[-1] in ("name", "title") or key[-2] in ("data", "options", "state"):
            assert not text.endswith("."), (key, text)


@LANGUAGES
def test_what_is_explained_of_a_form_is_asked_for_there(texts: dict[str, Any]) -> None:
    for step in (*texts["config"]["step"].values(), *texts["options"]["step"].values()):
        assert set(step.get("data_description", ())) == set(step.get("data", ()))


def test_each_icon_exists_and_a_state_has_another_one_than_its_entity() -> None:
    files = (Path(hass_frontend.__file__).parent / "static" / "mdi").glob("*.json")
    there = {f"mdi:{name}" for file in files for name in leaf_names(json.loads(file.read_text()))}
    written = re.findall(r'"(mdi:[\w-]+)"', "".join(file.read_text() for file in FOLDER.glob("*.py")))
    assert {icon for _, icon in leaves(ICONS)} | set(written) <= there
    for platform in ICONS["entity"].values():
        for entity in platform.values():
            assert entity["default"] not in entity.get("state", {}).values()


def leaf_names(tree: Any) -> Iterator[str]:
    """The names in a part of the icons, however deep."""
    for key, value in tree.items() if isinstance(tree, dict) else ():
        if isinstance(value, dict):
            yield from leaf_names(value)
        else:
            yield key
