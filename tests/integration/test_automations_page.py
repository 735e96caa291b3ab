"""docs/automations.md names all that there is; its examples, and those of docs/entities.md, Home Assistant takes."""

import re
import shutil
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml
from homeassistant.components.automation.config import ValidationStatus, async_validate_config_item
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component

from custom_components.mira.condition import CONDITIONS
from custom_components.mira.history import EVENT_DECISION
from custom_components.mira.llm import async_get_tools
from custom_components.mira.trigger import TRIGGERS
from tests.integration.conftest import SetUp
from tests.integration.written_mirror import WrittenMirror

PAGE = Path("docs/automations.md").read_text()
EXAMPLES = [
    yaml.safe_load(block)
    for text in re.findall(r"(?:^ {4}.*\n|^\n)+", f"{PAGE}\n{Path('docs/entities.md').read_text()}", re.MULTILINE)
    for block in re.split(r"(?m)^(?=# )", textwrap.dedent(text))
    if block.strip()
]


@pytest.fixture(autouse=True)
async def _mirror(hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, tmp_path: Path) -> None:
    shutil.copytree("blueprints", tmp_path / "blueprints")
    hass.config.config_dir = str(tmp_path)
    for component in ("homeassistant", "automation", "llm"):
        assert await async_setup_component(hass, component, {})
    await set_up()


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
async def test_each_example_is_taken(hass: HomeAssistant, example: dict[str, Any]) -> None:
    config = await async_validate_config_item(hass, "example", {"alias": "Example", **example})
    assert config
    assert (config.validation_status, config.validation_error) == (ValidationStatus.OK, None)
    for step in example.get("actions", []):
        domain, _, action = step.get("action", "").partition(".")
        if domain == "mira":
            known = yaml.safe_load(Path("custom_components/mira/services.yaml").read_text())[action]["fields"]
            assert set(step["data"]) <= set(known)


async def test_all_that_there_is_is_named_with_an_example(hass: HomeAssistant) -> None:
    named = set(re.findall(r"`mira\.(\w+)`", PAGE))
    there = {*TRIGGERS, *CONDITIONS, *hass.services.async_services()["mira"]}
    assert named == there
    used = set(re.findall(r"mira\.(\w+)", str(EXAMPLES)))
    assert used == there
    blueprints = {path.name for path in Path("blueprints/automation/mira").iterdir()}
    assert set(re.findall(r"`(\w+\.yaml)`", PAGE)) == blueprints
    assert f"`{EVENT_DECISION}`" in PAGE
    tools = async_get_tools(hass, llm.LLMContext("test", None, "en", "conversation", None), "assist")
    assert tools
    assert set(re.findall(r"`(mira__\w+)`", PAGE)) == {tool.name for tool in tools.tools}


async def test_each_option_is_explained() -> None:
    described = {
        name: set(fields.get("fields", {}))
        for file in ("triggers", "conditions", "services")
        for name, fields in yaml.safe_load(Path(f"custom_components/mira/{file}.yaml").read_text()).items()
    }
    explained = set(re.findall(r"`(\w+)`", PAGE))
    for name, fields in described.items():
        assert fields <= explained, name
