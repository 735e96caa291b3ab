"""The settings: where they come from, and what a wrong one says."""

from pathlib import Path
from typing import Any

import pytest

from mira_sidecar.config import FIELDS, ConfigError, load


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mira.toml"


def test_a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default(file: Path) -> None:
    file.write_text('mirror = "file"\nname = "File"\ngesture_hold_ms = 700\n')
    environment = {"MIRA_MIRROR": "environment", "MIRA_NAME": "Environment", "OTHER": "x"}
    settings = load({"mirror": "flag"}, environment, file)
    assert (settings.mirror, settings.name, settings.gesture_hold_ms) == ("flag", "Environment", 700)
    assert settings.gesture_cooldown_ms is None


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("gesture_hold_ms", "800", 800),
        ("gesture_min_confidence", "0.25", 0.25),
        ("camera_mirrored", "true", True),
        ("camera_mirrored", "0", False),
        ("pages", "home, weather", ["home", "weather"]),
        ("confirm", "camera_on", ["camera_on"]),
        ("confirm", "none", []),
        ("camera", "/dev/video0", "/dev/video0"),
        ("database", "~/mira.db", Path.home() / "mira.db"),
        ("redis_url", "rediss://anna:secret@redis.lan:6380/1", "rediss://anna:secret@redis.lan:6380/1"),
    ],
)
def test_text_becomes_what_the_setting_takes(name: str, text: str, value: object) -> None:
    assert getattr(load({name: text}, {}, None), name) == value
    assert getattr(load({}, {f"MIRA_{name.upper()}": text}, None), name) == value


def test_a_file_has_values_of_its_own_kind(file: Path) -> None:
    file.write_text('camera_mirrored = true\npages = ["home", "weather"]\nvoice_min_confidence = 1\n')
    settings = load({}, {}, file)
    assert (settings.camera_mirrored, settings.pages, settings.voice_min_confidence) == (True, ["home", "weather"], 1)


WRONG: list[tuple[str, Any, str]] = [
    ("mirror", "Hall Mirror", "a-z, 0-9, _"),
    ("name", "x" * 65, "up to 64 characters"),
    ("redis_url", "http://redis.lan", "redis://[user:password@]host[:port][/number]"),
    ("redis_url", "redis://redis.lan:port", "redis://[user:password@]host[:port][/number]"),
    ("redis_url", "redis://redis.lan?colour=blue", "redis://[user:password@]host[:port][/number]"),
    ("camera_mirrored", "maybe", "true where"),
    ("gesture_hold_ms", "soon", "100 to 10000"),
    ("gesture_hold_ms", "99", "100 to 10000"),
    ("keep_days", "-1", "0: for ever"),
    ("keep_mb", "2 GB", "0: without limit"),
    ("gesture_cooldown_ms", "60001", "up to 60000"),
    ("gesture_min_confidence", "1.5", "0 to 1"),
    ("voice_min_confidence", "nan", "0 to 1"),
    ("pages", "", "a-z, 0-9, _"),
    ("pages", "home,home", "names a page twice"),
    ("script_loop", "sometimes", "true to play"),
    ("log_level", "loud", "debug, info, warning or error"),
]


@pytest.mark.parametrize(("name", "text", "takes"), WRONG)
def test_a_wrong_setting_is_named_with_its_origin_and_what_it_takes(
    name: str, text: str, takes: str, file: Path
) -> None:
    if text:  # an empty variable is one that is not set
        with pytest.raises(
            ConfigError, match=f"`{name}`, set by the environment variable MIRA_{name.upper()}, is wrong"
        ) as error:
            load({}, {f"MIRA_{name.upper()}": text}, None)
        assert takes in str(error.value)
    with pytest.raises(ConfigError, match=f"`{name}`, set by the flag --{name.replace('_', '-')}, is wrong") as error:
        load({name: text}, {}, None)
    assert takes in str(error.value)
    file.write_text(f'{name} = "{text}"')
    with pytest.raises(ConfigError, match=f"`{name}`, set by {file}, is wrong") as error:
        load({}, {}, file)
    assert takes in str(error.value)


@pytest.mark.parametrize(
    "written", ["database = 5", "pages = [1]", "mirror = true", "gesture_hold_ms = 1.5", "camera = []"]
)
def test_a_value_of_the_wrong_kind_in_the_file_is_named(file: Path, written: str) -> None:
    file.write_text(written)
    with pytest.raises(ConfigError, match=f"`{written.split(maxsplit=1)[0]}`, set by {file}, is wrong: Expected"):
        load({}, {}, file)


def test_a_wrong_redis_url_is_not_repeated() -> None:
    with pytest.raises(ConfigError) as error:
        load({"redis_url": "redis://anna:sec/ret@redis.lan"}, {}, None)
    assert "sec" not in str(error.value)


@pytest.mark.parametrize("name", FIELDS)
def test_an_empty_variable_is_one_that_is_not_set(name: str) -> None:
    assert load({}, {f"MIRA_{name.upper()}": ""}, None) == load({}, {}, None)


def test_an_unknown_key_suggests_the_near_one(file: Path) -> None:
    file.write_text("gesture_hold = 700")
    with pytest.raises(
        ConfigError, match=r"sets `gesture_hold`, which Mira does not know. Did you mean `gesture_hold_ms`"
    ):
        load({}, {}, file)
    file.write_text("xyzzy = 1")
    with pytest.raises(ConfigError, match="There are: mirror, name, redis_url, "):
        load({}, {}, file)


@pytest.mark.parametrize(
    ("content", "says"), [(b"mirror = ", "is no TOML"), (b"\xff\xfe", "cannot be read"), (None, "cannot be read")]
)
def test_a_file_that_cannot_be_used_is_named(file: Path, content: bytes | None, says: str) -> None:
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match=f"The settings file {file} {says}"):
        load({}, {}, file)


def test_what_is_not_set_follows_from_the_mirror(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    settings = load({"mirror": "guest_room"}, {}, None)
    assert settings.display_name == "Guest Room"
    assert settings.database_path == tmp_path / "mira" / "guest_room.db"
