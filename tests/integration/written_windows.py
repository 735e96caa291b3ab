"""Windows in the state of a mirror whose keys a test writes, and what it is asked about them."""

from typing import Any

import msgspec
import pytest
from homeassistant.config_entries import ConfigSubentryDataWithId

from custom_components.mira.client.queries import Queries
from mira_sidecar.subjects.windows.core.slice import Window
from tests.integration.written_mirror import PRESENCE, WrittenMirror

SUBJECTS = {**PRESENCE["subjects"], "windows": 1}
BED_ID = "01JWINDOW00000000000000BED"
BED = BED_ID.lower()
RUN = {"id": "command-1", "start": 0, "to": 50, "low": 0, "high": 50, "at": "2026-11-20T12:00:00.000Z", "heard": True}


def window(**changes: Any) -> dict[str, Any]:
    """A window of a bedroom as the sidecar has it."""
    return {**msgspec.to_builtins(Window(kind="bedroom", travel_s=30.0)), "drive": None, **changes}


def with_windows(mirror: WrittenMirror, windows: dict[str, Any], *, started_at: str = PRESENCE["started_at"]) -> None:
    """Let the mirror have these windows; where it was followed before, after another start."""
    mirror.state(parts={"windows": {"windows": windows}})
    mirror.presence(subjects=SUBJECTS, started_at=started_at)


def bed(title: str = "Bedroom window", **changes: Any) -> ConfigSubentryDataWithId:
    """The subentry of a window."""
    return ConfigSubentryDataWithId(
        data={"kind": "bedroom", "moved_by": "nothing", **changes},
        subentry_type="window",
        subentry_id=BED_ID,
        title=title,
        unique_id=None,
    )


class Answers:
    """Stands for the mirror's answers about the air and devices."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.air: dict[str, Any] | Exception = {"rooms": {}, "windows": {}}
        self.devices: list[dict[str, Any]] = []
        self.asked: list[str] = []
        answers = self

        async def ask(self: Queries, kind: str, payload: dict[str, Any]) -> object:
            answers.asked.append(kind)
            if isinstance(answers.air, Exception):
                raise answers.air
            if kind == "windows_devices":
                return answers.page(payload.get("after", ""))
            return answers.air

        monkeypatch.setattr(Queries, "ask", ask)

    def page(self, after: str) -> dict[str, Any]:
        """One device at a time, as of a mirror that knows many."""
        left = [each for each in self.devices if each["device"] > after]
        return {"devices": left[:1], "next": left[0]["device"] if left[1:] else None}
