"""Files become sound while they come, in whatever pieces; what is none is said to be none."""

import contextlib
import random
import socket
import time
from collections.abc import Iterable

import numpy as np
import pytest

from house.voices import wav
from mira_sidecar.devices.alsa import RATE
from mira_sidecar.devices.speaker.decoding import NoSoundError, decoded
from tests.sidecar.devices.sounds import KINDS, encoded, level_of, pitch_of, tone

SECONDS = 2.0


class Coming:
    """A file that comes in pieces of these lengths."""

    def __init__(self, content: bytes, lengths: Iterable[int]) -> None:
        self._content = content
        self._lengths = iter(lengths)
        self.came = 0

    def read(self, size: int) -> bytes:
        piece = self._content[self.came : self.came + min(size, next(self._lengths))]
        self.came += len(piece)
        return piece


def lengths(seed: int) -> Iterable[int]:
    random_lengths = random.Random(seed)
    while True:
        yield random_lengths.choice([1, 2, 7, 100, 4_096, 100_000])


def heard(content: bytes, seed: int = 0) -> bytes:
    return b"".join(decoded(Coming(content, lengths(seed))))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_heard_whole_in_both_ears_in_whatever_pieces_it_comes(kind: str, seed: int) -> None:
    both = np.frombuffer(heard(encoded(kind, SECONDS), seed), "<i2").reshape(-1, 2)
    assert len(both) / RATE == pytest.approx(SECONDS, abs=0.1)
    left, right = both[:, 0].copy(), both[:, 1].copy()
    assert np.array_equal(left, right)
    assert pitch_of(left.tobytes(), RATE) == pytest.approx(440, abs=2)
    assert level_of(left) == pytest.approx(level_of(tone(440)) - 3, abs=1.5)  # shared by two


@pytest.mark.parametrize(("kind", "wait_s"), [("wav", 0.1), ("mp3", 0.6), ("aac", 0.3)])
def test_the_first_sound_waits_for_little_of_the_file(kind: str, wait_s: float) -> None:
    content = encoded(kind, SECONDS)
    file = Coming(content, iter(lambda: 100, None))
    next(decoded(file))
    assert file.came <= wait_s / SECONDS * len(content) + 200


@pytest.mark.parametrize("size", [0, 0xFFFF_FFFF])
def test_a_wav_file_whose_maker_did_not_know_its_length_is_heard_whole(size: int) -> None:
    content = bytearray(wav(tone(440, SECONDS, 22_050), 22_050))
    content[40:44] = size.to_bytes(4, "little")
    assert len(heard(bytes(content))) / 4 / RATE == pytest.approx(SECONDS, abs=0.01)


def test_what_stands_behind_the_sound_of_a_wav_file_is_not_played() -> None:
    content = wav(tone(440, SECONDS, 22_050), 22_050)
    title = b"LIST\x10\x00\x00\x00INFOINAM\x04\x00\x00\x00\x7f\x7f\x7f\x7f"
    assert heard(content[:12] + title + content[12:] + title * 1_000) == heard(content)


@pytest.mark.parametrize(
    ("bits", "kind"), [(8, 1), (24, 1), (32, 1), (32, 3), (16, 0xFFFE)], ids=["8", "24", "32", "float", "extensible"]
)
def test_wav_files_of_other_numbers_are_heard(bits: int, kind: int) -> None:
    wanted = np.frombuffer(tone(440, 1.0, 22_050), "<i2").astype(np.int64)
    as_bytes = {
        8: ((wanted >> 8) + 128).astype("u1").tobytes(),
        16: wanted.astype("<i2").tobytes(),
        24: (wanted << 16).astype("<i4").view("u1").reshape(-1, 4)[:, 1:].tobytes(),
        32: ((wanted / 32_768).astype("<f4") if kind == 3 else (wanted << 16).astype("<i4")).tobytes(),
    }[bits]
    more = b"\x16\x00\x10\x00\x04\x00\x00\x00\x01\x00" + bytes(14) if kind == 0xFFFE else b""
    width = bits // 8
    form = b"".join(
        one.to_bytes(size, "little")
        for one, size in ((kind, 2), (1, 2), (22_050, 4), (22_050 * width, 4), (width, 2), (bits, 2))
    )
    chunks = ((b"fmt ", form + more), (b"data", as_bytes))
    body = b"".join(name + len(content).to_bytes(4, "little") + content for name, content in chunks)
    left = np.frombuffer(heard(b"RIFF\xff\xff\xff\xffWAVE" + body), "<i2").reshape(-1, 2)[:, 0]
    assert pitch_of(left.tobytes(), RATE) == pytest.approx(440, abs=2)
    assert level_of(left) == pytest.approx(level_of(tone(440)) - 3, abs=1)


def test_a_file_that_goes_on_with_another_rate_is_heard_to_its_end() -> None:
    slow, fast = encoded("mp3"), encoded("mp3", frequency=880)
    assert len(heard(slow + fast)) / 4 / RATE == pytest.approx(2 * SECONDS, abs=0.2)


@pytest.mark.parametrize("kind", ["wav", "mp3", "ogg", "flac", "aac"])
def test_of_a_file_that_is_cut_off_what_came_is_heard(kind: str) -> None:
    content = encoded(kind, SECONDS)
    assert 0.4 < len(heard(content[: len(content) // 2])) / 4 / RATE < 1.5


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        wav(tone(440))[:30],
        wav(b""),
        bytes(100_000),
        random.Random(1).randbytes(100_000),
        b"<html><body>404 Not Found</body></html>",
        encoded("m4a")[:5_000],
        b"RIFF\xff\xff\xff\xffWAVEjunk\xff\xff\xff\xff",
        b"RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00" + bytes(100),
    ],
    ids=["empty", "4_bytes", "cut_off", "no_samples", "zeros", "garbage", "page", "half_m4a", "chunk", "no_channels"],
)
def test_what_is_no_sound_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(NoSoundError):
        heard(content)


@pytest.mark.parametrize(
    "written",
    [
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://{place}/1.ts\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile 'http://{place}/1.mp3'\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
    ],
    ids=["hls", "concat", "sdp"],
)
def test_a_list_that_names_other_files_opens_none_of_them(written: str, socket_enabled: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        place = "{}:{}".format(*server.getsockname())
        began = time.monotonic()
        with pytest.raises(NoSoundError):
            heard(written.format(place=place).encode())
        assert time.monotonic() - began < 5  # nor is a stream waited for
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize("seed", range(20))
def test_damaged_files_are_heard_or_refused_and_nothing_else(seed: int) -> None:
    rolls = random.Random(seed)
    for kind in KINDS:
        content = bytearray(encoded(kind, 1.0))
        for _ in range(rolls.choice([1, 10, 300])):
            content[rolls.randrange(rolls.choice([64, len(content)]))] = rolls.randrange(256)
        with contextlib.suppress(NoSoundError):
            heard(bytes(content[: rolls.randrange(len(content))]), seed)
