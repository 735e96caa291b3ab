"""Nobody else on the machine reads what the mirror keeps, from the first byte on and whatever the umask."""

import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from house.process import handed_on
from house.redis import RedisServer
from tests.sidecar.process import unchanged_modes
from tests.sidecar.process.mirror import Mirror, running

type Live = Callable[[Path], Iterator[dict[str, str]]]
"""The modes of all files at two moments of a mirror's life below a folder."""

PROGRAM = (sys.executable, unchanged_modes.__file__)


def modes(folder: Path) -> dict[str, str]:
    """The modes of all that is below a folder."""
    return {str(path.relative_to(folder)): f"{stat.S_IMODE(path.lstat().st_mode):o}" for path in folder.rglob("*")}


def mira(*arguments: str | Path) -> None:
    """Run a command, which succeeds."""
    subprocess.run([*PROGRAM, *arguments], env=handed_on(), check=True, capture_output=True, timeout=60)


@pytest.fixture
def live(redis_server: RedisServer, tmp_path: Path) -> Live:
    """Has a mirror live below a folder, in which there is nothing yet, and all commands write there."""
    film = tmp_path / "no.mp4"

    def live(folder: Path) -> Iterator[dict[str, str]]:
        database = folder / "made" / "by it" / "mira.db"
        log = tmp_path / "sidecar.log"
        with running(redis_server, database, program=PROGRAM, camera=film, log=log) as mirror:
            mirror.send("set_pin", {"pin": "271828182845"})
            mirror.send("add_todo", {"summary": "Milk"})
            mirror.until(lambda: database.with_name("mira.db.camera").exists())
            mira("backup", "--database", database, folder / "backup")
            mira("export", "--database", database, "--output", folder / "export.jsonl")
            yield modes(folder)  # with what SQLite has beside it, and the socket
            mirror.sidecar.stop()
            mira("forget-pin", "--database", database)
            mira("retain", "--database", database, "--keep-days", "1")
            mira("erase", "--database", database, "--user", "nobody", "--yes")
            mira("restore", "--database", database, folder / "backup")
            mira("restore", "--database", folder / "elsewhere" / "mira.db", folder / "backup")
            yield modes(folder)

    return live


def test_every_file_is_private_when_it_is_made(live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UMASK", "000")
    (folder := tmp_path / "kept").mkdir()
    for found in live(folder):
        assert [name for name in found if name.endswith(("mira.db-wal", "mira.db-shm", "mira.db.lock", "backup"))]
        assert {name: mode for name, mode in found.items() if not mode.endswith("00")} == {}


@pytest.mark.parametrize("umask", ["000", "022"])
def test_files_have_600_and_the_folder_700(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, umask: str
) -> None:
    monkeypatch.setenv("UMASK", umask)
    monkeypatch.setenv("CHANGES", "yes")
    (folder := tmp_path / "kept").mkdir()
    for found in live(folder):
        folders = {name for name in found if (folder / name).is_dir()}
        assert folders >= {"made", "made/by it"}
        assert {name: mode for name, mode in found.items() if mode != ("700" if name in folders else "600")} == {}


def test_the_open_files_of_an_older_version_are_closed_at_the_start(own_mirror: Mirror) -> None:
    database = own_mirror.database
    own_mirror.sidecar.kill()  # so that SQLite's files stay beside it
    kept = database.with_name("mira.db.2026-11-21T132740.592307Z")
    kept.write_bytes(b"")
    strangers = database.with_name("mira.db.notes")
    strangers.write_bytes(b"")
    files = [database, kept, *(database.with_name(f"mira.db{end}") for end in ("-wal", "-shm", ".lock"))]
    for path in (*files, strangers):
        path.chmod(0o666)
    own_mirror.sidecar.start()
    assert {path.name: f"{stat.S_IMODE(path.stat().st_mode):o}" for path in files} == {
        path.name: "600" for path in files
    }
    assert stat.S_IMODE(strangers.stat().st_mode) == 0o666


def test_a_file_that_was_open_is_private_before_an_export_writes_into_it(
    own_mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UMASK", "000")
    monkeypatch.setenv("CHANGES", "yes")
    export = tmp_path / "export.jsonl"
    export.write_text("older")
    export.chmod(0o666)
    mira("export", "--database", own_mirror.database, "--output", export)
    assert stat.S_IMODE(export.stat().st_mode) == 0o600
    assert "older" not in export.read_text()
    mira("export", "--database", own_mirror.database, "--output", "/dev/null")
    assert stat.S_IMODE(Path("/dev/null").stat().st_mode) == 0o666
