"""A microphone with a real process and a real ALSA device: opened, listened to, closed."""

import asyncio
import contextlib
import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from house.sound import Alsa
from mira_sidecar.devices import alsa
from mira_sidecar.devices.microphone.messages import LEVEL, Loudness
from mira_sidecar.devices.microphone.settings import Microphone
from mira_sidecar.devices.microphone.source import BLOCK, RATE, Narrowing, Sound
from mira_sidecar.devices.owner import said_first, tried
from mira_sidecar.devices.source import SourceError
from mira_sidecar.protocol import Device
from tests.sidecar.devices.lookers import Wish
from tests.sidecar.devices.sounds import level_of, tone
from tests.sidecar.devices.test_camera import children
from tests.sidecar.devices.watched import Watched, watched


@contextlib.contextmanager
def opened(room: Alsa) -> Iterator[Sound]:
    sound = Sound(room.microphone)
    try:
        yield sound
    finally:
        room.hangs = False
        sound.end()


def test_what_is_said_comes_in_blocks_of_20_ms_with_the_time_of_their_end(room: Alsa) -> None:
    with opened(room) as sound:
        first = sound.take()
        ends_s = room.play(tone(440))
        blocks = [sound.take() for _ in range(75)]
    assert {len(block.pcm) for block in blocks} == {2 * BLOCK}
    assert [block.number for block in blocks] == list(range(first.number + 1, first.number + 76))
    loud = [block.t_ms for block in blocks if level_of(block.pcm) > -20]
    assert len(loud) == pytest.approx(1000 / 20, abs=2)
    assert loud[-1] == pytest.approx(ends_s * 1000, abs=60)


async def test_everyone_who_listens_gets_every_block(room: Alsa, place: Path) -> None:
    async with watched(place, looks=False, microphone=Microphone(room.microphone)) as mirror:
        mirror.look("one", at="microphone")
        mirror.look("other", at="microphone")
        hear(mirror, on=True)
        await mirror.until(lambda: len(mirror.heard.get("one", [])) >= 100)
        times = [one.t_ms for one in mirror.heard["one"]]
        assert (times[-1] - times[0]) / (len(times) - 1) == pytest.approx(20, abs=1)
        assert [one.t_ms for one in mirror.heard["other"]][:90] == times[:90]


def hear(mirror: Watched, *, on: bool) -> None:
    """Switch the microphone, as somebody before the glass would."""
    mirror.all.changed({"camera": {"on": False}, "microphone": {"on": on}}, deciding=True)


def test_who_listens_too_slowly_sees_by_the_numbers_what_was_lost(room: Alsa) -> None:
    with opened(room) as sound:
        assert sound.take().number == 0
        time.sleep(2.5)
        missed = sound.take()
        assert missed.number > 0  # 2 s wait
        assert sound.take().number == missed.number + 1


async def test_a_microphone_that_nobody_wants_is_never_opened(room: Alsa, place: Path) -> None:
    async with watched(place, microphone=Microphone(room.microphone)) as mirror:
        await asyncio.sleep(0.3)
        assert mirror.seen["microphone"] == [Device("microphone", "closed")]
        assert not room.listened_to


async def test_switched_off_it_is_closed_and_its_process_gone_each_time(room: Alsa, place: Path) -> None:
    before = children()
    slowest = 0.0
    async with watched(place, microphone=Microphone(room.microphone)) as mirror:
        for _ in range(8):
            hear(mirror, on=True)
            await mirror.capture("open", "microphone")
            (process,) = children() - before
            began = time.monotonic()
            hear(mirror, on=False)
            await mirror.capture("closed", "microphone")
            slowest = max(slowest, time.monotonic() - began)
            assert not Path(f"/proc/{process}").exists()
            assert children() == before
    assert slowest <= 1


@pytest.mark.parametrize(
    ("reason", "code", "says"),
    [
        (errno.EBUSY, "busy", "Another program uses the microphone `hw:1`."),
        (errno.EACCES, "not_allowed", "group `audio`"),
        (errno.ENOENT, "not_found", "There is no microphone `hw:1`: this machine has "),
        (errno.ENODEV, "not_found", "Check the `microphone` setting."),
        (errno.EINVAL, "unreachable", "cannot be opened (Invalid argument)"),
    ],
)
def test_why_a_microphone_does_not_open_is_said(reason: int, code: str, says: str) -> None:
    found, message = alsa._explained(OSError(reason, os.strerror(reason)), "hw:1", "capture")
    assert (found, says in message) == (code, True)


async def test_a_microphone_that_is_not_there_is_named_with_those_that_are(
    room: Alsa, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with watched(place, microphone=Microphone("nowhere")) as mirror:
        hear(mirror, on=True)
        device = await mirror.capture("failed", "microphone")
    assert device.code == "not_found"
    assert device.error == "There is no microphone `nowhere`: this machine has none. Check the `microphone` setting."
    (tmp_path / "cards").write_text(" 1 [Device         ]: USB-Audio - USB PnP Sound Device\n      at usb-1\n")
    (tmp_path / "pcm").write_text(
        "00-00: HDMI 0 : HDMI 0 : playback 1\n01-00: USB Audio : USB Audio : playback 1 : capture 1\n"
    )
    monkeypatch.setattr(alsa, "_PROC", tmp_path)
    assert alsa.names("capture") == "this machine has `hw:CARD=Device,DEV=0` (USB Audio)"
    assert [one.name for one in alsa.found("playback")] == ["hw:CARD=0,DEV=0", "hw:CARD=Device,DEV=0"]


def test_a_microphone_that_gives_nothing_is_silent_after_five_seconds(room: Alsa) -> None:
    room.hangs = True
    began = time.monotonic()
    with opened(room) as sound, pytest.raises(SourceError) as silent:
        sound.take()
    assert 4.9 < time.monotonic() - began < 6
    assert silent.value.code == "silent"


def test_a_microphone_that_is_pulled_out_is_gone(room: Alsa, monkeypatch: pytest.MonkeyPatch) -> None:
    call = alsa._call

    def pulled_out(name: str, *values: object) -> int:
        if name in {"readi", "recover"} and gone:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        return call(name, *values)

    gone = False
    monkeypatch.setattr(alsa, "_call", pulled_out)
    with opened(room) as sound:
        sound.take()
        gone = True
        with pytest.raises(SourceError) as ended:
            list(iter(sound.take, None))
    assert (ended.value.code, "is gone (No such device)" in ended.value.message) == ("ended", True)


async def test_trying_it_says_how_loud_it_is(room: Alsa) -> None:
    microphone = Microphone(room.microphone)
    assert await tried(microphone) == Device("microphone", "open")
    room.play(tone(440, 30))
    said = await said_first(microphone, LEVEL)
    assert not isinstance(said, Device)
    loudness = msgspec.json.decode(said, type=Loudness)
    assert loudness.decibels == pytest.approx(level_of(tone(440)) - 3, abs=1)  # a tone's mean is 3 dB below its peak


@pytest.mark.parametrize(
    ("frequency", "kept"), [(300, True), (3_000, True), (6_000, True), (9_500, False), (15_000, False)]
)
def test_what_16000_samples_cannot_hold_is_left_out_and_the_rest_is_kept(frequency: int, kept: bool) -> None:
    narrow = Narrowing()
    pcm = tone(frequency, 1, alsa.RATE)
    made = b"".join(narrow(pcm[at : at + 6 * BLOCK]) for at in range(0, len(pcm), 6 * BLOCK))
    assert len(made) == 2 * RATE
    change_db = level_of(made[RATE:]) - level_of(pcm)
    assert change_db == pytest.approx(0, abs=1) if kept else change_db < -40


def test_a_microphone_that_has_16000_itself_is_not_converted(room: Alsa) -> None:
    for name, rate in (("null", RATE), (room.microphone, alsa.RATE)):
        with alsa.Pcm(name, "capture", channels=1, buffer_ms=500, better_rate=RATE) as device:
            assert device.rate == rate


SIDECAR = """
import asyncio, sys
from pathlib import Path
from mira_sidecar.devices.microphone.settings import Microphone
from tests.sidecar.devices.watched import watched

async def main():
    async with watched(Path(sys.argv[2]), microphone=Microphone(sys.argv[1])) as mirror:
        mirror.all.changed({"camera": {"on": False}, "microphone": {"on": True}}, deciding=True)
        await mirror.capture("open", "microphone")
        print("open", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.parametrize("ends", [signal.SIGKILL, signal.SIGSTOP], ids=["is_killed", "hangs"])
def test_a_sidecar_that_ends_or_hangs_loses_its_microphone_within_five_seconds(
    room: Alsa, place: Path, ends: signal.Signals
) -> None:
    sidecar = subprocess.Popen(
        [sys.executable, "-c", SIDECAR, room.microphone, str(place)], stdout=subprocess.PIPE, text=True
    )
    assert sidecar.stdout
    with sidecar:
        assert next(line for line in sidecar.stdout if line == "open\n")
        assert room.listened_to
        sidecar.send_signal(ends)
        began = time.monotonic()
        while room.listened_to:
            assert time.monotonic() - began < 5
            time.sleep(0.02)
        sidecar.kill()


async def test_one_that_hangs_does_not_keep_the_microphone_open(room: Alsa, place: Path) -> None:
    async with watched(place, looks=False, microphone=Microphone(room.microphone)) as mirror:
        mirror.look("hangs", Wish(hangs=True), at="microphone")
        hear(mirror, on=True)
        await mirror.capture("open", "microphone")
        hear(mirror, on=False)
        await mirror.capture("closed", "microphone")
