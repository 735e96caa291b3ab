"""docs/automations.md and its pages name all that there is; Home Assistant takes the examples of all of docs/."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from homeassistant.components.automation.config import ValidationStatus, async_validate_config_item
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component

from custom_components.mira.bus_events import EVENT_DECISION
from custom_components.mira.condition import CONDITIONS
from custom_components.mira.llm import async_get_tools
from custom_components.mira.trigger import TRIGGERS
from tests.integration.conftest import SetUp
from tests.integration.documented import AUTOMATIONS_PAGE, CONDITION_PAGES, EXAMPLES, TRIGGER_PAGES
from tests.integration.texts import ENGLISH
from tests.integration.written_mirror import WrittenMirror

PAGE = AUTOMATIONS_PAGE
PAGES = "\n".join((PAGE, *TRIGGER_PAGES.values(), *CONDITION_PAGES.values()))


@pytest.fixture(autouse=True)
async def _mirror(hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, tmp_path: Path) -> None:
    shutil.copytree("blueprints", tmp_path / "blueprints")
    hass.config.config_dir = str(tmp_path)
    for component in ("homeassistant", "automation", "llm"):
        assert await async_setup_component(hass, component, {})
    await set_up()


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["alias"] for example in EXAMPLES])
async def test_each_example_is_taken(hass: HomeAssistant, example: dict[str, Any]) -> None:
    config = await async_validate_config_item(hass, "example", example)
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
    explained = set(re.findall(r"`(\w+)`", PAGES))
    for name, fields in described.items():
        assert fields <= explained, name


@pytest.mark.parametrize(("kind", "pages"), [("triggers", TRIGGER_PAGES), ("conditions", CONDITION_PAGES)])
def test_each_trigger_and_condition_has_a_page_with_the_steps_in_the_editor(kind: str, pages: dict[str, str]) -> None:
    described = yaml.safe_load(Path(f"custom_components/mira/{kind}.yaml").read_text())
    assert set(pages) == set(described)
    for name, page in pages.items():
        texts = ENGLISH[kind][name]
        assert page.startswith(f"# {texts['name']} (`mira.{name}`)\n")
        steps = page.partition("\n## In the editor\n")[2].partition("\n## ")[0]
        assert f"*{texts['name']}*" in steps
        options = page.partition("\n## Options\n")[2].partition("\n## ")[0]
        for field, words in texts["fields"].items():
            assert f"| `{field}` | {words['name']} |" in options, (name, field)
            assert f"*{words['name']}*" in steps, (name, field)
