"""How the net is trained: in the rooms of the simulator, the same bytes each time, as sure as it is right."""

import dataclasses
from functools import partial
from typing import Any

import numpy as np
import pytest

from house.network import Network
from house.training import calibration
from mira_sidecar.subjects.windows.core.past import Past
from mira_sidecar.subjects.windows.core.planner import Advice, Readings
from mira_sidecar.subjects.windows.core.slice import RoomKind
from mira_sidecar.subjects.windows.model.format import read
from mira_sidecar.subjects.windows.model.inputs import USUAL, Situation, values
from mira_sidecar.subjects.windows.model.net import net_for
from mira_sidecar.subjects.windows.simulator.climates import CLIMATES, HELD_BACK
from mira_sidecar.subjects.windows.simulator.year import Scene, Year

KINDS: tuple[RoomKind, ...] = ("bedroom", "living")
DAYS = 40


def test_a_network_learns_what_is_to_be_seen_and_the_same_each_time() -> None:
    def learned() -> Network:
        random = np.random.default_rng(3)
        network = Network((2, 12, 2), random)
        for _ in range(400):
            values = random.normal(size=(64, 2)).astype(np.float32)
            network.learn(values, (values.prod(axis=1) > 0).astype(int), 400)
        return network

    network, again = learned(), learned()
    corners = np.array([[1, 1], [-1, -1], [1, -1], [-1, 1]], np.float32)
    assert network.outputs(corners).argmax(axis=1).tolist() == [1, 1, 0, 0]
    assert all((each == again.weights[name]).all() for name, each in network.weights.items())


def test_a_temperature_makes_confidence_honest() -> None:
    random = np.random.default_rng(5)
    outputs = random.normal(0, 2, (20_000, 6))
    right = np.array([random.choice(6, p=row) for row in calibration.softmax(outputs)])
    too_sure = outputs * 2.5
    temperature = calibration.best_temperature(too_sure, right)
    assert temperature == pytest.approx(2.5, abs=0.1)
    assert calibration.calibration_error(calibration.softmax(too_sure), right) > 0.1
    assert calibration.calibration_error(calibration.softmax(too_sure, temperature), right) < 0.015


def test_nine_of_ten_right_steps_are_among_those_that_are_plausible() -> None:
    random = np.random.default_rng(7)
    likely = calibration.softmax(random.normal(0, 2, (20_000, 6)))
    right = np.array([random.choice(6, p=row) for row in likely])
    limit = calibration.conformal_limit(likely[:10_000], right[:10_000], 0.9)
    assert calibration.covered(likely[10_000:], right[10_000:], limit) == pytest.approx(0.9, abs=0.02)


@dataclasses.dataclass
class Listening:
    """A planner that keeps what another one was asked and said."""

    planner: Any
    heard: list[tuple[Readings, int, Advice]] = dataclasses.field(default_factory=list)
    name: str = "listening-1"

    def advise(self, readings: Readings, position: int) -> Advice:
        advice: Advice = self.planner.advise(readings, position)
        self.heard.append((readings, position, advice))
        return advice


@pytest.fixture(scope="module")
def compiled() -> Any:
    """The training, where what it needs is installed (`scripts/train-windows` does that)."""
    pytest.importorskip("numba")
    from house.training import judged, teacher, training, years  # noqa: PLC0415 - only where numba is

    return type("Compiled", (), {"judged": judged, "teacher": teacher, "training": training, "years": years})


def guessing(compiled: Any) -> Any:
    """A net that knows nothing, and yet answers all kinds of things."""
    random, blank = np.random.default_rng(11), compiled.training.blank()
    width = len(compiled.years.INPUTS)
    known = dict.fromkeys(compiled.years.INPUTS, (0.0, 1.0)) | {
        "temperature": (20.0, 2.0), "humidity": (55.0, 8.0), "drier": (3.0, 2.0), "outdoor_temperature": (8.0, 8.0),
        "outdoor_moisture": (7.0, 3.0), "wind": (3.0, 2.0), "outdoor_mean": (8.0, 8.0), "warmer": (12.0, 8.0),
        "too_warm": (-5.0, 3.0), "since_run_h": (2.0, 2.0), "occupied_h": (2.0, 3.0),
    }  # fmt: skip
    mean, scale = (np.array([known[name][at] for name in compiled.years.INPUTS]) for at in (0, 1))
    spreads = {"w0": np.sqrt(2 / width), "w1": 0.2, "w2": 0.6}
    layers = {name: random.normal(0, spread, getattr(blank, name).shape) for name, spread in spreads.items()}
    layers["w0"][np.isin(compiled.years.INPUTS, compiled.training.UNSEEN)] = 0.0
    rounded = {name: layer.astype(np.float32).astype(float) for name, layer in layers.items()}
    return blank._replace(mean=mean, scale=scale, stay=0.05, **rounded)


@pytest.mark.parametrize("kind", KINDS)
def test_who_trains_lives_in_the_rooms_of_the_simulator(compiled: Any, kind: RoomKind) -> None:
    """The compiled year and that of the real core come to the same: rooms, policies, inputs and the net's answers."""
    judged, training = compiled.judged, compiled.training
    scene = Scene.in_climate(kind, 31, 8, DAYS)
    tape = training.tape_of(scene)
    walls = training.Walls.of(scene)
    net = guessing(compiled)
    figures, _ = training.watch(kind, compiled.years.RoomYear(walls, walls, tape, 1), net=net)
    model = read(judged.packed("guess-1", {kind: judged.Judged(net, {}, {})}))
    planner = Listening(net_for(model, kind, explains=False))
    lived = Year(scene, planner).live()
    told = dict(zip(compiled.years.FIGURES, figures, strict=True))
    assert lived.runs > DAYS
    assert told == pytest.approx({name: getattr(lived, name) for name in told}, rel=1e-6)


def test_a_trained_net_is_the_same_bytes_each_time(compiled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    training, judged = compiled.training, compiled.judged
    monkeypatch.setattr(training, "CLIMATES_OF", (3, 11))
    monkeypatch.setattr(training, "HOT", ())
    monkeypatch.setattr(training, "WATCHED", 1)
    short = partial(Scene.of, days=20)
    monkeypatch.setattr(training, "Scene", type("Short", (), {"of": staticmethod(short)}))
    asked: list[Any] = []

    def each(what: Any, things: Any) -> list[Any]:
        asked.extend(thing for thing in things)
        return [what(thing) for thing in things]

    first, again = (
        judged.packed("short-1", {"living": judged.judge("living", training.train("living", each), each)})
        for _ in range(2)
    )
    assert first == again
    assert read(first).manifest.kinds["living"].conformal.keys() == {"90", "95"}
    climates = [thing[0] for thing in asked if isinstance(thing, tuple) and isinstance(thing[1], int)]
    assert climates
    assert not {CLIMATES[number] for number in HELD_BACK} & set(climates)


def test_inputs_are_those_of_the_format(compiled: Any) -> None:
    names = compiled.years.INPUTS
    situation = Situation.of(Readings(21.0, 50.0, 10.0), 25, 0.5, USUAL)
    assert len(values(names, situation)) == len(names)
    assert not set(names) & {"noise", "sun"}
    assert Past().complete(Readings(21.0, 50.0, 10.0), 0, 0.0).outdoor_mean == 10.0


def test_nothing_is_trained_in_climates_that_are_kept_back(compiled: Any) -> None:
    training, judged = compiled.training, compiled.judged
    assert not set(training.CLIMATES_OF) & {*HELD_BACK, judged.CALIBRATED_ON}
    assert judged.CALIBRATED_ON not in HELD_BACK
