"""The wake words that people teach: their takes are kept, judged, handed to what listens, and forgotten with them."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

import msgspec
import structlog

from mira_sidecar.apart import run_apart
from mira_sidecar.core.state import Document
from mira_sidecar.parts import Now, Side, Submit
from mira_sidecar.protocol import Problem
from mira_sidecar.store.errors import StoreError
from mira_sidecar.subjects.voice import takes
from mira_sidecar.subjects.voice.core.lessons import judged
from mira_sidecar.subjects.voice.core.slice import voice
from mira_sidecar.subjects.voice.worker.messages import Lesson, Take, TaughtWord

log = structlog.get_logger()

_AGAIN_S: Final = 5.0
"""Between two attempts to delete what a full disk kept."""
_JUDGE: Final = "mira_sidecar.subjects.voice.worker.judge"
_JUDGE_S: Final = 120.0


class WordTeacher:
    """Has the takes. Where nobody ever taught a word, it needs no side store."""

    def __init__(self, side: Side, submit: Submit) -> None:
        self._side = side
        self._submit = submit
        self._takes: dict[str, list[bytes]] | None = None
        """Those that there are; None while the side store has not said."""
        self._now: Now | None = None
        self._news = asyncio.Event()
        self._judged: str | None = None
        """The lesson that was judged, until the state says so."""

    def changed(self, now: Now) -> None:
        """The mirror has changed."""
        self._now = now
        # Until then a restored log may lack what Redis gives back.
        if now.connected and (takes.known_to(now.document) or self._takes is not None):
            self._news.set()

    def words(self, document: Document) -> list[TaughtWord]:
        """Those that are to be listened for, and can be."""
        own, there = voice(document), self._takes or {}
        return [
            TaughtWord(id=word, takes=takes_, reach=taught["reach"])
            for word, taught in own["taught"].items()
            if word in own["active"] and (takes_ := there.get(taught["command_id"]))
        ]

    def lesson(self, document: Document) -> Lesson | None:
        """What is being said for it now."""
        lesson = voice(document)["lesson"]
        wanted = lesson and not lesson["outcome"] and lesson["taken"] < lesson["takes"]
        return Lesson(id=lesson["id"]) if wanted else None

    def lacking(self, document: Document) -> Problem | None:
        """That words were taught of which there is no take here, as on a standby."""
        if self._takes is None:
            return None
        taught = voice(document)["taught"].values()
        count = sum(not self._takes.get(each["command_id"]) for each in taught)
        if not count:
            return None
        text = (
            f"{count} of the {len(taught)} wake words that were taught cannot be heard here: how they sound is kept by "
            "the sidecar that they were said to. Restore its backup here, or teach them anew."
        )
        return Problem("takes_missing", text)

    async def keep(self, take: Take) -> None:
        """Keep a take first, then say that it was taken; or why not."""
        if self._now is None or self.lesson(self._now.document) != Lesson(id=take.lesson):
            return
        if not take.fault:
            taken = (self._takes or {}).get(take.lesson, [])
            try:
                await takes.keep(self._side.now(), take.lesson, len(taken), take.sounds, time.time_ns() // 1_000_000)
            except StoreError as error:
                log.warning("a take of a wake word could not be kept", why=str(error))
                return
            self._takes = {**(self._takes or {}), take.lesson: [*taken, take.sounds]}
        await self._submit("sensor", "take_wake_word", {"lesson": take.lesson, "fault": take.fault})

    async def run(self, changed: Callable[[], None]) -> None:
        """Read what there is, judge what was said, and delete what belongs to no word any more, until cancelled.

        `changed` is called once it is read.
        """
        await self._news.wait()
        side = await self._side.opened()
        if self._takes is None:
            self._takes = await takes.takes(side)
            changed()
        while True:
            await self._news.wait()
            self._news.clear()
            if self._now is None:
                continue
            await self._judge(self._now)
            wanted = takes.known_to(self._now.document)
            if self._takes.keys() <= wanted:
                continue
            try:
                await takes.forget_but(side, wanted)
            except StoreError as error:
                log.warning("takes of forgotten wake words are still there; tried again", why=str(error))
                await asyncio.sleep(_AGAIN_S)
                self._news.set()
                continue
            self._takes = {command_id: own for command_id, own in self._takes.items() if command_id in wanted}

    async def _judge(self, now: Now) -> None:
        """Judge the lesson for which enough was said, once."""
        lesson = voice(now.document)["lesson"]
        if not now.deciding or not lesson or lesson["outcome"] or lesson["taken"] < lesson["takes"]:
            return
        if self._judged == lesson["id"]:
            return
        self._judged = lesson["id"]
        own = (self._takes or {}).get(lesson["id"], [])
        await self._submit("sensor", *judged(lesson, **await _verdict(own)))


async def _verdict(own: list[bytes]) -> dict[str, Any]:
    """What comes of takes; `failed` where that cannot be told."""
    try:
        returned, told = await run_apart(_JUDGE, msgspec.json.encode(own), _JUDGE_S)
    except TimeoutError:
        log.warning("a wake word could not be judged in time", seconds=_JUDGE_S)
        return {"outcome": "failed"}
    if returned:
        log.warning("a wake word could not be judged", returned=returned)
        return {"outcome": "failed"}
    verdict: dict[str, Any] = msgspec.json.decode(told)
    return verdict
