"""The Lua scripts: what Redis has to do as one step."""

from importlib import resources
from typing import Any

from redis.asyncio import Redis


def script(redis: Redis, name: str) -> Any:
    """The script of this name, to be called with `keys` and `args`; Redis gets its text when it does not know it."""
    return redis.register_script(text_of(name))


def text_of(name: str) -> str:
    """The script of this name."""
    return (resources.files("mira_sidecar.transport") / "scripts" / f"{name}.lua").read_text()
