"""What the camera's worker has to know of the state, and the samples of gestures that people taught, which it lacks."""

import asyncio
from typing import Any

import structlog

from mira_sidecar.core.state import Document
from mira_sidecar.parts import Submit
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.subjects.gesture.worker.messages import GestureRule, Lesson, OwnGesture, RecogniserSettings, Sampled

log = structlog.get_logger()

_AGAIN_S = 5.0
"""Between two attempts to delete what a full disk kept."""


class Teacher:
    """Keeps samples while a gesture is taught, hands them out while it is known, and forgets them with it."""

    def __init__(self, store: EventStore, submit: Submit, *, mirrored: bool) -> None:
        self._store = store
        self._submit = submit
        self._samples: dict[str, list[list[float]]] = {}
        self._mirrored = mirrored
        self._wanted: frozenset[str] | None = None
        """The commands whose samples the state knows of."""
        self._too_many = asyncio.Event()

    async def open(self) -> None:
        """Read what the store has. Raises StoreError."""
        self._samples = await self._store.samples()

    def recognition(self, document: Document) -> RecogniserSettings:
        """How hands become gestures in this state. What only the decision needs stays out of it."""
        thresholds, taught = document["thresholds"], document["taught"]
        lesson = _lesson(document)
        self._wanted = frozenset(
            [*(each["command_id"] for each in taught.values()), *([lesson.command_id] if lesson else [])]
        )
        return RecogniserSettings(
            mirrored=self._mirrored,
            hold_ms=thresholds["gesture_hold_ms"],
            gestures={
                name: GestureRule(enabled=own.get("enabled", True), hold_ms=own.get("hold_ms"))
                for name, own in thresholds["gestures"].items()
            },
            own=[
                OwnGesture(name=name, kind=each["kind"], samples=samples)
                for name, each in taught.items()
                if (samples := self._samples.get(each["command_id"]))
            ],
            lesson=lesson,
        )

    async def keep(self, sampled: Sampled) -> None:
        """Keep a sample first, then say that it was taken."""
        lesson = sampled.lesson
        if self._wanted is None or lesson.command_id not in self._wanted:
            return
        await self._store.keep_sample(lesson.command_id, sampled.values)
        self._samples.setdefault(lesson.command_id, []).append(sampled.values)
        await self._submit("sensor", "take_sample", {"name": lesson.name})

    def tidy(self) -> None:
        """Have deleted what belongs to no gesture of the state that `recognition` saw last."""
        if self._wanted is not None and not self._samples.keys() <= self._wanted:
            self._too_many.set()

    async def run(self) -> None:
        """Delete what belongs to no gesture any more, however often it takes, until cancelled."""
        said = False
        while True:
            await self._too_many.wait()
            wanted = self._wanted or frozenset()
            try:
                await self._store.forget_samples(wanted)
            except StoreError as error:
                if not said:
                    log.warning("samples of forgotten gestures are still there; tried again", why=str(error))
                said = True
                await asyncio.sleep(_AGAIN_S)
                continue
            if said:
                log.info("samples of forgotten gestures are deleted")
            said = False
            self._samples = {
                command_id: samples for command_id, samples in self._samples.items() if command_id in wanted
            }
            if self._samples.keys() <= (self._wanted or frozenset()):
                self._too_many.clear()


def _lesson(document: Document) -> Lesson | None:
    teaching: dict[str, Any] | None = document["teaching"]
    if teaching is None:
        return None
    return Lesson(name=teaching["name"], kind=teaching["kind"], command_id=teaching["command_id"])
