"""How soon a gesture's command is in the stream, and what the process that looks costs: a real camera and sidecar."""

import contextlib
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import redis

from house.bench.contestants import MIRROR, sidecar
from house.bench.figures import Measured
from house.bench.resting import cpu_seconds, resident_mb
from house.gestures import films
from house.gestures.hand_model import Random
from house.gestures.tracks import SWIPES
from house.hand_video import Scene, Stretch
from house.process import HouseError
from house.redis import RedisServer
from house.sidecar import SidecarProcess
from house.stream_server import StreamServer
from mira_sidecar.protocol import Command, Keys, milliseconds
from mira_sidecar.subjects.gesture.worker.truth import Shown

type Progress = Callable[[str], None]

_AFTER_S = 1.0
"""So long after its film a gesture's command may still come."""
_SETTLED_S = 3.0
"""After this the models are loaded, and a hand has been found, or gone for longer than the worker lingers."""
_RESTED_S = 1.0
"""Before a swipe: a hand that comes into an empty room is found after 0.2 s, and has to rest then."""
_TO_AND_FRO = (
    Stretch(seconds=2, start=(0.4, 0.5), end=(0.6, 0.5)),
    Stretch(seconds=2, start=(0.6, 0.5), end=(0.4, 0.5)),
)
_NOBODY = (Stretch(seconds=2),)


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    rounds: int
    """Each has a swipe in every direction and a pose."""
    seconds: float
    """In which the processor's time is taken."""


FULL = Effort(rounds=6, seconds=20)
QUICK = Effort(rounds=1, seconds=2)


def figures(folder: Path, photograph: Path, random: Random, effort: Effort, progress: Progress) -> dict[str, Measured]:
    """Take every figure with the palm on this photograph."""
    scene = Scene(photograph=photograph)
    measured: dict[str, Measured] = {}
    with _watching(folder, StreamServer(scene.jpegs(*_NOBODY)[0], rate=30)) as mirror:
        measured |= _delays(mirror, scene, random, effort.rounds, progress)
    with _watching(folder, StreamServer(scene.jpegs(*_NOBODY)[0], rate=15)) as mirror:
        progress("the worker's processor time")
        pictures = {name: scene.jpegs(*film) for name, film in (("a_hand", _TO_AND_FRO), ("nobody", _NOBODY))}
        for name, jpegs in pictures.items():
            mirror.camera.play(jpegs, loop=True)
            used = mirror.cpu_percent(effort.seconds)
            note = f"of one core, over {effort.seconds:g} s, 640x480"
            measured[f"worker_cpu_percent_with_{name}"] = Measured(used, note)
        measured["worker_rss_mb"] = Measured(resident_mb(mirror.worker), "resident set, at the end")
    return measured


@dataclass(frozen=True)
class _Sent:
    """How a gesture's command came; Unix milliseconds."""

    at_ms: float
    """When it was in the stream."""
    command: Command
    began_ms: float
    """When the film of the gesture did."""


@dataclass
class _Mirror:
    """A camera, the sidecar that watches it, and its worker."""

    camera: StreamServer
    sidecar: SidecarProcess
    redis: redis.Redis
    seen: str = "0-0"
    """The last entry of the commands stream."""

    @property
    def worker(self) -> int:
        """The capture process, the only one that the sidecar starts. Raises HouseError where there is none."""
        pid = self.sidecar.process.pid
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if len(found) != 1:
            raise HouseError(f"The sidecar looks through {len(found)} processes:\n{self.sidecar.process.last_lines()}")
        return int(found[0])

    def cpu_percent(self, seconds: float) -> float:
        """Of one core, that the worker takes once it has settled."""
        time.sleep(_SETTLED_S)
        before = cpu_seconds(self.worker)
        time.sleep(seconds)
        return (cpu_seconds(self.worker) - before) / seconds * 100

    def shown(self, scene: Scene, stretches: Sequence[Stretch], shown: Shown) -> _Sent | None:
        """Show a film of a gesture; how its command came, None where it did not."""
        jpegs = scene.jpegs(*stretches)
        over_s = sum(stretch.seconds for stretch in stretches) + _AFTER_S
        self.camera.play(jpegs)
        began_ms, deadline = time.time() * 1000, time.monotonic() + over_s
        sent = None
        while (left := deadline - time.monotonic()) > 0:
            stream = Keys(MIRROR).commands["gesture"]
            streams: Any = self.redis.xread({stream: self.seen}, block=max(1, round(left * 1000)))
            for _, entries in streams or []:
                for entry_id, fields in entries:
                    self.seen = entry_id.decode()
                    command = msgspec.json.decode(fields[b"command"], type=Command)
                    if sent is None and command.payload.get("name") == shown.name:
                        sent = _Sent(float(self.seen.partition("-")[0]), command, began_ms)
        return sent


@contextlib.contextmanager
def _watching(folder: Path, camera: StreamServer) -> Iterator[_Mirror]:
    """A mirror whose camera is on, and nobody in front of it."""
    place = folder / f"mirror-{time.monotonic_ns()}"
    server = RedisServer(place / "redis")
    mirror = sidecar(server.url, place / "mira.db")
    mirror.flags |= {"camera": camera.url, "confirm": "none"}
    with camera:
        try:
            server.start()
            mirror.start()
            mirror.bus.send("set_camera", {"on": True}, source="touch")
            if not camera.wait_opened():
                raise HouseError(f"The sidecar did not open its camera:\n{mirror.process.last_lines()}")
            yield _Mirror(camera, mirror, redis.Redis.from_url(server.url))
        finally:
            mirror.stop()
            server.kill()


def _delays(mirror: _Mirror, scene: Scene, random: Random, rounds: int, progress: Progress) -> dict[str, Measured]:
    """From the end of motions and of holds to their commands."""
    motions: list[float | None] = []
    holds: list[float | None] = []
    time.sleep(_SETTLED_S)
    for number in range(rounds):
        progress(f"commands in the stream, round {number + 1} of {rounds}")
        for name in SWIPES:
            stretches, (shown,) = films.swipe(name, random, rested_s=_RESTED_S)
            sent = mirror.shown(scene, stretches, shown)
            motions.append(sent.at_ms - sent.began_ms - (shown.end_s or 0) * 1000 if sent else None)
        stretches, (shown,) = films.pose("palm", random)
        sent = mirror.shown(scene, stretches, shown)
        holds.append(sent.at_ms - milliseconds(sent.command.ts) if sent else None)
    return {
        "motion_end_to_stream_ms": _median(motions, "the last frame in which the hand moves"),
        "hold_end_to_stream_ms": _median(holds, "the frame with which the time to hold is up"),
    }


def _median(delays: Sequence[float | None], since: str) -> Measured:
    """Of those that came at all."""
    came = [delay for delay in delays if delay is not None]
    if not came:
        return Measured(None, f"none of {len(delays)} was recognised")
    ends = f"{min(came):.0f} to {max(came):.0f}"
    return Measured(statistics.median(came), f"median of {len(came)} ({ends}), from {since}; {len(delays)} were shown")
