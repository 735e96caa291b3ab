"""Where the MQTT broker is, as its owner may write it, and what the doctor says of it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from house.broker import MosquittoServer
from house.redis import RedisServer, free_port
from mira_sidecar.cli import main
from mira_sidecar.config import ConfigError, load
from mira_sidecar.subjects.windows import broker_checks
from mira_sidecar.subjects.windows.settings import WindowsSettings

pytestmark = pytest.mark.usefixtures("socket_enabled", "no_settings")


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[MosquittoServer]:
    """A broker with passwords and an access list, not encrypted."""
    users = {"mira": "umbrella", "stranger": "nothing"}
    with MosquittoServer(tmp_path / "mosquitto", users=users) as server:
        yield server


@pytest.mark.parametrize(
    ("text", "place", "shown"),
    [
        ("mqtt://nas.lan", ("nas.lan", 1883, False, None), "mqtt://nas.lan:1883"),
        ("mqtts://mira@nas.lan", ("nas.lan", 8883, True, "mira"), "mqtts://nas.lan:8883"),
        ("mqtt://m%40home@10.0.0.2:1884/", ("10.0.0.2", 1884, False, "m@home"), "mqtt://10.0.0.2:1884"),
        ("mqtt://mira@[fd00::2]:1883", ("fd00::2", 1883, False, "mira"), "mqtt://[fd00::2]:1883"),
    ],
)
def test_an_address_says_where_the_broker_is(text: str, place: tuple[object, ...], shown: str) -> None:
    address = load({}, {"MIRA_WINDOWS_BROKER": text}, None).of(WindowsSettings).broker_address
    assert address
    assert address[:4] == place
    assert str(address) == shown


def test_without_an_address_there_is_no_broker() -> None:
    assert load({}, {}, None).of(WindowsSettings).broker_address is None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "nas.lan",
            "http://nas.lan",
            "mqtt://",
            "mqtt://nas.lan:x",
            "mqtt://nas.lan:99999",
            "mqtt://nas.lan/umbrella",
        ),
        *("mqtt://mira:umbrella@nas.lan", "mqtt://:umbrella@nas.lan", "mqtts://mira:um/brella@nas.lan"),
        *("mqtt://nas.lan?password=umbrella", "mqtt://nas.lan#umbrella", "mqtt://[umbrella]"),
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(text: str) -> None:
    for given in ({"windows_broker": text}, {}):
        with pytest.raises(ConfigError, match=r"`windows_broker`, set by .* is wrong: ") as error:
            load(given, {} if given else {"MIRA_WINDOWS_BROKER": text}, None)
        assert "brella" not in str(error.value)


def test_in_the_settings_file_it_stands_with_the_rest_of_windows(tmp_path: Path) -> None:
    file = tmp_path / "mira.toml"
    file.write_text('[windows]\nbroker = "mqtts://mira@nas.lan"\nbroker_password_file = "/etc/mira/broker"\n')
    address = load({}, {}, file).of(WindowsSettings).broker_address
    assert address
    assert address.password_file == Path("/etc/mira/broker")


@pytest.fixture
def found(shared_redis: RedisServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """The doctor's lines about MQTT."""

    def examined(**more: object) -> list[str]:
        arguments = ["doctor", "--redis-url", shared_redis.url, "--database", str(tmp_path / "mira.db")]
        arguments += ["--subjects", "windows"]
        main([*arguments, *(part for name, value in more.items() for part in (f"--windows-{name}", str(value)))])
        return [line for line in capsys.readouterr().out.splitlines() if line[2:].startswith("MQTT ")]

    return lambda **more: examined(**{name.replace("_", "-"): value for name, value in more.items()})


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    file = tmp_path / "password"
    file.write_text("umbrella")
    file.chmod(0o600)
    return file


def test_the_doctor_says_that_there_is_none(found) -> None:
    (line,) = found()
    assert line.startswith("✓ MQTT")
    assert "set `windows_broker`" in line


def test_the_doctor_gets_in_and_back_what_it_sends(found, guarded: MosquittoServer, password_file: Path) -> None:
    (line,) = found(broker=guarded.url("mira"), broker_password_file=password_file)
    told = rf"✓ MQTT +mqtt://127.0.0.1:{guarded.port} lets `mira` in, and delivers in \d+\.\d ms; .* not encrypted"
    assert re.fullmatch(told, line)


def test_the_doctor_notices_an_access_list_that_is_too_narrow(
    found, guarded: MosquittoServer, password_file: Path
) -> None:
    password_file.write_text("nothing")
    (line,) = found(broker=guarded.url("stranger"), broker_password_file=password_file)
    assert line.startswith("✗ MQTT")
    assert "does not deliver what was sent to `mira/hall/doctor`" in line


def test_the_doctor_says_why_it_does_not_get_in(found, guarded: MosquittoServer, password_file: Path) -> None:
    password_file.write_text("parasol")
    (line,) = found(broker=guarded.url("mira"), broker_password_file=password_file)
    assert line.startswith("✗ MQTT")
    assert "refuses the user `mira` or its password" in line
    assert "parasol" not in line
    (line,) = found(broker=f"mqtt://127.0.0.1:{free_port()}")
    assert "is not running" in line


def test_the_doctor_finds_a_password_that_others_may_read_or_that_nobody_has(
    found, guarded: MosquittoServer, password_file: Path
) -> None:
    password_file.chmod(0o644)
    shared, works = found(broker=guarded.url("mira"), broker_password_file=password_file)
    assert f"Run `chmod go= {password_file}`." in shared
    assert works.startswith("✓")
    password_file.chmod(0o600)
    nobody, _refused = found(broker=guarded.url(), broker_password_file=password_file)
    assert "names no user. Put it before the host: mqtt://mira@127.0.0.1." in nobody


def test_the_doctor_finds_a_certificate_that_is_of_no_use(found, guarded: MosquittoServer, password_file: Path) -> None:
    more = {"broker_password_file": password_file, "broker_ca_file": password_file}
    useless, works = found(broker=guarded.url("mira"), **more)
    assert "`windows_broker` does not encrypt. Write mqtts://" in useless
    assert works.startswith("✓")


def test_the_doctor_says_what_to_install(found, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker_checks, "not_installed", lambda: "Install it.")
    assert found(broker="mqtt://nas.lan") == ["✗ MQTT       Install it."]
