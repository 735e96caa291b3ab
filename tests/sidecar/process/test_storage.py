"""A disk that fails under a running sidecar: it says so, nothing is lost, and it goes on when it can."""

import resource
import signal
import sys
from collections.abc import Iterator

import pytest

from house.redis import RedisServer
from tests.sidecar.process import failing_disk
from tests.sidecar.process.mirror import Message, Mirror, running


@pytest.fixture(scope="module")
def shared(shared_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirror]:
    """A mirror whose disk fails when told to."""
    program = (sys.executable, failing_disk.__file__)
    with running(shared_redis, tmp_path_factory.mktemp("storage") / "mira.db", program=program) as mirror:
        yield mirror


def tell_disk(mirror: Mirror, number: signal.Signals) -> None:
    """Break or heal the disk."""
    before = len(mirror.log())
    mirror.sidecar.process.signal(number)
    mirror.until(lambda: any(line.get("signal") == number.name for line in mirror.log()[before:]))


def long_todo(mirror: Mirror, ttl_ms: int = 60_000) -> Message:
    """A command that no half-empty page of the database has room for."""
    return mirror.command("add_todo", {"summary": "Long", "description": "x" * 4_096}, ttl_ms=ttl_ms)


@pytest.mark.parametrize(
    ("number", "code", "says"),
    [
        (signal.SIGUSR1, "disk_full", "is full. Make room; Mira goes on by itself."),
        (signal.SIGUSR2, "database_read_only", "cannot be written"),
    ],
)
def test_a_command_waits_until_it_can_be_stored(mirror: Mirror, number: signal.Signals, code: str, says: str) -> None:
    mirror.send("toggle_camera")
    before = mirror.stored()
    tell_disk(mirror, number)
    waiting = [long_todo(mirror), long_todo(mirror)]
    late = long_todo(mirror, ttl_ms=1)
    mirror.post([*waiting, late])
    mirror.until(lambda: mirror.problem() == code)
    presence = mirror.presence()
    assert presence
    assert says in presence["problem"]["message"]
    assert mirror.published() == mirror.stored() == before
    assert mirror.unanswered() == 3
    tell_disk(mirror, signal.SIGHUP)
    answers = mirror.answers([*waiting, late])
    assert [answer.get("reason") for answer in answers] == [None, None, "expired"]
    mirror.until(lambda: mirror.problem() is None)
    mirror.check()


def test_told_to_stop_while_the_disk_is_full_it_stops_and_the_next_start_decides(mirror: Mirror) -> None:
    before = mirror.stored()
    tell_disk(mirror, signal.SIGUSR1)
    command = long_todo(mirror)
    mirror.post([command])
    mirror.until(lambda: mirror.problem() == "disk_full")
    mirror.sidecar.process.signal(signal.SIGTERM)
    assert mirror.exit_code(2) == 0
    assert mirror.stored() == before
    mirror.sidecar.start()
    assert mirror.answers([command])[0]["type"] == "accepted"
    mirror.check()


def test_killed_with_commands_in_hand_the_next_start_decides_them(mirror: Mirror) -> None:
    tell_disk(mirror, signal.SIGUSR1)
    commands = [long_todo(mirror) for _ in range(3)]
    mirror.post(commands)
    mirror.until(lambda: mirror.problem() == "disk_full")
    assert (mirror.pending(), mirror.unanswered()) == (1, 3)
    mirror.sidecar.kill()
    mirror.sidecar.start()
    assert {answer["type"] for answer in mirror.answers(commands)} == {"accepted"}
    mirror.until(lambda: mirror.unanswered() == 0)
    mirror.check()


def test_a_redis_that_was_emptied_meanwhile_gets_the_whole_log(mirror: Mirror) -> None:
    seq = mirror.send("add_todo", {"summary": "Make room"})["seq"]
    tell_disk(mirror, signal.SIGUSR1)
    mirror.post([long_todo(mirror)])
    mirror.until(lambda: mirror.problem() == "disk_full")
    mirror.redis.flushall()
    tell_disk(mirror, signal.SIGHUP)
    mirror.until(lambda: mirror.redis.xlen(mirror.keys.events) == seq + 3 and mirror.problem() is None)
    assert mirror.send("toggle_camera")["seq"] == seq + 4
    mirror.check()


def test_the_systems_own_refusal_to_write_is_survived(mirror: Mirror) -> None:
    mirror.send("toggle_camera")
    pid = mirror.sidecar.process.pid
    assert pid
    limits = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, limits[1]))  # also for its log
    command = mirror.command("toggle_camera")
    mirror.post([command])
    mirror.until(lambda: mirror.problem() == "storage_failed")
    resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
    assert mirror.answers([command])[0]["type"] == "accepted"
    mirror.until(lambda: mirror.problem() is None)
    mirror.check()
