"""Has the model that the state names, for a sidecar that serves. Without it, Mira's own rules advise."""

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog

from mira_sidecar.bulletin import Bulletin
from mira_sidecar.core.state import Document
from mira_sidecar.protocol import Problem
from mira_sidecar.subjects.windows.core.models import active
from mira_sidecar.subjects.windows.core.planner import Planner
from mira_sidecar.subjects.windows.core.slice import RoomKind
from mira_sidecar.subjects.windows.model.errors import ModelError
from mira_sidecar.subjects.windows.model.folder import Models
from mira_sidecar.subjects.windows.model.format import Model
from mira_sidecar.subjects.windows.model.net import planner_for

log = structlog.get_logger()

_AGAIN_S = 60.0
"""Between two looks for a model that could not be read: it may be imported, or its disk come."""
_PROBLEM = "windows.model"


class ModelKeeper:
    """Reads it beside the decisions: a disk that hangs must not stop them."""

    def __init__(self, models: Models, bulletin: Bulletin, saving: float) -> None:
        """`saving`: 0 comfort, 1 saving."""
        self._models, self._bulletin, self._saving = models, bulletin, saving
        self._wanted: Mapping[str, Any] | None = None
        self._changed = asyncio.Event()
        self._model: Model | None = None

    def follow(self, document: Document) -> None:
        """The state may name another one. Returns at once."""
        if (wanted := active(document)) != self._wanted:
            self._wanted, self._model = wanted, None
            self._changed.set()

    def planner(self, kind: RoomKind) -> Planner:
        """Who advises in such a room."""
        return planner_for(self._model, kind, saving=self._saving)

    async def run(self) -> None:
        """Read it when it changes, and again while it cannot be read, until cancelled."""
        said: Problem | None = None
        while True:
            self._changed.clear()
            wanted = self._wanted
            problem = await self._read(wanted) if wanted else None
            if wanted == self._wanted:
                self._bulletin.degraded(_PROBLEM, problem)
                if problem and problem != said:
                    log.warning("a model for windows is not used", why=problem.message)
                said = problem
            try:
                async with asyncio.timeout(_AGAIN_S if problem else None):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def _read(self, wanted: Mapping[str, Any]) -> Problem | None:
        """What keeps it from being used, where something does."""
        try:
            model = await asyncio.to_thread(self._models.load, wanted["name"], wanted["sha256"])
        except (ModelError, OSError) as error:
            why = str(error) if isinstance(error, ModelError) else f"It cannot be read ({error.strerror})."
            text = (
                f"The model {wanted['name']} for windows cannot be used, so Mira's own rules decide. {why} Import it "
                "again with `mira-sidecar windows model import`, or go back with `mira-sidecar windows model rollback`."
            )
            return Problem("window_model", text)
        if wanted == self._wanted:
            self._model = model
            log.info("a model for windows is used", model=model.id)
        return None
