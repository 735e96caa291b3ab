"""Whoever may write to Redis, and has no key of the log, does not write the log: what the household sees of it."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from house import event_log
from house.process import HouseError
from house.sidecar import SidecarProcess
from mira_sidecar.store.log_reader import LogReader
from tests.sidecar.process.forger import LAST_ID, Forger, forged
from tests.sidecar.process.mirror import AT_ONCE, Mirror


@pytest.fixture
def forger(own_mirror: Mirror) -> Forger:
    """Somebody who may write to the Redis of a mirror that has a PIN and has decided something."""
    own_mirror.send("set_pin", {"pin": "1234"})
    own_mirror.send("next_page")
    return Forger(own_mirror)


def is_unharmed(mirror: Mirror) -> None:
    """The log, Redis and the PIN are what they were, and commands are answered."""
    mirror.check()
    assert "forged" not in str(mirror.published())
    assert mirror.send("unlock", {"pin": "1234"})["type"] == "accepted"
    with LogReader(mirror.database) as log:
        assert log.set_aside() == []
    mirror.check()


def test_forged_events_are_not_in_the_log_after_a_restart_and_the_pin_still_opens(
    own_mirror: Mirror, forger: Forger
) -> None:
    own_mirror.sidecar.kill()
    before = own_mirror.stored()
    forger.append(forged(before[-1]["seq"] + 1))
    own_mirror.sidecar.start()
    assert own_mirror.stored() == before
    assert own_mirror.degraded() == ["forged_events"]
    is_unharmed(own_mirror)


def test_a_stored_event_is_not_set_aside_for_a_forged_one_in_its_place(own_mirror: Mirror, forger: Forger) -> None:
    own_mirror.sidecar.kill()
    before = own_mirror.stored()
    forger.replace_last()
    own_mirror.sidecar.start()
    assert own_mirror.stored() == before
    assert own_mirror.degraded() == ["forged_events"]
    is_unharmed(own_mirror)


@pytest.mark.parametrize("entry_id", ["1000000-0", "{next}-0", "{last}-1", LAST_ID])
def test_a_forged_event_is_gone_in_a_moment_and_the_mirror_answers_on(
    own_mirror: Mirror, forger: Forger, entry_id: str
) -> None:
    last = own_mirror.stored()[-1]["seq"]
    forger.append(forged(last + 1), entry_id.format(next=last + 1, last=last))
    own_mirror.until(lambda: own_mirror.degraded() == ["forged_events"], 3)
    is_unharmed(own_mirror)


def test_a_command_that_meets_a_forged_event_is_answered_once(own_mirror: Mirror, forger: Forger) -> None:
    command = own_mirror.command("add_todo", {"summary": "Milk"})
    with own_mirror.redis.pipeline(transaction=True) as together:
        together.xadd(own_mirror.keys.events, {"event": json.dumps(forged(1_000_000))}, id="1000000-0")
        together.xadd(own_mirror.keys.commands["home"], {"command": json.dumps(command)})
        together.execute()
    assert own_mirror.answers([command])[0]["type"] == "accepted"
    own_mirror.until(lambda: own_mirror.degraded() == ["forged_events"])
    is_unharmed(own_mirror)


def test_an_old_event_that_is_put_there_again_is_not_believed(own_mirror: Mirror, forger: Forger) -> None:
    entries: Any = own_mirror.redis.xrange(own_mirror.keys.events)
    _, fields = entries[0]
    last = own_mirror.stored()[-1]["seq"]
    own_mirror.redis.xadd(own_mirror.keys.events, fields, id=f"{last + 1}-0")
    own_mirror.until(lambda: own_mirror.degraded() == ["forged_events"])
    is_unharmed(own_mirror)


def test_events_that_were_deleted_come_back_and_nobody_is_accused(own_mirror: Mirror, forger: Forger) -> None:
    own_mirror.redis.delete(own_mirror.keys.events)
    own_mirror.until(lambda: own_mirror.redis.exists(own_mirror.keys.events) == 1)
    assert own_mirror.degraded() == []
    last = own_mirror.stored()[-1]["seq"]
    own_mirror.redis.xdel(own_mirror.keys.events, f"{last}-0")
    own_mirror.until(lambda: own_mirror.published()[-1]["seq"] == last)
    assert own_mirror.degraded() == []
    is_unharmed(own_mirror)


def test_the_first_start_that_signs_takes_its_own_unsigned_events_without_an_alarm(
    own_mirror: Mirror, forger: Forger
) -> None:
    own_mirror.sidecar.stop()
    forger.strip_signatures()
    own_mirror.sidecar.log_key.unlink()
    with closing(sqlite3.connect(own_mirror.database)) as database, database:
        database.execute("DELETE FROM signed_with")
    own_mirror.sidecar.start()
    assert own_mirror.degraded() == []
    is_unharmed(own_mirror)
    own_mirror.sidecar.kill()
    forger.strip_signatures()
    own_mirror.sidecar.start()
    assert own_mirror.degraded() == ["forged_events"]


def test_a_lost_key_is_replaced_where_the_log_has_all_that_redis_has(own_mirror: Mirror, forger: Forger) -> None:
    own_mirror.sidecar.kill()
    own_mirror.sidecar.log_key.unlink()
    own_mirror.sidecar.start()
    assert own_mirror.degraded() == []
    is_unharmed(own_mirror)


def test_a_lost_key_is_asked_for_where_redis_has_more_than_the_log(own_mirror: Mirror) -> None:
    own_mirror.send("toggle_camera")
    own_mirror.sidecar.stop()
    backup = own_mirror.database.read_bytes()
    own_mirror.sidecar.start()
    own_mirror.send("toggle_camera")
    own_mirror.sidecar.stop()
    before = own_mirror.published()
    own_mirror.database.write_bytes(backup)
    key = own_mirror.sidecar.log_key.rename(own_mirror.database.with_name("key of before"))
    with pytest.raises(HouseError, match=r"is not signed with the key in .* Copy the key there that the log had"):
        own_mirror.sidecar.start()
    assert own_mirror.published() == before
    key.rename(own_mirror.sidecar.log_key)
    own_mirror.sidecar.start()
    assert own_mirror.published()[: len(before)] == before
    own_mirror.check()


def test_the_key_is_for_this_user_alone_and_damaged_it_is_no_key(own_mirror: Mirror) -> None:
    assert own_mirror.sidecar.log_key.stat().st_mode & 0o777 == 0o600
    own_mirror.sidecar.stop()
    own_mirror.sidecar.log_key.write_text("0" * 63)
    with pytest.raises(HouseError, match=r"is not a log key: it has 64 hexadecimal digits"):
        own_mirror.sidecar.start()


class Standby:
    """A standby of a mirror, with a disk of its own."""

    def __init__(self, mirror: Mirror, folder: Path, key: Path | None) -> None:
        self.process = SidecarProcess(
            mirror.server.url, folder / "mira.db", standby=True, log_key_file=key, name="Standby", **AT_ONCE
        )

    def said(self, what: str) -> bool:
        return what in self.process.process.last_lines(1_000)

    def stored(self) -> list[dict[str, Any]]:
        return event_log.events(self.process.database)


@pytest.fixture
def standby(own_mirror: Mirror, tmp_path: Path) -> Iterator[Standby]:
    """One with the key of the mirror's own sidecar, level with it."""
    own_mirror.send("toggle_camera")
    standby = Standby(own_mirror, tmp_path / "standby", own_mirror.sidecar.log_key)
    standby.process.launch()
    own_mirror.until(lambda: standby.said("following") and standby.stored() == own_mirror.stored())
    yield standby
    standby.process.kill()


def test_a_standby_takes_no_forged_event_and_goes_on_following(own_mirror: Mirror, standby: Standby) -> None:
    own_mirror.sidecar.pause()  # so that it cannot mend the stream
    before = standby.stored()
    Forger(own_mirror).append(forged(before[-1]["seq"] + 1))
    own_mirror.until(lambda: standby.said("are passed over") or standby.stored() != before)
    assert standby.stored() == before
    own_mirror.sidecar.resume()
    own_mirror.until(lambda: own_mirror.is_served_by(own_mirror.sidecar))
    assert own_mirror.send("toggle_camera")["type"] == "accepted"
    own_mirror.until(lambda: standby.stored() == own_mirror.stored())
    own_mirror.check()


def test_a_standby_that_takes_over_believes_no_forged_event(own_mirror: Mirror, standby: Standby) -> None:
    own_mirror.sidecar.kill()
    before = standby.stored()
    Forger(own_mirror).append(forged(before[-1]["seq"] + 1))
    own_mirror.until(lambda: own_mirror.is_served_by(standby.process))
    assert own_mirror.degraded() == ["forged_events"]
    assert own_mirror.send("toggle_camera")["seq"] == before[-1]["seq"] + 1
    assert standby.stored()[: len(before)] == before


def test_a_standby_without_the_key_says_how_to_copy_it(own_mirror: Mirror, tmp_path: Path) -> None:
    standby = Standby(own_mirror, tmp_path / "standby", None)
    standby.process.launch()
    own_mirror.until(lambda: standby.process.process.exit_code is not None)
    said = standby.process.process.last_lines(1)
    assert "The standby has no key of the mirror's log" in said
    assert f"`scp THAT-MACHINE:.local/share/mira/hall.db.key {standby.process.log_key}`" in said
    assert not standby.process.database.exists()


def test_a_standby_with_another_key_takes_nothing_and_says_so(own_mirror: Mirror, tmp_path: Path) -> None:
    own_mirror.send("toggle_camera")
    (tmp_path / "another").write_text("ab" * 32)
    standby = Standby(own_mirror, tmp_path / "standby", tmp_path / "another")
    standby.process.launch()
    own_mirror.until(lambda: standby.said("no event in Redis is signed with the key in"))
    own_mirror.sidecar.kill()
    own_mirror.redis.delete(own_mirror.keys.lease)
    own_mirror.until(lambda: standby.said("Redis does not show how far the log goes"))
    assert standby.stored() == []
    assert not own_mirror.is_served_by(standby.process)
    own_mirror.sidecar.start()
    standby.process.kill()
    own_mirror.check()


def test_the_mirror_hears_again_after_a_command_with_the_last_possible_id(own_mirror: Mirror) -> None:
    waiting = own_mirror.command("next_page")
    own_mirror.redis.xadd(own_mirror.keys.commands["home"], {"command": json.dumps(waiting)}, id=LAST_ID)  # type: ignore[arg-type]
    own_mirror.until(lambda: own_mirror.degraded() == ["stream_reset"])
    assert own_mirror.answers([waiting])[0]["type"] == "accepted"
    assert own_mirror.send("next_page")["type"] == "accepted"
    own_mirror.check()


def test_what_waited_behind_a_command_with_the_last_possible_id_is_decided_at_the_start(own_mirror: Mirror) -> None:
    own_mirror.sidecar.kill()
    commands = [own_mirror.command("next_page") for _ in range(3)]
    own_mirror.post(commands)
    own_mirror.redis.xadd(own_mirror.keys.commands["home"], {"note": "the last one"}, id=LAST_ID)  # type: ignore[arg-type]
    own_mirror.sidecar.start()
    assert {answer["type"] for answer in own_mirror.answers(commands)} == {"accepted"}
    own_mirror.until(lambda: own_mirror.unanswered() == 0)
    assert own_mirror.send("next_page")["type"] == "accepted"
    own_mirror.check()


def test_what_is_no_command_is_parked_where_the_stream_for_that_has_no_id_left(own_mirror: Mirror) -> None:
    own_mirror.redis.xadd(own_mirror.keys.dead, {"note": "the last one"}, id=LAST_ID)  # type: ignore[arg-type]
    own_mirror.post([b"no command"])
    own_mirror.until(lambda: own_mirror.unanswered() == 0)
    assert own_mirror.send("next_page")["type"] == "accepted"
    own_mirror.check()


def test_questions_about_the_log_are_answered_again_after_one_with_the_last_possible_id(own_mirror: Mirror) -> None:
    own_mirror.send("next_page")
    own_mirror.redis.xadd(own_mirror.keys.queries, {"note": "the last one"}, id=LAST_ID)  # type: ignore[arg-type]
    own_mirror.until(lambda: own_mirror.degraded() == ["stream_reset"])
    assert own_mirror.ask({"id": "question-1", "kind": "explain"})
