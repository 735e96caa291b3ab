"""Two sidecars for one mirror: one decides, and when it falls the other goes on."""

import contextlib
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from house import event_log
from house.process import HouseError
from house.sidecar import PROGRAM, SidecarProcess
from mira_sidecar.protocol import Lease
from mira_sidecar.store.files import side_of
from tests.sidecar.process.mirror import AT_ONCE, Mirror


@dataclass
class Pair:
    """A mirror of its own sidecar, and the standby with a disk of its own."""

    mirror: Mirror
    standby: SidecarProcess

    def serves(self, sidecar: SidecarProcess) -> bool:
        """Whether this is the one that decides."""
        return self.mirror.is_served_by(sidecar)

    def is_level(self) -> bool:
        """Whether both have the same log."""
        return event_log.events(self.standby.database) == self.mirror.stored()

    def follow(self) -> None:
        """Start the standby, and wait until it is level."""
        self.standby.launch()
        self.mirror.until(lambda: self.standby.database.exists() and self.said("following"))
        self.mirror.until(self.is_level)

    def said(self, event: str) -> bool:
        """Whether the standby's log says this."""
        return event in self.standby.process.last_lines(1_000)


@pytest.fixture
def pair(own_mirror: Mirror, tmp_path: Path) -> Iterator[Pair]:
    """The mirror's own sidecar, which runs and has decided something, and a standby, which does not run yet."""
    for _ in range(5):
        own_mirror.send("toggle_camera")
    database, key = tmp_path / "standby" / "mira.db", own_mirror.sidecar.log_key
    standby = SidecarProcess(own_mirror.server.url, database, standby=True, log_key_file=key, **AT_ONCE)
    yield Pair(own_mirror, standby)
    standby.kill()


def test_the_standby_takes_over_with_the_whole_log(pair: Pair) -> None:
    pair.follow()
    before = pair.mirror.presence()
    commands = [pair.mirror.command("toggle_camera") for _ in range(600)]
    pair.mirror.post(commands)
    pair.mirror.until(lambda: event_log.last_seq(pair.mirror.database) > 100)
    pair.mirror.sidecar.kill()
    began = time.monotonic()
    pair.mirror.until(lambda: pair.serves(pair.standby))
    assert time.monotonic() - began < 6
    assert {answer["type"] for answer in pair.mirror.answers(commands)} == {"accepted"}
    pair.mirror.until(lambda: pair.mirror.unanswered() == 0)
    after = pair.mirror.presence()
    assert before
    assert after
    assert (after["server_id"], after["standby"]) == (before["server_id"], True)
    Mirror(pair.mirror.server, pair.standby).check()


def test_the_mirrors_own_sidecar_gets_the_lease_back_when_it_has_caught_up(pair: Pair) -> None:
    pair.follow()
    pair.mirror.sidecar.stop()
    pair.mirror.until(lambda: pair.serves(pair.standby))
    answer = pair.mirror.send("add_todo", {"summary": "Milk"})
    pair.mirror.sidecar.launch()
    pair.mirror.until(lambda: pair.serves(pair.mirror.sidecar))
    assert answer in pair.mirror.stored()
    assert pair.mirror.send("toggle_camera")["type"] == "accepted"
    pair.mirror.until(pair.is_level)
    pair.mirror.check()


def test_one_that_was_paused_keeps_nothing_that_the_other_did_not_decide(pair: Pair) -> None:
    pair.follow()
    commands = [pair.mirror.command("toggle_camera") for _ in range(1_000)]
    pair.mirror.post(commands)
    pair.mirror.until(lambda: event_log.last_seq(pair.mirror.database) > 100)
    pair.mirror.sidecar.pause()
    pair.mirror.until(lambda: pair.serves(pair.standby))
    pair.mirror.sidecar.resume()
    pair.mirror.answers(commands)
    pair.mirror.until(lambda: pair.serves(pair.mirror.sidecar))
    pair.mirror.until(lambda: pair.mirror.unanswered() == 0)
    pair.mirror.until(pair.is_level)
    pair.mirror.check()


def test_what_is_personal_on_a_standby_is_still_its_own_when_it_is_started_again(pair: Pair) -> None:
    pair.follow()
    side = side_of(pair.standby.database)
    pair.mirror.until(side.exists)
    pair.standby.stop()
    with contextlib.closing(sqlite3.connect(side)) as database, database:
        database.execute("INSERT INTO gesture_samples VALUES ('yes:000', 'household', 0, 'a', x'00', 'yes')")
    pair.standby.launch()
    pair.mirror.until(lambda: pair.said("something is wrong with the side store"))  # nobody has that key
    assert not pair.said("belongs to another log")
    assert list(side.parent.glob(f"{side.name}.2*")) == []


def test_a_standby_decides_nothing_in_an_emptied_redis(pair: Pair) -> None:
    pair.follow()
    pair.mirror.sidecar.kill()
    pair.mirror.redis.flushall()
    pair.mirror.until(lambda: pair.said("the standby waits for the mirror's own sidecar"))
    assert pair.mirror.presence() is None
    pair.mirror.sidecar.start()
    assert pair.mirror.send("toggle_camera")["type"] == "accepted"
    pair.mirror.until(pair.is_level)
    pair.mirror.check()


def test_a_standby_follows_on_when_redis_was_away(pair: Pair) -> None:
    pair.follow()
    pair.mirror.server.kill()
    pair.mirror.until(lambda: pair.said("waiting for Redis"))
    pair.mirror.server.start()
    assert pair.mirror.send("toggle_camera")["type"] == "accepted"
    pair.mirror.until(pair.is_level)
    assert "commands wait" not in pair.standby.process.last_lines(1_000)
    pair.mirror.check()


def test_a_standby_keeps_its_log_while_redis_is_given_it_again(pair: Pair) -> None:
    pair.follow()
    server_id = str((pair.mirror.presence() or {})["server_id"])
    pair.standby.stop()
    pair.mirror.sidecar.kill()
    mirror, before = pair.mirror, pair.mirror.stored()
    # As in the middle of a refill: the lease is held, and the first half of the events is there.
    entries: Any = mirror.redis.xrange(mirror.keys.events)
    lease = Lease(fence=99, server_id=server_id, store_id="another", node="another")
    mirror.redis.set(mirror.keys.lease, msgspec.json.encode(lease), ex=60)
    mirror.redis.delete(mirror.keys.events, mirror.keys.head, mirror.keys.state)
    for entry_id, fields in entries[: len(entries) // 2]:
        mirror.redis.xadd(mirror.keys.events, fields, id=entry_id)
    pair.standby.launch()
    time.sleep(2)
    assert pair.standby.process.exit_code is None
    assert event_log.events(pair.standby.database) == before
    for entry_id, fields in entries[len(entries) // 2 :]:
        mirror.redis.xadd(mirror.keys.events, fields, id=entry_id)
    mirror.until(lambda: pair.standby.process.last_lines(1_000).count("following") == 2)
    assert "set aside" not in pair.standby.process.last_lines(1_000)
    mirror.redis.delete(mirror.keys.lease)
    mirror.sidecar.start()
    assert mirror.send("toggle_camera")["type"] == "accepted"
    mirror.until(pair.is_level)
    mirror.check()


def test_a_standby_that_is_too_far_behind_says_so(pair: Pair) -> None:
    pair.mirror.redis.xtrim(pair.mirror.keys.events, maxlen=4, approximate=False)
    pair.standby.launch()
    pair.mirror.until(lambda: pair.standby.process.exit_code is not None)
    said = pair.standby.process.last_lines(1)
    assert "ends at 0, and Redis has only the events from 7 on. Restore a backup" in said
    assert "Traceback" not in pair.standby.process.last_lines(100)


def test_a_standby_with_the_log_of_another_mirror_says_so(pair: Pair) -> None:
    attic = SidecarProcess(pair.mirror.server.url, pair.standby.database, mirror="attic")
    attic.start()
    attic.bus.send("toggle_camera", {})
    attic.stop()
    with pytest.raises(HouseError, match=r"with another log, serves the mirror `hall`"):
        pair.standby.start()


def test_a_standby_on_the_same_disk_goes_on_with_the_same_database(own_mirror: Mirror, tmp_path: Path) -> None:
    database = own_mirror.database
    standby = SidecarProcess(own_mirror.server.url, database, standby=True, log=tmp_path / "standby.log", **AT_ONCE)
    standby.launch()
    own_mirror.until(lambda: "waiting for the sidecar that has the database" in standby.process.last_lines())
    seq = own_mirror.send("toggle_camera")["seq"]
    own_mirror.sidecar.kill()
    own_mirror.until(lambda: own_mirror.is_served_by(standby))
    assert own_mirror.send("toggle_camera")["seq"] == seq + 2
    own_mirror.check()
    standby.stop()


def test_an_old_backup_is_brought_up_to_date(own_mirror: Mirror) -> None:
    own_mirror.send("toggle_camera")
    own_mirror.sidecar.stop()
    backup = own_mirror.database.read_bytes()
    own_mirror.sidecar.start()
    answers: list[dict[str, Any]] = [own_mirror.send("toggle_camera") for _ in range(3)]
    own_mirror.sidecar.stop()
    own_mirror.database.write_bytes(backup)
    own_mirror.sidecar.start()
    assert [event for event in own_mirror.stored() if event in answers] == answers
    own_mirror.check()


def restore(mirror: Mirror, backup: Path) -> str:
    """Put a backup in the place of the database of a mirror that is stopped; what that says."""
    arguments = [PROGRAM, "restore", "--database", mirror.database, backup]
    done = subprocess.run(arguments, check=True, capture_output=True, text=True)
    return done.stdout


def test_a_backup_that_is_older_than_the_pin_leaves_the_pin_as_it_is(own_mirror: Mirror, tmp_path: Path) -> None:
    own_mirror.send("set_pin", {"pin": "1111"})
    backup = tmp_path / "hall.backup"
    subprocess.run([PROGRAM, "backup", "--database", own_mirror.database, backup], check=True, capture_output=True)
    own_mirror.send("set_pin", {"pin": "2222", "current": "1111"})
    own_mirror.sidecar.stop()
    assert "The PIN was set after the backup. It is kept, and holds once Redis" in restore(own_mirror, backup)
    restore(own_mirror, backup)  # twice is as good as once
    own_mirror.sidecar.start()
    assert own_mirror.send("unlock", {"pin": "1111"})["reason"] == "wrong_pin"
    assert own_mirror.send("unlock", {"pin": "2222"})["type"] == "accepted"
    own_mirror.check()


def test_a_backup_in_an_emptied_redis_has_the_pin_that_it_had(own_mirror: Mirror, tmp_path: Path) -> None:
    own_mirror.send("set_pin", {"pin": "1111"})
    backup = tmp_path / "hall.backup"
    subprocess.run([PROGRAM, "backup", "--database", own_mirror.database, backup], check=True, capture_output=True)
    own_mirror.send("set_pin", {"pin": "2222", "current": "1111"})
    own_mirror.sidecar.stop()
    own_mirror.redis.flushall()
    restore(own_mirror, backup)
    own_mirror.sidecar.start()
    assert own_mirror.send("unlock", {"pin": "2222"})["reason"] == "wrong_pin"
    assert own_mirror.send("unlock", {"pin": "1111"})["type"] == "accepted"
    own_mirror.check()


def test_a_standbys_backup_has_the_pin_where_it_was_set(pair: Pair, tmp_path: Path) -> None:
    pair.mirror.send("set_pin", {"pin": "1234"})
    pair.follow()
    pair.mirror.sidecar.stop()
    backup = tmp_path / "standby.backup"
    subprocess.run([PROGRAM, "backup", "--database", pair.standby.database, backup], check=True, capture_output=True)
    restore(pair.mirror, backup)
    pair.mirror.sidecar.start()
    assert pair.mirror.send("unlock", {"pin": "1234"})["type"] == "accepted"


def test_a_pin_is_known_only_where_it_was_set(pair: Pair) -> None:
    pair.mirror.send("set_pin", {"pin": "1234"})
    pair.follow()
    pair.mirror.sidecar.stop()
    pair.mirror.until(lambda: pair.serves(pair.standby))
    assert pair.mirror.send("unlock", {"pin": "1234"})["reason"] == "pin_unknown"
