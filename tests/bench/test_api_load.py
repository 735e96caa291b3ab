"""Many clients of a real API. How soon they hear and what they cost, `scripts/bench api` says."""

from pathlib import Path

import pytest

from house.bench import api
from house.bench.api_load import frames, is_whole
from house.bench.figures import API
from house.process import HouseError


@pytest.mark.usefixtures("socket_enabled")
def test_every_figure_of_the_api_can_be_taken(tmp_path: Path) -> None:
    effort = api.Effort(clients=3, watched_s=0.2, asked_s=0.2, rounds=1, resting_s=0.1)
    found = api.taken(tmp_path, effort, print)
    assert set(found) == {target.key for target in API}
    assert all(figure.value is not None for figure in found.values())


@pytest.mark.parametrize("length", [0, 125, 126, 65_535, 65_536])
def test_frames_are_told_by_their_length_also_in_pieces(length: int) -> None:
    head = bytes([length]) if length < 126 else b"\x7e" + length.to_bytes(2) if length < 65_536 else b""
    frame = b"\x81" + (head or b"\x7f" + length.to_bytes(8)) + b"x" * length
    assert frames(frame * 2 + frame[:-1]) == ([(1, b"x" * length)] * 2, frame[:-1])
    assert frames(frame[:1]) == ([], frame[:1])


def test_an_answer_that_is_refused_is_no_figure() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n"
    assert [is_whole(head + b'{"status":"accepted"}'), is_whole(head + b'{"status":"accepted" }')] == [False, True]
    for refused in (head + b'{"status":"rejected" }', b"HTTP/1.1 503 Service Unavailable\r\n\r\n"):
        with pytest.raises(HouseError, match="refused"):
            is_whole(refused)
