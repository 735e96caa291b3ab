"""The screen's part: the state keeps to its settings, and a restart locks the mirror."""

from collections.abc import Iterator
from typing import override

from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Deed
from mira_sidecar.parts import Part
from mira_sidecar.subjects.screen.settings import ScreenSettings


class ScreenPart(Part):
    """Runs nothing: the screen is Home Assistant's."""

    @override
    def due_at_start(self, document: Document) -> Iterator[Deed]:
        if document["pages"] != (pages := self.shell.settings.of(ScreenSettings).pages):
            yield "set_pages", {"pages": pages}
        if document["access"]["unlocked_until"] is not None:
            yield "lock", {}


PART = ScreenPart
