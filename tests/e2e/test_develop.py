"""`scripts/develop` as the one at the terminal knows it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from house.browser import LANDSCAPE, chromium, open_page
from house.bus import Bus
from house.display import Display
from house.home_assistant import HomeAssistant
from house.household import MIRROR, STARTER_TODOS
from house.login import Login
from house.redis import RedisServer, free_port

REPOSITORY = Path(__file__).resolve().parents[2]
READY = "Ctrl-C ends it all."


class Session:
    """One run of the program, its output, and the programs it started."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.port = free_port()
        self.folder = folder
        self.output = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "house.develop", "--folder", str(folder), "--port", str(self.port), *options],
            env={**os.environ, "PYTHONPATH": "scripts"},
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def read_until(self, text: str) -> None:
        """Fail with the output where the program ends before it says so."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.output += line
            if text in line:
                return
        pytest.fail(f"ended before it said {text!r}:\n{self.output}")

    def end(self, number: int = signal.SIGINT) -> int:
        """Send a signal, take the rest of the output; the exit code."""
        self.process.send_signal(number)
        self.output += self.process.communicate(timeout=60)[0]
        return self.process.returncode

    @property
    def people_url(self) -> str:
        """Where it says that people log in."""
        found = re.search(r"Home Assistant +(http://\S+)", self.output)
        assert found, self.output
        return found[1]

    def children(self) -> list[int]:
        """The process ids of what it started."""
        table = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        rows = [line.split() for line in table.splitlines()]
        return [int(pid) for pid, parent in rows if int(parent) == self.process.pid]


type Develop = Callable[..., Session]


@pytest.fixture
def develop(tmp_path: Path) -> Iterator[Develop]:
    """Starts the program in a folder of this test; ends it where the test did not."""
    sessions: list[Session] = []

    def start(*options: str) -> Session:
        sessions.append(Session(tmp_path / "mira", *options))
        return sessions[-1]

    yield start
    for session in sessions:
        if session.process.poll() is None:
            session.end()
        if session.process.stdout:
            session.process.stdout.close()


def run(*options: str, folder: Path) -> tuple[int, str]:
    """A run that ends by itself."""
    session = Session(folder, *options)
    output, _ = session.process.communicate(timeout=30)
    return session.process.returncode, output


def gone(pids: list[int]) -> bool:
    """Whether all of these processes end within ten seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if not [pid for pid in pids if Path(f"/proc/{pid}").exists()]:
            return True
        time.sleep(0.02)
    return False


def summaries(redis_url: str) -> list[str]:
    snapshot = Bus(redis_url, MIRROR).snapshot()
    assert snapshot
    return [todo["summary"] for todo in snapshot["state"]["todos"]]


def test_a_taken_port_is_a_clear_sentence_and_nothing_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, output = run("--port", str(port), folder=tmp_path)
    assert code == 1
    assert f"Port {port} is taken" in output
    assert "--port" in output
    assert "Traceback" not in output
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--redis-url", "redis://mira:secret@127.0.0.1:1"), "No Redis answers at redis://127.0.0.1:1 "),
        (("--redis-url", "somewhere"), "somewhere is no address of a Redis"),
        (("--camera", "/dev/video99"), "There is no camera or file /dev/video99"),
        (("--port", "99999"), "99999 is no port"),
        (("--check", "--fresh"), "--check brings its own"),
    ],
)
def test_a_wrong_option_is_a_clear_sentence(tmp_path: Path, options: tuple[str, ...], sentence: str) -> None:
    code, output = run(*options, folder=tmp_path)
    assert code != 0
    assert sentence in output
    assert "Traceback" not in output
    assert "secret" not in output
    assert not (tmp_path / "logs").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_however_it_ends_while_starting_nothing_is_left_behind(develop: Develop, number: int) -> None:
    session = develop()
    session.read_until("Sidecar")
    children = session.children()
    assert len(children) >= 2
    code = session.end(number)
    assert gone(children), "processes outlived scripts/develop"
    if number != signal.SIGKILL:
        assert code == 0
        assert "Traceback" not in session.output


@pytest.mark.timeout(180)
def test_ctrl_c_ends_everything_and_the_next_start_keeps_the_data(develop: Develop, redis_server: RedisServer) -> None:
    first = develop()
    first.read_until(READY)
    assert f"http://127.0.0.1:{first.port}/mira" in first.output
    children = first.children()
    assert len(children) == 5  # Redis, the sidecar, Home Assistant, its speech and its model
    second_code, second_output = run(folder=first.folder)
    assert second_code == 1
    assert "runs here already" in second_output
    login = Login.kept_in(first.folder / "home-assistant/login.json")
    assert login
    assert login.password in first.output
    assert first.end() == 0
    assert gone(children)

    # Another port and another Redis, which is empty: the mirror is the same.
    again = develop("--redis-url", redis_server.url)
    again.read_until(READY)
    assert "was set up in Home Assistant before" in again.output
    assert summaries(redis_server.url) == [todo["summary"] for todo in STARTER_TODOS]
    assert len(again.children()) == 4
    home_assistant = HomeAssistant(again.folder / "home-assistant", again.port)
    home_assistant.login = login
    asked = {"text": "tell me a joke", "agent_id": "conversation.mira"}
    answer = home_assistant.post("/api/conversation/process", asked)["response"]["speech"]["plain"]["speech"]
    assert answer.startswith("Why did the mirror go to school?"), "the persona finds its model where it is now"
    with chromium() as browser:
        assert Display(browser, f"http://127.0.0.1:{again.port}/mira").page
        people = open_page(browser, f"{again.people_url}/config/integrations/integration/mira", LANDSCAPE)
        if "127.0.0.1" in again.people_url:
            people.get_by_text("Home Assistant Local").click()
        people.locator("input[name=username]").fill(login.username)
        people.locator("input[name=password]").fill(login.password)
        people.get_by_role("button", name="Log in").click()
        people.get_by_text("Hall").first.wait_for(timeout=20_000)
    assert again.end() == 0
    assert Bus(redis_server.url, MIRROR).snapshot(), "a Redis that was running before goes on"

    (first.folder / "home-assistant/automations.yaml").write_text("# changed")
    (first.folder / "of_another").touch()
    fresh = develop("--fresh")
    fresh.read_until("Home Assistant")
    assert fresh.end() == 0
    assert (first.folder / "home-assistant/automations.yaml").read_text() != "# changed"
    assert (first.folder / "of_another").exists()


@pytest.mark.timeout(120)
def test_home_assistant_may_restart_itself_but_a_part_that_dies_is_named_and_all_end(develop: Develop) -> None:
    session = develop()
    session.read_until(READY)
    home_assistant = HomeAssistant(session.folder / "home-assistant", session.port)
    login = Login.kept_in(session.folder / "home-assistant/login.json")
    assert login
    home_assistant.login = login
    home_assistant.call("homeassistant.restart", {})
    session.read_until("started again, as it asked")

    children = session.children()
    sidecar = next(pid for pid in children if "mira-sidecar" in Path(f"/proc/{pid}/cmdline").read_text())
    os.kill(sidecar, signal.SIGKILL)
    session.output += session.process.communicate(timeout=60)[0]
    assert session.process.returncode == 1
    assert "Sidecar ended by itself" in session.output
    assert "sidecar.log" in session.output
    assert gone(children)
