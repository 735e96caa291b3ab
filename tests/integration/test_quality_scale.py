"""Home Assistant's Integration Quality Scale: every rule is answered, and what can be looked up is so."""

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from custom_components.mira import PLATFORMS

FOLDER = Path("custom_components/mira")
RULES: dict[str, Any] = yaml.safe_load((FOLDER / "quality_scale.yaml").read_text())["rules"]
MANIFEST = json.loads((FOLDER / "manifest.json").read_text())
NAMED = re.compile(r"([\w/@-]+\.(?:py|md|json|toml|png))(?:::(test_\w+))?")
"""A file that is evidence, of the repository or of the integration, and the test in it."""


def test_the_rules_are_those_of_home_assistant() -> None:
    peer = find_spec("homeassistant.components.unifi_access")
    assert peer
    assert peer.origin
    text = Path(peer.origin).with_name("quality_scale.yaml").read_text()
    assert list(RULES) == list(yaml.safe_load(text)["rules"])


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_done_with_its_evidence_or_has_a_reason(rule: str) -> None:
    answer = RULES[rule]
    assert set(answer) == {"status", "comment"}
    assert answer["status"] in ("done", "exempt", "todo")
    assert len(answer["comment"]) > 10
    named = NAMED.findall(answer["comment"])
    assert named or answer["status"] != "done"
    for path, test in named:
        file = next(found for root in (Path(), FOLDER) if (found := root / path).exists())
        assert not test or re.search(rf"^(async )?def {test}\(", file.read_text(), re.MULTILINE), (path, test)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_platform_says_how_many_updates_it_takes_at_once(platform: str) -> None:
    assert "\nPARALLEL_UPDATES = 0\n" in (FOLDER / f"{platform}.py").read_text()


def test_each_error_for_users_is_translated() -> None:
    for path in FOLDER.glob("*.py"):
        for raised in re.findall(
            r"raise (?:HomeAssistantError|ServiceValidationError|ConfigEntry\w+)\((.*?)\)(?: from \w+)?$",
            path.read_text(),
            re.DOTALL | re.MULTILINE,
        ):
            assert "translation_key=" in raised or raised.startswith("**translated("), (path.name, raised)


def test_an_owner_who_is_claimed_is_named() -> None:
    assert RULES["integration-owner"]["status"] != "done" or MANIFEST["codeowners"]
