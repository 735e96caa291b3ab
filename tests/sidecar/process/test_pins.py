"""The PIN at a running sidecar: compared where nobody sees it, one request after the other, also within a batch."""

from tests.planted import OTHER_PIN, PIN
from tests.sidecar.process.mirror import Message, Mirror


def reasons(mirror: Mirror, commands: list[Message]) -> list[str | None]:
    """Why each of these commands, sent in one go, was refused; None where it was not."""
    mirror.post(commands)
    return [answer.get("reason") for answer in mirror.answers(commands)]


def test_a_pin_counts_for_what_comes_behind_it_in_the_same_batch(own_mirror: Mirror) -> None:
    mirror = own_mirror
    commands = [
        mirror.command("set_pin", {"pin": "1234"}),
        mirror.command("unlock", {"pin": "1234"}),
        mirror.command("lock"),
        mirror.command("set_pin", {"pin": "5678", "current": "9999"}),
        mirror.command("unlock", {"pin": "5678"}),
        mirror.command("set_pin", {"pin": "5678", "current": "1234"}),
        mirror.command("unlock", {"pin": "1234"}),
        mirror.command("unlock", {"pin": "5678"}),
    ]
    assert reasons(mirror, commands) == [None, None, None, "wrong_pin", "wrong_pin", None, "wrong_pin", None]
    assert mirror.snapshot()["state"]["access"]["wrong_tries"] == 0
    mirror.sidecar.kill()
    mirror.sidecar.start()
    assert mirror.send("unlock", {"pin": "5678"})["type"] == "accepted"


def test_no_more_pins_are_compared_than_there_are_free_tries_however_many_come_at_once(own_mirror: Mirror) -> None:
    own_mirror.send("set_pin", {"pin": "1234"})
    guesses = [own_mirror.command("unlock", {"pin": f"{guess:04}"}) for guess in (1, 2, 3, 4, 5, 1234, 6)]
    assert reasons(own_mirror, guesses) == ["wrong_pin"] * 5 + ["pin_blocked"] * 2


def test_a_pin_is_nowhere_to_be_read(own_mirror: Mirror) -> None:
    mirror = own_mirror
    mirror.send("set_pin", {"pin": PIN})
    mirror.send("unlock", {"pin": PIN})
    mirror.send("unlock", {"pin": OTHER_PIN})
    written = mirror.database.read_bytes() + mirror.database.with_name(f"{mirror.database.name}-wal").read_bytes()
    seen = written.decode("latin-1") + mirror.sidecar.process.log.read_text() + str(mirror.published())
    assert PIN not in seen + str(mirror.snapshot())
    assert OTHER_PIN not in seen


def test_a_pin_in_what_was_no_command_is_not_parked_with_it(own_mirror: Mirror) -> None:
    for entry in (
        b'{"action": "unlock", "payload": {"pin": "271828314159"}}',
        b'{"pin" : 271828314159',
        b'{"PIN":"271828314159',
    ):
        own_mirror.post([entry])
    own_mirror.until(lambda: own_mirror.redis.xlen(own_mirror.keys.dead) == 3)
    parked = str(own_mirror.redis.xrange(own_mirror.keys.dead))
    assert "271828314159" not in parked
    assert "unlock" in parked
