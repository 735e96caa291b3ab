"""The Redis users that docs/installation.md tells people to make; that of Home Assistant by itself, too."""

import re
import shlex
from pathlib import Path
from typing import NamedTuple

_LINE = re.compile(r"^    redis-cli ACL SETUSER ((?:.*\\\n)*.*)$", re.MULTILINE)


class User(NamedTuple):
    """Somebody who may use a mirror's keys."""

    name: str
    password: str
    rules: list[str]
    """What `ACL SETUSER` is given."""


def _documented() -> dict[str, User]:
    users: dict[str, User] = {}
    for found in _LINE.findall(Path("docs/installation.md").read_text()):
        name, *rules = shlex.split(found.replace("\\\n", " "))
        password = next(rule.removeprefix(">") for rule in rules if rule.startswith(">"))
        users[name] = User(name, password, rules)
    return users


USERS = _documented()
NAME, PASSWORD, RULES = USERS["home-assistant"]
SETTINGS = [setting for user in USERS.values() for setting in ("--user", user.name, *user.rules)]
