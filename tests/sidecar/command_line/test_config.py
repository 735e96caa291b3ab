"""The settings: where they come from, and what a wrong one says."""

from pathlib import Path
from typing import Any

import pytest

from mira_sidecar.config import FIELDS, ConfigError, load
from mira_sidecar.devices.camera.settings import Camera
from mira_sidecar.devices.microphone.settings import Microphone
from mira_sidecar.discovery import all_subjects
from mira_sidecar.subjects.gesture.settings import GestureSettings
from mira_sidecar.subjects.screen.settings import ScreenSettings
from mira_sidecar.subjects.voice.settings import VoiceSettings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mira.toml"


def test_a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default(file: Path) -> None:
    file.write_text('mirror = "file"\nname = "File"\ngesture_hold_ms = 700\n')
    environment = {"MIRA_MIRROR": "environment", "MIRA_NAME": "Environment", "OTHER": "x"}
    settings = load({"mirror": "flag"}, environment, file)
    gestures = settings.of(GestureSettings)
    assert (settings.mirror, settings.name, gestures.hold_ms) == ("flag", "Environment", 700)
    assert gestures.cooldown_ms is None


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("camera_mirrored", "true", True),
        ("camera_mirrored", "0", False),
        ("confirm", "camera_on", ["camera_on"]),
        ("confirm", "none", []),
        ("camera", "/dev/video0", "/dev/video0"),
        (
            "cameras",
            "door=/dev/video2,desk=http://desk.lan/1=2",
            {"door": "/dev/video2", "desk": "http://desk.lan/1=2"},
        ),
        ("cameras", "none", {}),
        ("microphone", "hw:CARD=Device", "hw:CARD=Device"),
        ("speaker", "default", "default"),
        ("database", "~/mira.db", Path.home() / "mira.db"),
        ("redis_url", "rediss://anna:secret@redis.lan:6380/1", "rediss://anna:secret@redis.lan:6380/1"),
    ],
)
def test_text_becomes_what_the_setting_takes(name: str, text: str, value: object) -> None:
    if name != "redis_url":  # with a password
        assert getattr(load({name: text}, {}, None), name) == value
    assert getattr(load({}, {f"MIRA_{name.upper()}": text}, None), name) == value


def test_a_file_has_values_of_its_own_kind(file: Path) -> None:
    file.write_text('camera_mirrored = true\npages = ["home", "weather"]\nvoice_min_confidence = 1\n')
    settings = load({}, {}, file)
    assert (settings.camera_mirrored, settings.of(ScreenSettings).pages) == (True, ["home", "weather"])
    assert settings.of(VoiceSettings).min_confidence == 1


def test_a_subject_has_a_table_of_its_own_in_the_file(file: Path) -> None:
    file.write_text("[gesture]\nhold_ms = 700\n[voice]\nmin_confidence = 0.9\n")
    settings = load({"voice_min_confidence": "0.8"}, {"MIRA_GESTURE_COOLDOWN_MS": "0"}, file)
    assert settings.of(GestureSettings).thresholds == {"gesture_hold_ms": 700, "gesture_cooldown_ms": 0}
    assert settings.of(VoiceSettings).min_confidence == 0.8
    file.write_text("[gesture]\nhold = 700\n")
    with pytest.raises(ConfigError, match=r"`gesture_hold`.*did you mean `gesture_hold_ms`"):
        load({}, {}, file)


def test_a_setting_from_before_there_were_subjects_keeps_its_name(file: Path) -> None:
    file.write_text('cooldowns = ["palm=1000"]')
    wanted = {"palm": 3_000}
    for settings in (
        load({"cooldowns": "palm=3000"}, {}, file),
        load({}, {"MIRA_COOLDOWNS": "palm=3000"}, file),
        load({"gesture_cooldowns": "palm=3000"}, {}, file),
    ):
        assert settings.of(GestureSettings).own_cooldowns == wanted
    assert load({}, {}, file).of(GestureSettings).own_cooldowns == {"palm": 1_000}
    file.write_text('pages = ["home"]\nunlock_ms = 5000\n[gesture]\nmodels = "/hands"\n')
    settings = load({"models": "~/hands"}, {"MIRA_PAGES": "home, weather"}, file)
    assert settings.of(ScreenSettings) == ScreenSettings(pages=["home", "weather"], unlock_ms=5_000)
    assert settings.of(GestureSettings).models == Path.home() / "hands"


def test_subjects_are_switched_off_by_name() -> None:
    assert load({}, {}, None).all_subjects == ("people", "screen", "gesture", "talk", "voice")
    assert load({"subjects": "voice"}, {}, None).all_subjects == ("people", "screen", "voice")
    assert load({"subjects": "none"}, {}, None).all_subjects == ("people", "screen")
    with pytest.raises(ConfigError, match="named twice"):
        load({"subjects": "gesture,gesture"}, {}, None)


def test_a_setting_that_a_file_has_by_two_names_is_refused(file: Path) -> None:
    file.write_text("gesture_hold_ms = 300\n[gesture]\nhold_ms = 900\n")
    with pytest.raises(ConfigError, match="sets `gesture_hold_ms` twice"):
        load({}, {}, file)


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
    ("screen_pages", "", "a-z, 0-9, _"),
    ("screen_pages", "home,home", "a page is named twice"),
    ("script_loop", "sometimes", "true to play"),
    ("log_level", "loud", "debug, info, warning or error"),
    ("camera", "rtsp://anna:se/cret@camera.lan", "in user and password %40 for @"),
    ("camera_token", "two words", "a long-lived access token"),
    ("confirm", "camera_onn", "did you mean `camera_on`?"),
    ("confirm", "camera_on,clear_complete_todos", "did you mean `clear_completed_todos`?"),
    ("confirm", "xyzzy", "`xyzzy` is not an action or a risk. It is:"),
    ("guarded", "mikrophone_on:touch", "did you mean `microphone_on`?"),
    ("guarded", "camera_on:tuch", "did you mean `touch`?"),
    ("guarded", "camera_on", "what needs the PIN, by source"),
    ("gesture_cooldowns", "plam=3000", "did you mean `palm`?"),
    ("gesture_cooldowns", "my_own_gesture=3000", "is not a built-in gesture"),
    ("gesture_cooldowns", "palm", "palm=3000"),
    ("rates", "gestures=1/2", "did you mean `gesture`?"),
    ("subjects", "gestures", "did you mean `gesture`?"),
    ("subjects", "screen", "is not a subject"),
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
    "written", ["database = 5", "screen_pages = [1]", "mirror = true", "gesture_hold_ms = 1.5", "camera = []"]
)
def test_a_value_of_the_wrong_kind_in_the_file_is_named(file: Path, written: str) -> None:
    file.write_text(written)
    with pytest.raises(ConfigError, match=f"`{written.split(maxsplit=1)[0]}`, set by {file}, is wrong: Expected"):
        load({}, {}, file)


def test_a_wrong_redis_url_is_not_repeated() -> None:
    with pytest.raises(ConfigError) as error:
        load({"redis_url": "redis://anna:sec/ret@redis.lan"}, {}, None)
    assert "sec" not in str(error.value)


def test_every_risk_and_action_can_be_marked() -> None:
    names = [*all_subjects().risks, *all_subjects().actions]
    settings = load({"confirm": ",".join(names), "guarded": ",".join(f"{name}:touch" for name in names)}, {}, None)
    assert settings.rules.confirm == set(names)
    assert settings.rules.guarded == {(name, "touch") for name in names}


@pytest.mark.parametrize(
    ("variable", "says"),
    [
        ("MIRA_REDIS_ULR", "(did you mean `MIRA_REDIS_URL`?)"),
        ("MIRA_Camera", "(did you mean `MIRA_CAMERA`?)"),
        ("MIRA_BROWSER", "the environment variable MIRA_BROWSER. Those that begin with MIRA_ are"),
    ],
)
def test_an_unknown_variable_is_an_error_that_suggests_the_near_one(variable: str, says: str) -> None:
    with pytest.raises(ConfigError) as error:
        load({}, {variable: "umbrella"}, None)
    assert says in str(error.value)
    assert "umbrella" not in str(error.value)
    assert load({}, {variable: ""}, None) == load({}, {}, None)


@pytest.mark.parametrize(
    ("name", "secret", "instead"),
    [
        ("redis_url", "redis://anna:umbrella@redis.lan", "--redis-password-file, or set MIRA_REDIS_URL"),
        ("redis_url", "redis://redis.lan?password=umbrella", "--redis-password-file, or set MIRA_REDIS_URL"),
        ("camera", "rtsp://anna:umbrella@camera.lan/1", "--camera-url-file, or set MIRA_CAMERA"),
        ("camera", "rtsp://umbrella@camera.lan/1", "--camera-url-file, or set MIRA_CAMERA"),
        ("camera", "http://camera.lan/1?key=umbrella", "--camera-url-file, or set MIRA_CAMERA"),
        ("camera_token", "umbrella", "--camera-token-file, or set MIRA_CAMERA_TOKEN"),
    ],
)
def test_a_secret_as_an_argument_is_refused_since_everybody_can_read_it(name: str, secret: str, instead: str) -> None:
    with pytest.raises(ConfigError) as error:
        load({name: secret}, {}, None)
    assert instead in str(error.value)
    assert "umbrella" not in str(error.value)
    assert getattr(load({}, {f"MIRA_{name.upper()}": secret}, None), name) == secret


def test_a_secret_of_a_further_camera_is_refused_as_an_argument() -> None:
    address = "rtsp://anna:umbrella@door.lan/1"
    with pytest.raises(ConfigError, match="Use the settings file, or set MIRA_CAMERAS") as error:
        load({"cameras": f"door={address}"}, {}, None)
    assert "umbrella" not in str(error.value)
    assert load({}, {"MIRA_CAMERAS": f"door={address}"}, None).all_cameras == {"door": Camera(address)}


def test_a_microphone_is_one_of_the_devices() -> None:
    settings = load({"microphone": "default", "camera": "/dev/video0"}, {}, None)
    assert settings.all_devices == {"camera": Camera("/dev/video0"), "microphone": Microphone("default")}
    assert load({}, {}, None).all_devices == {}


def test_further_cameras_have_a_table_in_the_file(file: Path) -> None:
    file.write_text(
        'camera = "/dev/video0"\ncamera_mirrored = true\n[cameras]\n'
        'door = "/dev/video2"\ndesk = {address = "http://desk.lan/1", token = "umbrella", mirrored = true}\n'
    )
    assert load({}, {}, file).all_cameras == {
        "camera": Camera("/dev/video0", mirrored=True),
        "door": Camera("/dev/video2"),
        "desk": Camera("http://desk.lan/1", "umbrella", mirrored=True),
    }


@pytest.mark.parametrize(
    ("cameras", "says"),
    [
        ("/dev/video2", "each as name=address"),
        ("door=/dev/video2,door=/dev/video3", "each name once"),
        ("camera=/dev/video2", "`camera` is the mirror's own"),
        ("microphone=/dev/video2", "`microphone` is the mirror's own"),
        ("Front Door=/dev/video2", "further cameras, each with a name of a-z"),
        ("door=rtsp://anna:se/cret@camera.lan", "in user and password %40 for @"),
    ],
)
def test_a_further_camera_that_is_wrong_is_refused(cameras: str, says: str) -> None:
    with pytest.raises(ConfigError, match="`cameras`, set by the environment variable MIRA_CAMERAS") as error:
        load({}, {"MIRA_CAMERAS": cameras}, None)
    assert says in str(error.value)
    assert "cret" not in str(error.value).replace("secret", "")


@pytest.mark.parametrize("camera", ["/dev/video0", "rtsp://camera.lan/1", "/home/anna/a@b?.mp4"])
def test_what_is_no_secret_may_be_an_argument(camera: str) -> None:
    assert load({"camera": camera, "redis_url": "redis://anna@redis.lan/1"}, {}, None).camera == camera


def test_secrets_come_from_files(tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("redis_password_file", "camera_url_file", "camera_token_file")}
    files["redis_password_file"].write_text("umb/re@lla\n")
    files["camera_url_file"].write_text("rtsp://anna:umbrella@camera.lan/1")
    files["camera_token_file"].write_text("umbrella\r\n")
    settings = load(
        {"redis_url": "redis://anna@redis.lan/1", **{name: str(path) for name, path in files.items()}}, {}, None
    )
    assert settings.redis_url == "redis://anna:umb%2Fre%40lla@redis.lan/1"
    assert settings.camera == "rtsp://anna:umbrella@camera.lan/1"
    assert settings.camera_token == "umbrella"
    variables = {f"MIRA_{name.upper()}": str(path) for name, path in files.items()}
    assert load({}, variables, None).redis_url == "redis://:umb%2Fre%40lla@127.0.0.1:6379/0"
    # Who only looks at the log need not be able to read them.
    for path in files.values():
        path.unlink()
    assert load({}, variables, None, ("mirror", "database")).redis_url == "redis://127.0.0.1:6379/0"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read (No such file or directory)"),
        (b"\xff", "cannot be read (it is not text)"),
        (b"", "has to hold one line"),
        (b"umbrella\numbrella\n", "has to hold one line"),
        (b"umbrella" * 600, "has to hold one line"),
        (b"umbrella umbrella", "`camera_token`, set by the file "),
    ],
    ids=["missing", "binary", "empty", "two lines", "long", "no token"],
)
def test_a_file_without_a_usable_secret_is_named_and_not_repeated(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError) as error:
        load({"camera_token_file": str(path)}, {}, None)
    assert says in str(error.value)
    assert str(path) in str(error.value)
    assert "umbrella" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "by_file", "secret"),
    [
        ("redis_url", "redis_password_file", "redis://:umbrella@redis.lan"),
        ("redis_url", "redis_password_file", "redis://redis.lan?password=umbrella"),
        ("camera", "camera_url_file", "/dev/video0"),
        ("camera_token", "camera_token_file", "umbrella"),
    ],
)
def test_a_secret_that_is_set_twice_is_refused(tmp_path: Path, name: str, by_file: str, secret: str) -> None:
    (tmp_path / "secret").write_text("umbrella")
    with pytest.raises(ConfigError, match=f"There is a secret in `{name}` and one in `{by_file}`") as error:
        load({by_file: str(tmp_path / "secret")}, {f"MIRA_{name.upper()}": secret}, None)
    assert "umbrella" not in str(error.value)


@pytest.mark.parametrize("name", FIELDS)
def test_an_empty_variable_is_one_that_is_not_set(name: str) -> None:
    assert load({}, {f"MIRA_{name.upper()}": ""}, None) == load({}, {}, None)


def test_an_unknown_key_suggests_the_near_one(file: Path) -> None:
    file.write_text("gesture_hold = 700")
    with pytest.raises(
        ConfigError, match=r"sets `gesture_hold`, which Mira does not know \(did you mean `gesture_hold_ms`\?\)"
    ):
        load({}, {}, file)
    file.write_text("xyzzy = 1")
    with pytest.raises(ConfigError, match="There are: mirror, name, redis_url, "):
        load({}, {}, file)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"mirror = ", "is not valid TOML"), (b"\xff\xfe", "cannot be read"), (None, "cannot be read")],
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
