"""Frames of sound on their way through Redis, from whoever may send any."""

from hypothesis import given
from hypothesis import strategies as st

from mira_sidecar.transport.sound import MAX_SOUND, Assembly, Frame, decode, encode

IDS = st.from_regex(r"[0-9A-Za-z_-]{8,64}", fullmatch=True)
FRAMES = st.builds(
    Frame,
    id=IDS,
    sequence=st.integers(0, 2**32 - 1),
    sound=st.binary(max_size=300),
    last_of_file=st.booleans(),
    last=st.booleans(),
)
NAME = "speech-1"


def frame(sequence: int, sound: bytes = b"x", name: str = NAME) -> Frame:
    return Frame(name, sequence, sound)


@given(FRAMES)
def test_a_frame_comes_as_it_was_sent(one: Frame) -> None:
    assert decode(encode(one)) == one


@given(st.binary(max_size=200))
def test_nothing_that_comes_is_more_than_passed_over(body: bytes) -> None:
    found = decode(body)
    assert found is None or encode(found) == body


@given(FRAMES, st.data())
def test_a_frame_that_is_cut_off_is_none_or_shorter(one: Frame, data: st.DataObject) -> None:
    body = encode(one)
    found = decode(body[: data.draw(st.integers(0, len(body) - 1))])
    assert found is None or (found.id, found.sequence) == (one.id, one.sequence)
    assert found is None or one.sound.startswith(found.sound)


def test_what_no_sender_of_this_version_sends_is_none() -> None:
    whole = encode(frame(0))
    assert decode(b"\x02" + whole[1:]) is None, "another version"
    assert decode(whole[:1] + b"\x04" + whole[2:]) is None, "a flag that nobody knows"
    assert decode(encode(frame(0, name="../../x"))) is None, "an id that is none"
    assert decode(encode(frame(0, bytes(MAX_SOUND)))) is not None
    assert decode(encode(frame(0, bytes(MAX_SOUND + 1)))) is None, "more than a frame may have"


def test_the_same_frame_twice_counts_once() -> None:
    speech = Assembly(NAME, 100)
    assert [speech.fits(frame(number)) for number in (0, 0, 1, 0, 1, 2)] == [True, False, True, False, False, True]
    assert not speech.is_broken


def test_a_frame_of_something_else_breaks_nothing() -> None:
    speech = Assembly(NAME, 100)
    assert not speech.fits(frame(7, name="speech-2"))
    assert speech.fits(frame(0))


def test_where_a_frame_is_missing_nothing_fits_any_more() -> None:
    speech = Assembly(NAME, 100)
    assert [speech.fits(frame(number)) for number in (0, 2, 1, 2)] == [True, False, False, False]
    assert speech.is_broken


def test_no_more_comes_than_a_speech_may_have() -> None:
    speech = Assembly(NAME, 10)
    assert [speech.fits(frame(number, b"12345")) for number in range(3)] == [True, True, False]
    assert speech.is_broken


@given(st.lists(st.tuples(st.sampled_from([NAME, "speech-2"]), st.integers(0, 5)), max_size=30))
def test_what_fits_are_the_first_frames_in_their_order(came: list[tuple[str, int]]) -> None:
    speech = Assembly(NAME, 1_000)
    taken = [one.sequence for one in (frame(number, name=name) for name, number in came) if speech.fits(one)]
    assert taken == list(range(len(taken)))
