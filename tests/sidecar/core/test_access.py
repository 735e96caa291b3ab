"""The PIN: what it guards, what it opens and for how long, and what wrong tries cost."""

from typing import Any

import pytest

from mira_sidecar.protocol import Event
from tests.sidecar.core.situation import Situation, refused


def guarded() -> Situation:
    """A mirror with a PIN, everything off; what the shell found of a PIN stands in its place."""
    mirror = Situation(off=True)
    mirror.send("set_pin", pin="set")
    return mirror


def unlock(mirror: Situation, verdict: str) -> Event:
    return mirror.send("unlock", pin=verdict)


def test_without_a_pin_nothing_is_locked() -> None:
    mirror = Situation(off=True)
    assert mirror.send("set_camera", on=True).type == "accepted"
    assert refused(unlock(mirror, "wrong")) == ("no_pin", "access")


def test_the_pin_guards_what_opens_and_never_what_closes() -> None:
    mirror = guarded()
    for device in ("camera", "microphone"):
        assert refused(mirror.send(f"set_{device}", on=True)) == ("pin_required", "access")
        assert refused(mirror.send(f"toggle_{device}")) == ("pin_required", "access")
        assert mirror.send(f"set_{device}", on=True, source="automation").type == "accepted"
        mirror.pass_ms(1_000)
        assert mirror.send(f"set_{device}", on=False).type == "accepted"


def test_an_unlocked_mirror_stays_so_for_a_minute() -> None:
    mirror = guarded()
    assert unlock(mirror, "right").type == "accepted"
    mirror.pass_ms(59_999)
    assert mirror.send("set_camera", on=True).type == "accepted"
    assert mirror.due() == []
    mirror.pass_ms(1)
    assert refused(mirror.send("toggle_microphone")) == ("pin_required", "access")
    assert mirror.due() == [("lock", {})]
    mirror.send("lock", source="system")
    assert mirror.state.access.unlocked_until is None


def test_lock_ends_it_at_once() -> None:
    mirror = guarded()
    unlock(mirror, "right")
    mirror.send("lock")
    assert refused(mirror.send("set_camera", on=True)) == ("pin_required", "access")


def test_five_wrong_tries_block_for_a_growing_time() -> None:
    mirror = guarded()
    for _ in range(5):
        assert refused(unlock(mirror, "wrong")) == ("wrong_pin", "access")
    for block_s in (30, 60, 120):
        assert refused(unlock(mirror, "right")) == ("pin_blocked", "access")
        mirror.pass_ms(block_s * 1_000 - 1)
        assert refused(unlock(mirror, "right")) == ("pin_blocked", "access")
        mirror.pass_ms(1)
        assert refused(unlock(mirror, "wrong")) == ("wrong_pin", "access")
    mirror.pass_ms(3_600_000)
    assert unlock(mirror, "right").type == "accepted"
    assert mirror.state.access.wrong_tries == 0


def test_changing_the_pin_takes_the_current_one() -> None:
    mirror = guarded()
    assert refused(mirror.send("set_pin", pin="cleared")) == ("pin_required", "access")
    assert refused(mirror.send("set_pin", pin="cleared", current="wrong")) == ("wrong_pin", "access")
    assert mirror.send("set_pin", pin="cleared", current="right").type == "accepted"
    assert not mirror.state.access.pin_set


def test_a_wrong_pin_is_wrong_at_an_unlocked_mirror_too() -> None:
    mirror = guarded()
    unlock(mirror, "right")
    assert refused(mirror.send("set_pin", pin="cleared", current="wrong")) == ("wrong_pin", "access")
    assert mirror.document["access"]["pin_set"]
    assert mirror.document["access"]["wrong_tries"] == 1


def test_an_unlocked_mirror_takes_a_new_pin_and_locks() -> None:
    mirror = guarded()
    unlock(mirror, "right")
    assert mirror.send("set_pin", pin="set").type == "accepted"
    assert mirror.state.access.unlocked_until is None


def test_a_yes_needs_the_pin_where_the_deed_does() -> None:
    mirror = guarded()
    mirror.send("set_camera", on=True, source="automation", confirm=True)
    assert refused(mirror.send("confirm")) == ("pin_required", "access")
    assert mirror.state.pending
    unlock(mirror, "right")
    assert mirror.send("confirm").type == "accepted"
    assert mirror.state.camera.on


def test_the_owner_needs_no_pin_also_while_wrong_ones_are_punished() -> None:
    mirror = guarded()
    for _ in range(5):
        unlock(mirror, "wrong")
    mirror.send("set_pin", pin="cleared", current="owner", source="system")
    access = mirror.state.access
    assert (access.pin_set, access.wrong_tries, access.blocked_until) == (False, 0, None)


@pytest.mark.parametrize("source", ["touch", "automation", "voice"])
def test_nobody_else_is_taken_for_the_owner(source: str) -> None:
    mirror = guarded()
    mirror.send("set_microphone", on=True, source="automation")
    assert refused(mirror.send("set_pin", pin="cleared", current="owner", source=source)) == ("wrong_pin", "access")
    assert refused(unlock(mirror, "owner")) == ("wrong_pin", "access")
    assert refused(mirror.send("unlock", pin="owner", source="system")) == ("wrong_pin", "access")


def from_key(key: str) -> dict[str, Any]:
    return {"sender": "api", "source": "automation", "origin": {"device": f"api:{key}"}}


def test_each_key_of_the_api_has_tries_of_its_own() -> None:
    mirror = guarded()
    for _ in range(5):
        assert refused(mirror.send("unlock", **from_key("k1"), pin="wrong")) == ("wrong_pin", "access")
    assert refused(mirror.send("unlock", **from_key("k1"), pin="right")) == ("pin_blocked", "access")
    assert mirror.send("unlock", **from_key("k2"), pin="right").type == "accepted"
    assert unlock(mirror, "right").type == "accepted"
    assert mirror.state.access.elsewhere.keys() == {"api:k1"}


def test_somebody_who_thinks_up_a_key_for_each_try_is_blocked_all_the_same() -> None:
    mirror = guarded()
    for number in range(16 + 5):
        mirror.pass_ms(1_000)
        assert refused(mirror.send("unlock", **from_key(f"k{number}"), pin="wrong")) == ("wrong_pin", "access")
    assert refused(mirror.send("unlock", **from_key("another"), pin="right")) == ("pin_blocked", "access")
    assert len(mirror.state.access.elsewhere) == 17
