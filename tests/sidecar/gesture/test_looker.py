"""What looks for hands inside the camera's process, frame by frame, by the film's own clock."""

from pathlib import Path

import av
import msgspec
import pytest

from house.hand_video import PALM_THEN_SWIPE_RIGHT, Scene
from mira_sidecar.devices.camera.source import Taken
from mira_sidecar.devices.lookers import LookerError
from mira_sidecar.subjects.gesture.worker.looker import LOOKER
from mira_sidecar.subjects.gesture.worker.messages import LookerSettings, Recognised, RecogniserSettings, Seen


def settings(models: Path, recognition: RecogniserSettings) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(LookerSettings(models=str(models), recognition=recognition)))


def test_it_tells_gestures_and_shows_hands_and_goes_on_with_other_thresholds(
    recorded: Path, models_path: Path, tmp_path: Path
) -> None:
    told: list[msgspec.Struct] = []
    looker = LOOKER(told.append)
    looker.set(settings(models_path, RecogniserSettings()))
    film = tmp_path / "film.mp4"
    Scene(photograph=recorded / "hands" / "four_04.png").write(film, *PALM_THEN_SWIPE_RIGHT)
    for round_ in range(2):
        with av.open(str(film)) as opened:
            for frame in opened.decode(video=0):
                assert looker.look(Taken(frame, round_ * 60_000 + float(frame.time or 0) * 1000)) >= 0
        looker.set(settings(models_path, RecogniserSettings(hold_ms=10_000)))
    assert [each.name for each in told if isinstance(each, Recognised)] == ["palm", "swipe_right", "swipe_right"]
    seen = [each for each in told if isinstance(each, Seen)]
    assert len(seen) > 20
    assert seen[-1].hands == []


def test_without_its_models_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LookerError, match="mira-sidecar models") as error:
        LOOKER(lambda message: None).set(settings(tmp_path, RecogniserSettings()))
    assert error.value.code == "models"
