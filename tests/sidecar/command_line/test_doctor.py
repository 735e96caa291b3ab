"""What the doctor finds, and what it says to do."""

import asyncio
import re
from pathlib import Path

import msgspec
import pytest
import redis

from house.redis import RedisServer, free_port
from house.sidecar import SidecarProcess
from house.sound import Alsa
from mira_sidecar.cli import main
from mira_sidecar.operations import redis_settings
from mira_sidecar.protocol import PROTOCOL_VERSION, Keys, Presence, Problem
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.subjects.gesture.part import GesturePart
from mira_sidecar.subjects.gesture.worker import models
from tests.sidecar.devices.sounds import tone

pytestmark = pytest.mark.usefixtures("socket_enabled", "no_settings")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A sound, empty log."""

    async def made() -> None:
        await (await EventStore.open(tmp_path / "mira.db")).close()

    asyncio.run(made())
    return tmp_path / "mira.db"


def findings(
    capsys: pytest.CaptureFixture[str], redis_url: str | None, database: Path, *more: str | Path
) -> tuple[int, dict[str, str]]:
    """The doctor's exit code, and its line about each subject."""
    arguments = ["doctor", *(("--redis-url", redis_url) if redis_url else ()), "--database", database, *more]
    code = main([str(argument) for argument in arguments])
    lines = capsys.readouterr().out.splitlines()
    return code, {line[2:12].strip(): f"{line[0]} {line[13:]}" for line in lines}


def test_where_all_is_sound_it_says_so(
    redis_server: RedisServer, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = findings(capsys, redis_server.url, database)
    assert code == 0
    assert list(found) == ["Redis", "mirror", "database", "models", "wake words", "camera", "microphone"]
    assert all(text.startswith("✓ ") for text in found.values())
    assert f"at {redis_server.url} answers in " in found["Redis"]
    assert "no sidecar serves it now" in found["mirror"]
    assert "is sound: 0 events" in found["database"]
    assert "set `camera` for gestures" in found["camera"]


def test_it_finds_a_running_sidecar_and_does_not_disturb_it(
    redis_server: RedisServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sidecar = SidecarProcess(redis_server.url, tmp_path / "mira.db")
    sidecar.start()
    sidecar.bus.send("toggle_camera", {})
    code, found = findings(capsys, redis_server.url, sidecar.database)
    assert (code, "is sound: 2 events" in found["database"]) == (0, True)
    assert f":{sidecar.process.pid}) serves it" in found["mirror"]
    assert sidecar.bus.send("toggle_camera", {})["seq"] == 3
    sidecar.kill()


def test_before_the_first_start_there_is_no_database_yet(
    redis_server: RedisServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "not" / "yet" / "mira.db"
    code, found = findings(capsys, redis_server.url, path)
    assert (code, "will be made at the first start" in found["database"]) == (0, True)
    assert not path.parent.exists()


def test_each_broken_thing_is_found_beside_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIRA_REDIS_URL", f"redis://anna:secret@127.0.0.1:{free_port()}/0")
    broken = tmp_path / "mira.db"
    broken.write_bytes(b"Dear aunt, " * 1_000)
    (tmp_path / models.PALM).write_bytes(b"no model")
    code, found = findings(capsys, None, broken, "--models", tmp_path)
    assert code == 1
    assert found["Redis"].startswith("✗ Redis at redis://127.0.0.1:")
    assert found["Redis"].endswith("Start it, or check `redis_url`.")
    assert found["database"].startswith("✗ The database ")
    assert "is damaged" in found["database"]
    assert found["models"].startswith("✗ ")
    assert "wrong checksum" in found["models"]
    assert broken.read_bytes() == b"Dear aunt, " * 1_000


def test_a_redis_that_wants_a_password_is_told_apart(
    redis_server: RedisServer, database: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "password").write_text("wrong\n")
    code, found = findings(capsys, redis_server.url, database, "--redis-password-file", tmp_path / "password")
    assert code == 1
    assert found["Redis"] == f"✗ Redis at {redis_server.url} refuses the user or password. Check `redis_url`."


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("maxmemory-policy=allkeys-lru", "Set `maxmemory-policy noeviction`."),
        ("maxmemory-policy=volatile-ttl", "Set `maxmemory-policy noeviction`."),
        ("maxmemory=1mb", "is nearly out of memory: "),
        ("appendonly=no", "persistence is off: "),
    ],
)
def test_a_redis_that_could_lose_the_mirrors_data_is_named(
    redis_server: RedisServer,
    database: Path,
    capsys: pytest.CaptureFixture[str],
    setting: str,
    says: str,
) -> None:
    with redis.Redis.from_url(redis_server.url) as client:
        client.config_set(*setting.split("="))
    code, found = findings(capsys, redis_server.url, database)
    assert (code, says in found["Redis"]) == (1, True)


def test_a_redis_that_lets_the_whole_network_in_is_named(
    redis_server: RedisServer, database: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The test's own Redis listens here alone; what counts is the address that others would use, too.
    monkeypatch.setattr(redis_settings, "_is_here", lambda url: False)
    assert "without a password" in findings(capsys, redis_server.url, database)[1]["Redis"]
    assert not redis_settings.address("unix:///run/redis.sock")


def test_what_a_running_sidecar_says_of_itself_is_found(
    redis_server: RedisServer, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    presence = Presence(
        *(PROTOCOL_VERSION, "1", "server", "hall", "Hall", "pi:1", "2026-11-20T12:00:00.000Z", {}),
        degraded=[Problem("worker_failing", "The part `live` of the sidecar keeps failing.")],
    )
    with redis.Redis.from_url(redis_server.url) as client:
        client.set(Keys("hall").presence, msgspec.json.encode(presence))
    code, found = findings(capsys, redis_server.url, database)
    assert (code, found["mirror"]) == (1, "✗ The part `live` of the sidecar keeps failing.")


@pytest.mark.parametrize("place", ["/proc/mira.db", "/dev/null/mira.db"])
def test_a_place_where_nobody_may_write_is_found(
    redis_server: RedisServer, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    code, found = findings(capsys, redis_server.url, Path(place))
    assert code == 1
    assert "cannot be written" in found["database"]


def test_a_camera_that_does_not_answer_is_found(
    redis_server: RedisServer, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    camera = f"http://127.0.0.1:{free_port()}//stream"
    code, found = findings(capsys, redis_server.url, database, "--camera", camera)
    assert code == 1
    assert found["camera"].startswith("✗ ")
    assert "refused the connection" in found["camera"]


def test_a_log_that_others_may_read_is_found_and_the_next_start_takes_it_back(
    redis_server: RedisServer, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database.chmod(0o644)
    code, found = findings(capsys, redis_server.url, database)
    assert code == 1
    assert found["database"].startswith(f"✗ Other users may read {database}, ")
    sidecar = SidecarProcess(redis_server.url, database)
    sidecar.start()
    sidecar.kill()
    assert findings(capsys, redis_server.url, database)[0] == 0


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> None:
    """A subject that looks into the microphone."""
    monkeypatch.setattr(GesturePart, "looks_at", ("microphone",))


def test_it_says_how_loud_the_microphone_hears_it_and_that_the_speaker_opens(
    redis_server: RedisServer, database: Path, capsys: pytest.CaptureFixture[str], room: Alsa, listening: None
) -> None:
    room.play(tone(440, 30))
    devices = ("--microphone", room.microphone, "--speaker", room.speaker)
    code, found = findings(capsys, redis_server.url, database, *devices)
    assert code == 1
    assert found["voice"].startswith("✗ Home Assistant does not listen")
    assert re.fullmatch(r"✓ `\w+` hears -1[0-9] dBFS", found["microphone"])
    assert found["speaker"] == f"✓ `{room.speaker}` can be opened"
    assert room.played == b""


def test_a_microphone_that_hears_nothing_at_all_is_muted(
    redis_server: RedisServer, database: Path, capsys: pytest.CaptureFixture[str], room: Alsa, listening: None
) -> None:
    code, found = findings(capsys, redis_server.url, database, "--microphone", room.microphone)
    assert (code, "Is it muted?" in found["microphone"]) == (1, True)


def test_where_none_is_there_or_none_of_that_name_it_says_which_there_are(
    redis_server: RedisServer, database: Path, capsys: pytest.CaptureFixture[str], listening: None
) -> None:
    code, found = findings(capsys, redis_server.url, database)
    assert (code, "nothing is heard: this machine has " in found["microphone"]) == (0, True)
    code, found = findings(capsys, redis_server.url, database, "--microphone", "nowhere", "--speaker", "nowhere")
    assert code == 1
    assert found["microphone"].startswith("✗ There is no microphone `nowhere`: this machine has ")
    assert found["speaker"].startswith("✗ There is no speaker `nowhere`: this machine has ")
