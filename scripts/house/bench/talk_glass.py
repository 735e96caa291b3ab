"""How soon what a model writes is seen at the mirror: turns that are spoken, understood by Whisper, answered aloud.

The model and what reads the log are in this process, the browser and its display on this machine: all by one clock.
"""

import json
import re
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import redis
from playwright.sync_api import Browser

from house.bench.figures import Measured
from house.bench.glass import Glass
from house.bench.sampling import percentile
from house.household import MIRROR, Household
from house.model import Say, StandInModel
from house.process import HouseError
from house.voices import pause, spoken
from mira_sidecar.protocol import Keys

_FRONTEND = Path(__file__).parents[3] / "custom_components/mira/frontend"
_QUESTION = "tell me a joke."
_EMOTIONS = ("laughing", "curious", "proud", "wink")
_ANSWER = tuple(
    Say(text, after)
    for emotion, words in zip(_EMOTIONS, ("Good", " morning", " to all", " of you."), strict=True)
    for text, after in ((f"[emotion:{emotion}]", 0.3), (words, 0.05))
)
"""A tag and then words, four times."""
_FIRST = "Good"
_TURN_S = 30.0
_STEP_S = 0.001


@dataclass
class _Turn:
    """What became of one, in Unix milliseconds."""

    first_pixel: float
    """Milliseconds from the first word until it was painted."""
    painted: list[float] = field(default_factory=list)
    durable: list[float] = field(default_factory=list)
    """Milliseconds from each tag until its emotion was painted, and until the log had it."""
    ahead: float = 0
    """By how much the first emotion was painted before the first sound."""


def figures(
    house: Household, browser: Browser, model: StandInModel, turns: int, progress: Callable[[str], None]
) -> dict[str, Measured]:
    """Ask so often, one turn after the other; two more come first, with which all parts are loaded."""
    with _Log(house.redis_url) as log:
        mirror = _Mirror(house, Glass(browser, house.display_url), model, log)
        mirror.listen()
        for _ in range(2):
            mirror.ask()
            mirror.over()
        mirror.glass.page.evaluate("seen.watchTalk()")
        taken = []
        for number in range(1, turns + 1):
            progress(f"turn {number} of {turns} at the mirror")
            taken.append(mirror.turn())
    pixels = [turn.first_pixel for turn in taken]
    painted = [each for turn in taken for each in turn.painted]
    durable = [each for turn in taken for each in turn.durable]
    ahead = [turn.ahead for turn in taken]
    asked = f"{turns} turns that were spoken"
    return {
        **_both("talk_first_pixel", pixels, f"from the model's write of the first word; {asked}"),
        **_both("talk_emotion_painted", painted, f"from the model's write of each tag; {len(painted)} in {asked}"),
        **_both("talk_emotion_durable", durable, "of the same, until another program had read it from the log"),
        "talk_sound_before_emotion": Measured(
            sum(each <= 0 for each in ahead),
            f"of {turns}; the first emotion was painted {min(ahead) / 1_000:.2f} s before the first sound or more, "
            f"median {statistics.median(ahead) / 1_000:.2f} s",
        ),
        "talk_face_kb": _size(),
    }


def _both(key: str, samples: Sequence[float], note: str) -> dict[str, Measured]:
    return {
        f"{key}_p50_ms": Measured(statistics.median(samples), note),
        f"{key}_p99_ms": Measured(percentile(samples, 99), f"longest {max(samples):.1f} ms"),
    }


def _size() -> Measured:
    """What a display loads for the face once there is one, with all that it shares with other parts."""
    face = next(file for file in _FRONTEND.glob("overlay-*.js") if "data-emotion" in file.read_text())
    loaded = _needed(face) - _needed(_FRONTEND / "mira.js")
    fluent = next(_FRONTEND.glob("fluent-*.js"))
    note = f"compressed, once a mirror has personas; {_kb(fluent):.1f} kB more where one wants Fluent"
    return Measured(sum(map(_kb, loaded)), note)


def _needed(file: Path) -> set[Path]:
    """A file of the display, and those that it imports at once."""
    found, left = set[Path](), [file]
    while left:
        if (one := left.pop()) not in found:
            found.add(one)
            imported = re.findall(r"""(?:from|import)["'`]\./([\w.-]+\.js)["'`]""", one.read_text())
            left += [_FRONTEND / name for name in imported]
    return found


def _kb(file: Path) -> float:
    return file.with_name(f"{file.name}.gz").stat().st_size / 1_000


class _Mirror:
    def __init__(self, house: Household, glass: Glass, model: StandInModel, log: _Log) -> None:
        if house.sound is None:
            raise HouseError("A household without a microphone is not spoken to.")
        self.glass = glass
        self._house, self._room, self._model, self._log = house, house.sound, model, log
        self._question = spoken(_QUESTION) + pause(2)

    def listen(self) -> None:
        """Open the microphone, and have the display there."""
        self._house.bus.send("set_microphone", {"on": True}, source="touch")
        self._until("the microphone is open", lambda: self._room.listened_to)
        self.glass.visit()

    def ask(self) -> None:
        """Press the button and say the question, which the model is about to answer."""
        self._model.turns, self._model.written = [_ANSWER], []
        self._log.events.clear()
        self._house.bus.send("listen", {}, source="touch")
        self._room.play(self._question)
        self._until("the model is asked", lambda: self._model.written)
        self._room.forget()  # the chime; of the answer there is nothing yet

    def over(self) -> None:
        """Wait until the reply was heard."""
        self._until("the turn is over", lambda: self._log.first("end_turn") and self._log.first("end_reply"))
        outcome = self._log.events[self._log.first("end_reply") or 0][1]["payload"]["outcome"]
        if outcome != "answered":
            raise HouseError(f"A reply at the mirror has ended as {outcome}.")
        time.sleep(0.5)  # the face rests again

    def turn(self) -> _Turn:
        """Ask once."""
        self.glass.page.evaluate("seen.talk = []")
        offset = time.time() - time.perf_counter()
        self.ask()
        self._until("it is heard", lambda: any(self._room.played))
        sounded = time.time() * 1_000
        self.over()
        written = [(at + offset) * 1_000 for at in self._model.written]
        seen: list[dict[str, Any]] = self.glass.look("talk")
        pixel = next((each["at"] for each in seen if each["said"].startswith(_FIRST)), None)
        painted = [next((each["at"] for each in seen if each["emotion"] == emotion), None) for emotion in _EMOTIONS]
        if pixel is None or None in painted:
            raise HouseError(f"Not all was seen on the display: {seen}")
        return _Turn(
            first_pixel=pixel - written[1],
            painted=[at - tag for at, tag in zip(painted, written[::2], strict=True) if at],
            durable=[at - tag for at, tag in zip(self._log.expressed(), written[::2], strict=True)],
            ahead=sounded - (painted[0] or 0),
        )

    def _until(self, what: str, holds: Callable[[], object]) -> None:
        deadline = time.monotonic() + _TURN_S
        while not holds():
            if time.monotonic() > deadline:
                raise HouseError(f"It took longer than {_TURN_S:g} s until {what}.")
            time.sleep(_STEP_S)


class _Log:
    """Reads the events as any program does, and notes when each was there."""

    def __init__(self, redis_url: str) -> None:
        self.events: list[tuple[float, dict[str, Any]]] = []
        self._redis: redis.Redis = redis.Redis.from_url(redis_url, decode_responses=True)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._redis.close()

    def _read(self) -> None:
        key, after = Keys(MIRROR).events, "$"
        while not self._over.is_set():
            streams: Any = self._redis.xread({key: after}, block=500)
            now = time.time() * 1_000
            for _, entries in streams or []:
                self.events += [(now, json.loads(fields["event"])) for _, fields in entries]
                after = entries[-1][0]

    def _of(self, action: str) -> Iterator[tuple[float, int]]:
        for place, (at, event) in enumerate(list(self.events)):
            if (event["type"], event["action"]) == ("accepted", action):
                yield at, place

    def first(self, action: str) -> int | None:
        """The place of the first that was accepted."""
        return next((place for _, place in self._of(action)), None)

    def expressed(self) -> list[float]:
        """When each emotion was in the log."""
        return [at for at, _ in self._of("express")]
