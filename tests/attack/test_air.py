"""Whatever devices send: nothing stops, memory stays bounded, and what honest ones say still counts."""

import base64
import json
import random
import struct
import tracemalloc
from collections.abc import Iterator

from mira_sidecar.subjects.windows.core import chunks, devices
from mira_sidecar.subjects.windows.core.kinds import KINDS, is_possible
from mira_sidecar.subjects.windows.core.rooms import Air, SensorReading, WindowSeen
from tests.attack.effort import SEED, Progress, times

MESSAGES = times(10_000, 100_000)
NOW_MS = 1_800_000_000_000
MOST_BYTES = 96 * 1_048_576
"""Of what hostile devices may take at most: half-sent sounds, and 10,000 devices with 16 kinds each."""
NUMBERS = [
    "0",
    "-1",
    "21.4",
    "1e308",
    "-1e400",
    "nan",
    "inf",
    "9" * 400,
    "0x10",
    "\uff11",
    "21,4",
    "\u0663",
    "--1",
    "1_0",
    "\0",
]
TOPICS = [
    "sensor/{}/{}",
    "sensor/{}/audio",
    "sensor/{}/status",
    "{}/sensor/{}/state",
    "{}/binary_sensor/{}/state",
    "{}/status",
    "{}/online",
    "{}/status/{}",
    "tele/{}/SENSOR",
    "tele/{}/LWT",
    "zigbee2mqtt/{}",
    "zigbee2mqtt/{}/availability",
    "window/{}/state",
    "window/{}/control",
    "ml/inference/response/{}",
    "stat/{}/RESULT",
    "{}/cover/{}/position/state",
    "sensor//",
    "/{}//{}",
]


class Attacker:
    """Thinks up messages, by a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def messages(self, count: int) -> Iterator[tuple[str, bytes, bool, int]]:
        """Topic, payload, whether it was kept by the broker, and the milliseconds before it."""
        for _ in range(count):
            yield self._topic(), self._payload(), self._random.random() < 0.1, self._pause()

    def _topic(self) -> str:
        chosen = self._random
        kinds = [*KINDS, "soil", "Ω", "a" * 300, "", "../..", f"kind{chosen.randrange(1_000)}"]
        names = [f"d{chosen.randrange(50_000)}", "w", "honest2", "Bürö\n", "x" * 70, "", "\u202e", "+", "#"]
        filled = chosen.choice(TOPICS).format(chosen.choice(names), chosen.choice(kinds))
        return filled if chosen.random() < 0.97 else "/".join("x" * chosen.randrange(9) for _ in range(40))

    def _payload(self) -> bytes:
        chosen = self._random
        made = chosen.choice(
            [self._number, self._number, self._json, self._nested, self._noise, self._sound, self._chunk, self._cut]
        )
        return made()

    def _number(self) -> bytes:
        return self._random.choice([*NUMBERS, "20", "20.5", "1", "ON"]).encode()

    def _json(self) -> bytes:
        chosen = self._random
        names = [
            "value",
            "unit",
            "ts",
            "seq",
            "state",
            "position",
            "moving",
            "Temperature",
            "tC",
            "battery",
            "id",
            "fault",
        ]
        values = [
            None,
            True,
            10**30,
            -1,
            21.4,
            1e300,
            "°C",
            "x" * 200,
            [],
            {},
            {"Temperature": 4},
            "2027-01-01T00:00Z",
            "\ud800",
        ]
        return json.dumps({chosen.choice(names): chosen.choice(values) for _ in range(chosen.randrange(8))}).encode()

    def _nested(self) -> bytes:
        depth = self._random.choice([3, 500, 20_000])
        return self._random.choice([b'{"value":' * depth, b"[" * depth, b'{"a":' * depth + b"1" + b"}" * depth])

    def _noise(self) -> bytes:
        return self._random.randbytes(self._random.choice([0, 1, 40, 3_000, 70_000]))

    def _sound(self) -> bytes:
        chosen = self._random
        head = struct.pack("<4sI4s4sI", b"RIFF", 0, b"WAVE", b"fmt ", chosen.choice([0, 16, 2**32 - 1, 2**31]))
        form = struct.pack("<HHIIHH", chosen.choice([1, 3]), 1, 16_000, 32_000, 2, chosen.choice([8, 16]))
        return head + form + struct.pack("<4sI", b"data", chosen.choice([0, 3, 2**32 - 1])) + chosen.randbytes(2_001)

    def _chunk(self) -> bytes:
        chosen = self._random
        data = base64.b64encode(bytes(chosen.choice([0, 10, 30_000]))).decode()
        numbers = [0, 1, 2, 4_096, -1, 10**20, 1.5, "1", None]
        name = chosen.choice(["a", "b", 7, None, "x" * 1_000])
        return json.dumps(
            {"id": name, "part": chosen.choice(numbers), "of": chosen.choice(numbers), "data": data}
        ).encode()

    def _cut(self) -> bytes:
        whole = self._json()
        return whole[: self._random.randrange(len(whole) + 1)]

    def _pause(self) -> int:
        return self._random.choice([0, 0, 0, 1, 50, 40_000, -40_000, -3_600_000, 3_600_000])


def test_hostile_messages_stop_nothing_and_take_so_much_memory_at_most(progress: Progress) -> None:
    air = Air()
    air.place({"honest": "bath", "honest2": "bath"})
    air.drive({"w": ("mira", "w"), "v": ("tasmota", "w"), "u": ("esphome", "w/window")})
    air.listen(on=True)
    now_ms, attacker = NOW_MS, Attacker(SEED)
    tracemalloc.start()
    for count, (topic, payload, retained, passed_ms) in enumerate(attacker.messages(MESSAGES)):
        now_ms += passed_ms
        for said in air.hear(topic, payload, now_ms, retained=retained):
            if isinstance(said, SensorReading):
                assert is_possible(said.kind, said.value)
                assert not retained
            elif isinstance(said, WindowSeen):
                assert said.position is None or 0 <= said.position <= 100
        if count % 1_000 == 0:
            (honest,) = air.hear("sensor/honest/temperature", b"21.4", now_ms)
            assert isinstance(honest, SensorReading)
            assert air.known("bath", now_ms)["temperature"].fresh
            assert air._chunks.size <= chunks.MOST_IN_ALL
            assert len(air.devices) <= devices.MOST
    left, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    progress(f"{MESSAGES:,} messages: {left / 1e6:.1f} MB, {most / 1e6:.1f} MB at most, {len(air.devices):,} devices")
    assert most < MOST_BYTES
    assert air.counts.total() >= MESSAGES / 2
    assert len(air.counts) < 100


def test_devices_without_number_take_so_much_memory_at_most(progress: Progress) -> None:
    air = Air()
    air.place({"honest": "bath"})
    tracemalloc.start()
    for one in range(times(11_000, 100_000)):
        for kind in ("temperature", f"kind{one % 40}"):
            air.hear(f"sensor/d{one}/{kind}", b'{"value": 20, "seq": 1}', NOW_MS + one)
        if one == 100:
            air.hear("sensor/honest/temperature", b"21.4", NOW_MS + one)
    left, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    progress(f"{len(air.devices):,} devices: {left / 1e6:.1f} MB, {most / 1e6:.1f} MB at most")
    assert len(air.devices) <= devices.MOST
    assert air.devices.get("honest")
    assert most < MOST_BYTES


def test_sounds_that_never_end_take_so_much_memory_at_most(progress: Progress) -> None:
    air, chosen = Air(), random.Random(SEED)
    air.listen(on=True)
    data = base64.b64encode(bytes(100_000)).decode()
    tracemalloc.start()
    for one in range(times(3_000, 30_000)):
        body = {"id": "a", "part": chosen.randrange(4_000), "of": 4_096, "data": chosen.choice([data, ""])}
        air.hear(f"sensor/d{chosen.randrange(1_000)}/audio", json.dumps(body).encode(), NOW_MS + one)
    left, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    progress(f"{left / 1e6:.1f} MB of half-sent sounds, {most / 1e6:.1f} MB at most")
    assert most < MOST_BYTES
    assert air._chunks.size <= chunks.MOST_IN_ALL
    air.listen(on=False)
    assert air._chunks.size == 0
