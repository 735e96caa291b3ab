"""A fault in Mira costs the command that meets it, and no more."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from house.redis import RedisServer
from tests.sidecar.process import faulty_core
from tests.sidecar.process.mirror import Mirror, running


@pytest.fixture
def faulty(redis_server: RedisServer, tmp_path: Path) -> Iterator[Mirror]:
    program = (sys.executable, faulty_core.__file__)
    with running(redis_server, tmp_path / "mira.db", program=program) as mirror:
        yield mirror


def test_a_fault_in_the_core_is_the_answer_to_one_command(faulty: Mirror) -> None:
    commands = [faulty.command(action) for action in ("toggle_camera", "next_page", "toggle_microphone")]
    faulty.post(commands)
    done, failed, done_too = faulty.answers(commands)
    assert (done["type"], done_too["type"]) == ("accepted", "accepted")
    assert (failed["reason"], failed["policy"], failed["looked"]) == ("fault", "arbiter", ["arbiter"])
    assert "payload" not in failed
    faulty.until(lambda: faulty.unanswered() == 0)
    faulty.check()


def test_the_log_line_of_a_fault_shows_where_it_is_and_not_what_was_asked(faulty: Mirror) -> None:
    faulty.send("next_page", {"note": "Anna's birthday"})
    (line,) = [line for line in faulty.log() if line["event"] == "a fault of Mira: please report it"]
    assert line["exception"][0]["exc_value"] == "a fault"
    assert "Anna" not in faulty.sidecar.process.log.read_text()
