"""Redis, the sidecar and Home Assistant with Mira set up, started in order and ended in the reverse."""

import contextlib
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TextIO

from house.broker import MosquittoServer
from house.bus import Bus
from house.configuration import login_hosts
from house.home_assistant import HomeAssistant, VoicePorts
from house.process import HouseError, Process
from house.redis import RedisServer, free_port
from house.sidecar import PROGRAM, SidecarProcess
from house.sound import Alsa
from house.terminal import Terminal
from mira_sidecar.address import place_of
from mira_sidecar.api import keys
from mira_sidecar.api.capabilities import known
from mira_sidecar.discovery import all_subjects
from mira_sidecar.discovery import known as subjects

MIRROR = "hall"
KEY = "scripts/develop"
"""The name of its key of the API."""
CONTENT = ("logs", "redis", "mira.db*", "home-assistant", "sound", "mosquitto")
"""What a household keeps in its folder; nothing else there is its own."""
SCRIPTS = {"PYTHONPATH": str(Path(__file__).parents[1])}
"""The environment in which modules of this package are found."""
STARTER_TODOS = (
    {"summary": "Water the plants", "due": (date.today() + timedelta(days=1)).isoformat()},  # noqa: DTZ011 - the day where the mirror hangs
    {"summary": "Call grandma"},
    {"summary": "Tap a line to tick it off"},
)


_DEFAULT = tuple(name for name, subject in subjects().items() if subject.default)
_ROOMS = ("--devices", "3", "--speed", "120", "--add")
"""Two minutes a second: people shower and sleep while one watches."""
QUIET = Path(__file__).with_name("quiet.jsonl")
"""A script that waves and speaks, but not today: whoever plays it has a camera and a microphone."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to start, and where its data lives."""

    folder: Path
    port: int
    """Home Assistant's."""
    redis_url: str | None = None
    """None: a server of our own."""
    camera: str | None = None
    script: Path | None = None
    """Commands to play over and over."""
    api: int | None = None
    """The port of the API; None: there is none."""
    voice: bool = False
    """Whether Home Assistant hears and speaks, and the mirror has a microphone, at which a made voice speaks, and a
    speaker, which nobody hears."""
    model: int | None = None
    """The port of a model that there is; None: with `voice`, one of our own."""
    microphone: str | None = None
    """A real one in its place, with `speaker`."""
    speaker: str | None = None
    windows: bool = False
    """Whether there is a broker, with rooms and windows that are made up, and the mirror moves those."""


class Household:
    """One of each part. After `start`, all of them run; `stop` ends what it started and nothing else."""

    def __init__(self, plan: Plan) -> None:
        self.folder = plan.folder
        self.logs = plan.folder / "logs"
        self.redis = None
        if plan.redis_url is None:
            self.redis = RedisServer(plan.folder / "redis", log=self.logs / "redis.log")
        self.redis_url = plan.redis_url or (self.redis.url if self.redis else "")
        self.bus = Bus(self.redis_url, MIRROR)
        self.home_assistant = HomeAssistant(
            plan.folder / "home-assistant", plan.port, log=self.logs / "home-assistant.log"
        )
        self.api_url = f"http://127.0.0.1:{plan.api}"
        """Where its API is, if it has one."""
        self.sound = Alsa(plan.folder / "sound") if plan.voice and plan.microphone is None else None
        """What the microphone hears, and the speaker plays, where they are made."""
        self._ends = contextlib.ExitStack()
        self.speech = Process("Speech", self.logs / "speech.log") if plan.voice else None
        self.model = Process("Model", self.logs / "model.log") if plan.voice and plan.model is None else None
        self.model_port = plan.model or (free_port() if plan.voice else None)
        self.broker = MosquittoServer(plan.folder / "mosquitto") if plan.windows else None
        self.rooms = Process("Rooms", self.logs / "rooms.log") if plan.windows else None
        self.sidecar = SidecarProcess(
            self.redis_url,
            plan.folder / "mira.db",
            mirror=MIRROR,
            log=self.logs / "sidecar.log",
            camera=plan.camera,
            script=plan.script,
            script_loop=plan.script is not None,
            api_port=plan.api,
            api_origins=self.home_assistant.url if plan.api else None,  # for the talk simulator
            microphone=self.sound.microphone if self.sound else plan.microphone,
            speaker=self.sound.speaker if self.sound else plan.speaker,
            environment=self.sound.environment if self.sound else None,
            subjects=",".join([*_DEFAULT, "windows"]) if self.broker else None,
            windows_broker=self.broker.url() if self.broker else None,
        )

    def new_key(self) -> str:
        """A key of the API that may do everything; the one of the start before is valid no more."""
        for key in keys.all_keys(self.sidecar.database):
            if key.name == KEY:
                keys.revoke(self.sidecar.database, key.id)
        _, text = keys.add(self.sidecar.database, KEY, "automation", known(all_subjects()))
        return text

    @property
    def display_url(self) -> str:
        """The mirror's page."""
        return f"{self.home_assistant.url}/mira"

    def start(self, terminal: Terminal) -> None:
        """Start every part, a line each. Raises HouseError."""
        fresh = not self.sidecar.database.exists()
        shutil.rmtree(self.logs, ignore_errors=True)  # those of the start before
        with terminal.part("Redis") as line:
            if self.redis:
                self.redis.start()
            self.bus.check()
            line.detail = place_of(self.redis_url)
        if self.sound:
            self._ends.enter_context(self.sound)
        voice = None
        if self.speech and self.model_port:
            voice = VoicePorts(speech=free_port(), model=self.model_port)
            self.speech.start((sys.executable, "-m", "house.speech_engine", str(voice.speech)), SCRIPTS)
        if self.model and voice:
            self.model.start((sys.executable, "-m", "house.model", str(voice.model)), SCRIPTS)
        with terminal.part("Sidecar") as line:
            self.sidecar.start(line.waiting)
            if fresh:
                for todo in STARTER_TODOS:
                    self.bus.send("add_todo", dict(todo))
            line.detail = f"mirror {MIRROR}, events in {shown(self.sidecar.database)}"
        self._start_windows(terminal)
        with terminal.part("Home Assistant") as line:
            self.home_assistant.start(self.redis_url, line.waiting, voice=voice)
            line.detail = f"on port {self.home_assistant.port}, files in {shown(self.home_assistant.directory)}"
        if voice:
            with terminal.part("Speech") as line:
                self.home_assistant.add_speech(voice.speech)
                line.detail = "Whisper and flite, in Home Assistant by the Wyoming protocol"
        with terminal.part("Mira") as line:
            added = self.home_assistant.add_mirror(self.redis_url, MIRROR)
            line.detail = "set up in Home Assistant" if added else "was set up in Home Assistant before"
        if voice:
            with terminal.part("Persona") as line:
                self.home_assistant.add_persona(voice.model)
                line.detail = "Mira, over a model that knows a few answers"
        with terminal.part("Display") as line:
            line.waiting("waiting for its page")
            self.home_assistant.wait_for_page("/mira")
            line.detail = self.display_url

    def _start_windows(self, terminal: Terminal) -> None:
        """Start the broker and the rooms at it, where there are to be some. Raises HouseError."""
        if not self.broker or not self.rooms:
            return
        with terminal.part("Mosquitto") as line:
            self.broker.start()
            places = ("--redis-url", self.redis_url, "--windows-broker", self.broker.url())
            self.rooms.start((PROGRAM, "windows", "simulate", *_ROOMS, *places))
            line.detail = f"{self.broker.url()}, with three rooms that are made up"

    @property
    def processes(self) -> Iterator[Process]:
        """Those that run, in the order of their end."""
        yield self.home_assistant.process
        yield self.sidecar.process
        if self.speech:
            yield self.speech
        if self.model:
            yield self.model
        if self.rooms:
            yield self.rooms
        if self.broker:
            yield self.broker.process
        if self.redis:
            yield self.redis.process

    def ended(self) -> Process | None:
        """The first part that ended by itself."""
        return next((process for process in self.processes if process.exit_code is not None), None)

    def stop(self, terminal: Terminal) -> None:
        """End every part that runs, also where one does not want to."""
        for process in self.processes:
            if process.pid is not None:
                terminal.passing(f"  … ending {process.name}")
                with contextlib.suppress(OSError):
                    process.stop(seconds=30)
        self._ends.close()


@contextlib.contextmanager
def running(
    folder: Path, out: TextIO = sys.stdout, *, voice: bool = False, model: int | None = None
) -> Iterator[Household]:
    """A household in this folder, which says there how it starts; it ends with the block.

    Its camera and its microphone are those of a script that stays quiet; with `voice`, its microphone is made, and the
    model is the one on this port, or one of its own.
    """
    script = None if voice else QUIET
    household = Household(Plan(folder=folder, port=free_port(), script=script, voice=voice, model=model))
    try:
        household.start(Terminal(out))
        yield household
    finally:
        household.stop(Terminal(out))


def check_port(port: int, option: str = "--port") -> None:
    """Raises HouseError where somebody else listens on it."""
    for host in login_hosts():
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as err:
                raise HouseError(
                    f"Port {port} is taken by another program. Nothing was started. "
                    f"Take another port: scripts/develop {option} {port + 1}"
                ) from err


def shown(path: Path) -> str:
    """A path as short as it can be said from here."""
    with contextlib.suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)
