"""The Redis user that docs/installation.md tells people to make for Home Assistant."""

import re
import shlex
from pathlib import Path

_LINE = re.compile(r"^    redis-cli ACL SETUSER ((?:.*\\\n)*.*)$", re.MULTILINE)


def _documented() -> list[str]:
    found = _LINE.search(Path("docs/installation.md").read_text())
    assert found
    return shlex.split(found[1].replace("\\\n", " "))


NAME, *RULES = _documented()
PASSWORD = next(rule.removeprefix(">") for rule in RULES if rule.startswith(">"))
SETTINGS = ["--user", NAME, *RULES]
