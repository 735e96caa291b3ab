"""A log that is damaged in many ways, and what a sidecar makes of each."""

import contextlib
import io
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from house import event_log
from house.redis import RedisServer
from house.sidecar import SidecarProcess
from mira_sidecar.operations.verify import verify
from mira_sidecar.store.errors import StoreError
from tests.sidecar.process.mirror import AT_ONCE, Mirror

WAYS_OUT = ("Restore", "restore", "Update", "Set `database`", "set `database`", "Give this user")


@dataclass(frozen=True)
class Files:
    """A database as it lies on the disk: the main file, and the write-ahead log beside it, unless it is empty."""

    main: bytes
    wal: bytes | None = None

    def put(self, database: Path) -> None:
        database.parent.mkdir(parents=True)
        database.write_bytes(self.main)
        if self.wal is not None:
            _wal(database).write_bytes(self.wal)

    @classmethod
    def at(cls, database: Path) -> Files:
        wal = _wal(database)
        return cls(database.read_bytes(), (wal.exists() and wal.read_bytes()) or None)


@dataclass
class Victim:
    """The log of a sidecar that was killed, its last events in the write-ahead log; Redis still has all of it."""

    server: RedisServer
    folder: Path
    tries: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        mirror = Mirror(self.server, SidecarProcess(self.server.url, self.folder / "mira.db", **AT_ONCE))
        mirror.sidecar.start()
        for _ in range(4):  # a snapshot at 1,000 events, and some behind it
            commands = [mirror.command("add_todo", {"summary": "Milk", "description": "x" * 40}) for _ in range(40)]
            commands += [mirror.command("toggle_camera") for _ in range(140)]
            mirror.post(commands)
            mirror.answers(commands)
        mirror.sidecar.kill()
        mirror.redis.delete(mirror.keys.lease, mirror.keys.presence)
        self.mirror = mirror
        self.events = mirror.published()
        self.snapshot = mirror.snapshot()
        self.killed = Files.at(mirror.database)
        # The same with everything in the main file, and the events behind the snapshot still to be folded.
        with contextlib.closing(sqlite3.connect(mirror.database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.whole = Files.at(mirror.database)

    def place(self, files: Files) -> Path:
        """A folder of its own for a copy; where the database is."""
        self.tries += 1
        database = self.folder / str(self.tries) / "mira.db"
        files.put(database)
        return database

    def meets(self, files: Files) -> str | None:
        """What a sidecar says that refuses such a database, having changed nothing; None where it serves.

        AssertionError where it serves something else than it served before.
        """
        database = self.place(files)
        key = self.folder / "mira.db.key"
        sidecar = self.mirror.sidecar = SidecarProcess(self.server.url, database, log_key_file=key, **AT_ONCE)
        sidecar.launch()
        self.mirror.until(lambda: sidecar.process.exit_code is not None or self._serves(sidecar), 20)
        code = sidecar.process.exit_code
        sidecar.stop()
        assert "Traceback" not in sidecar.process.log.read_text(), sidecar.process.last_lines()
        assert self.mirror.published() == self.events
        if code is None:
            now = self.mirror.snapshot()
            assert (now["seq"], now["state"]) == (self.snapshot["seq"], self.snapshot["state"])
            self._check_complete(database)
            return None
        said = sidecar.process.last_lines(1)
        assert code == 1
        assert said.startswith("mira-sidecar: ")
        assert any(way in said for way in WAYS_OUT), said
        assert Files.at(database) == files, said
        assert self.mirror.redis.exists(self.mirror.keys.presence, self.mirror.keys.lease) == 0
        return said

    def _serves(self, sidecar: SidecarProcess) -> bool:
        return self.mirror.is_served_by(sidecar) and self.mirror.redis.exists(self.mirror.keys.state) == 1

    def _check_complete(self, database: Path) -> None:
        """No event is missing, unless in a page that no start reads, where `verify` tells."""
        sound = False
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(StoreError):
            sound = verify(database) == 0
        if sound:
            # Not their ids: one that is another now, and readable, is a flip that nothing depends on.
            found, there_were = event_log.events(database), self.events
            assert [event["command_id"] for event in found] == [event["command_id"] for event in there_were]


def _wal(database: Path) -> Path:
    return database.with_name(database.name + "-wal")
