"""What the camera's worker has to know of the state, and the samples of gestures that people taught, which it lacks."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import structlog

from mira_sidecar.core.state import Document
from mira_sidecar.parts import Side, Submit
from mira_sidecar.protocol import Problem
from mira_sidecar.store.errors import StoreError
from mira_sidecar.subjects.gesture import samples
from mira_sidecar.subjects.gesture.worker.messages import GestureRule, Lesson, OwnGesture, RecogniserSettings, Sampled

log = structlog.get_logger()

_AGAIN_S = 5.0
"""Between two attempts to delete what a full disk kept."""


class Teacher:
    """Keeps samples while a gesture is taught, hands them out while it is known, and forgets them with it."""

    def __init__(self, side: Side, submit: Submit, *, mirrored: bool) -> None:
        self._side = side
        self._submit = submit
        self._samples: dict[str, list[list[float]]] | None = None
        """Those that there are; None while the side store has not said."""
        self._mirrored = mirrored
        self._wanted: frozenset[str] | None = None
        """The commands whose samples the state knows of."""
        self._too_many = asyncio.Event()

    def recognition(self, document: Document) -> RecogniserSettings:
        """How hands become gestures in this state. What only the decision needs stays out of it."""
        thresholds, taught = document["thresholds"], document["taught"]
        self._wanted = frozenset(samples.known_to(document))
        there = self._samples or {}
        return RecogniserSettings(
            mirrored=self._mirrored,
            hold_ms=thresholds["gesture_hold_ms"],
            gestures={
                name: GestureRule(enabled=own.get("enabled", True), hold_ms=own.get("hold_ms"))
                for name, own in thresholds["gestures"].items()
            },
            own=[
                OwnGesture(name=name, kind=each["kind"], samples=own)
                for name, each in taught.items()
                if (own := there.get(each["command_id"]))
            ],
            lesson=_lesson(document),
        )

    def lacking(self, document: Document) -> Problem | None:
        """That gestures were taught of which there is no sample here, as on a standby."""
        if self._samples is None:
            return None
        taught = document["taught"].values()
        count = sum(not self._samples.get(each["command_id"]) for each in taught)
        if not count:
            return None
        text = (
            f"{count} of the {len(taught)} gestures that were taught cannot be recognised here: how they look is kept "
            "by the sidecar that they were shown to. Restore its backup here, or teach them anew."
        )
        return Problem("samples_missing", text)

    async def keep(self, sampled: Sampled) -> None:
        """Keep a sample first, then say that it was taken."""
        lesson = sampled.lesson
        if self._wanted is None or lesson.command_id not in self._wanted:
            return
        taken = (self._samples or {}).get(lesson.command_id, [])
        try:
            now_ms = time.time_ns() // 1_000_000
            await samples.keep(self._side.now(), lesson.command_id, len(taken), sampled.values, now_ms)
        except StoreError as error:
            log.warning("a sample of a gesture could not be kept", why=str(error))
            return
        self._samples = {**(self._samples or {}), lesson.command_id: [*taken, sampled.values]}
        await self._submit("sensor", "take_sample", {"name": lesson.name})

    def tidy(self) -> None:
        """Have deleted what belongs to no gesture of the state that `recognition` saw last."""
        if self._wanted is not None and not (self._samples or {}).keys() <= self._wanted:
            self._too_many.set()

    async def run(self, changed: Callable[[], None]) -> None:
        """Read what there is, and delete what belongs to no gesture any more, however often it takes, until cancelled.

        `changed` is called once it is read.
        """
        side = await self._side.opened()
        if self._samples is None:
            self._samples = await samples.samples(side)
            changed()
        said = False
        while True:
            await self._too_many.wait()
            wanted = self._wanted or frozenset()
            try:
                await samples.forget_but(side, wanted)
            except StoreError as error:
                if not said:
                    log.warning("samples of forgotten gestures are still there; tried again", why=str(error))
                said = True
                await asyncio.sleep(_AGAIN_S)
                continue
            if said:
                log.info("samples of forgotten gestures are deleted")
            said = False
            self._samples = {command_id: own for command_id, own in self._samples.items() if command_id in wanted}
            if self._samples.keys() <= (self._wanted or frozenset()):
                self._too_many.clear()


def _lesson(document: Document) -> Lesson | None:
    teaching: dict[str, Any] | None = document["teaching"]
    if teaching is None:
        return None
    return Lesson(name=teaching["name"], kind=teaching["kind"], command_id=teaching["command_id"])
