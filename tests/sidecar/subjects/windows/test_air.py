"""What is known of rooms and devices, from whatever devices and Home Assistant say."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mira_sidecar.subjects.windows.core import devices
from mira_sidecar.subjects.windows.core.kinds import KINDS
from mira_sidecar.subjects.windows.core.profiles import DRIVES, PROFILES, order
from mira_sidecar.subjects.windows.core.rooms import (
    MOST_ROOMS,
    Air,
    DeviceStatus,
    ForeignCommand,
    Heard,
    ModelAnswer,
    Refused,
    SensorReading,
    WindowSeen,
)

NOW_MS = 1_800_000_000_000
MINUTE_MS = 60_000


class House:
    """Some rooms with devices, and a clock."""

    def __init__(self) -> None:
        self.air = Air()
        self.now_ms = NOW_MS
        self.air.place({"shelf": "bath", "tile": "bath", "roof": "outside"})

    def hear(self, topic: str, payload: str | bytes, *, retained: bool = False) -> list[Heard]:
        body = payload if isinstance(payload, bytes) else payload.encode()
        return self.air.hear(topic, body, self.now_ms, retained=retained)

    def measures(self, payload: str | bytes, kind: str = "temperature", device: str = "shelf") -> float | str:
        """A device says so; the value, or why it is not taken."""
        (said,) = self.hear(f"sensor/{device}/{kind}", payload)
        assert isinstance(said, SensorReading | Refused)
        return said.value if isinstance(said, SensorReading) else said.reason

    def value(self, kind: str = "temperature", room: str = "bath") -> float | None:
        known = self.air.known(room, self.now_ms).get(kind)
        return known.value if known and known.fresh else None

    def passes(self, seconds: float) -> None:
        self.now_ms += round(seconds * 1000)


@pytest.fixture
def house() -> House:
    return House()


@pytest.mark.parametrize(
    ("kind", "payload", "value"),
    [
        ("temperature", "21.4", 21.4),
        ("temperature", " -3 ", -3),
        ("temperature", '{"value": 21.4, "unit": "°C", "seq": 812}', 21.4),
        ("temperature", '{"value": "21.4"}', 21.4),
        ("temperature", '{"value": 68, "unit": "°F"}', pytest.approx(20)),
        ("temperature", '{"value": 293.15, "unit": "K"}', pytest.approx(20)),
        ("wind", '{"value": 36, "unit": "km/h"}', pytest.approx(10)),
        ("rain", "ON", 1),
        ("occupied", "false", 0),
        ("rain", '{"value": true}', 1),
        ("bath_humidity", "63", 63),
        ("soil-moisture", "12", 12),
    ],
)
def test_a_reading_is_taken_in_our_unit(house: House, kind: str, payload: str, value: float) -> None:
    assert house.measures(payload, kind) == value


@pytest.mark.parametrize(
    ("kind", "payload", "reason"),
    [
        ("temperature", "nan", "not_a_value"),
        ("temperature", "1e99", "implausible"),
        ("temperature", "inf", "not_a_value"),
        ("temperature", "", "not_a_value"),
        ("temperature", "85.0", "implausible"),
        ("temperature", "-127", "implausible"),
        ("temperature", "21,4", "not_a_value"),
        ("temperature", b"\xff\xfe", "not_a_value"),
        ("temperature", '{"value": null}', "not_a_value"),
        ("temperature", '{"value": NaN}', "not_json"),
        ("temperature", '{"value": 1e999}', "not_json"),
        ("temperature", '{"value": 2' + "0" * 400 + "}", "not_a_value"),
        ("temperature", '{"value": ' + "[" * 5_000, "not_json"),
        ("temperature", '{"value": 21, "unit": "%"}', "wrong_unit"),
        ("humidity", "100.5", "implausible"),
        ("humidity", "5" * 70_000, "too_large"),
        ("co2", "0", "implausible"),
        ("Ω", "1", "bad_kind"),
        ("audio", b"RIFF", "microphone_off"),
    ],
)
def test_what_is_no_reading_is_refused_with_a_reason(
    house: House, kind: str, payload: str | bytes, reason: str
) -> None:
    assert house.measures("21.4") == 21.4
    assert house.measures(payload, kind) == reason
    assert house.value() == 21.4


def test_a_leap_has_to_be_said_twice(house: House) -> None:
    house.measures("21.4")
    assert house.measures("61.0") == "leap"
    assert house.measures("21.5") == 21.5
    assert house.measures("61.0") == "leap", "what stutters now and then never counts"
    assert house.measures("60.5") == 60.5
    house.passes(6 * 60)
    assert house.measures("12.0") == 12.0, "after a while everything may have changed"


def test_what_comes_twice_counts_once(house: House) -> None:
    assert house.measures('{"value": 20, "seq": 7}') == 20
    assert house.measures('{"value": 21, "seq": 8}') == 21
    assert house.measures('{"value": 20, "seq": 7}') == "duplicate"
    assert house.measures('{"value": 63, "seq": 7}', "humidity") == 63, "each kind counts for itself"
    at = f'{{"value": 22, "ts": {NOW_MS // 1000}}}'
    assert house.measures(at) == 22
    assert house.measures(at) == "duplicate"
    assert house.measures("22") == house.measures("22") == 22, "without a number nobody can tell"
    assert house.value() == 22


@pytest.mark.parametrize("ts", [NOW_MS + 30_000, NOW_MS - 121_000, NOW_MS + 86_400_000, 5, "yesterday", "2027-01-15"])
def test_a_clock_that_lies_is_not_believed(house: House, ts: float | str) -> None:
    (said,) = house.hear(
        "sensor/shelf/temperature", f'{{"value": 20, "ts": {f'"{ts}"' if isinstance(ts, str) else ts}}}'
    )
    assert isinstance(said, SensorReading)
    assert said.at_ms == NOW_MS


@pytest.mark.parametrize("ts", [NOW_MS - 90_000, (NOW_MS - 90_000) / 1000, '"2027-01-15T07:58:30Z"'])
def test_a_clock_that_may_be_right_is_believed(house: House, ts: float | str) -> None:
    (said,) = house.hear("sensor/shelf/temperature", f'{{"value": 20, "ts": {ts}}}')
    assert isinstance(said, SensorReading)
    assert said.at_ms == NOW_MS - 90_000
    assert house.air.known("bath", NOW_MS)["temperature"].age_s == 90


def test_what_was_overtaken_is_taken_and_is_not_the_last(house: House) -> None:
    house.measures("20")
    assert house.measures(f'{{"value": 19, "ts": {NOW_MS - 5_000}}}') == 19
    assert house.value() == 20


def test_of_several_devices_the_median_counts_and_rain_where_one_says_so(house: House) -> None:
    house.air.place({"a": "bath", "b": "bath", "c": "bath"})
    for device, value in (("a", "20"), ("b", "21"), ("c", "70")):
        house.measures(value, device=device)
        house.measures("1" if device == "b" else "0", "rain", device)
    assert house.value() == 21
    assert house.value("rain") == 1
    house.air.place({"a": "bath", "b": "bath"})
    assert house.value() == 20.5


def test_a_reading_is_fresh_for_three_of_its_intervals(house: House) -> None:
    for _ in range(5):
        house.measures("20")
        house.passes(120)
    device = house.air.devices.get("shelf")
    assert device
    assert device.interval_s == 120
    house.passes(3 * 120 - 120)
    assert house.value() == 20
    house.passes(1)
    assert house.value() is None
    assert house.air.known("bath", house.now_ms)["temperature"] == (20, 361, False)


def test_what_one_has_not_said_for_long_counts_no_more_where_another_says_it(house: House) -> None:
    house.measures("5")
    house.passes(3_600)
    house.measures("25", device="tile")
    assert house.value() == 25


def test_a_switch_is_as_fresh_as_its_device(house: House) -> None:
    house.measures("1", "occupied")
    house.passes(1_800)
    assert house.value("occupied") == 1
    house.hear("sensor/shelf/status", "offline")
    assert house.value("occupied") is None
    house.measures("0", "occupied")
    assert house.value("occupied") == 0, "who speaks is there"


def test_home_assistant_says_what_a_room_is_like_and_what_is_not_known_any_more(house: House) -> None:
    said = house.air.take("bath", {"temperature": 20.0, "humidity": 163.0, "Ω": 1.0, "rain": True}, house.now_ms)
    assert said == [
        SensorReading(None, "bath", "temperature", 20.0, NOW_MS),
        Refused("reading", "implausible", kind="humidity"),
        Refused("reading", "bad_kind"),
        SensorReading(None, "bath", "rain", True, NOW_MS),
    ]
    assert house.value() == 20
    house.air.take("bath", {"temperature": None, "humidity": None}, house.now_ms)
    assert house.value() is None
    house.passes(181)
    assert house.value("rain") is None, "it says so each minute: now it is away"


def test_rooms_and_kinds_of_home_assistant_are_limited(house: House) -> None:
    said = [house.air.take(f"room{one}", {"temperature": 20.0}, NOW_MS) for one in range(MOST_ROOMS + 1)]
    assert said[-1] == [Refused("reading", "too_many")]
    (taken,) = house.air.take("another", {"temperature": 20.0}, NOW_MS + 181_000)
    assert isinstance(taken, SensorReading), "a room of which nothing is said any more makes room"
    assert len(house.air.rooms()) == MOST_ROOMS + 2
    many = house.air.take("room5", {f"kind{one}": 1.0 for one in range(100)}, NOW_MS)
    assert sum(isinstance(one, SensorReading) for one in many) == devices.MOST_KINDS - 1


def test_a_planner_gets_what_it_needs_or_nothing(house: House) -> None:
    house.measures("20")
    house.measures("63", "humidity")
    assert house.air.readings("bath", house.now_ms) is None
    house.measures("5", device="roof")
    house.passes(30)
    house.measures("1200", "co2")
    house.measures("1", "occupied", "tile")
    house.measures("0", "rain", "roof")
    readings = house.air.readings("bath", house.now_ms)
    assert readings
    assert {name: value for name, value in readings._asdict().items() if value is not None} == {
        "temperature": 20,
        "humidity": 63,
        "outdoor_temperature": 5,
        "co2": 1200,
        "outdoor_humidity": 70,
        "wind": 0,
        "occupied": True,
        "rain": False,
        "age_s": 30,
    }
    house.passes(86_400)
    old = house.air.readings("bath", house.now_ms)
    assert old
    assert (old.co2, old.occupied, old.age_s) == (None, False, 86_430)


def test_noise_is_the_mean_of_the_minute(house: House) -> None:
    for level in ("-40", "-20"):
        house.hear("sensor/shelf/audio", f'{{"level_db": {level}, "bands": []}}')
    assert house.value("noise") == -30
    house.passes(60)
    assert house.value("noise") == -20


@pytest.mark.parametrize("back_s", [121, 3_600, 40 * 365 * 86_400])
def test_a_clock_that_is_put_back_makes_nothing_younger(house: House, back_s: int) -> None:
    house.measures("20")
    house.air.take("bath", {"humidity": 60.0}, house.now_ms)
    house.passes(100)
    assert house.value() == 20
    house.now_ms -= back_s * 1000
    assert house.air.known("bath", house.now_ms)["temperature"].age_s == 100
    assert house.air.known("bath", house.now_ms)["humidity"].age_s == 100
    house.passes(441)
    assert house.value() is None
    assert house.measures("21") == 21
    assert house.value() == 21


def test_a_clock_that_is_put_forward_makes_old_what_was_known_until_it_is_said_again(house: House) -> None:
    house.measures("20")
    house.passes(30 * 86_400)
    assert house.value() is None
    house.measures("21")
    assert house.value() == 21


def test_a_device_is_known_from_its_first_message_and_how_it_fares(house: House) -> None:
    house.hear("sensor/new-1/temperature", "20")
    house.hear("sensor/new-1/status", '{"state":"online","ip":"10.0.0.9","rssi":-61,"version":"1.2","battery":87}')
    device = house.air.devices.get("new-1")
    assert device
    assert (device.kinds, device.profile, device.first_seen_ms) == (["temperature"], "mira", NOW_MS)
    assert (device.battery, device.rssi, device.version) == (87, -61, "1.2")
    assert device.status(house.now_ms, placed=False) == "new"
    assert device.status(house.now_ms, placed=True) == "online"
    for _ in range(3):
        house.passes(60)
        house.hear("sensor/new-1/temperature", "20")
    house.passes(180)
    assert device.status(house.now_ms, placed=True) == "online"
    house.passes(1)
    assert device.status(house.now_ms, placed=True) == "inactive"
    house.hear("sensor/new-1/status", "offline")
    assert device.status(house.now_ms, placed=True) == "offline"


def test_what_a_broker_has_kept_is_no_reading_and_shows_the_device(house: House) -> None:
    assert house.hear("sensor/old/temperature", "20", retained=True) == [
        Refused("reading", "retained", "old", "temperature")
    ]
    assert house.air.devices.get("old")
    assert house.hear("window/bed/control", '{"position": 50}', retained=True) == [Refused("control", "retained")]
    assert house.hear("ml/inference/response/bed", '{"position": 50}', retained=True) == [Refused("model", "retained")]


def test_the_least_seen_new_device_makes_room(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "MOST", 20)
    monkeypatch.setattr(devices, "_AT_ONCE", 1)
    house.measures("20")
    for one in range(18):
        for _ in range(2):
            house.measures("20", device=f"known{one}")
    for one in range(50):
        house.measures("20", device=f"flood{one}")
    left = {device.id for device in house.air.devices}
    assert left == {"shelf", *(f"known{one}" for one in range(18)), "flood49"}


def test_a_device_has_so_many_kinds_at_most(house: House) -> None:
    said = [house.measures("1", f"kind{one}") for one in range(devices.MOST_KINDS + 1)]
    assert said[-2:] == [1, "too_many"]


@pytest.mark.parametrize(
    ("topic", "payload", "expected"),
    [
        ("kit/sensor/kit_temperature/state", "20.5", {"temperature": 20.5}),
        ("kit/binary_sensor/kit_occupancy/state", "ON", {"occupied": 1}),
        (
            "tele/kit/SENSOR",
            '{"Time":"x","AM2301":{"Temperature":68,"Humidity":50},"TempUnit":"F"}',
            {"temperature": pytest.approx(20), "humidity": 50},
        ),
        (
            "zigbee2mqtt/kit",
            '{"temperature":20.5,"humidity":50,"occupancy":true,"linkquality":90}',
            {"temperature": 20.5, "humidity": 50, "occupied": 1},
        ),
        ("kit/status/temperature:0", '{"id":0,"tC":20.5,"tF":68.9}', {"temperature": 20.5}),
        ("kit/status/humidity:0", '{"id":0,"rh":50.1}', {"humidity": 50.1}),
    ],
)
def test_devices_of_other_makes_are_understood(
    house: House, topic: str, payload: str, expected: dict[str, float]
) -> None:
    said = house.hear(topic, payload)
    assert {one.kind: one.value for one in said if isinstance(one, SensorReading)} == expected
    assert {one.device for one in said if isinstance(one, SensorReading)} == {"kit"}


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("lamp/sensor/wifi_signal/state", "-60"),
        ("lamp/status", "online"),
        ("zigbee2mqtt/lamp", '{"state":"ON","brightness":200}'),
        ("lamp/status/switch:0", '{"output":true}'),
        ("tele/lamp/SENSOR", '{"ENERGY":{"Power":3}}'),
        ("tele/lamp/LWT", "Online"),
    ],
)
def test_what_measures_no_air_is_none_of_ours(house: House, topic: str, payload: str) -> None:
    assert house.hear(topic, payload) == []
    assert not len(house.air.devices)


@pytest.mark.parametrize(
    ("reading", "says"),
    [
        (("kit/sensor/temperature/state", "20"), ("kit/status", "offline")),
        (("tele/kit/SENSOR", '{"DS18B20":{"Temperature":20}}'), ("tele/kit/LWT", "Offline")),
        (
            ("zigbee2mqtt/kit", '{"temperature":20,"battery":33}'),
            ("zigbee2mqtt/kit/availability", '{"state":"offline"}'),
        ),
        (("kit/status/temperature:0", '{"tC":20}'), ("kit/online", "false")),
    ],
)
def test_devices_of_other_makes_say_when_they_leave(
    house: House, reading: tuple[str, str], says: tuple[str, str]
) -> None:
    house.hear(*reading)
    (said,) = house.hear(*says)
    assert isinstance(said, DeviceStatus)
    device = house.air.devices.get("kit")
    assert device
    assert device.status(house.now_ms, placed=False) == "offline"


def test_battery_alone_makes_no_device_and_is_noted_of_one(house: House) -> None:
    battery = ("kit/status/devicepower:0", '{"id":0,"battery":{"V":3.1,"percent":41}}')
    assert house.hear(*battery) == []
    assert house.air.devices.get("kit") is None
    house.hear("kit/status/temperature:0", '{"tC":20}')
    house.hear(*battery)
    device = house.air.devices.get("kit")
    assert device
    assert device.battery == 41


@pytest.mark.parametrize(
    ("profile", "topic", "said"),
    [
        ("mira", "bed", [("window/bed/state", '{"position":25,"moving":true,"id":"c1","fault":"jam","closed":false}')]),
        ("esphome", "kit/roof", [("kit/cover/roof/position/state", "25"), ("kit/cover/roof/state", "opening")]),
        ("tasmota", "kit/2", [("stat/kit/RESULT", '{"Shutter2":{"Position":25,"Direction":1}}')]),
        (
            "tasmota",
            "kit",
            [("stat/kit/SHUTTER1", "25"), ("tele/kit/SENSOR", '{"Shutter1":{"Position":25,"Direction":1}}')],
        ),
        ("zigbee2mqtt", "Bad/Fenster", [("zigbee2mqtt/Bad/Fenster", '{"position":25,"moving":"UP","state":"OPEN"}')]),
        ("shelly", "shelly-1", [("shelly-1/status/cover:0", '{"state":"opening","current_pos":25}')]),
    ],
)
def test_drives_of_all_makes_say_where_a_window_stands(
    house: House, profile: str, topic: str, said: list[tuple[str, str]]
) -> None:
    house.air.drive({"w": (profile, topic), "other": ("unheard_of", "x")})
    assert not {one for each, _ in said for one in each} & set("+#")
    seen = [one for each in said for one in house.hear(*each) if isinstance(one, WindowSeen)]
    assert {(one.profile, one.topic) for one in seen} == {(profile, topic)}
    assert {one.position for one in seen} - {None} == {25}
    assert {one.moving for one in seen} - {None} == {True}


def test_two_windows_of_one_device_are_told_apart(house: House) -> None:
    house.air.drive({"a": ("tasmota", "kit"), "b": ("tasmota", "kit/2"), "c": ("mira", "c"), "d": ("mira", "c")})
    both = house.hear("stat/kit/RESULT", '{"Shutter1":{"Position":10},"Shutter2":{"Position":20}}')
    assert [(one.topic, one.position) for one in both if isinstance(one, WindowSeen)] == [("kit", 10), ("kit/2", 20)]
    assert house.hear("stat/kit/RESULT", '{"POWER":"ON"}') == []
    assert len(house.hear("window/c/state", '{"position":10}')) == 1


def test_what_the_drive_of_a_window_says_is_whole(house: House) -> None:
    said = '{"position":0,"moving":false,"id":"c-1","fault":"jam","closed":true,"rain":1,"current_ma":812}'
    (seen,) = house.hear("window/bed/state", said)
    assert isinstance(seen, WindowSeen)
    assert (seen.position, seen.moving, seen.id, seen.fault, seen.closed, seen.rain) == (
        0,
        False,
        "c-1",
        "jam",
        True,
        True,
    )
    for nonsense in ("", "[]", "{}", '{"position": 101}', '{"fault": "so\\nlong"}', "5" * 70_000):
        assert isinstance(house.hear("window/bed/state", nonsense)[0], Refused)


def test_what_others_tell_a_motor_and_advise_is_heard(house: House) -> None:
    assert house.hear("window/bed/control", '{"position": 50, "id": "x"}') == [ForeignCommand("bed", 50, "x")]
    assert house.hear("window/bed/control", '{"stop": true}') == [ForeignCommand("bed", None, None)]
    (said,) = house.hear("ml/inference/response/bed", '{"position": 50, "confidence": 0.7, "model": "m-1"}')
    assert isinstance(said, ModelAnswer)
    assert (said.topic, said.answer.position, said.answer.confidence) == ("bed", 50, 0.7)
    assert house.hear("ml/inference/response/bed", '{"position": 500}') == [Refused("model", "not_json")]
    for topic in ("window/bed/other", "ml/inference/request/bed", "window", "", "a/b/c/d/e", "x" * 70_000):
        assert house.hear(topic, "1") == [Refused("message", "unknown_topic")]


@pytest.mark.parametrize(
    ("profile", "topic", "to", "stop"),
    [
        (
            "mira",
            "bed",
            ("window/bed/control", b'{"position": 25, "id": "c"}'),
            ("window/bed/control", b'{"stop": true, "id": "c"}'),
        ),
        ("esphome", "kit/roof", ("kit/cover/roof/position/command", b"25"), ("kit/cover/roof/command", b"STOP")),
        ("tasmota", "kit/2", ("cmnd/kit/ShutterPosition2", b"25"), ("cmnd/kit/ShutterStop2", b"")),
        (
            "zigbee2mqtt",
            "a/b",
            ("zigbee2mqtt/a/b/set", b'{"position": 25}'),
            ("zigbee2mqtt/a/b/set", b'{"state": "STOP"}'),
        ),
        ("shelly", "s", ("s/command/cover:0", b"pos,25"), ("s/command/cover:0", b"stop")),
    ],
)
def test_motors_of_all_makes_are_told_where_to_go(
    profile: str, topic: str, to: tuple[str, bytes], stop: tuple[str, bytes]
) -> None:
    (known,) = (one for one in PROFILES if one == profile)
    assert order(known, topic, {"position": 25, "id": "c"}) == to
    assert order(known, topic, {"id": "c"}) == stop
    assert set(DRIVES) == set(PROFILES)


def test_all_that_is_understood_is_subscribed_to_once(house: House) -> None:
    house.air.drive({"w": ("zigbee2mqtt", "Bad/Fenster"), "v": ("zigbee2mqtt", "Bad/Fenster"), "u": ("mira", "u")})
    filters = house.air.subscriptions
    assert len(filters) == len(set(filters))
    assert {"sensor/+/+", "window/+/state", "window/+/control", "zigbee2mqtt/Bad/Fenster"} <= set(filters)
    assert "sensor/+/status" not in filters, "it is in sensor/+/+: it would come twice"


def test_messages_are_counted_by_what_they_were(house: House) -> None:
    house.measures("20")
    house.measures("1", "kind_of_their_own")
    house.measures("nan")
    house.hear("sensor/shelf/status", "online")
    assert dict(house.air.counts) == {
        ("temperature", ""): 1,
        ("other", ""): 1,
        ("reading", "not_a_value"): 1,
        ("status", ""): 1,
    }


TOPICS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["sensor/a/temperature", "sensor/a/audio", "sensor/a/status", "window/w/state", "window/w/control"]
    ),
    st.sampled_from(["tele/a/SENSOR", "zigbee2mqtt/a", "a/status/x", "a/status", "k/cover/r/state", "stat/t/RESULT"]),
)
NAMES = st.sampled_from(
    [
        *("value", "unit", "ts", "seq", "state", "position", "moving", "id", "part", "of", "data", "audio", "level_db"),
        *("temperature", "Temperature", "Shutter1", "Position", "tC", "battery", "rssi", "version", "TempUnit"),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=8), inner, max_size=5),
    max_leaves=12,
)


@given(
    st.lists(
        st.tuples(TOPICS, st.binary(max_size=60) | JSON, st.booleans(), st.integers(-200_000, 200_000)), max_size=12
    )
)
def test_whatever_comes_has_a_value_that_can_be_or_a_reason(
    messages: list[tuple[str, object, bool, int]],
) -> None:
    import json  # noqa: PLC0415 - as hypothesis writes it, NaN and all

    air, now_ms = Air(), NOW_MS
    air.place({"a": "bath"})
    air.drive({"w": ("esphome", "k/r"), "t": ("tasmota", "t")})
    air.listen(on=True)
    for topic, body, retained, passed_ms in messages:
        now_ms += passed_ms
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        for said in air.hear(topic, payload, now_ms, retained=retained):
            if isinstance(said, SensorReading):
                limits = KINDS.get(said.kind)
                assert math.isfinite(said.value)
                assert limits is None or limits.low <= said.value <= limits.high
                assert said.at_ms <= now_ms + 120_000
                assert not retained
            if isinstance(said, WindowSeen):
                assert said.position is None or 0 <= said.position <= 100
    for known in air.known("bath", now_ms).values():
        assert known.age_s >= 0
