"""Nothing that others wrote commands the terminal of whoever looks at it."""

import json
import logging
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from mira_sidecar import logs
from mira_sidecar.cli import main
from mira_sidecar.printing import printable
from mira_sidecar.protocol import Event, Origin
from mira_sidecar.store.event_store import EventStore

pytestmark = pytest.mark.usefixtures("socket_enabled", "no_settings")

EVIL = "\x1b[2J\x1b]0;owned\x07\x9b31m\x7f\u202egnp\u2066\r\nforged"
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
NOON = "2026-11-20T12:00:00.000Z"
LOG = [
    Event(
        seq=1,
        id="event-1",
        ts=NOON,
        command_id="command-1",
        type="rejected",
        source="touch",
        action=EVIL,
        payload={EVIL: EVIL, "uid": EVIL},
        reason=EVIL,
        policy=EVIL,
        message=EVIL,
        looked=[EVIL],
        origin=Origin(device=EVIL),
    ),
    Event(2, "event-2", NOON, f"evil{EVIL}", "accepted", "voice", "show_message", {"text": EVIL}),
    Event(
        seq=3,
        id="event-3",
        ts=NOON,
        command_id=f"evil{EVIL}",
        type="state_patch",
        source="voice",
        action="show_message",
        payload={"patch": [{"op": "replace", "path": "/pages", "value": [EVIL]}]},
        rev=1,
    ),
]


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    """A log of somebody who means harm, in a folder of somebody who does, too."""
    folder = tmp_path / f"e{EVIL.replace('/', '')}"
    folder.mkdir()
    store = await EventStore.open(folder / "mira.db")
    await store.append(LOG)
    await store.close()
    return folder / "mira.db"


def said(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """All that a command prints."""
    main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return captured.out + captured.err


@pytest.mark.parametrize(
    "command",
    [
        *(("events",), ("events", "--last", "1"), ("explain", "1"), ("explain", "2"), ("explain", "evil")),
        *(("explain", EVIL), ("replay",), ("replay", "--decide"), ("verify",), ("doctor",), ("export",)),
        *(("replay", f"{EVIL}.jsonl"), ("backup", f"/{EVIL}/backup"), ("restore", EVIL), ("run", "--script", EVIL)),
        *(("explain", "1", "--json"), ("replay", "--json"), ("forget-pin",)),
        *(("erase", "--user", "nobody"), ("retain",), ("gestures", "evaluate", EVIL), ("events", "--set-aside")),
    ],
    ids=lambda command: " ".join(command).translate(dict.fromkeys(range(32))).encode("ascii", "ignore").decode(),
)
def test_what_others_wrote_does_not_command_the_terminal(
    database: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    settings = ("--redis-url", "redis://127.0.0.1:1") if command[0] in {"doctor", "run"} else ()
    text = said(capsys, *command, *settings, "--database", database)
    assert text or command[-1] == "--set-aside"
    assert not OBEYED.search(text)
    assert "\nforged" not in text


@pytest.mark.parametrize("arguments", [[EVIL], ["events", EVIL], ["events", f"--{EVIL}"], ["events", "--last", EVIL]])
def test_an_argument_does_not_command_it_either(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert not OBEYED.search(capsys.readouterr().err)


@pytest.mark.parametrize("name", ["--redis-ulr=umbrella", "--redis-password", "--camera-tok"])
def test_an_unknown_argument_suggests_one_and_what_was_meant_for_it_is_not_repeated(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    with pytest.raises(SystemExit):
        main(["run", name, "umbrella"])
    error = capsys.readouterr().err
    assert "did you mean `--" in error
    assert "umbrella" not in error


def test_json_stays_the_same_json(database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, *lines = said(capsys, "export", "--database", database).splitlines()
    assert [msgspec.json.decode(line, type=Event) for line in lines] == LOG
    answer = json.loads(said(capsys, "explain", "1", "--json", "--database", database))["answer"]
    assert (answer["action"], answer["payload"]["uid"]) == (EVIL, EVIL)
    assert json.loads(said(capsys, "replay", "--json", "--database", database))["state"]["pages"] == [EVIL]


def test_what_is_harmless_stays_as_it_is() -> None:
    text = "Grüße, “Ben”: 👩‍👧 שלום \u200f(a) 日本語 \\u001b"
    assert printable(text) == text
    assert printable("a\udc80b") == "a\\udc80b"  # half a character, as in the name of a file: it could not be written


LOGS_EVIL = f"""
import logging, structlog
from mira_sidecar import logs
logs.configure("debug")
evil = {EVIL!r}
structlog.get_logger().info(evil, why=evil, several=[evil])
try:
    raise ValueError(evil)
except ValueError:
    structlog.get_logger().exception("failed")
    logging.getLogger("zeroconf").exception(evil)
"""


def test_a_log_on_a_terminal_does_not_command_it() -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", LOGS_EVIL], stderr=theirs) as process:
        os.close(theirs)
        written = b""
        try:
            while piece := os.read(ours, 65_536):
                written += piece
        except OSError:  # the end of a terminal
            pass
        assert process.wait() == 0
    os.close(ours)
    text = re.sub("\x1b\\[[0-9;]*m|\r\n", "", written.decode())  # the renderer's own colours
    assert "library=zeroconf" in text
    assert text.count("ValueError: \\u001b[2J") == 2
    assert not OBEYED.search(text)
    assert "owned\x07" not in text


def test_elsewhere_each_line_of_the_log_is_json_also_those_of_libraries() -> None:
    done = subprocess.run([sys.executable, "-c", LOGS_EVIL], check=True, capture_output=True, text=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == [EVIL, "failed", EVIL]
    assert not OBEYED.search(done.stderr)


def test_a_library_is_heard_once_however_often_the_log_is_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.root, "handlers", [])
    logs.configure("info")
    logs.configure("info")
    assert len(logging.root.handlers) == 1
