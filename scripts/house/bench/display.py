"""`scripts/bench display`: the mirror's display in Chromium, a real Home Assistant, sidecar and Redis behind it."""

import io
import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid7

import redis
from playwright.sync_api import Browser

from house.bench.figures import Measured
from house.bench.glass import Glass, growth
from house.bench.sampling import percentile
from house.browser import chromium
from house.household import MIRROR, Household, running
from house.process import HouseError
from house.stage import GESTURE_ENTITY
from mira_sidecar.protocol import Keys, Source, instant

type Progress = Callable[[str], None]

GESTURES = ("fist", "victory")
A_SECOND = 10
THROTTLED = 6
RECORDED_WITHIN = 15.0
"""Seconds in which Home Assistant's recorder has written what happened."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much of each is measured."""

    visits: int
    gestures: int
    minutes: float
    """Of ten updates a second."""
    looks: int
    """At the memory, meanwhile."""
    turns: int
    rest_s: float
    """Of one clock, and nothing that happens."""


QUICK = Effort(visits=3, gestures=40, minutes=0.5, looks=6, turns=6, rest_s=5)
FULL = Effort(visits=9, gestures=300, minutes=10, looks=30, turns=30, rest_s=60)


def measure(folder: Path, *, quick: bool, progress: Progress) -> dict[str, Measured]:
    """Take every figure."""
    return take(folder, QUICK if quick else FULL, progress)


def take(folder: Path, effort: Effort, progress: Progress) -> dict[str, Measured]:
    """The same with as much effort as is wanted."""
    progress("starting the house")
    with running(folder, out=io.StringIO()) as house, chromium() as browser:
        _see(house)
        glass = Glass(browser, house.display_url)
        progress(f"{effort.visits} visits")
        measured = _visits(glass, effort)
        progress(f"{effort.visits} visits, {THROTTLED} times slower")
        measured |= _slow_visits(browser, house, glass, effort)
        progress(f"nothing, for {effort.rest_s:g} s")
        measured |= _rest(house, glass, effort)
        progress(f"{effort.gestures} gestures")
        measured |= _gestures(house, glass, effort)
        progress(f"{A_SECOND} updates a second, for {effort.minutes:g} min")
        measured |= _updates(house, glass, effort)
        progress(f"{effort.turns} pages turned, {THROTTLED} times slower")
        return measured | _turns(house, glass, effort)


def _see(house: Household) -> None:
    """Gestures count from now on, also two within a second."""
    house.bus.send("set_camera", {"on": True}, source="touch")
    house.bus.send("confirm", {}, source="touch")
    house.bus.send("set_thresholds", {"gesture_cooldown_ms": 0})


def _visits(glass: Glass, effort: Effort) -> dict[str, Measured]:
    """The first by a browser that has never been here: it fetches everything."""
    first = glass.visit()
    files = glass.fetched_bytes()
    seconds = [glass.visit() for _ in range(effort.visits)]
    return {
        "first_load_kb": Measured(
            sum(files.values()) / 1_000, ", ".join(f"{name} {size:,}" for name, size in files.items())
        ),
        "first_clock_s": Measured(
            statistics.median(seconds),
            f"{effort.visits} visits, slowest {max(seconds):.2f} s; a browser's first, with its login, {first:.2f} s",
        ),
    }


def _slow_visits(browser: Browser, house: Household, glass: Glass, effort: Effort) -> dict[str, Measured]:
    """The same on a machine that is slow, by a browser that has never been here, and by one that has."""
    new = Glass(browser, house.display_url)
    new.slow_down(THROTTLED)
    first = new.visit()
    new.page.context.close()
    glass.slow_down(THROTTLED)
    seconds = [glass.visit() for _ in range(effort.visits)]
    glass.slow_down(1)
    return {
        "slow_first_clock_new_s": Measured(first, f"{THROTTLED} times slower, with its login"),
        "slow_first_clock_s": Measured(statistics.median(seconds), f"likewise, slowest {max(seconds):.2f} s"),
    }


def _rest(house: Household, glass: Glass, effort: Effort) -> dict[str, Measured]:
    """What one clock costs."""
    house.bus.send("show_page", {"page": "clock"})
    time.sleep(3)
    before = glass.cpu_seconds()["renderer"]
    time.sleep(effort.rest_s)
    used = glass.cpu_seconds()["renderer"] - before
    house.bus.send("show_page", {"page": "home"})
    return {
        "renderer_at_rest_percent": Measured(100 * used / effort.rest_s, f"of a core, {effort.rest_s:g} s of one clock")
    }


def _gestures(house: Household, glass: Glass, effort: Effort) -> dict[str, Measured]:
    """From a command in Redis, and from the entity that it changes, until it is drawn."""
    wire = _Wire(house)
    wire.send("gesture", {"name": GESTURES[0]}, source="gesture")
    glass.page.locator("[data-test=gesture]").wait_for()  # its part of the display is loaded
    glass.page.evaluate("seen.watchGestures()")
    names, sent = cycle(reversed(GESTURES)), []
    for number in range(effort.gestures):
        sent.append(wire.send("gesture", {"name": next(names)}, source="gesture"))
        time.sleep(0.2 + 0.013 * (number % 7))  # never in step with the frames
        glass.wait_for_gestures(number + 1)
    drawn: list[float] = glass.look("gestures")
    changed = _changes(house, sent)
    commands = [ms - began for ms, began in zip(drawn, sent, strict=True)]
    entities = [ms - began for ms, began in zip(drawn, changed, strict=True)]
    nothing = glass.own_changes(effort.gestures)
    note = f"{len(drawn)} gestures; {GESTURE_ENTITY} changed → drawn; an empty change in the page itself"
    above = statistics.median(entities) - statistics.median(nothing)
    return {
        "entity_painted_above_empty_ms": Measured(above, "the median, above that of an empty change"),
        "entity_painted_p50_ms": Measured(
            statistics.median(entities), f"{note} is drawn after {statistics.median(nothing):.1f} ms"
        ),
        "entity_painted_p99_ms": Measured(percentile(entities, 99), f"longest {max(entities):.1f} ms"),
        "command_painted_p50_ms": Measured(
            statistics.median(commands), f"p99 {percentile(commands, 99):.1f} ms, longest {max(commands):.1f} ms"
        ),
    }


def _changes(house: Household, sent: list[float]) -> list[float]:
    """When the gesture's entity changed for each (Unix milliseconds): its state is that time."""
    began = datetime.fromtimestamp(sent[0] / 1_000, UTC) - timedelta(milliseconds=1)
    wanted = f"filter_entity_id={GESTURE_ENTITY}&minimal_response&skip_initial_state"
    path = f"/api/history/period/{quote(began.isoformat())}?{wanted}"
    deadline = time.monotonic() + RECORDED_WITHIN
    while True:
        states = [one["state"] for states in house.home_assistant.get(path) for one in states]
        if len(states) == len(sent):
            return [datetime.fromisoformat(state).timestamp() * 1_000 for state in states]
        if time.monotonic() > deadline:
            raise HouseError(f"{len(sent)} gestures were sent, and Home Assistant has recorded {len(states)}.")
        time.sleep(1)


def _updates(house: Household, glass: Glass, effort: Effort) -> dict[str, Measured]:
    """A todo is renamed ten times a second."""
    wire = _Wire(house)
    uid = (house.bus.snapshot() or {})["state"]["todos"][0]["uid"]
    seconds = effort.minutes * 60
    count = int(seconds * A_SECOND)
    looks = []
    used: Counter[str] = Counter()
    lasted = 0.0
    _rename(wire, uid, 0, 5 * A_SECOND)  # what is built once, is built
    for number, part in enumerate(_parts(count, effort.looks)):
        before, began = glass.cpu_seconds(), time.monotonic()
        _rename(wire, uid, number * 1_000_000, part)
        lasted += time.monotonic() - began
        used.update(glass.cpu_seconds())
        used.subtract(before)
        looks.append(glass.memory())  # which costs more than many updates, and is not counted
    heap, nodes = [look.heap_kb for look in looks], [look.nodes for look in looks]
    return {
        "heap_growth_kb": Measured(
            growth(heap), f"{count:,} updates; {heap[0]:,.0f} kB at first, {heap[-1]:,.0f} at last"
        ),
        "nodes_growth": Measured(growth(nodes), f"{nodes[0]:,.0f} at first, {nodes[-1]:,.0f} at last"),
        "renderer_cpu_percent": Measured(
            used["renderer"] / lasted * 100,
            f"of a core; the process that draws, without a graphics card, {used['GPU'] / lasted * 100:.1f} %",
        ),
    }


def _parts(count: int, parts: int) -> Iterator[int]:
    for number in range(parts):
        yield count * (number + 1) // parts - count * number // parts


def _rename(wire: _Wire, uid: str, first: int, count: int) -> None:
    began = time.monotonic()
    for number in range(count):
        wire.send("update_todo", {"uid": uid, "summary": f"Something to be done, number {first + number}"})
        time.sleep(max(0.0, began + (number + 1) / A_SECOND - time.monotonic()))


def _turns(house: Household, glass: Glass, effort: Effort) -> dict[str, Measured]:
    """Each frame while pages turn; the pauses between two turns are as long as a turn."""
    wire = _Wire(house)
    glass.slow_down(THROTTLED)
    glass.page.evaluate("seen.watchFrames()")
    for _ in range(effort.turns):
        wire.send("next_page", {}, source="touch")
        time.sleep(1)
    frames: list[float] = glass.page.evaluate("seen.framesUntilNow()")
    glass.slow_down(1)
    slow = [frame for frame in frames if frame > 32]
    return {
        "slow_frames": Measured(
            len(slow),
            f"over 32 ms, of {len(frames):,} in {effort.turns} turns; median {statistics.median(frames):.1f} ms, "
            f"p99 {percentile(frames, 99):.1f} ms, longest {max(frames):.1f} ms",
        )
    }


class _Wire:
    """Sends commands and waits for nothing."""

    def __init__(self, house: Household) -> None:
        self._redis: redis.Redis = redis.Redis.from_url(house.redis_url)
        self._keys = Keys(MIRROR)

    def send(self, action: str, payload: dict[str, Any], source: Source = "automation") -> float:
        """Send one; when (Unix milliseconds)."""
        now = time.time() * 1_000
        command = {"id": str(uuid7()), "ts": instant(int(now)), "source": source, "action": action, "payload": payload}
        self._redis.xadd(self._keys.commands_from(source), {"command": json.dumps({**command, "confidence": 0.97})})
        return now
