"""The automations that the docs and the blueprints show."""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

BLUEPRINTS = Path("blueprints/automation/mira")
TRIGGER_PAGES = {path.stem: path.read_text() for path in Path("docs/triggers").glob("*.md")}
CONDITION_PAGES = {path.stem: path.read_text() for path in Path("docs/conditions").glob("*.md")}
AUTOMATIONS_PAGE = Path("docs/automations.md").read_text()
_BLOCK = re.compile(r"(?:^ {4}.*\n|^\n)+", re.MULTILINE)


def _automations(page: Path) -> Iterator[dict[str, Any]]:
    """The automations among a page's blocks of code, each with its comment as its alias."""
    for block in _BLOCK.findall(page.read_text()):
        for text in re.split(r"(?m)^(?=# )", textwrap.dedent(block)):
            if re.search(r"^(triggers|use_blueprint):", text, re.MULTILINE):
                yield {"alias": text.partition("\n")[0].removeprefix("# "), **yaml.safe_load(text)}


EXAMPLES = [
    example for page in (Path("README.md"), *sorted(Path("docs").rglob("*.md"))) for example in _automations(page)
]
