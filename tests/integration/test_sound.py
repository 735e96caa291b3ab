"""Sound between the mirror and Home Assistant: no frame is mistaken, nothing is kept, and Redis is not flooded."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.mira.client import sound
from custom_components.mira.client.frames import Frame
from custom_components.mira.client.sound import Hearing
from custom_components.mira.errors import BadMessage, NotListening
from house.redis import RedisServer
from tests.integration.conftest import MakeClient

IDS = st.text(st.characters(max_codepoint=127, min_codepoint=1), min_size=1, max_size=255)
FRAMES = st.builds(
    Frame, IDS, st.integers(0, 2**32 - 1), st.binary(max_size=64), last_of_file=st.booleans(), last=st.booleans()
)


@given(FRAMES)
def test_a_frame_arrives_as_it_was_sent(frame: Frame) -> None:
    assert Frame.decode(frame.encode()) == frame


@given(FRAMES, st.data())
def test_a_frame_that_was_cut_in_its_head_is_none(frame: Frame, data: st.DataObject) -> None:
    head = len(frame.encode()) - len(frame.payload)
    with pytest.raises(BadMessage):
        Frame.decode(frame.encode()[: data.draw(st.integers(0, head - 1))])


@given(st.binary(max_size=64))
def test_whatever_comes_is_a_frame_or_is_named_none(data: bytes) -> None:
    try:
        frame = Frame.decode(data)
    except BadMessage:
        return
    assert frame.payload in data


def test_what_was_said_is_in_no_text_of_a_frame() -> None:
    assert "secret" not in repr(Frame("turn", 0, b"secret"))


@given(st.lists(FRAMES, max_size=8))
async def test_whatever_a_microphone_claims_what_is_heard_are_whole_samples(frames: list[Frame]) -> None:
    hearing = Hearing()
    heard = hearing.open("turn")
    for frame in frames:
        hearing.hear(Frame("turn", frame.sequence, frame.payload, last=frame.last).encode())
    hearing.hear(Frame("turn", 2**32 - 1, last=True).encode())
    chunks = [chunk async for chunk in heard.chunks()]
    assert all(len(chunk) % 2 == 0 for chunk in chunks)
    assert len(b"".join(chunks)) <= 9 * (64 + 3 * sound.SECOND)


async def test_what_comes_early_is_kept_for_a_moment_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    hearing = Hearing()
    hearing.hear(Frame("first", 0, b"no").encode())
    hearing.hear(Frame("second", 0, b"so").encode())
    assert [chunk async for chunk in ended(hearing, "second")] == [b"so"]

    monkeypatch.setattr(sound, "_EARLY", -1.0)
    assert [chunk async for chunk in ended(hearing, "first")] == []


async def test_what_still_comes_of_a_turn_that_is_over_is_kept_by_nobody() -> None:
    hearing = Hearing()
    hearing.open("turn")
    hearing.close("turn")
    hearing.hear(Frame("turn", 0, b"no").encode())
    assert [chunk async for chunk in ended(hearing, "turn")] == []
    assert hearing.dropped == 0


async def test_what_is_no_sound_is_counted_and_left_out() -> None:
    hearing = Hearing()
    heard = hearing.open("turn")
    for data in (b"nonsense", Frame("turn", 0, b"odd").encode(), Frame("turn", 0, bytes(2 * sound.SECOND)).encode()):
        hearing.hear(data)
    hearing.hear(Frame("turn", 0, b"so", last=True).encode())
    assert [chunk async for chunk in heard.chunks()] == [b"so"]
    assert hearing.dropped == 3


async def test_what_nobody_reads_does_not_fill_the_memory() -> None:
    hearing = Hearing()
    heard = hearing.open("turn")
    second = bytes(sound.SECOND)
    for sequence in range(100):
        hearing.hear(Frame("turn", sequence, second).encode())
    hearing.hear(Frame("turn", 100, last=True).encode())
    chunks = [chunk async for chunk in heard.chunks()]
    assert len(b"".join(chunks)) == (60 + 3) * sound.SECOND  # and silence for what was not kept
    assert heard.missing == 40


def ended(hearing: Hearing, turn: str) -> AsyncIterator[bytes]:
    """What is heard in a turn that ends now."""
    heard = hearing.open(turn)
    hearing.hear(Frame(turn, 2**31, last=True).encode())
    return (chunk async for chunk in heard.chunks() if any(chunk))


class SlowRedis:
    """Takes what is published, and notes it."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []

    async def publish(self, channel: str, data: bytes) -> int:
        """Somebody hears it."""
        self.frames.append(Frame.decode(data))
        return 1


async def test_a_long_speech_is_sent_ahead_of_the_loudspeaker_but_not_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(sound, "asyncio", SimpleNamespace(sleep=sleep))
    monkeypatch.setattr(sound, "time", SimpleNamespace(monotonic=lambda: sum(waited)))
    redis: Any = SlowRedis()
    await sound.speak(redis, "speech", "say", [pieces(1_000_000, 1)], lambda: None)
    assert waited == []
    await sound.speak(redis, "speech", "say", [pieces(1_600_000, 1)], lambda: None)
    assert sum(waited) == pytest.approx(0.6)


async def test_what_never_ends_is_cut_where_the_mirror_takes_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    redis: Any = SlowRedis()
    started: list[int] = []
    monkeypatch.setattr(sound, "MAX_SPEECH", 100_000)
    files = [pieces(64_000, 5), pieces(1, 1)]
    await sound.speak(redis, "speech", "say", files, lambda: started.append(len(redis.frames)))
    assert sum(len(frame.payload) for frame in redis.frames) == 100_000
    assert [frame.last_of_file for frame in redis.frames[-3:]] == [True, True, False]
    assert redis.frames[-1].last
    assert [frame.sequence for frame in redis.frames] == list(range(len(redis.frames)))
    assert started == [1]


async def pieces(size: int, count: int) -> AsyncIterator[bytes]:
    """So many pieces of a file."""
    for _ in range(count):
        yield bytes(size)


async def test_a_speech_that_no_sidecar_takes_is_an_error(redis_server: RedisServer, make_client: MakeClient) -> None:
    with pytest.raises(NotListening):
        await make_client().speak("say", [pieces(10, 1)], lambda: None)
