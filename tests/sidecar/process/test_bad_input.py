"""A running sidecar under entries such as no client should send."""

import random

from mira_sidecar.core.reading import Garbage, Misfit, read
from tests.sidecar.core.entries import body
from tests.sidecar.process.mirror import Mirror

INPUTS = 2_000
"""Fewer of them are unreadable than `commands:dead` keeps."""
WITHOUT_COMMAND = 20


def test_every_bad_entry_is_answered_or_parked_and_the_next_command_is_carried_out(own_mirror: Mirror) -> None:
    mirror, chance = own_mirror, random.Random(1)
    bodies = [body(chance) for _ in range(INPUTS)]
    for number in range(0, INPUTS, 500):
        mirror.post(bodies[number : number + 500])
        for place in range(WITHOUT_COMMAND // 4):
            mirror.redis.xadd(mirror.stream(), {"order": "please"} if place % 2 else {"command": ""})
    answer = mirror.send("add_todo", {"summary": "Milk"})
    assert answer["type"] == "accepted"
    found = [read(one, "home") for one in bodies]
    parked = sum(isinstance(one, Garbage) for one in found)
    assert mirror.redis.xlen(mirror.keys.dead) == parked + WITHOUT_COMMAND
    asked = {(one.command if isinstance(one, Misfit) else one).id for one in found if not isinstance(one, Garbage)}
    assert asked == {one["command_id"] for one in mirror.answers([{"id": one} for one in asked])}
    assert mirror.sidecar.process.exit_code is None
    assert not mirror.said("a fault of Mira: please report it")
    mirror.check()


def own_commands(mirror: Mirror) -> set[str]:
    """The commands that the sidecar gave itself: a lock or a question whose time was over."""
    own = [
        event for event in mirror.stored() if event["source"] == "system" and event["action"] in ("lock", "time_out")
    ]
    return {event["command_id"] for event in own if len(event["command_id"]) == 36}
