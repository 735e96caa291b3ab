"""A log on a network share: what is wrong is said, with what to do, before anything is lost there."""

import errno
import fcntl
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import aiosqlite
import pytest

from mira_sidecar.cli import main
from mira_sidecar.store import share
from mira_sidecar.store.errors import DatabaseOnShareError, explained
from mira_sidecar.store.event_store import EventStore

type Mount = Callable[[str], None]

ADVICE = "Set `database` to a file on a disk of this machine."


@pytest.fixture
def mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mount:
    """Has the system's table of mounts say of what type the test's folder is."""
    table = tmp_path / "mountinfo"
    monkeypatch.setattr(share, "_MOUNTS", table)

    def mount(kind: str) -> None:
        device = tmp_path.stat().st_dev
        number = f"{os.major(device)}:{os.minor(device)}"
        table.write_text(
            "22 1 0:999 / / rw,relatime - ext4 /dev/root rw\n"
            f"36 22 {number} / {tmp_path} rw,noatime master:1 shared:2 - {kind} server:/export rw,vers=4.2\n"
        )

    return mount


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "fuse.rclone"])
async def test_a_log_on_a_share_is_not_begun_and_the_kind_of_share_is_named(
    tmp_path: Path, mounted: Mount, kind: str
) -> None:
    mounted(kind)
    with pytest.raises(DatabaseOnShareError, match=rf"file system {kind}") as raised:
        await EventStore.open(tmp_path / "share" / "mira.db")
    assert ADVICE in str(raised.value)
    assert list((tmp_path / "share").iterdir()) == []


@pytest.mark.parametrize("kind", ["ext4", "btrfs", "overlay", "fuseblk", "fuse.fuse-overlayfs", "fuse.shfs", "nfsd"])
async def test_a_log_on_a_disk_is(tmp_path: Path, mounted: Mount, kind: str) -> None:
    mounted(kind)
    await (await EventStore.open(tmp_path / "mira.db")).close()


async def test_where_the_system_has_no_table_of_mounts_nothing_is_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(share, "_MOUNTS", tmp_path / "there is none")
    await (await EventStore.open(tmp_path / "mira.db")).close()


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP])
async def test_a_file_system_without_locks_is_told_from_one_that_may_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(_: int, __: int) -> NoReturn:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(DatabaseOnShareError, match=os.strerror(number)) as raised:
        await EventStore.open(tmp_path / "mira.db")
    assert ADVICE in str(raised.value)


def without_shared_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite itself, on a system of files that has none."""
    connect = aiosqlite.connect

    def limited(path: Path, **more: object) -> aiosqlite.Connection:
        return connect(f"{path.as_uri()}?vfs=unix-none", uri=True, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(aiosqlite, "connect", limited)


async def test_a_file_system_without_shared_memory_is_noticed_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_shared_memory(monkeypatch)
    with pytest.raises(DatabaseOnShareError, match="no shared memory") as raised:
        await EventStore.open(tmp_path / "mira.db")
    assert ADVICE in str(raised.value)
    assert (tmp_path / "mira.db").stat().st_size == 0


@pytest.mark.parametrize(
    "name", ["SQLITE_IOERR_SHMMAP", "SQLITE_IOERR_SHMLOCK", "SQLITE_IOERR_LOCK", "SQLITE_PROTOCOL"]
)
def test_what_sqlite_says_of_missing_locks_and_memory_is_no_damage(tmp_path: Path, name: str) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = getattr(sqlite3, name)
    assert ADVICE in str(explained(error, tmp_path / "mira.db"))


@pytest.mark.usefixtures("no_settings", "socket_enabled")
def test_the_sidecar_does_not_start_there_and_the_doctor_says_why(
    tmp_path: Path, mounted: Mount, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    database = ["--database", str(tmp_path / "mira.db")]
    mounted("cifs")
    assert main(["run", *database]) == 1
    assert "file system cifs" in capsys.readouterr().err
    assert main(["doctor", "--redis-url", "redis://127.0.0.1:1/0", *database]) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if " database " in line]
    assert line.startswith("✗")
    assert f"{tmp_path / 'mira.db'} is on a network share or the like (file system cifs)" in line
    mounted("ext4")
    without_shared_memory(monkeypatch)
    assert main(["doctor", "--redis-url", "redis://127.0.0.1:1/0", *database]) == 1
    assert f"{tmp_path / 'mira.db'} is on a network share or the like (no shared memory)" in capsys.readouterr().out
