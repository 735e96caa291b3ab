"""docs/development.md, followed by a test: what it names is there, and its smallest subject works."""

import re
from pathlib import Path
from typing import Any

import pytest

from mira_sidecar.core.registry import gather
from mira_sidecar.discovery import known
from tests.sidecar.core.situation import Situation

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "development.md").read_text()
NAMED = sorted(set(re.findall(r"`((?:custom_components|docs|lovelace|scripts|sidecar|tests)/[\w./-]+)`", PAGE)))


def test_every_way_in_is_ten_lines_or_less() -> None:
    for title in ("an action", "a subject", "an entity", "a widget", "a language"):
        _, text = PAGE.split(f"\n## Add {title}\n")
        steps = re.sub(r"```.*?```", "", text.split("\n## ")[0], flags=re.DOTALL)
        assert 1 <= len([line for line in steps.splitlines() if line.strip()]) <= 10


@pytest.mark.parametrize("path", NAMED)
def test_every_file_that_it_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_the_folders_of_its_map_are_those_that_there_are() -> None:
    _, text = PAGE.split("\n## The map\n")
    named = re.findall(r"^( {4}| {6})([\w./]+)(?:  +|$)", text.split("\n## ")[0], re.MULTILINE)
    assert len(named) > 15
    folder = ROOT
    for indent, path in named:
        folder = ROOT / path if len(indent) == 4 else folder
        assert (folder if len(indent) == 4 else folder / path).exists()


def test_its_smallest_subject_is_decided_and_taken_for_what_it_is() -> None:
    (source,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    module: dict[str, Any] = {}
    exec(compile(source, "development.md", "exec"), module)  # noqa: S102 - it is our own page
    mirror = Situation(registry=gather([*known().values(), module["SUBJECT"]]))
    mirror.send("set_parts", source="system", on=["bell"])
    mirror.send("ring")
    assert mirror.send("ring").payload == {"rung": 2}
    assert mirror.document["parts"] == {"bell": {"rung": 2}}
