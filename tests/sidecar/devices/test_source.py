"""Where frames come from: a file at its own speed, damaged pictures passed over, names without passwords."""

import wave
from pathlib import Path

import numpy as np
import pytest

from house.hand_video import SWIPE_RIGHT, Scene, jpeg
from house.stream_server import StreamServer
from mira_sidecar.devices.camera.source import NewestFrame
from mira_sidecar.devices.source import SourceError


@pytest.mark.parametrize("name", ["hand.avi", "hand.mp4"])
def test_a_file_is_played_to_its_end(recorded: Path, tmp_path: Path, name: str) -> None:
    Scene(photograph=recorded / "hands" / "four_04.png").write(tmp_path / name, SWIPE_RIGHT)
    source = NewestFrame(str(tmp_path / name))
    times = [source.take().t_ms]
    with pytest.raises(SourceError, match="sends no more pictures"):
        times.extend(iter(lambda: source.take().t_ms, None))
    assert times[-1] - times[0] >= 300  # of 400 ms: as a camera, and not as fast as it can be read


def test_a_damaged_picture_is_passed_over(socket_enabled: None) -> None:
    dark, light = (jpeg(np.full((48, 64, 3), level, np.uint8)) for level in (10, 240))
    with StreamServer(dark) as camera:
        source = NewestFrame(camera.url)
        assert source.take().frame.to_ndarray(format="rgb24").mean() < 20
        camera.play([b"no picture", b"\xff\xd8 nor this", light], loop=True)
        while source.take().frame.to_ndarray(format="rgb24").mean() < 20:
            pass  # bounded: without a good picture, taking one fails after 6 s


def test_a_sound_file_has_no_video(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        sound.writeframes(bytes(3_200))
    with pytest.raises(SourceError, match="has no video") as refused:
        NewestFrame(str(path)).take()
    assert refused.value.code == "no_video"
