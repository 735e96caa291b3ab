"""`gestures record` beside a running mirror: films only of whom agreed at the glass, and such as can be evaluated."""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import pytest

from house.hand_video import ABSENT, HELD, Scene
from house.redis import RedisServer
from house.sidecar import PROGRAM, SidecarProcess
from house.stream_server import StreamServer
from mira_sidecar.devices.camera.source import NewestFrame
from mira_sidecar.subjects.gesture.commands.record import ended_by_interrupt
from mira_sidecar.subjects.gesture.worker.film import write_film
from mira_sidecar.subjects.gesture.worker.models import default_directory
from tests.sidecar.process.mirror import Message, Mirror, running

TESTDATA = Path(os.environ.get("MIRA_TESTDATA") or Path(__file__).parents[4] / "shared" / "testdata")
HAND = TESTDATA / "hands/four_04.png"
MODELS = default_directory()
AFTER_S = (0.0, 0.01, 0.03, 0.1, 0.3)
"""When a film that has begun is interrupted."""
pytestmark = pytest.mark.skipif(not HAND.exists(), reason=f"there is no recorded hand at {HAND}; see MIRA_TESTDATA")


@pytest.fixture
def camera(socket_enabled: None) -> Iterator[StreamServer]:
    """As a device, it is one process's alone: who films without borrowing it is turned away."""
    with StreamServer(Scene(photograph=HAND).jpegs(ABSENT)[0], exclusive=True) as server:
        yield server


@pytest.fixture
def mirror(redis_server: RedisServer, tmp_path: Path, camera: StreamServer) -> Iterator[Mirror]:
    """A mirror whose camera is on, and shows an empty room."""
    with running(redis_server, tmp_path / "mira.db", camera=camera.url, models=MODELS) as mirror:
        mirror.send("set_camera", {"on": True})
        mirror.until(lambda: capture(mirror) == "open")
        yield mirror


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the films go; it is not there yet."""
    return tmp_path / "films"


class Recording:
    """A `gestures record` that runs; it is killed at the end of the block."""

    def __init__(self, mirror: Mirror, *arguments: str | Path) -> None:
        environment = {"MIRA_REDIS_URL": mirror.server.url, "MIRA_DATABASE": str(mirror.database)}
        self.process = subprocess.Popen(
            [PROGRAM, "gestures", "record", *arguments],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def wait_said(self, words: str) -> None:
        """Wait for a line with these words."""
        assert self.process.stderr
        said = []
        for line in self.process.stderr:
            said.append(line)
            if words in line:
                return
        raise AssertionError(f"It ended without `{words}`:\n{''.join(said)}")

    def ended(self) -> tuple[int, str]:
        """The exit code, and what it said last."""
        _, said = self.process.communicate(timeout=60)
        return self.process.returncode, said


def capture(mirror: Mirror) -> str | None:
    """What the sidecar observes of its camera, and the display shows."""
    presence = mirror.presence()
    return presence and presence["devices"]["camera"]["capture"]


def is_filming(mirror: Mirror) -> bool:
    """Whether the camera's sign at the glass says so."""
    presence = mirror.presence()
    return bool(presence and presence["devices"]["camera"]["filming"])


def wait_given_back(mirror: Mirror) -> None:
    """Wait until the sidecar has the camera open again."""

    def given_back() -> bool:
        presence = mirror.presence()  # once: it changes between two looks
        camera = presence["devices"]["camera"] if presence else {}
        return camera.get("capture") == "open" and not camera["filming"]

    mirror.until(given_back, 20)


@contextlib.contextmanager
def filming(mirror: Mirror, folder: Path, *arguments: str) -> Iterator[Recording]:
    """A recording of a minute and more, after the yes, while its first film is made."""
    with Recording(mirror, folder, "--gesture", "wave", "--seconds", "60", *arguments) as recording:
        question(mirror)
        mirror.send("confirm")
        recording.wait_said("rest")
        yield recording


def question(mirror: Mirror) -> Message:
    """The question at the glass, once there is one."""
    mirror.until(lambda: mirror.snapshot()["state"]["pending"] is not None, 20)
    pending: Message = mirror.snapshot()["state"]["pending"]
    return pending


def test_who_agrees_at_the_glass_is_filmed_and_the_film_can_be_evaluated(
    mirror: Mirror, camera: StreamServer, folder: Path
) -> None:
    arguments = ("--gesture", "palm", "--seconds", "3", "--times", "2", "--hand", "right")
    held = Scene(photograph=HAND).jpegs(HELD)
    with Recording(mirror, folder, *arguments) as recording:
        asked = question(mirror)
        assert asked["payload"]["text"].startswith("May this mirror film you: 2 films of 6 seconds?")
        assert not folder.exists()
        assert camera.opened == 1  # the mirror's own: nothing else looks before the yes
        mirror.send("confirm", {"command_id": asked["command_id"]})
        for _ in range(2):
            recording.wait_said("now: palm")
            camera.play(held)
        assert capture(mirror) == "open"
        assert is_filming(mirror)
        assert recording.ended()[0] == 0
    wait_given_back(mirror)
    assert (camera.opened, camera.turned_away) == (3, 0)
    assert [sent for sent in mirror.published() if sent["action"] == "gesture"] == []
    assert sorted(file.name for file in folder.iterdir()) == ["palm-1.json", "palm-1.mp4", "palm-2.json", "palm-2.mp4"]
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "palm-1.mp4").stat().st_mode & 0o077 == 0
    shown = json.loads((folder / "palm-2.json").read_text())["gestures"][0]
    assert 2 <= shown["start_s"] < 2.5
    assert 5 <= shown["end_s"] < 5.5
    done = subprocess.run(
        [PROGRAM, "gestures", "evaluate", folder, "--models", MODELS, "--json"],
        check=True,
        capture_output=True,
        timeout=100,
    )
    figures = json.loads(done.stdout)
    assert (figures["shown"], figures["right"], figures["other_hand"]) == (2, 2, 0)
    assert figures["false_triggers"] == {}


def test_films_that_are_there_are_kept_and_numbers_go_on(mirror: Mirror, camera: StreamServer, folder: Path) -> None:
    folder.mkdir()
    (folder / "nothing-1.mp4").write_text("mine")
    (folder / "nothing-2.json").write_text("mine, too")
    with Recording(mirror, folder, "--nothing", "--seconds", "1", "--times", "1") as recording:
        question(mirror)
        mirror.send("confirm")
        assert recording.ended()[0] == 0
    assert (folder / "nothing-1.mp4").read_text() == "mine"
    assert json.loads((folder / "nothing-3.json").read_text()) == {"gestures": [], "mirrored": False}
    assert (folder / "nothing-3.mp4").stat().st_size > 1_000


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"action": "cancel"}, "The answer at the mirror was no."),
        ({"action": "time_out", "source": "system"}, "Nobody answered at the mirror within 30 s."),
    ],
)
def test_without_a_yes_at_the_glass_nobody_is_filmed(
    mirror: Mirror, camera: StreamServer, folder: Path, answer: Message, why: str
) -> None:
    with Recording(mirror, folder, "--gesture", "wave") as recording:
        mirror.send(payload={"command_id": question(mirror)["command_id"]}, **answer)
        code, said = recording.ended()
    assert code == 1
    assert said.endswith(f"mira-sidecar: {why} Nothing is filmed.\n")
    assert not folder.exists()
    assert camera.opened == 1


def test_no_automation_says_yes_to_being_filmed(mirror: Mirror, camera: StreamServer, folder: Path) -> None:
    with Recording(mirror, folder, "--gesture", "wave") as recording:
        meant = {"command_id": question(mirror)["command_id"]}
        assert mirror.send("confirm", meant, source="automation")["reason"] == "consent_needed"
        assert mirror.snapshot()["state"]["pending"]
        mirror.send("cancel", meant)
        assert recording.ended()[0] == 1
    assert not folder.exists()
    assert camera.opened == 1


def test_the_yes_to_another_question_is_none_to_this(mirror: Mirror, camera: StreamServer, folder: Path) -> None:
    mirror.send("ask", {"text": "Tea?"})
    with Recording(mirror, folder, "--gesture", "wave") as recording:
        recording.wait_said("The mirror did not ask: Another question waits for its answer first.")
        mirror.send("confirm")
        assert recording.ended()[0] == 1
    assert not folder.exists()


def test_a_camera_that_is_off_stays_closed(mirror: Mirror, camera: StreamServer, folder: Path) -> None:
    mirror.send("set_camera", {"on": False})
    assert camera.wait_ended()
    with Recording(mirror, folder, "--gesture", "wave") as recording:
        code, said = recording.ended()
    assert (code, "The camera is switched off" in said) == (1, True)
    assert mirror.snapshot()["state"]["pending"] is None
    assert camera.opened == 1
    assert not folder.exists()


def test_switching_the_camera_off_ends_the_film_and_leaves_nothing_of_it(
    mirror: Mirror, camera: StreamServer, folder: Path
) -> None:
    with filming(mirror, folder) as recording:
        mirror.send("set_camera", {"on": False})
        assert camera.wait_ended(1)
        code, said = recording.ended()
    assert (code, "The camera was switched off" in said) == (1, True)
    mirror.until(lambda: capture(mirror) == "closed")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("end", [SidecarProcess.stop, SidecarProcess.kill, SidecarProcess.pause])
def test_no_film_goes_on_without_a_sidecar_that_could_switch_the_camera_off(
    mirror: Mirror, camera: StreamServer, folder: Path, end: Callable[[SidecarProcess], None]
) -> None:
    with filming(mirror, folder) as recording:
        end(mirror.sidecar)
        code, said = recording.ended()
    assert (code, "the sidecar stopped" in said) == (1, True)
    assert camera.wait_ended()
    assert list(folder.iterdir()) == []


def test_no_film_goes_on_while_redis_is_away(mirror: Mirror, camera: StreamServer, folder: Path) -> None:
    with filming(mirror, folder) as recording:
        mirror.server.pause()
        assert recording.ended()[0] == 1
        assert camera.wait_ended()
        mirror.server.resume()
    assert list(folder.iterdir()) == []


def test_a_killed_command_has_given_the_camera_back(mirror: Mirror, camera: StreamServer, folder: Path) -> None:
    with filming(mirror, folder) as recording:
        recording.process.kill()
    wait_given_back(mirror)
    assert (camera.opened, camera.turned_away) == (3, 0)


def test_a_suspended_command_does_not_keep_a_camera_that_is_switched_off(
    mirror: Mirror, camera: StreamServer, folder: Path
) -> None:
    with filming(mirror, folder) as recording:
        recording.process.send_signal(signal.SIGSTOP)
        mirror.send("set_camera", {"on": False})
        assert recording.ended()[0] == -signal.SIGKILL
    assert camera.wait_ended()
    mirror.until(lambda: capture(mirror) == "closed")


def test_a_suspended_command_does_not_keep_the_camera_of_a_sidecar_that_stops(
    mirror: Mirror, camera: StreamServer, folder: Path
) -> None:
    with filming(mirror, folder) as recording:
        recording.process.send_signal(signal.SIGSTOP)
        mirror.sidecar.stop()
        assert recording.ended()[0] == -signal.SIGKILL
    assert camera.wait_ended()


def test_a_second_command_is_told_that_one_is_filming(mirror: Mirror, camera: StreamServer, folder: Path) -> None:
    with filming(mirror, folder), Recording(mirror, folder, "--nothing") as second:
        code, said = second.ended()
        assert mirror.snapshot()["state"]["pending"] is None, "nobody is asked in vain"
        assert (code, "Another command is filming." in said) == (1, True)
        assert [file.suffix for file in folder.iterdir()] == [".part"]
    assert camera.turned_away == 0


def test_films_are_made_beside_a_sidecar_that_was_killed_and_started_again(
    mirror: Mirror, camera: StreamServer, folder: Path
) -> None:
    place = mirror.database.with_name("mira.db.camera")
    mirror.sidecar.kill()
    assert place.is_socket()
    mirror.sidecar.start()
    mirror.until(lambda: capture(mirror) == "open")
    assert place.stat().st_mode & 0o777 == 0o600
    with filming(mirror, folder):
        mirror.sidecar.stop()
    assert not place.exists()


def test_an_interrupted_film_leaves_nothing(mirror: Mirror, camera: StreamServer, folder: Path) -> None:
    # In the first frames it is FFmpeg that runs most of the time, and what Python raises in its callbacks is lost.
    for after_s in AFTER_S:
        with filming(mirror, folder) as recording:
            time.sleep(after_s)
            recording.process.send_signal(signal.SIGINT)
            code, said = recording.ended()
        assert (code, "Traceback" in said, "xception" in said) == (130, False, False), said
        assert list(folder.iterdir()) == []
        wait_given_back(mirror)
    assert (camera.opened, camera.turned_away) == (1 + 2 * len(AFTER_S), 0)


def test_an_interrupt_inside_of_a_library_ends_the_film(camera: StreamServer, tmp_path: Path) -> None:
    frames = NewestFrame(camera.url)

    @ctypes.CFUNCTYPE(None)
    def callback() -> None:
        signal.raise_signal(signal.SIGINT)  # what Python raises here is lost

    with pytest.raises(KeyboardInterrupt), ended_by_interrupt(frames):
        write_film(frames, tmp_path / "film.mp4", 60, lambda _: callback())
    assert camera.wait_ended()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_without_a_sidecar_there_is_nobody_to_ask(mirror: Mirror, camera: StreamServer, folder: Path) -> None:
    mirror.sidecar.stop()
    mirror.until(lambda: mirror.presence() is None)
    with Recording(mirror, folder, "--gesture", "wave") as recording:
        code, said = recording.ended()
    assert (code, "No sidecar serves the mirror `hall`" in said) == (1, True)


def test_a_device_that_is_not_there_is_not_asked_for(redis_server: RedisServer, folder: Path, tmp_path: Path) -> None:
    with running(redis_server, tmp_path / "mira.db", camera="/dev/video97", models=MODELS) as mirror:
        mirror.send("set_camera", {"on": True})
        mirror.until(lambda: capture(mirror) == "failed")
        with Recording(mirror, folder, "--gesture", "wave") as recording:
            code, said = recording.ended()
        assert (code, "The camera is not open." in said) == (1, True)
        assert mirror.snapshot()["state"]["pending"] is None


def test_in_a_folder_too_deep_for_a_socket_all_but_films_works(
    redis_server: RedisServer, camera: StreamServer, folder: Path, tmp_path: Path
) -> None:
    deep = tmp_path / ("deep" * 25)
    deep.mkdir()
    with running(redis_server, deep / "mira.db", camera=camera.url, models=MODELS) as mirror:
        mirror.send("set_camera", {"on": True})
        mirror.until(lambda: capture(mirror) == "open")
        assert mirror.said("no films can be made: the camera has no socket")
        with Recording(mirror, folder, "--gesture", "wave") as recording:
            code, said = recording.ended()
        assert (code, "No sidecar lends its camera" in said) == (1, True)
        assert mirror.snapshot()["state"]["pending"] is None
