"""The pages of docs/ name what there is, and nothing that is gone; for entities and automations others look."""

import re
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from custom_components.mira import websocket_api
from custom_components.mira.const import GESTURES
from house.bench.figures import API, DISPLAY, INTEGRATION, SIDECAR, TALK, WINDOWS
from tests.integration.texts import ENGLISH

PAGES = [Path("README.md"), Path("sidecar/README.md"), Path("lovelace/README.md"), *Path("docs").rglob("*.md")]


def first_column(page: str, heading: str) -> list[str]:
    """The cells of the first column of the first table under a heading."""
    text = Path(f"docs/{page}.md").read_text().partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    table = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)[0]
    return [row.split("|")[1].strip() for row in table.splitlines()[2:]]


def test_each_field_of_the_config_flow_is_explained() -> None:
    fields = [name for cell in first_column("installation", "## The integration") for name in cell.split(", ")]
    assert sorted(fields) == sorted(ENGLISH["config"]["step"]["user"]["data"].values())


def test_each_option_and_each_choice_is_explained() -> None:
    page = ENGLISH["options"]["step"]["settings"]
    assert first_column("integration", "## Options") == list(page["data"].values())
    section = Path("docs/integration.md").read_text().partition("\n## Options\n")[2].partition("\n## ")[0]
    assert all(f"*{choice}*" in section for choice in ENGLISH["selector"]["logbook"]["options"].values())


def test_each_repair_issue_is_explained_in_its_own_words() -> None:
    explained = [
        message
        for cell in first_column("troubleshooting", "## What Home Assistant shows by itself")
        for message in cell.split(", ")
    ]
    titles = [issue["title"] for issue in ENGLISH["issues"].values()]
    assert sorted(explained) == sorted(re.sub(r"{(?:mirror|window)}:? |{seconds} s ", "", title) for title in titles)


async def test_each_websocket_command_is_explained_with_its_fields(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "mira", {})
    page = Path("docs/websocket.md").read_text()
    there = {command for command in hass.data["websocket_api"] if command.startswith("mira/")}
    assert set(re.findall(r"^## `(.+)`$", page, re.MULTILINE)) == there

    schema: dict[Any, Any] = websocket_api.websocket_events._ws_schema.schema  # type: ignore[attr-defined]  # set by its decorator
    fields = {str(field) for field in schema} - {"id", "type", "entry_id", "mirror"}
    assert set(re.findall(r"`(\w+)`", " ".join(first_column("websocket", "## `mira/events`")))) == fields


def test_each_gesture_is_in_the_chart() -> None:
    chart = Path("docs/images/gestures.svg").read_text()
    assert sorted(re.findall(r"<text[^>]*>(\w+)</text>", chart)) == sorted(GESTURES)


def test_each_figure_of_the_bench_has_its_line() -> None:
    measured = re.findall(r"^\| `(\w+)` \|", Path("docs/performance.md").read_text(), re.MULTILINE)
    targets = (*SIDECAR, *API, *INTEGRATION, *DISPLAY, *TALK, *WINDOWS)
    assert sorted(measured) == sorted(target.key for target in targets)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_each_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text()):
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page.resolve()
        assert found.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", found.read_text(), re.MULTILINE)
            anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in anchors, target
