"""Trained models: their file, what they advise, what they are tried for, and the past that they look at."""

import io
import math
import random
from pathlib import Path

import msgspec
import numpy as np
import pytest

from mira_sidecar.subjects.windows.core.needs import Needs
from mira_sidecar.subjects.windows.core.past import Past
from mira_sidecar.subjects.windows.core.planner import LADDER, Readings
from mira_sidecar.subjects.windows.model.checks import objections
from mira_sidecar.subjects.windows.model.errors import ModelError
from mira_sidecar.subjects.windows.model.folder import MOST, Models
from mira_sidecar.subjects.windows.model.format import InputOf, Layer, read, write
from mira_sidecar.subjects.windows.model.inputs import BEHIND, INPUTS, RANGES, USUAL, Situation, values
from mira_sidecar.subjects.windows.model.net import expected, net_for, planner_for
from tests.sidecar.subjects.windows.nets import file_of, humid_net, kind_of, manifest

DRY = Readings(temperature=21.0, humidity=50.0, outdoor_temperature=10.0)
HUMID = DRY._replace(humidity=70.0)
TEN_MINUTES_MS = 600_000


def random_layers(chance: random.Random, shapes: list[tuple[int, int]], size: float = 0.3) -> list[Layer]:
    return [
        ([[chance.gauss(0, size) for _ in range(i)] for _ in range(o)], [chance.gauss(0, 0.1) for _ in range(o)])
        for o, i in shapes
    ]


def test_a_model_is_read_as_it_was_written_and_by_numpy_too() -> None:
    of, layers = humid_net()
    body = file_of()
    model = read(body)
    assert model.layers["bedroom"] == layers
    assert body == file_of()
    arrays = np.load(io.BytesIO(body))
    assert arrays["bedroom.w0"].shape == (6, 1)
    assert msgspec.json.decode(arrays["manifest"].tobytes())["id"] == "test-net-1"
    packed = io.BytesIO()
    np.savez_compressed(packed, **dict(arrays))
    assert read(packed.getvalue()).layers == model.layers
    assert of == model.manifest.kinds["bedroom"]


def test_a_net_advises_what_numpy_computes() -> None:
    chance = random.Random(7)
    names = list(INPUTS)
    of = kind_of(names, hidden=[48, 48], calibration_temperature=1.7)
    of = msgspec.structs.replace(of, inputs=[InputOf(one.name, one.unit, 3.0, 20.0) for one in of.inputs])
    model = read(write(manifest(of), {"bedroom": random_layers(chance, [(48, len(names)), (48, 48), (6, 48)])}))
    net = net_for(model, "bedroom")
    situation = Situation.of(HUMID, 25, 0.5, {})
    row = np.clip((np.array(values(names, situation)) - 3.0) / 20.0, -5, 5)
    for number, (weights, biases) in enumerate(model.layers["bedroom"]):
        row = np.maximum(row, 0) if number else row
        row = np.array(weights) @ row + np.array(biases)
    grown = np.exp((row - row.max()) / 1.7)
    assert np.allclose(net.probabilities(situation), grown / grown.sum())
    assert sum(net.advise(HUMID, 25).probabilities) == pytest.approx(1.0)


def test_a_net_says_how_sure_it_is_what_mattered_and_what_else_may_be_right() -> None:
    net = net_for(read(file_of()), "bedroom")
    advice = net.advise(HUMID, 0)
    assert (advice.position, advice.mattered) == (100, ("humidity",))
    assert advice.confidence > 0.99
    assert net.plausible(advice) == (100,)
    assert net.advise(DRY, 100).position == 0
    unsure = net.advise(DRY._replace(humidity=60.5), 0)
    assert net.plausible(unsure) == (0, 100)
    assert net_for(read(file_of()), "bedroom", explains=False).advise(HUMID, 0).mattered == ()


def test_a_window_stays_where_another_step_is_hardly_likelier() -> None:
    of, layers = humid_net()
    lazy = msgspec.structs.replace(of, stay=0.3, conformal={})
    net = net_for(read(write(manifest(lazy), {"bedroom": layers})), "bedroom")
    little = DRY._replace(humidity=60.6)
    assert net.advise(little, 0).position == 0
    assert net.advise(little, 100).position == 100
    assert net.advise(HUMID, 0).position == 100
    assert net.plausible(net.advise(HUMID, 0)) == ()


def test_in_a_kind_of_room_that_a_model_does_not_know_the_rules_advise() -> None:
    model = read(file_of())
    assert planner_for(model, "bedroom").name == "test-net-1"
    assert planner_for(model, "bath") == planner_for(None, "bath") == Needs("bath")


def test_what_is_missing_is_as_usual_and_an_input_says_so() -> None:
    situation = Situation.of(DRY._replace(temperature=math.nan), 10, 0.5, {"co2": 700.0})
    assert situation.at["co2"] == 700.0
    assert situation.at["noise"] == USUAL["noise"]
    assert situation.at["temperature"] == USUAL["temperature"]
    assert values(["co2_known", "position", "saving"], situation) == [0.0, 0.1, 0.5]
    assert values(["co2_known"], Situation.of(DRY._replace(co2=900.0), 0, 0.0, {})) == [1.0]
    assert Situation.of(DRY._replace(co2=1e9), 0, 0.0, {}).at["co2"] == 10_000.0


def test_every_reading_is_a_field_has_a_usual_value_in_its_range_and_every_input_is_a_number() -> None:
    fields = set(Readings._fields) - {"age_s"}
    assert fields == set(RANGES) == set(USUAL)
    assert all(low <= USUAL[name] <= high for name, (low, high) in RANGES.items())
    assert {name for names in BEHIND.values() for name in names} <= fields
    assert all(map(math.isfinite, values(list(INPUTS), Situation.of(DRY, 0, 0.5, {}))))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"ladder": [0, 50, 100]}, "ladder has to be 0, 5, 10, 25, 50, 100"),
        ({"kinds": {"bedroom": kind_of(["temperature"])}}, "of another shape than 6 x 1"),
        ({"weights_sha256": "0" * 64}, "not those that the manifest was made for"),
        ({"kinds": {"bath": humid_net()[0]}}, "missing"),
        ({"format": 2}, "cannot be read"),
        ({"id": "../etc"}, "cannot be read"),
        ({"tomorrow": True}, "cannot be read"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(change: dict[str, object], why: str) -> None:
    arrays = dict(np.load(io.BytesIO(file_of())))
    told = {**msgspec.json.decode(arrays["manifest"].tobytes()), **msgspec.to_builtins(change)}
    arrays["manifest"] = np.frombuffer(msgspec.json.encode(told), np.uint8)
    if "kinds" in change and "bedroom" in change["kinds"]:  # type: ignore[operator]
        arrays["bedroom.w0"] = np.zeros((6, 2), np.float32)
    with pytest.raises(ModelError, match=why):
        read(packed(arrays))


@pytest.mark.parametrize(
    ("arrays", "why"),
    [
        ({"bedroom.w0": np.full((6, 1), np.nan, np.float32)}, "not all finite"),
        ({"bedroom.w0": np.full((6, 1), 1e7, np.float32)}, "beyond a million"),
        ({"bedroom.w0": np.zeros((6, 1), np.int64)}, "no array of float32"),
        ({"bedroom.w0": np.asfortranarray(np.zeros((6, 2), np.float32))}, "no array of float32"),
        ({"bedroom.w0": np.array([["a"]], object)}, "no array of float32"),
        ({"more": np.zeros(3, np.float32)}, "parts that its manifest does not name: `more`"),
        ({"manifest": np.zeros(0, np.uint8)}, "no manifest"),
        ({f"a{number}": np.zeros(1, np.float32) for number in range(70)}, "too many parts"),
        ({"big": np.zeros(300_000, np.float32)}, "too large"),
    ],
)
def test_a_file_with_other_arrays_is_refused(arrays: dict[str, np.ndarray], why: str) -> None:
    with pytest.raises(ModelError, match=why):
        read(packed({**dict(np.load(io.BytesIO(file_of()))), **arrays}, pickled=True))


def packed(arrays: dict[str, np.ndarray], *, pickled: bool = False) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=pickled, **arrays)
    return file.getvalue()


@pytest.mark.parametrize("unit", ["°F", ""])
def test_an_input_in_another_unit_is_refused(unit: str) -> None:
    of, layers = humid_net()
    other = msgspec.structs.replace(of, inputs=[InputOf("temperature", unit, 0.0, 1.0)])
    with pytest.raises(ModelError, match="Mira has it in °C"):
        write(manifest(other), {"bedroom": layers})
    unknown = msgspec.structs.replace(of, inputs=[InputOf("moon", "°", 0.0, 1.0)])
    with pytest.raises(ModelError, match="`moon`, which Mira does not know"):
        write(manifest(unknown), {"bedroom": layers})
    with pytest.raises(ModelError, match="is no reading"):
        write(manifest(msgspec.structs.replace(of, usual={"moon": 1.0})), {"bedroom": layers})
    with pytest.raises(ModelError, match="not all finite"):
        write(manifest(of), {"bedroom": [([[1e39]] * 6, [0.0] * 6)]})


def one_input(name: str, weight: float) -> bytes:
    """Opens further the higher this is; the other way round with a weight below 0."""
    of = kind_of([name], usual={})
    scaled = msgspec.structs.replace(of, inputs=[InputOf(name, INPUTS[name].unit, USUAL.get(name, 0.0), _SPREAD[name])])
    return write(manifest(scaled), {"bedroom": [([[-weight], [0.0], [0.0], [0.0], [0.0], [weight]], [0.0] * 6)]})


_SPREAD = {"outdoor_temperature": 5.0, "rain": 1.0, "wind": 3.0, "temperature": 3.0, "co2": 400.0}


@pytest.mark.parametrize(
    ("name", "right", "why"),
    [
        ("outdoor_temperature", -1.0, "the hotter it is outside"),
        ("rain", -1.0, "In the rain it opens further"),
        ("wind", -1.0, "In a storm it opens further"),
        ("temperature", 1.0, "too hot it opens less far"),
        ("co2", 1.0, "less far the more CO2"),
    ],
)
def test_a_model_that_goes_against_what_is_known_is_not_used(name: str, right: float, why: str) -> None:
    assert objections(read(one_input(name, right))) == []
    (said,) = objections(read(one_input(name, -right)))
    assert why in said
    assert said.startswith("The model for bedroom is not used.")


def test_the_largest_weights_give_numbers_all_the_same() -> None:
    of = kind_of(["temperature"], hidden=[1, 1, 1], calibration_temperature=0.05)
    huge: list[Layer] = [([[1e6]], [1e6])] * 3 + [([[1e6], [-1e6], [0.0], [0.0], [0.0], [1e6]], [0.0] * 6)]
    net = net_for(read(write(manifest(of), {"bedroom": huge})), "bedroom")
    assert sum(net.advise(DRY, 0).probabilities) == pytest.approx(1.0)


def test_the_past_of_a_room_is_told_with_its_readings() -> None:
    past = Past()
    first = past.complete(DRY._replace(occupied=True, noise=40.0), 0, 24.0)
    assert (first.temperature_trend, first.usually_there, first.occupied_h) == (None, None, 0.0)
    assert (first.hour, first.day_off, first.outdoor_mean, first.noise_lately) == (0.0, False, 10.0, 40.0)
    warmer = DRY._replace(temperature=23.0, occupied=True, noise=60.0, outdoor_temperature=20.0)
    second = past.complete(warmer, TEN_MINUTES_MS, 24.2)
    assert second.temperature_trend == pytest.approx(2.0)
    assert second.occupied_h == pytest.approx(1 / 6)
    assert second.usually_there == 1.0
    assert 40.0 < second.noise_lately < 60.0  # type: ignore[operator]
    assert 10.0 < second.outdoor_mean < 10.1  # type: ignore[operator]
    empty = past.complete(DRY, 2 * TEN_MINUTES_MS, 24.4)
    assert empty.occupied_h == 0.0
    assert empty.usually_there == pytest.approx(0.5)
    after_a_gap = past.complete(DRY._replace(occupied=True), 40 * TEN_MINUTES_MS, 31.0)
    assert (after_a_gap.temperature_trend, after_a_gap.occupied_h) == (None, 0.0)
    clock_went_back = past.complete(DRY._replace(occupied=True), 39 * TEN_MINUTES_MS, 31.0)
    assert clock_went_back.occupied_h == 0.0
    assert clock_went_back.temperature_trend == 0.0


def test_a_habit_is_learned_and_given_up() -> None:
    past = Past()
    for _ in range(8):
        past.learn(5 * 24 + 9.25, 1.0, 1_800)
    assert past.complete(DRY, 0, 5 * 24 + 9.4).usually_there == 1.0
    for _ in range(8):
        past.learn(5 * 24 + 9.25, 0.0, 1_800)
    saturday = past.complete(DRY, 0, 5 * 24 + 9.0)
    assert saturday.day_off
    assert 0.0 < saturday.usually_there < 0.3  # type: ignore[operator]


@pytest.fixture
def models(tmp_path: Path) -> Models:
    return Models(tmp_path / "mira.db")


def test_versions_are_kept_for_this_user_alone_and_named_by_their_id(models: Models) -> None:
    body = file_of()
    assert models.add(body).id == "test-net-1"
    models.add(body)
    file = models.folder / "test-net-1.npz"
    assert file.stat().st_mode & 0o77 == 0
    assert models.folder.stat().st_mode & 0o77 == 0
    assert models.load("test-net-1", read(body).sha256).id == "test-net-1"
    assert models.body("test-net-1") == body
    assert ("test-net-1", "imported") in [(version.name, version.origin) for version in models.all()]
    with pytest.raises(ModelError, match="another one than was activated"):
        models.load("test-net-1", "0" * 64)
    with pytest.raises(ModelError, match="another model called test-net-1"):
        models.add(file_of(kind="living"))
    with pytest.raises(ModelError, match="another model called needs-1"):
        models.add(file_of("needs-1"))
    models.remove("test-net-1")
    assert not list(models.folder.iterdir())
    for name in ("test-net-1", "../mira", "needs-1"):
        with pytest.raises(ModelError, match="No model"):
            models.remove(name)
        with pytest.raises(ModelError, match="There is no model"):
            models.load(name)


def test_a_damaged_version_is_listed_as_such_and_not_used(models: Models) -> None:
    models.add(file_of())
    file = models.folder / "test-net-1.npz"
    file.write_bytes(file.read_bytes()[:-100])
    (models.folder / ".test-net-2.npz.part").write_bytes(b"half")
    damaged = next(version for version in models.all() if version.name == "test-net-1")
    assert isinstance(damaged.model, ModelError)
    with pytest.raises(ModelError, match="damaged"):
        models.load("test-net-1")


def test_no_more_versions_are_kept_than_fit(models: Models) -> None:
    models.folder.mkdir(parents=True)
    for number in range(MOST):
        (models.folder / f"other-{number}.npz").write_bytes(b"")
    with pytest.raises(ModelError, match="Remove one first"):
        models.add(file_of())


def test_a_model_against_what_is_known_is_not_even_kept(models: Models) -> None:
    with pytest.raises(ModelError, match="In the rain it opens further"):
        models.add(one_input("rain", 1.0))
    assert not models.folder.exists()


def test_every_shipped_model_may_be_used(models: Models) -> None:
    for version in models.all():
        assert models.load(version.name).id == version.name


def test_expected_is_the_mean_of_the_ladder() -> None:
    assert expected([1.0 / len(LADDER)] * len(LADDER)) == pytest.approx(sum(LADDER) / len(LADDER))
