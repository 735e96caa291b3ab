"""Secrets that were planted wherever one can be: after a full run none of them stands where it does not belong."""

import contextlib
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from house.hand_video import jpeg
from house.process import handed_on
from house.redis import RedisServer
from house.sidecar import PROGRAM, SidecarProcess
from house.stream_server import StreamServer
from mira_sidecar.subjects.gesture.worker.models import default_directory
from tests.planted import OTHER_PIN, PIN
from tests.sidecar.process.mirror import AT_ONCE, Mirror

# Long words, which nothing else can hold by chance.
REDIS_USER, REDIS_PASSWORD = "UmbrellaRedisUser", "UmbrellaRedisPassword"
CAMERA_USER, CAMERA_PASSWORD = "UmbrellaCameraUser", "UmbrellaCameraPassword"
CAMERA_PATH, CAMERA_QUERY, CAMERA_FRAGMENT = "UmbrellaCameraPath", "UmbrellaCameraQuery", "UmbrellaCameraFragment"
TOKEN = "UmbrellaCameraToken"
SECRETS = ("umbrella", PIN, OTHER_PIN)

type Settings = dict[str, str]


def found_in(text: str | bytes) -> list[str]:
    """The secrets in it, with what stands around them."""
    text = text if isinstance(text, str) else text.decode("latin-1")
    lower = text.casefold()
    return [text[max(0, at - 60) : at + 60] for secret in SECRETS if (at := lower.find(secret)) >= 0]


@pytest.fixture
def server(tmp_path: Path, socket_enabled: None) -> Iterator[RedisServer]:
    """A Redis that knows the planted user, beside the one who may do everything."""
    user = ("--user", REDIS_USER, "on", f">{REDIS_PASSWORD}", "~*", "&*", "+@all")
    server = RedisServer(tmp_path / "redis", settings=user)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def camera(socket_enabled: None) -> Iterator[StreamServer]:
    """A camera that shows an empty room."""
    with StreamServer(jpeg(np.full((48, 64, 3), 60, np.uint8))) as camera:
        yield camera


def camera_url(camera: StreamServer) -> str:
    """With a secret in each of its parts."""
    place = camera.url.removeprefix("http://").removesuffix("/stream")
    credentials = f"{CAMERA_USER}:{CAMERA_PASSWORD}"
    return f"http://{credentials}@{place}/{CAMERA_PATH}?key={CAMERA_QUERY}#{CAMERA_FRAGMENT}"


def in_addresses(server: RedisServer, camera: StreamServer, _: Path) -> Settings:
    """The secrets in front of the hosts."""
    redis = server.url.replace("redis://", f"redis://{REDIS_USER}:{REDIS_PASSWORD}@")
    return {"redis_url": redis, "camera": camera_url(camera), "camera_token": TOKEN}


def in_queries(server: RedisServer, camera: StreamServer, folder: Path) -> Settings:
    """Those of Redis behind it."""
    redis = f"{server.url}?username={REDIS_USER}&password={REDIS_PASSWORD}"
    return {**in_addresses(server, camera, folder), "redis_url": redis}


def in_files(server: RedisServer, camera: StreamServer, folder: Path) -> Settings:
    """Each in a file."""
    folder.mkdir()
    secrets = {"redis_password_file": REDIS_PASSWORD, "camera_url_file": camera_url(camera), "camera_token_file": TOKEN}
    for name, secret in secrets.items():
        (folder / name).write_text(f"{secret}\n")
    redis = server.url.replace("redis://", f"redis://{REDIS_USER}@")
    return {"redis_url": redis, **{name: str(folder / name) for name in secrets}}


def family(pid: int) -> Iterator[int]:
    """A process, and all that it started."""
    yield pid
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if path.read_text().rpartition(")")[2].split()[1] == str(pid):
                yield from family(int(path.parent.name))


def arguments(pid: int) -> bytes:
    """What `ps` shows of a process and its children."""
    return b"\n".join(Path(f"/proc/{one}/cmdline").read_bytes() for one in family(pid))


def children_know(pid: int) -> bytes:
    """The environment of all that a process has started."""
    return b"\n".join(Path(f"/proc/{one}/environ").read_bytes() for one in family(pid) if one != pid)


@pytest.mark.parametrize("where", [in_addresses, in_queries, in_files])
def test_no_secret_is_anywhere_where_it_does_not_belong(
    server: RedisServer, camera: StreamServer, tmp_path: Path, where: Callable[..., Settings]
) -> None:
    settings = where(server, camera, tmp_path / "secrets")
    database = tmp_path / "data" / "mira.db"
    log = tmp_path / "sidecar.log"
    environment = {**handed_on(), **{f"MIRA_{name.upper()}": text for name, text in settings.items()}}
    said: dict[str, str] = {}

    def mira(*command: str) -> None:
        done = subprocess.run(
            [PROGRAM, *command, "--database", database, "--log-level", "debug"],
            env=environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        said[f"{' '.join(command)} #{len(said)}"] = done.stdout + done.stderr

    sidecar = SidecarProcess(server.url, database, log=log, log_level="debug", models=default_directory(), **AT_ONCE)
    sidecar.flags |= settings
    mirror = Mirror(server, sidecar)
    sidecar.start()
    try:
        pid = sidecar.process.pid
        assert pid
        mirror.send("set_pin", {"pin": PIN})
        mirror.send("unlock", {"pin": OTHER_PIN})
        mirror.send("unlock", {"pin": PIN})
        misfit = {"id": "misfit-1234", "action": "unlock", "payload": {"pin": PIN, "current": OTHER_PIN}, PIN: PIN}
        mirror.post([misfit])
        mirror.answers([misfit])
        mirror.send("set_camera", {"on": True})
        mirror.until(lambda: capture(mirror) == "open", 30)
        processes = list(family(pid))
        assert len(processes) == 2
        assert found_in(arguments(pid)) == []
        assert found_in(children_know(pid)) == []
        for command in ("doctor", "events", "explain 1", "export", "export --redact", "replay", "verify"):
            mira(*command.split())
        assert "gives pictures" in said["doctor #0"]
        server_answers = [mirror.published(), mirror.snapshot(), mirror.presence()]
        camera.stop()
        mirror.until(lambda: capture(mirror) == "failed", 30)
        server_answers.append(mirror.presence())
        mirror.until(lambda: any(line.get("code") == "refused" for line in mirror.log()), 30)
        server.stop()
        mirror.until(lambda: "does not answer" in log.read_text())
        mira("doctor")
        mira("gestures", "record", str(tmp_path / "films"), "--gesture", "palm")
    finally:
        sidecar.stop()
        mirror.redis.close()
    assert found_in(log.read_text()) == []
    assert {command: text for command, text in said.items() if found_in(text)} == {}
    assert found_in(str(server_answers)) == []
    assert {name: found for name, found in kept(tmp_path / "data") if found} == {}


def capture(mirror: Mirror) -> str:
    """What the camera is observed to do."""
    return str((mirror.presence() or {"devices": {"camera": {"capture": ""}}})["devices"]["camera"]["capture"])


def kept(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """What is found in each file of the data folder."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.name, found_in(path.read_bytes())
