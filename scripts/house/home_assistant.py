"""A real Home Assistant on this machine, and the way to ask it things."""

import http.client
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from house import configuration
from house.login import Login
from house.model import NAME, openai_url
from house.process import HouseError, Process

_RESTART_EXIT_CODE = 100
"""With it Home Assistant asks to be started again (homeassistant.const.RESTART_EXIT_CODE)."""


@dataclass(frozen=True)
class VoicePorts:
    """Where those listen with whom Home Assistant hears, speaks and answers."""

    speech: int
    model: int


class HomeAssistant:
    """Starts, stops and asks one Home Assistant whose whole folder is `directory`."""

    def __init__(self, directory: Path, port: int, log: Path | None = None) -> None:
        self.directory = directory
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        """Where the mirror's user comes in without a password."""
        self.login: Login
        host = "[::1]" if len(configuration.login_hosts()) > 1 else "127.0.0.1"
        self.people_url = f"http://{host}:{port}"
        """Where people log in."""
        self.process = Process("Home Assistant", log or directory / "console.log")

    def start(
        self, redis_url: str, waiting: Callable[[str], None] = lambda _: None, *, voice: VoicePorts | None = None
    ) -> None:
        """Write what is missing in the folder, start, and wait until every integration is loaded."""
        self.prepare(redis_url, voice)
        self.launch()
        self.wait_until_running(waiting)

    def prepare(self, redis_url: str, voice: VoicePorts | None = None) -> None:
        """Write what is missing in the folder."""
        self.login = configuration.write(self.directory, self.port)
        configuration.point_to_redis(self.directory, redis_url)
        if voice:
            configuration.use_speech(self.directory, voice.speech, voice.model)

    def launch(self) -> None:
        """Start it as it is, without waiting."""
        # -P: its custom components are those of its own folder, wherever we are.
        program = (sys.executable, "-P", "-m", "homeassistant")
        flags = ("--config", self.directory, "--skip-pip", "--log-no-color")
        self.process.start([*program, *flags], environment={"PYTHONPATH": ""})

    def wait_until_running(self, waiting: Callable[[str], None] = lambda _: None, seconds: float = 120) -> None:
        """Raises HouseError where it ends first or takes too long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.exit_code is not None:
                raise HouseError(f"Home Assistant ended while starting:\n{self.process.last_lines()}")
            try:
                if self.get("/api/config")["state"] == "RUNNING":
                    return
                waiting("loading its integrations")
            except OSError, HouseError:
                waiting("starting")
            time.sleep(0.1)
        raise HouseError(
            f"Home Assistant was not ready after {seconds:.0f} s. Its log: {self.process.log}\n"
            f"{self.process.last_lines()}"
        )

    @property
    def wants_restart(self) -> bool:
        """Someone pressed Restart: it has ended and asks to be started again."""
        return self.process.exit_code == _RESTART_EXIT_CODE

    def stop(self) -> None:
        """End it in order."""
        self.process.stop(seconds=30)

    def add_mirror(self, redis_url: str, mirror: str) -> bool:
        """Set Mira up through its config flow, as a person would; False where that was done before."""
        if self.get("/api/config/config_entries/entry?domain=mira"):
            return False
        self.add_another_mirror(redis_url, mirror)
        return True

    def add_another_mirror(self, redis_url: str, mirror: str) -> None:
        """The same, whatever mirrors there are. Raises HouseError."""
        self._add("flow", "mira", {**configuration.redis_fields(redis_url), "mirror": mirror})

    def _add(self, kind: str, handler: str | list[str], *answers: dict[str, Any]) -> None:
        """Go through a config flow, as a person would. Raises HouseError where it does not come to its end."""
        path = f"/api/config/config_entries/{kind}"
        result = self.post(path, {"handler": handler})
        for answer in answers:
            result = self.post(f"{path}/{result['flow_id']}", answer)
        if result["type"] != "create_entry":
            said = result.get("errors") or result.get("reason")
            raise HouseError(f"{handler} could not be set up in Home Assistant: it said {said}.")

    def add_speech(self, port: int) -> None:
        """Set up the engine of speech that listens on this port, where that was not done before."""
        if not self.get("/api/config/config_entries/entry?domain=wyoming"):
            self._add("flow", "wyoming", {"host": "127.0.0.1", "port": port})

    def add_persona(self, model_port: int) -> None:
        """Set up the stand-in model on this port, and a persona over it, where that was not done before."""
        if self.get("/api/config/config_entries/entry?domain=llama_cpp"):
            return
        self._add("flow", "llama_cpp", {"base_url": openai_url(model_port)}, {"chat_model": NAME})
        (mirror,) = self.get("/api/config/config_entries/entry?domain=mira")
        persona = {
            "name": "Mira",
            "agent": "conversation.stand_in",
            "prompt": "You are Mira, the mirror in the hall: kind, brief, and a little vain.",
        }
        self._add("subentries/flow", [mirror["entry_id"], "persona"], persona)

    def wait_for_page(self, path: str, seconds: float = 30) -> None:
        """Until `path` is served: a browser that comes too early would stay on a 404."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            connection.request("GET", path)
            status = connection.getresponse().status
            connection.close()
            if status == http.client.OK:
                return
            time.sleep(0.1)
        raise HouseError(f"Home Assistant does not serve {path}. Its log: {self.process.log}")

    def state(self, entity: str) -> dict[str, Any]:
        """An entity's state with its attributes; `{"state": None}` where there is no such entity."""
        for state in self.get("/api/states"):
            if state["entity_id"] == entity:
                return dict(state)
        return {"state": None, "attributes": {}}

    def call(self, action: str, data: dict[str, Any], *, answer: bool = False) -> Any:
        """Call a Home Assistant action; with `answer`, what it responds."""
        path = f"/api/services/{action.replace('.', '/')}"
        result = self.post(path + ("?return_response" if answer else ""), data)
        return result["service_response"] if answer else result

    def get(self, path: str) -> Any:
        """GET as administrator; the JSON answer."""
        return self._ask("GET", path)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """POST as administrator; the JSON answer."""
        return self._ask("POST", path, body)

    def delete(self, path: str) -> None:
        """DELETE as administrator."""
        self._ask("DELETE", path)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {"Authorization": f"Bearer {self.login.token}", "Content-Type": "application/json"}
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            response = connection.getresponse()
            content = response.read()
        except http.client.HTTPException as err:
            raise HouseError(f"Home Assistant broke off at {path}: {err}") from err
        finally:
            connection.close()
        if response.status >= http.client.BAD_REQUEST:
            raise HouseError(f"Home Assistant answered {response.status} to {path}: {content[:300]!r}")
        return json.loads(content)
