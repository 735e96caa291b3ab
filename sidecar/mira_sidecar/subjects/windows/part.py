"""What the sidecar runs for windows: what the air is like, and who advises.

After a restart nobody knows whether it rains.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any, override

from mira_sidecar.config import Settings
from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Deed
from mira_sidecar.operations.findings import Finding
from mira_sidecar.parts import Now, Part, Shell, Work
from mira_sidecar.queries.kind import Asking
from mira_sidecar.subjects.windows import broker_checks, shadow
from mira_sidecar.subjects.windows.core.slice import slice_of
from mira_sidecar.subjects.windows.model.folder import Models
from mira_sidecar.subjects.windows.model.keeper import ModelKeeper
from mira_sidecar.subjects.windows.settings import WindowsSettings
from mira_sidecar.subjects.windows.watch import AirWatch


class WindowsPart(Part):
    """Has the mirror open nothing by what was known before it was away."""

    queries = (shadow.QUERY,)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        settings = shell.settings
        self.watch = AirWatch(shell)
        self.model = ModelKeeper(Models(settings.database_path), shell.bulletin, settings.of(WindowsSettings).saving)

    @classmethod
    @override
    async def checks(cls, settings: Settings) -> AsyncIterator[Finding]:
        async for finding in broker_checks.findings(settings.of(WindowsSettings).broker_address, settings.mirror):
            yield finding

    @override
    def due_at_start(self, document: Document) -> Iterator[Deed]:
        if slice_of(document)["outside"]["rain"] is False:
            yield "observe_weather", {"rain": None}

    @override
    def changed(self, now: Now) -> None:
        self.watch.changed(now)
        self.model.follow(now.document)

    @override
    def questions(self) -> tuple[Asking[Any], ...]:
        return self.watch.questions

    @override
    def works(self) -> dict[str, Work]:
        return {**self.watch.works, "model": self.model.run}


PART = WindowsPart
