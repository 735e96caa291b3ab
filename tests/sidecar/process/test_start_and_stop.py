"""How a sidecar begins and ends: in order, or with one sentence."""

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from house.process import handed_on
from house.redis import free_port
from house.sidecar import PROGRAM, SidecarProcess
from mira_sidecar.store.log_reader import LogReader
from tests.sidecar.process.mirror import Mirror, folded


def end_of(process: SidecarProcess, mirror: Mirror) -> tuple[int | None, str]:
    """The exit code of a sidecar that cannot serve, and its last line."""
    process.launch()
    mirror.until(lambda: process.process.exit_code is not None)
    assert "Traceback" not in process.process.log.read_text()
    return process.process.exit_code, process.process.last_lines(1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_under_load_it_finishes_the_batch_and_exits(mirror: Mirror, number: signal.Signals) -> None:
    before = len(mirror.stored())
    commands = [mirror.command("toggle_camera") for _ in range(1_500)]
    mirror.post(commands)
    mirror.until(lambda: len(mirror.stored()) > before)
    began = time.monotonic()
    mirror.sidecar.process.signal(number)
    assert mirror.exit_code(2) == 0
    assert time.monotonic() - began < 2
    assert mirror.presence() is None
    assert mirror.published() == mirror.stored()
    assert len(mirror.stored()) + 2 * mirror.unanswered() == before + 3_000
    assert mirror.log()[-1]["event"] == "stopped"
    mirror.sidecar.start()
    mirror.answers(commands)
    mirror.until(lambda: mirror.unanswered() == 0)
    mirror.check()


def test_told_to_stop_without_redis_it_exits(mirror: Mirror) -> None:
    lines = len(mirror.log())
    mirror.server.kill()
    mirror.until(lambda: mirror.said("waiting for Redis", lines))
    mirror.sidecar.process.signal(signal.SIGTERM)
    assert mirror.exit_code(2) == 0
    mirror.server.start()


def test_what_it_knew_is_there_after_a_restart(mirror: Mirror) -> None:
    mirror.send("add_todo", {"uid": "milk", "summary": "Milk", "due": "2026-12-24", "description": "One litre"})
    mirror.send("update_todo", {"uid": "milk", "status": "completed"})
    before = mirror.snapshot()
    presence = mirror.presence()
    mirror.sidecar.stop()
    mirror.sidecar.start()
    after = mirror.snapshot()
    assert (after["rev"], after["seq"], after["state"]) == (before["rev"], before["seq"], before["state"])
    again = mirror.presence()
    assert presence
    assert again
    assert again["server_id"] == presence["server_id"]
    assert again["started_at"] > presence["started_at"]


def test_a_lost_database_is_no_silent_fresh_start(mirror: Mirror, tmp_path: Path) -> None:
    mirror.send("toggle_camera")
    mirror.sidecar.stop()
    before = mirror.published()
    code, said = end_of(SidecarProcess(mirror.server.url, tmp_path / "fresh.db"), mirror)
    assert code == 1
    assert said.startswith(f"mira-sidecar: Redis holds event {before[-1]['seq']} of this mirror, and the database ")
    assert "Restore the database, set `database` to the right one, or, to begin anew, delete" in said
    assert mirror.published() == before


def test_the_log_of_another_database_under_the_same_name_is_not_taken_for_ours(
    own_mirror: Mirror, tmp_path: Path
) -> None:
    own_mirror.send("toggle_camera")
    own_mirror.sidecar.stop()
    before = own_mirror.stored()
    own_mirror.redis.delete(own_mirror.keys.events, own_mirror.keys.head, own_mirror.keys.state)
    other = Mirror(own_mirror.server, SidecarProcess(own_mirror.server.url, tmp_path / "other.db"))
    other.sidecar.start()
    other.send("toggle_camera")
    other.sidecar.stop()
    other.redis.close()
    own_mirror.sidecar.start()
    assert own_mirror.degraded() == ["forged_events"]
    assert own_mirror.stored() == before
    own_mirror.check()


def test_another_sidecar_on_the_same_mirror_is_refused(mirror: Mirror, tmp_path: Path) -> None:
    code, said = end_of(SidecarProcess(mirror.server.url, tmp_path / "other.db"), mirror)
    assert code == 1
    assert "serves the mirror `hall` on this Redis. Stop it, or give this mirror another name with `mirror`." in said
    assert mirror.send("toggle_camera")["type"] == "accepted"
    mirror.check()


def test_another_mirror_on_the_same_redis_is_welcome(mirror: Mirror, tmp_path: Path) -> None:
    before = mirror.stored()
    attic = SidecarProcess(mirror.server.url, tmp_path / "attic.db", mirror="attic")
    attic.start()
    assert attic.bus.send("toggle_camera", {})["seq"] == 1
    attic.kill()
    assert mirror.stored() == before


def test_another_sidecar_on_the_same_database_is_refused(mirror: Mirror, tmp_path: Path) -> None:
    rival = SidecarProcess(mirror.server.url, mirror.database, mirror="attic", log=tmp_path / "rival.log")
    code, said = end_of(rival, mirror)
    assert code == 1
    assert said == f"mira-sidecar: Another sidecar is using the database {mirror.database}. Stop it first."


def test_a_damaged_database_is_refused_and_left_as_it_is(own_mirror: Mirror) -> None:
    own_mirror.sidecar.stop()
    own_mirror.database.write_bytes(b"Dear aunt, " * 1_000)
    code, said = end_of(own_mirror.sidecar, own_mirror)
    assert code == 1
    assert "is damaged" in said
    assert "Restore it from a backup" in said
    assert own_mirror.database.read_bytes() == b"Dear aunt, " * 1_000


def test_the_pages_of_the_settings_are_in_the_log(own_mirror: Mirror) -> None:
    own_mirror.send("show_page", {"page": "clock"})
    own_mirror.sidecar.stop()
    own_mirror.sidecar.flags["pages"] = "home,weather"
    own_mirror.sidecar.start()
    state = own_mirror.snapshot()["state"]
    assert (state["pages"], state["page"]) == (["home", "weather"], "home")
    setting = own_mirror.stored()[-2]
    assert (setting["action"], setting["source"], setting["type"]) == ("set_pages", "system", "accepted")
    own_mirror.check()
    own_mirror.sidecar.stop()
    own_mirror.sidecar.start()
    assert own_mirror.snapshot()["seq"] == setting["seq"] + 1


def test_a_log_that_cannot_be_written_does_not_end_it(own_mirror: Mirror) -> None:
    own_mirror.sidecar.stop()
    own_mirror.sidecar.process.log = Path("/dev/full")
    own_mirror.sidecar.start()
    assert own_mirror.send("toggle_camera")["type"] == "accepted"
    own_mirror.sidecar.process.signal(signal.SIGTERM)
    assert own_mirror.exit_code(2) == 0
    own_mirror.check()


def test_a_long_log_starts_from_its_snapshot(own_mirror: Mirror) -> None:
    commands = [own_mirror.command("toggle_camera") for _ in range(700)]
    own_mirror.post(commands)
    own_mirror.answers(commands)
    own_mirror.sidecar.kill()
    own_mirror.sidecar.start()
    assert own_mirror.send("toggle_camera")["seq"] == 1_401
    own_mirror.check()
    with LogReader(own_mirror.database) as log:
        snapshot = log.snapshot()
    assert snapshot
    assert snapshot.seq >= 1_000


def test_one_that_never_lives_long_starts_from_a_snapshot_all_the_same(own_mirror: Mirror) -> None:
    for _ in range(3):
        commands = [own_mirror.command("toggle_camera") for _ in range(250)]
        own_mirror.post(commands)
        own_mirror.answers(commands)
        own_mirror.sidecar.kill()
        own_mirror.sidecar.start()
    with LogReader(own_mirror.database) as log:
        ((snapshots,),) = log._ask("SELECT count(*) FROM snapshots WHERE seq >= 1000")
    assert snapshots == 1


def test_its_export_folds_into_the_state(mirror: Mirror, tmp_path: Path) -> None:
    for _ in range(3):
        mirror.send("next_page")
    mirror.send("add_todo", {"summary": "Grüße"})
    written = tmp_path / "log.jsonl"
    done = subprocess.run(
        [PROGRAM, "export", "--database", mirror.database, "--output", written],
        env=handed_on(),
        check=False,
        capture_output=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    header, *events = (json.loads(line) for line in written.read_text(encoding="utf-8").splitlines())
    assert header["mira_log"] == 2
    assert events == mirror.stored()
    assert folded(events).document == mirror.snapshot()["state"]


def test_a_redis_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    sidecar = SidecarProcess(f"redis://:secret@127.0.0.1:{free_port()}", tmp_path / "mira.db")
    sidecar.launch()
    deadline = time.monotonic() + 10
    while "waiting for Redis" not in sidecar.process.last_lines() and time.monotonic() < deadline:
        time.sleep(0.02)
    sidecar.process.signal(signal.SIGTERM)
    said = sidecar.process.last_lines()
    sidecar.stop()
    assert "does not answer" in said
    assert "secret" not in said


def test_thresholds_stay_as_they_were_set_unless_a_setting_names_them(own_mirror: Mirror) -> None:
    own_mirror.send("set_thresholds", {"gesture_hold_ms": 900, "gesture_cooldown_ms": 0})
    own_mirror.sidecar.stop()
    own_mirror.sidecar.flags["gesture_hold_ms"] = 700
    own_mirror.sidecar.start()
    own_mirror.until(lambda: own_mirror.snapshot()["state"]["thresholds"]["gesture_hold_ms"] == 700)
    assert own_mirror.snapshot()["state"]["thresholds"]["gesture_cooldown_ms"] == 0
    own_mirror.check()
