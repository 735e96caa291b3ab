"""Gestures with a real camera stream, the real process that has it open and the real models."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from house.hand_video import ABSENT, HELD, PALM_THEN_SWIPE_RIGHT, Scene
from house.stream_server import StreamServer
from mira_sidecar.subjects.gesture.worker import models
from mira_sidecar.subjects.gesture.worker.messages import GestureRule, Lesson, OwnGesture, RecogniserSettings
from tests.sidecar.gesture.watched import watched

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture(scope="module")
def scene(recorded: Path) -> Scene:
    return Scene(photograph=recorded / "hands" / "four_04.png")


@pytest.fixture
def camera(scene: Scene, socket_enabled: None) -> Iterator[StreamServer]:
    """A camera that looks at an empty room."""
    with StreamServer(scene.jpegs(ABSENT)[0]) as server:
        yield server


async def test_a_palm_held_and_a_swipe_become_commands(camera: StreamServer, scene: Scene, models_path: Path) -> None:
    async with watched(camera.url, models_path) as mirror:
        await mirror.capture("open")
        camera.play(await asyncio.to_thread(scene.jpegs, *PALM_THEN_SWIPE_RIGHT))
        await mirror.until(lambda: len(mirror.sent) == 2)
    palm, swipe = mirror.sent
    assert palm["source"] == palm["action"] == "gesture"
    assert (palm["name"], palm["handedness"]) == ("palm", "right")
    assert palm["hold_ms"] >= 600
    assert palm["confidence"] > 0.9
    assert (swipe["name"], swipe["hold_ms"]) == ("swipe_right", 0)
    assert swipe["confidence"] > 0.7
    assert max(palm["age_ms"], swipe["age_ms"]) < 500
    assert mirror.states == ["closed", "opening", "open", "closed"]


async def test_a_hand_is_shown_while_it_is_there(camera: StreamServer, scene: Scene, models_path: Path) -> None:
    async with watched(camera.url, models_path) as mirror:
        await mirror.capture("open")
        camera.play(await asyncio.to_thread(scene.jpegs, ABSENT, HELD, ABSENT))
        await mirror.until(lambda: mirror.shown != [] and mirror.shown[-1] == [])
    assert [hands for hands in mirror.shown if not hands] == [[]]
    held = [hand.held_ms for (hand,) in mirror.shown[:-1] if hand.pose == "palm"]
    assert held == sorted(held)
    assert len({ms for ms in held if 0 < ms < 600}) >= 3
    assert held[-1] == 600
    assert [sent["name"] for sent in mirror.sent] == ["palm"]


async def test_a_hand_that_is_shown_is_gone_with_the_camera(
    camera: StreamServer, scene: Scene, models_path: Path
) -> None:
    async with watched(camera.url, models_path) as mirror:
        await mirror.capture("open")
        camera.play(await asyncio.to_thread(scene.jpegs, HELD), loop=True)
        await mirror.until(lambda: mirror.shown != [])
        mirror.want(False)
        await mirror.capture("closed")
        assert not mirror.shown[-1]


async def test_after_a_failure_it_tries_again(scene: Scene, models_path: Path, tmp_path: Path) -> None:
    video = tmp_path / "hand.mp4"
    async with watched(str(video), models_path) as mirror:
        device = await mirror.capture("failed")
        assert device.error == f"There is no camera at {video}. Check the camera setting."
        scene.write(video, *PALM_THEN_SWIPE_RIGHT)
        await mirror.until(lambda: len(mirror.sent) == 2)
    assert [sent["name"] for sent in mirror.sent] == ["palm", "swipe_right"]


async def test_a_model_with_the_wrong_checksum_is_a_clear_error(camera: StreamServer, tmp_path: Path) -> None:
    (tmp_path / models.PALM).write_bytes(b"no model")
    async with watched(camera.url, tmp_path) as mirror:
        device = await mirror.capture("failed")
        assert await asyncio.to_thread(camera.wait_ended, 1)
    assert device.error
    assert "palm_detection_full.tflite has the wrong checksum" in device.error
    assert "`mira-sidecar models`" in device.error


async def test_thresholds_change_while_the_camera_stays_open(
    camera: StreamServer, scene: Scene, models_path: Path
) -> None:
    async with watched(camera.url, models_path) as mirror:
        await mirror.capture("open")
        camera.play(await asyncio.to_thread(scene.jpegs, HELD), loop=True)
        await mirror.until(lambda: len(mirror.sent) == 1)
        mirror.want(True, RecogniserSettings(hold_ms=900))
        await mirror.until(lambda: len(mirror.sent) == 2)
        mirror.want(True, RecogniserSettings(hold_ms=300, gestures={"palm": GestureRule(hold_ms=1_500)}))
        await mirror.until(lambda: len(mirror.sent) == 3)
        mirror.want(True, RecogniserSettings(gestures={"palm": GestureRule(enabled=False)}))
        await mirror.until(lambda: mirror.shown[-1] != [] and mirror.shown[-1][0].pose is None)
    assert [sent["hold_ms"] // 300 for sent in mirror.sent] == [2, 3, 5]
    assert (camera.opened, mirror.states) == (1, ["closed", "opening", "open", "closed"])


async def test_what_is_shown_in_a_lesson_is_known_afterwards(
    camera: StreamServer, scene: Scene, models_path: Path
) -> None:
    lesson = Lesson(name="mine", kind="pose", command_id="command-1")
    async with watched(camera.url, models_path) as mirror:
        mirror.want(True, RecogniserSettings(lesson=lesson))
        await mirror.capture("open")
        camera.play(await asyncio.to_thread(scene.jpegs, HELD), loop=True)
        await mirror.until(lambda: len(mirror.kept) == 3)
        assert mirror.sent == []  # a hand that teaches does nothing else
        own = OwnGesture(name="mine", kind="pose", samples=[sample.values for sample in mirror.kept])
        mirror.want(True, RecogniserSettings(own=[own]))
        await mirror.until(lambda: len(mirror.sent) == 1)
    assert (mirror.sent[0]["name"], mirror.sent[0]["confidence"] >= 0.7) == ("mine", True)
    assert {sample.lesson for sample in mirror.kept} == {lesson}
