"""A worker that plays a file of timed commands: for demonstrations and tests.

The file is JSON lines: `{"after_ms": 1500, "source": "gesture", "action": "gesture", "payload": {"name": "palm"},
"confidence": 0.9}`; `after_ms` counts from the line before.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from mira_sidecar.protocol import Source

type Submit = Callable[..., Awaitable[None]]


class Line(msgspec.Struct, frozen=True):
    """One command, and the milliseconds to wait before it."""

    after_ms: Annotated[int, Meta(ge=0)]
    source: Source
    action: str
    payload: dict[str, Any] = {}
    confidence: float | None = None
    words: dict[str, Any] | None = None
    """What goes beside it, such as the `text` of an utterance."""


class ScriptError(Exception):
    """The script cannot be played; the text names the line."""


def read_script(path: Path) -> list[Line]:
    """All lines of a script. Raises ScriptError where one is none, or where the file cannot be read."""
    lines: list[Line] = []
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ScriptError(f"The script {path} cannot be read ({error}).") from error
    for number, raw in enumerate(text.splitlines(), 1):
        if not raw.strip():
            continue
        try:
            lines.append(msgspec.json.decode(raw, type=Line))
        except msgspec.DecodeError as error:
            raise ScriptError(f"The script {path}, line {number}, is no timed command: {error}.") from error
    return lines


class ScriptedWorker:
    """Submits the commands of a script, once or over and over."""

    def __init__(self, script: list[Line], submit: Submit, *, loop: bool) -> None:
        self._script = script
        self._submit = submit
        self._loop = loop and any(line.after_ms for line in script)

    async def run(self) -> None:
        """Play until the end, or until cancelled."""
        while True:
            for line in self._script:
                await asyncio.sleep(line.after_ms / 1000)
                await self._submit(line.source, line.action, line.payload, confidence=line.confidence, words=line.words)
            if not self._loop:
                return
