"""Sound of a room: how loud it is, from whatever form it comes in, and nothing of it while the microphone is off."""

import base64
import json
import math
import struct
import tracemalloc

import pytest

from mira_sidecar.subjects.windows.core import chunks
from mira_sidecar.subjects.windows.core.chunks import MOST_IN_ALL, Chunks
from mira_sidecar.subjects.windows.core.rooms import Air, Heard, Refused, SensorReading
from mira_sidecar.subjects.windows.core.sound import MOST_BYTES, Chunk, level_of

NOW_MS = 1_800_000_000_000


def pcm(amplitude: float, seconds: float = 1.0) -> bytes:
    """A sine of 440 Hz at 16 kHz; `amplitude` of the loudest."""
    count = round(16_000 * seconds)
    samples = (round(32_767 * amplitude * math.sin(2 * math.pi * 440 * one / 16_000)) for one in range(count))
    return struct.pack(f"<{count}h", *samples)


def wav(sound: bytes, *, size: int | None = None, format_: int = 1, bits: int = 16) -> bytes:
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 0, b"WAVE", b"fmt ", 16, format_, 1, 16_000, 32_000, 2, bits)
    other = struct.pack("<4sI5sx", b"LIST", 5, b"hello")
    return head + other + struct.pack("<4sI", b"data", len(sound) if size is None else size) + sound


def air(*, on: bool = True) -> Air:
    new = Air()
    new.listen(on=on)
    return new


def hear(where: Air, payload: bytes | dict[str, object], now_ms: int = NOW_MS, device: str = "shelf") -> list[Heard]:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return where.hear(f"sensor/{device}/audio", body, now_ms)


def parts(sound: bytes, of: int, name: str = "s1", first: int = 0) -> list[dict[str, object]]:
    size = -(-len(sound) // of)
    return [
        {"id": name, "part": first + one, "of": of, "data": base64.b64encode(sound[one * size :][:size]).decode()}
        for one in range(of)
    ]


@pytest.mark.parametrize(("amplitude", "level"), [(1.0, -3.0), (0.1, -23.0), (0.001, -63.0), (0.0, -96.0)])
def test_a_sound_is_as_loud_as_it_is(amplitude: float, level: float) -> None:
    assert level_of(wav(pcm(amplitude))) == pytest.approx(level, abs=0.3)
    assert level_of(wav(pcm(amplitude, 5.0), size=0xFFFF_FFFF)) == pytest.approx(level, abs=0.3)


@pytest.mark.parametrize("form", ["wav", "base64", "bare", "parts", "parts from one", "level"])
def test_it_may_come_in_each_of_these_forms(form: str) -> None:
    sound, where = pcm(0.1), air()
    text = base64.b64encode
    messages: list[bytes | dict[str, object]] = {
        "wav": [wav(sound)],
        "base64": [{"audio": text(wav(sound)).decode(), "sample_rate": 16_000, "format": "wav"}],
        "bare": [{"audio": text(sound).decode(), "sample_rate": 16_000, "format": "pcm_s16le"}],
        "parts": [*reversed(parts(wav(sound), 5))],
        "parts from one": [*parts(wav(sound), 5, first=1)],
        "level": [{"level_db": -23.0, "peak_db": -20}],
    }[form]
    *before, last = [hear(where, one) for one in messages]
    assert not any(before)
    (said,) = last
    assert isinstance(said, SensorReading)
    assert said.kind == "noise"
    assert said.value == pytest.approx(-23, abs=0.3)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "not_sound"),
        (b"RIFF\0\0\0\0WAVE", "not_sound"),
        (wav(b""), "not_sound"),
        (wav(pcm(0.1, 0.1), format_=3), "not_sound"),
        (wav(pcm(0.1, 0.1), bits=24), "not_sound"),
        (wav(bytes(MOST_BYTES)), "too_large"),
        (b"{" + bytes(2 * MOST_BYTES), "too_large"),
        ({"level_db": "loud"}, "not_sound"),
        ({"level_db": 1_000}, "implausible"),
        ({"audio": "not base64!"}, "not_json"),
        ({"audio": ""}, "not_sound"),
        ({}, "not_sound"),
        ({"id": "a", "part": 3, "of": 2, "data": ""}, "bad_chunk"),
        ({"part": 0, "of": 2, "data": ""}, "bad_chunk"),
        ({"id": "a", "part": -1, "of": 2, "data": ""}, "bad_chunk"),
        ({"id": "a", "part": 0, "of": 10**9, "data": ""}, "bad_chunk"),
        (b"{" * 100_000, "not_json"),
    ],
)
def test_what_is_no_sound_is_refused_with_a_reason(payload: bytes | dict[str, object], reason: str) -> None:
    (said,) = hear(air(), payload)
    assert isinstance(said, Refused)
    assert said.reason == reason


def test_while_the_microphone_is_off_no_sound_is_decoded_and_what_is_half_there_goes() -> None:
    where = air()
    first, *others = parts(wav(pcm(0.1)), 3)
    assert hear(where, first) == []
    where.listen(on=False)
    for one in others:
        assert hear(where, one) == [Refused("sound", "microphone_off", "shelf")]
    assert hear(where, b"{" * 100_000) == [Refused("sound", "microphone_off", "shelf")], "it is not even looked at"
    where.listen(on=True)
    assert [hear(where, one) for one in others] == [[], []], "the first part is gone"
    where.listen(on=False)
    (said,) = hear(where, {"level_db": -31})
    assert isinstance(said, SensorReading), "how loud it is is no sound"


def test_no_sound_stays_in_memory() -> None:
    where = air()
    hear(where, wav(pcm(0.1)))
    message = wav(pcm(0.1, 100.0))
    tracemalloc.start()
    for one in range(5):
        hear(where, message, NOW_MS + one)
    left, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert left < 20_000
    assert most < 2 * len(message)


def test_parts_of_a_sound_have_half_a_minute() -> None:
    where = air()
    first, second = parts(wav(pcm(0.1)), 2)
    hear(where, first)
    assert hear(where, second, NOW_MS + 30_001) == []
    (said,) = hear(where, first, NOW_MS + 30_002)
    assert isinstance(said, SensorReading), "the second began a sound of its own"


def test_a_part_that_comes_twice_counts_once_and_another_sound_begins_anew() -> None:
    together, part = Chunks(), Chunk("a", 0, 2, b"ab")
    assert together.take("shelf", part, 0) is None
    assert together.take("shelf", part, 0) == "duplicate"
    assert together.take("tile", Chunk("a", 1, 2, b"zz"), 0) is None, "each device has its own"
    assert together.take("shelf", Chunk("a", 1, 2, b"cd"), 0) == b"abcd"
    assert together.take("shelf", Chunk("b", 0, 2, b"ef"), 0) is None
    assert together.take("shelf", Chunk("c", 1, 2, b"gh"), 0) is None
    assert together.take("shelf", Chunk("c", 0, 2, b"ef"), 0) == b"efgh"


def test_a_sound_has_eight_megabytes_at_most() -> None:
    together, half = Chunks(), bytes(MOST_BYTES // 2)
    assert together.take("shelf", Chunk("a", 0, 2, half), 0) is None
    assert together.take("shelf", Chunk("a", 1, 2, half), 0) == half * 2
    assert together.take("shelf", Chunk("a", 0, 3, half), 0) is None
    assert together.take("shelf", Chunk("a", 1, 3, half), 0) is None
    assert together.take("shelf", Chunk("a", 2, 3, b"x"), 0) == "too_large"
    assert (len(together), together.size) == (0, 0)


def test_all_sounds_together_are_limited_and_the_oldest_goes() -> None:
    together = Chunks()
    for one in range(6):
        together.take(f"device{one}", Chunk("a", 0, 2, bytes(MOST_BYTES - 200)), one)
        assert together.size <= MOST_IN_ALL
    assert together.take("device5", Chunk("a", 1, 2, b"x"), 6)
    assert together.take("device0", Chunk("a", 1, 2, b"x"), 6) is None, "its first part made room"
    for one in range(chunks.MOST_DEVICES + 10):
        together.take(f"small{one}", Chunk("a", 0, 2, b"x"), 7)
    assert len(together) == chunks.MOST_DEVICES
    together.clear()
    assert (len(together), together.size) == (0, 0)
