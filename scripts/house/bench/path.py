"""The path of a command, from its sending until its answer is seen: the floor, the naive design, MQTT and Mira."""

import contextlib
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from house.bench import mqtt, slow_disk
from house.bench.contestants import Served, sidecar, wire_to_sidecar
from house.bench.figures import Measured
from house.bench.sampling import alternating, median_ratio, percentile
from house.bench.wire import Wire, bodies, todos
from house.process import HouseError
from house.redis import RedisServer
from mira_sidecar.subjects.screen.core.todos import MAX_TODOS

AT_ONCE = 1_000
FEW_TODOS = 4


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    rounds: int
    lone_commands: int
    """A round, one in flight."""
    slow_commands: int
    """The same on the slow disk."""
    mira_commands: int
    """A round, AT_ONCE in flight; the others get as many as they answer in about as long."""
    mqtt_messages: int
    naive_commands: int


FULL = Effort(5, 1_000, 100, 30_000, 5_000, 300)
QUICK = Effort(1, 100, 20, 2_000, 1_000, 50)


def latency(folder: Path, effort: Effort) -> dict[str, Measured]:
    """One command in flight, against the floor."""
    with _side_by_side(folder, None) as wires:
        floors, miras = alternating(effort.rounds, [_alone(wire, effort.lone_commands) for wire in wires])
    return {f"one_in_flight_p{percent}_vs_floor": _against_floor(floors, miras, percent) for percent in (50, 99)}


def latency_with_todos(folder: Path, effort: Effort) -> dict[str, Measured]:
    """One command in flight with a full list in the state, against one with a short list."""
    with _redis(folder) as server, tempfile.TemporaryDirectory(dir=folder) as place, contextlib.ExitStack() as stack:
        wires = []
        for count in (FEW_TODOS, MAX_TODOS):
            mirror = sidecar(server.url, Path(place) / f"{count}.db", mirror=f"bench_{count}")
            stack.callback(mirror.stop)
            mirror.start()
            wire = wire_to_sidecar(server.url, f"bench_{count}")
            wire.many_in_flight(todos(count), count, count)
            wire.drain()
            wire.one_in_flight(bodies(50))
            wires.append(wire)
        few, many = alternating(effort.rounds, [_alone(wire, effort.lone_commands) for wire in wires])
    medians = [[percentile(samples, 50) for samples in side] for side in (many, few)]
    note = f"{statistics.median(medians[0]):.2f} ms with {MAX_TODOS:,}, {statistics.median(medians[1]):.2f} ms with "
    return {"one_in_flight_1000_todos_vs_4": Measured(median_ratio(*medians), note + str(FEW_TODOS))}


def slow_latency(folder: Path, effort: Effort) -> dict[str, Measured]:
    """The same with every fsync of either side slowed down."""
    try:
        library = slow_disk.build(folder)
    except HouseError as error:
        return {"slow_disk_p50_vs_floor": Measured(None, str(error))}
    with _side_by_side(folder, library) as wires:
        floors, miras = alternating(effort.rounds, [_alone(wire, effort.slow_commands) for wire in wires])
    return {"slow_disk_p50_vs_floor": _against_floor(floors, miras, 50)}


def throughput(folder: Path, effort: Effort) -> dict[str, Measured]:
    """AT_ONCE commands in flight: Mira, the naive design, and Mosquitto where it is installed."""
    with _redis(folder) as server:
        mirror = sidecar(server.url, folder / "throughput.db")
        mirror.start()
        wire = wire_to_sidecar(server.url)

        def mira() -> float:
            rate = wire.many_in_flight(bodies(effort.mira_commands), effort.mira_commands, AT_ONCE)
            wire.drain()
            return rate

        def naive() -> float:
            served = Served(server.url, folder, "naive")
            wire = served.start()
            try:
                wire.one_in_flight(bodies(3))
                return wire.many_in_flight(bodies(effort.naive_commands + AT_ONCE), effort.naive_commands, AT_ONCE)
            finally:
                served.stop()

        def mosquitto() -> float:
            broker = mqtt.Broker(folder)
            broker.start()
            try:
                sent = bodies(effort.mqtt_messages + AT_ONCE)
                return mqtt.many_in_flight(broker.port, sent, effort.mqtt_messages, AT_ONCE)
            finally:
                broker.stop()

        try:
            with_mqtt = mqtt.installed() is not None
            given = alternating(effort.rounds, [mira, naive, *([mosquitto] if with_mqtt else [])])
        finally:
            mirror.stop()
    found = {"throughput_vs_naive": _rate_against(given[0], given[1], "naive")}
    if with_mqtt:
        return found | {"throughput_vs_mosquitto_qos1": _rate_against(given[0], given[2], "Mosquitto")}
    return found | {"throughput_vs_mosquitto_qos1": Measured(None, "mosquitto is not installed")}


@contextlib.contextmanager
def _side_by_side(folder: Path, slowed_by: Path | None) -> Iterator[tuple[Wire, Wire]]:
    """The floor and the sidecar on one Redis, both warm."""
    with _redis(folder) as server, tempfile.TemporaryDirectory(dir=folder) as place:
        mirror = sidecar(server.url, Path(place) / "latency.db", slowed_by)
        floor = Served(server.url, Path(place), "floor", slowed_by)
        try:
            mirror.start()
            wires = floor.start(), wire_to_sidecar(server.url)
            for wire in wires:
                wire.one_in_flight(bodies(50))
            yield wires
        finally:
            floor.stop()
            mirror.stop()


@contextlib.contextmanager
def _redis(folder: Path) -> Iterator[RedisServer]:
    with tempfile.TemporaryDirectory(dir=folder) as place:
        server = RedisServer(Path(place))
        server.start()
        try:
            yield server
        finally:
            server.kill()


def _alone(wire: Wire, count: int) -> Callable[[], list[float]]:
    """A round of lone commands; each has an id of its own."""
    return lambda: wire.one_in_flight(bodies(count))


def _against_floor(floors: list[list[float]], miras: list[list[float]], percent: float) -> Measured:
    ours, theirs = ([percentile(samples, percent) for samples in side] for side in (miras, floors))
    note = f"Mira {statistics.median(ours):.2f} ms, floor {statistics.median(theirs):.2f} ms"
    return Measured(median_ratio(ours, theirs), note)


def _rate_against(ours: list[float], theirs: list[float], name: str) -> Measured:
    note = f"Mira {statistics.median(ours):,.0f}/s, {name} {statistics.median(theirs):,.0f}/s"
    return Measured(median_ratio(ours, theirs), note)
