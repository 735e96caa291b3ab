"""`scripts/bench api`: many programs that use the API of a real sidecar, and what the decisions notice of it."""

import contextlib
import socket
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

from house.bench.api_load import Ask, Follow, Load, Seen, connected, follow, request
from house.bench.api_wire import OverRedis, Sent
from house.bench.contestants import sidecar
from house.bench.figures import Measured
from house.bench.resting import cpu_seconds, resident_mb
from house.bench.sampling import alternating, median_ratio, percentile
from house.bench.wire import bodies
from house.process import HouseError
from house.redis import RedisServer, free_port
from mira_sidecar.api import keys
from mira_sidecar.protocol import Keys

type Progress = Callable[[str], None]

_PATCHES = 20
"""A second."""
_COMMANDS = 100
"""A second, one by one."""
_MAY = ("state.read", "page.show")


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    clients: int
    watched_s: float
    """A round with all clients, and one without."""
    asked_s: float
    """A round of requests."""
    rounds: int
    resting_s: float


FULL = Effort(clients=500, watched_s=15, asked_s=5, rounds=5, resting_s=30)
QUICK = Effort(clients=500, watched_s=3, asked_s=2, rounds=1, resting_s=3)


class _Mirror:
    """A sidecar with an API, and a key for it."""

    def __init__(self, server: RedisServer, folder: Path, name: str) -> None:
        database = folder / f"{name}.db"
        self.name = name
        self.port = free_port()
        _, self.key = keys.add(database, "bench", "automation", _MAY)
        self.url = server.url
        self._process = sidecar(server.url, database, mirror=name, api_port=self.port)

    def __enter__(self) -> Self:
        """Start it, and use the key once."""
        self._process.start()
        opened = self._opened()
        opened.sendall(request(self.key, None))
        opened.recv(1 << 16)
        opened.close()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stop()

    @property
    def pid(self) -> int:
        if self._process.process.pid is None or self._process.process.exit_code is not None:
            raise HouseError(f"The sidecar has ended:\n{self._process.process.last_lines()}")
        return self._process.process.pid

    def over_redis(self) -> OverRedis:
        names = Keys(self.name)
        return OverRedis(self.url, names.commands["home"], names.events)

    def _opened(self) -> socket.socket:
        deadline = time.monotonic() + 10
        while True:
            try:
                return connected(self.port)
            except ConnectionRefusedError:
                if time.monotonic() > deadline:
                    raise HouseError(f"The API does not listen:\n{self._process.process.last_lines()}") from None
                time.sleep(0.05)


def measure(folder: Path, *, quick: bool, progress: Progress) -> dict[str, Measured]:
    """Take every figure."""
    return taken(folder, QUICK if quick else FULL, progress)


def taken(folder: Path, effort: Effort, progress: Progress) -> dict[str, Measured]:
    """The same with another effort."""
    with RedisServer(folder / "redis") as server:
        with _Mirror(server, folder, "resting") as mirror:
            progress("at rest")
            measured = _resting(mirror, effort)
        with _Mirror(server, folder, "busy") as mirror:
            progress(f"{effort.clients} clients that follow the state")
            measured |= _followed(mirror, effort, progress)
            progress("reading the state")
            measured |= _state(mirror, effort)
            progress("a hundred commands in flight")
            measured |= _commands(mirror, effort)
            progress("a hundred commands a second, over the API and over Redis")
            measured |= _lone(mirror, effort)
            progress("100 clients that follow, and 1,000 requests a second")
            return measured | _mixed(mirror, effort)


def _resting(mirror: _Mirror, effort: Effort) -> dict[str, Measured]:
    time.sleep(min(2, effort.resting_s))
    before = cpu_seconds(mirror.pid)
    time.sleep(effort.resting_s)
    used = (cpu_seconds(mirror.pid) - before) / effort.resting_s * 100
    return {
        "api_idle_mb": Measured(resident_mb(mirror.pid), "resident set, a key was used"),
        "api_idle_percent": Measured(used, f"of one core, over {effort.resting_s:g} s"),
    }


@dataclass
class _Watched:
    """What came of some rounds with clients."""

    last_ms: list[list[float]]
    """From when a command was due until the last client had its patch, by round."""
    decided_ms: list[float]
    """From then to its answer over Redis."""
    grown_mb: float
    cpu: float
    seconds: float


def _followed(mirror: _Mirror, effort: Effort, progress: Progress) -> dict[str, Measured]:
    """Rounds in turns with a client that reads nothing, and without it; before and after them nobody follows."""
    wire = mirror.over_redis()
    count = round(effort.watched_s * _PATCHES)
    alone = wire.paced(bodies(count), _PATCHES)
    watched = _watched(mirror, wire, effort, count, progress)
    alone_ms = [one.passed_ms for one in (*alone, *wire.paced(bodies(count), _PATCHES))]
    first, stalled, stalled_again, last = watched.last_ms
    plain = [*first, *last]
    return {
        "api_500_clients_last_p99_ms": Measured(
            percentile(plain, 99),
            f"from the sending of the command over Redis; median {statistics.median(plain):.1f} ms, longest "
            f"{max(plain):.0f} ms; {watched.cpu / watched.seconds * 100:.0f} % of a core",
        ),
        "api_500_clients_growth_mb": Measured(
            watched.grown_mb, f"in {watched.seconds:.0f} s, in half of which one more client reads nothing"
        ),
        "api_stalled_p99_vs_without": Measured(
            median_ratio(*([percentile(samples, 99) for samples in side] for side in _sides(watched.last_ms))),
            f"{percentile([*stalled, *stalled_again], 99):.1f} ms with a client that reads nothing",
        ),
        "api_lone_decision_p50_vs_without": Measured(
            statistics.median(watched.decided_ms) / statistics.median(alone_ms),
            f"{statistics.median(watched.decided_ms):.2f} ms, and {statistics.median(alone_ms):.2f} ms with no client; "
            f"p99 {percentile(watched.decided_ms, 99):.1f} and {percentile(alone_ms, 99):.1f} ms",
        ),
    }


def _sides(rounds: Sequence[list[float]]) -> tuple[list[list[float]], list[list[float]]]:
    """With the client that reads nothing, and without it."""
    first, stalled, stalled_again, last = rounds
    return [stalled, stalled_again], [first, last]


def _watched(mirror: _Mirror, wire: OverRedis, effort: Effort, count: int, progress: Progress) -> _Watched:
    with Load(Follow(mirror.port, mirror.key, effort.clients)) as load:
        wire.paced(bodies(10), _PATCHES)  # what the first patches need, nobody measures
        before, cpu, began = resident_mb(mirror.pid), cpu_seconds(mirror.pid), time.monotonic()
        sent = list[list[Sent]]()
        for number, is_stalled in enumerate((False, True, True, False)):
            progress(f"{effort.clients} clients, round {number + 1} of 4")
            with _reads_nothing(mirror) if is_stalled else contextlib.nullcontext():
                sent.append(wire.paced(bodies(count), _PATCHES))
        seconds, cpu = time.monotonic() - began, cpu_seconds(mirror.pid) - cpu
        time.sleep(0.5)
        grown = resident_mb(mirror.pid) - before
        seen = {one.command_id: one for one in load.seen()}
    last = [[_passed_ms(seen, one, effort.clients) for one in each] for each in sent]
    return _Watched(last, [one.passed_ms for each in sent for one in each], grown, cpu, seconds)


def _passed_ms(seen: dict[str, Seen], command: Sent, clients: int) -> float:
    one = seen.get(command.id)
    if one is None or one.clients != clients:
        raise HouseError(f"Of {clients} clients, {one.clients if one else 0} had the patch of a command.")
    return (one.at_ns - command.due_ns) / 1e6


@contextlib.contextmanager
def _reads_nothing(mirror: _Mirror) -> Iterator[None]:
    """A client whose connection is full within seconds: small segments keep the kernel from taking much for it."""
    with socket.socket() as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        opened.connect(("127.0.0.1", mirror.port))
        follow(mirror.port, mirror.key, opened)
        yield


def _state(mirror: _Mirror, effort: Effort) -> dict[str, Measured]:
    asking = partial(_asked, mirror, Ask(mirror.port, mirror.key, connections=16, seconds=effort.asked_s))
    rates, notes = zip(*(asking() for _ in range(effort.rounds)), strict=True)
    return {"api_state_per_s": Measured(statistics.median(rates), f"16 connections; {notes[0]}")}


def _commands(mirror: _Mirror, effort: Effort) -> dict[str, Measured]:
    order = Ask(mirror.port, mirror.key, connections=100, seconds=effort.asked_s, command_each=1)
    rates, notes = zip(*(_asked(mirror, order) for _ in range(effort.rounds)), strict=True)
    return {"api_command_per_s": Measured(statistics.median(rates), f"100 connections; {notes[0]}")}


def _asked(mirror: _Mirror, order: Ask) -> tuple[float, str]:
    """Answers a second, and what they cost."""
    with Load(order) as load:
        cpu = cpu_seconds(mirror.pid)
        asked = load.asked()
        cpu = cpu_seconds(mirror.pid) - cpu
    count = len(asked.passed_ms)
    note = f"p50 {percentile(asked.passed_ms, 50):.1f} ms, p99 {percentile(asked.passed_ms, 99):.1f} ms"
    return count / asked.seconds, f"{note}, {cpu / count * 1e6:.0f} µs of the sidecar each"


def _lone(mirror: _Mirror, effort: Effort) -> dict[str, Measured]:
    count = round(_COMMANDS * effort.asked_s)
    order = Ask(*(mirror.port, mirror.key), connections=20, seconds=effort.asked_s, command_each=1, a_second=_COMMANDS)
    wire = mirror.over_redis()

    def over_api() -> list[float]:
        with Load(order) as load:
            return load.asked().passed_ms

    def over_redis() -> list[float]:
        return [one.passed_ms for one in wire.paced(bodies(count), _COMMANDS)]

    rounds = alternating(effort.rounds, [over_api, over_redis])
    ours, theirs = ([percentile(passed, 99) for passed in side] for side in rounds)
    medians = [statistics.median(each for passed in side for each in passed) for side in rounds]
    note = (
        f"API {statistics.median(ours):.2f} ms, Redis {statistics.median(theirs):.2f} ms; "
        f"p50 {medians[0]:.2f} and {medians[1]:.2f} ms; {effort.rounds} rounds of {count:,}"
    )
    return {"api_command_p99_at_100_vs_redis": Measured(median_ratio(ours, theirs), note)}


def _mixed(mirror: _Mirror, effort: Effort) -> dict[str, Measured]:
    order = Ask(*(mirror.port, mirror.key), connections=50, seconds=3 * effort.asked_s, command_each=50, a_second=1_000)
    with Load(Follow(mirror.port, mirror.key, 100)) as following, Load(order) as load:
        cpu = cpu_seconds(mirror.pid)
        asked = load.asked()
        used = (cpu_seconds(mirror.pid) - cpu) / asked.seconds * 100
        patches = len(following.seen())
    return {
        "api_mixed_core_percent": Measured(
            used,
            f"of one core; 980 reads of the state and 20 commands a second, and {patches:,} patches to 100 clients; "
            f"answered after {percentile(asked.passed_ms, 50):.1f} ms, p99 {percentile(asked.passed_ms, 99):.1f} ms; "
            f"{len(asked.passed_ms) / asked.seconds:,.0f}/s",
        )
    }
