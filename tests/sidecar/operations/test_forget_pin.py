"""A PIN that nobody knows any more is cleared by whoever has the file, and by nobody else."""

from pathlib import Path

from tests.sidecar.operations.kept import CommandLine, events_in
from tests.sidecar.process.mirror import Mirror


def test_after_it_the_mirror_is_open_and_takes_a_new_pin(mira: CommandLine, mirror: Mirror) -> None:
    mirror.send("set_pin", {"pin": "2580"})
    for _ in range(5):
        mirror.send("unlock", {"pin": "1234"})
    assert mirror.send("set_camera", {"on": True})["reason"] == "pin_required"
    assert "Another sidecar is using" in mira.refuses("forget-pin", "--database", mirror.database)
    mirror.sidecar.stop()
    code, out, err = mira("forget-pin", "--database", mirror.database)
    assert (code, err) == (0, "")
    assert out.startswith("The PIN is cleared")
    assert "✓ PIN        none is set" in mira("verify", "--database", mirror.database)[1]
    mirror.sidecar.start()
    assert mirror.snapshot()["state"]["access"]["pin_set"] is False
    assert mirror.send("set_camera", {"on": True})["type"] == "accepted"
    assert mirror.send("set_pin", {"pin": "9999"})["type"] == "accepted"
    assert mirror.send("unlock", {"pin": "9999"})["type"] == "accepted"
    mirror.check()


def test_it_is_in_the_log_as_a_decision_of_the_system(mira: CommandLine, mirror: Mirror) -> None:
    mirror.send("set_pin", {"pin": "2580"})
    mirror.sidecar.stop()
    mira("forget-pin", "--database", mirror.database)
    answer, patch = events_in(mirror.database)[-2:]
    assert (answer.type, answer.source, answer.action, answer.payload) == (
        "accepted",
        "system",
        "set_pin",
        {"pin": "cleared"},
    )
    assert patch.rev == 2


def test_no_command_from_outside_is_taken_for_the_owner(mirror: Mirror) -> None:
    mirror.send("set_pin", {"pin": "2580"})
    for source, reason in (("system", "source_not_allowed"), ("touch", "wrong_pin")):
        answer = mirror.send("set_pin", {"pin": None, "current": "owner"}, source=source)
        assert answer["reason"] == reason
    forged = mirror.command("set_pin", {"pin": "cleared", "current": "owner"}, source="system")
    mirror.post([forged])
    assert mirror.answers([forged])[0]["type"] == "rejected"
    assert mirror.snapshot()["state"]["access"]["pin_set"] is True


def test_where_there_is_no_pin_nothing_changes(mira: CommandLine, database: Path) -> None:
    before = events_in(database)
    assert mira("forget-pin", "--database", database) == (0, "There is no PIN; nothing was changed.\n", "")
    assert events_in(database) == before
