"""The command line: it does what was asked and exits 0, or says one sentence and exits 1 or 2."""

import json
import subprocess
from pathlib import Path

import msgspec
import pytest

from house.sidecar import PROGRAM
from mira_sidecar import __version__
from mira_sidecar.cli import main
from mira_sidecar.protocol import Event
from mira_sidecar.store.event_store import EventStore

pytestmark = pytest.mark.usefixtures("no_settings")

NOON = "2026-11-20T12:00:00.000Z"
EVENTS = [
    Event(
        1, "event-1", "2026-11-20T12:00:00.000Z", "command-1", "accepted", "voice", "show_message", {"text": "Grüße"}
    ),
    Event(
        seq=2,
        id="event-2",
        ts="2026-11-20T12:00:01.000Z",
        command_id="command-2",
        type="rejected",
        source="gesture",
        action="gesture",
        confidence=0.62,
        reason="low_confidence",
        policy="confidence",
        message="Not sure enough: 62%, needed are 70%.",
    ),
]


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    """A log of two events."""
    path = tmp_path / "mira.db"
    store = await EventStore.open(path)
    await store.append(EVENTS)
    await store.close()
    return path


def said(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, output and errors of a command."""
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_events_shows_the_end_of_the_log(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capsys, "events", "--database", database)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        '      1  2026-11-20T12:00:00.000Z  accepted     voice show_message: {"text": "Grüße"}',
        "      2  2026-11-20T12:00:01.000Z  rejected     gesture 62% gesture: Not sure enough: 62%, needed are 70%.",
    ]
    assert said(capsys, "events", "--database", database, "--last", "1")[1].splitlines() == out.splitlines()[1:]


async def test_a_change_is_shown_without_the_notes_that_are_kept_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    patch = [
        {"op": "replace", "path": "/page", "value": "clock"},
        {"op": "remove", "path": "/todos/0"},
        {"op": "add", "path": "/last_changes/page", "value": {}},
        {"op": "add", "path": "/undoable/-", "value": {}},
    ]
    store = await EventStore.open(tmp_path / "mira.db")
    changed = Event(1, "a", NOON, "command-1", "state_patch", "touch", "show_page", {"patch": patch}, rev=7)
    await store.append([changed])
    await store.set_aside(0)
    await store.append([changed])
    await store.close()
    line = (
        '      1  2026-11-20T12:00:00.000Z  state_patch  touch show_page: revision 7: /page → "clock", /todos/0 removed'
    )
    for more in ([], ["--set-aside"]):
        assert said(capsys, "events", "--database", tmp_path / "mira.db", *more)[1].splitlines() == [line]


def test_a_command_explains_the_settings_that_matter_to_it_and_takes_the_others(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["verify", "--help"])
    shown = capsys.readouterr().out
    assert "--database VALUE" in shown
    assert "--redis-url" not in shown
    assert said(capsys, "verify", "--database", database, "--redis-url", "redis://127.0.0.1")[0] == 0


def test_export_writes_the_events_as_they_are(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = said(capsys, "export", "--database", database)
    assert (code, err) == (0, "")
    header, *lines = out.splitlines()
    assert json.loads(header) == {"mira_log": 2, "sidecar": __version__}
    assert [msgspec.json.decode(line, type=Event) for line in lines] == EVENTS
    file = tmp_path / "log.jsonl"
    assert said(capsys, "export", "--database", database, "--output", file) == (0, "", "")
    assert file.read_text(encoding="utf-8") == out


@pytest.mark.parametrize("command", ["events", "export"])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "There is no database at"),
        (b"Dear aunt, " * 1_000, "is damaged"),
        (b"", "cannot be used (no such table: events)"),
    ],
)
def test_a_log_that_cannot_be_read_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, content: bytes | None, says: str
) -> None:
    path = tmp_path / "broken.db"
    if content is not None:
        path.write_bytes(content)
    code, out, err = said(capsys, command, "--database", path)
    assert (code, out) == (1, "")
    assert err.startswith("mira-sidecar: ")
    assert says in err
    assert err.count("\n") == 1


def test_a_folder_is_no_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = said(capsys, "events", "--database", tmp_path)
    assert (code, err.count("\n")) == (1, 1)


def test_an_export_that_cannot_be_written_is_one_sentence(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = said(capsys, "export", "--database", database, "--output", tmp_path / "nowhere" / "log.jsonl")
    assert code == 1
    assert err.startswith("mira-sidecar: The export cannot be written (")
    assert err.count("\n") == 1


def test_a_wrong_setting_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capsys, "run", "--mirror", "Hall Mirror")
    assert (code, out) == (2, "")
    assert err.startswith("mira-sidecar: `mirror`, set by the flag --mirror, is wrong: ")


@pytest.mark.parametrize(
    "arguments",
    [[], ["dance"], ["run", "--colour", "blue"], ["events", "--last", "many"], ["events", "--last", "9" * 30]],
)
def test_what_makes_no_sense_exits_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: mira-sidecar" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (None, "cannot be read"),
        ('{"after_ms": 1, "source": "touch", "action": "next_page"}\n\nhello', "line 3, is no timed command"),
        ('{"after_ms": -1, "source": "touch", "action": "next_page"}', "line 1, is no timed command"),
    ],
)
def test_a_script_that_cannot_be_played_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], script: str | None, says: str
) -> None:
    path = tmp_path / "script.jsonl"
    if script:
        path.write_text(script)
    code, _, err = said(capsys, "run", "--script", path)
    assert (code, says in err) == (1, True)


def test_run_where_nobody_may_write_is_one_sentence() -> None:
    done = subprocess.run([PROGRAM, "run", "--database", "/proc/mira.db"], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("mira-sidecar: The database /proc/mira.db cannot be written (")
    assert done.stderr.count("\n") == 1


def test_a_reader_that_has_seen_enough_is_no_error(database: Path) -> None:
    with subprocess.Popen(
        [PROGRAM, "events", "--database", database], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capsys, "schema")
    assert (code, err) == (0, "")
    assert "Command" in json.loads(out)["$defs"]


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"mira-sidecar {__version__}\n"
