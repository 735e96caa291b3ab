"""Topics of MQTT as patterns: `sensor/{device}/{kind}` is parsed, built, and subscribed to."""

import re
from collections.abc import Mapping
from functools import cache

MOST = 256
"""Characters of a topic that are looked at: ours are shorter."""
_NOT_IN_IDS = re.compile(r"[^0-9A-Za-z_.:-]")
_WORD = re.compile(r"\{(\w+)\}")


@cache
def _steps(pattern: str) -> tuple[str, ...]:
    return tuple(pattern.split("/"))


@cache
def _regular(step: str) -> re.Pattern[str]:
    """A step with names in it: `SHUTTER{name}`."""
    parts = _WORD.split(step)
    return re.compile("".join(re.escape(part) if i % 2 == 0 else f"(?P<{part}>.+)" for i, part in enumerate(parts)))


def parsed(pattern: str, steps: list[str]) -> dict[str, str] | None:
    """What stands in a topic, split at `/`, for the names of a pattern; None where it is another one."""
    wanted, found = _steps(pattern), dict[str, str]()
    if len(wanted) != len(steps):
        return None
    for want, step in zip(wanted, steps, strict=True):
        if "{" not in want:
            if want != step:
                return None
        elif (match := _regular(want).fullmatch(step)) is None:
            return None
        else:
            found.update(match.groupdict())
    return found


def built(pattern: str, names: Mapping[str, str]) -> str:
    """The topic with these in the place of its names."""
    return _WORD.sub(lambda match: names[match[1]], pattern)


def wildcard(pattern: str) -> str:
    """The filter that subscribes to all topics of a pattern."""
    return "/".join("+" if "{" in step else step for step in _steps(pattern))


def device_of(name: str) -> str:
    """The id of the device that calls itself so in a topic."""
    return _NOT_IN_IDS.sub("_", name)[:64]
