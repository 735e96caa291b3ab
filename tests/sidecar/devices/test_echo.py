"""What the speaker plays is taken out of what the microphone hears, and nothing else is."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from mira_sidecar.devices.loopback import RATE, Loopback, memory
from mira_sidecar.devices.microphone.echo import BLOCK, EchoCanceller, Samples

BLOCK_MS = 20


def noise(seconds: float, seed: int, loudness: float = 0.1) -> Samples:
    """Louder and softer by turns, as speech is."""
    count = round(seconds * RATE)
    swell = 0.3 + np.abs(np.sin(np.arange(count) / RATE * 2 * np.pi * 1.5))
    sound: Samples = np.random.default_rng(seed).normal(0, loudness, count) * swell
    return sound


def pcm_of(sound: Samples) -> bytes:
    return (sound * 32_767).round().clip(-32_768, 32_767).astype("<i2").tobytes()


def power_db(pcm: bytes) -> float:
    samples = np.frombuffer(pcm, "<i2") / 32_768
    return float(10 * np.log10(np.mean(samples**2) + 1e-12))


def room(seed: int = 1) -> Samples:
    """A way through a room that dies away in a tenth of a second."""
    taps: Samples = np.random.default_rng(seed).normal(0, 0.1, 1_600) * np.exp(-np.arange(1_600) / 250)
    taps[20] = 1.0
    return taps


@dataclass
class Mirror:
    """A speaker and a microphone, with clocks of their own."""

    loopback: Loopback = field(default_factory=lambda: Loopback(memory()))
    now: int = 5 * RATE
    number: int = 0

    def __post_init__(self) -> None:
        self.canceller = EchoCanceller(self.loopback)

    def hear(self, near: Samples, played: Samples | None = None, *, late_ms: int = 20) -> bytes:
        """Somebody speaks near, and the speaker plays, so late by its own account; what is left of it."""
        echo: Samples = np.zeros(len(near))
        if played is not None:
            echo = np.convolve(played, room())[: len(near)]
            self.loopback.write(self.now - late_ms * RATE // 1000, pcm_of(played))
        left = b"".join(self._blocks(pcm_of(near + echo)))
        assert len(left) == 2 * len(near)
        return left

    def _blocks(self, pcm: bytes) -> Iterator[bytes]:
        for at in range(0, len(pcm), 2 * BLOCK):
            self.now += BLOCK
            yield self.canceller.hear(pcm[at : at + 2 * BLOCK], self.now * 1000 / RATE, self.number)
            self.number += 1


SILENCE = np.zeros(2 * RATE)


def test_what_is_played_is_taken_out_within_a_second() -> None:
    played = noise(2, seed=1)
    left = Mirror().hear(SILENCE, played)
    assert power_db(left[2 * RATE :]) < power_db(pcm_of(played)) - 15


def test_who_speaks_meanwhile_is_heard_as_they_are() -> None:
    near, played = np.concatenate([np.zeros(RATE), noise(1, seed=2, loudness=0.05)]), noise(2, seed=1)
    left = Mirror().hear(near, played)
    echo = np.convolve(played, room())[RATE : 2 * RATE]
    amiss = np.frombuffer(left, "<i2")[RATE:] / 32_768 - near[RATE:]
    assert power_db(pcm_of(amiss)) < power_db(pcm_of(echo)) - 12
    assert power_db(pcm_of(amiss)) < power_db(pcm_of(near[RATE:])) - 3


def test_while_nothing_is_played_not_a_bit_of_it_changes() -> None:
    mirror = Mirror()
    mirror.hear(SILENCE, noise(2, seed=1))
    mirror.hear(SILENCE)
    near = noise(2, seed=3)
    assert mirror.hear(near) == pcm_of(near)


@pytest.mark.parametrize("late_ms", [0, 60, 300, 550, -20], ids=lambda late_ms: f"{late_ms} ms")
def test_it_is_found_however_late_the_speaker_is(late_ms: int) -> None:
    mirror = Mirror()
    mirror.loopback.write(0, b"")
    played = noise(2.4, seed=1)[: 2 * RATE]
    left = mirror.hear(SILENCE, played, late_ms=late_ms)
    assert power_db(left[3 * RATE :]) < power_db(pcm_of(played)) - 12


@pytest.mark.parametrize("late_ms", [20, 27, 12], ids=["as before", "later", "earlier"])
def test_what_was_learned_holds_for_the_next_reply_also_where_that_begins_otherwise(late_ms: int) -> None:
    mirror = Mirror()
    mirror.hear(SILENCE, noise(2, seed=1))
    mirror.hear(SILENCE)
    played = noise(2, seed=4)
    left = mirror.hear(SILENCE, played, late_ms=late_ms)
    soon = slice(2 * RATE * 3 // 10, RATE)
    assert power_db(left[soon]) < power_db(pcm_of(played)[soon]) - 14


def test_a_reference_of_which_nothing_is_heard_changes_next_to_nothing() -> None:
    mirror = Mirror()
    near = noise(2, seed=3)
    mirror.loopback.write(mirror.now, pcm_of(noise(2, seed=1)))
    left = np.frombuffer(mirror.hear(near), "<i2") / 32_768
    assert np.sqrt(np.mean((left - near) ** 2)) < 0.5 * np.sqrt(np.mean(near**2))


def test_what_was_stopped_is_not_looked_for_any_more() -> None:
    mirror = Mirror()
    mirror.loopback.write(mirror.now, pcm_of(noise(2, seed=1)))
    mirror.loopback.cut(mirror.now)
    mirror.now += RATE
    near = noise(1, seed=3)
    assert mirror.hear(near) == pcm_of(near)


def test_of_what_is_played_there_are_four_seconds_and_silence_around_them() -> None:
    handle = memory()
    writer, reader = Loopback(os.dup(handle)), Loopback(handle)
    assert reader.read(100, 10) == bytes(20)
    sound = np.arange(1, 80_001, dtype="<i2")
    writer.write(10_000, sound[:1_000].tobytes())
    writer.write(11_500, sound[1_000:2_000].tobytes())
    heard = np.frombuffer(reader.read(9_000, 5_000), "<i2")
    assert (heard[:1_000] == 0).all()
    assert (heard[1_000:2_000] == sound[:1_000]).all()
    assert (heard[2_000:2_500] == 0).all()
    assert (heard[2_500:3_500] == sound[1_000:2_000]).all()
    assert (heard[3_500:] == 0).all()
    for at in range(0, 80_000, 320):
        writer.write(20_000 + at, sound[at : at + 320].tobytes())
    heard = np.frombuffer(reader.read(99_000 - 65_536, 66_536), "<i2")
    assert (heard[:1_000] == 0).all()
    assert (heard[1_000:] == sound[14_464:]).all()
    writer.cut(99_000)
    assert reader.end == 99_000
    assert np.frombuffer(reader.read(98_000, 2_000), "<i2")[1_000:].max() == 0
    writer.write(5_000_000, sound[:10].tobytes())
    assert reader.read(5_000_000 - 60_000, 60_000) == bytes(120_000)


def test_what_is_played_is_in_no_file() -> None:
    handle = memory()
    mine = Path(f"/proc/self/fd/{handle}")
    assert str(mine.readlink()).startswith("/memfd:")
    Loopback(handle)
    assert not mine.exists(), "and no handle is kept"
