"""PINs where they are compared: what is known here, and what was set at another sidecar."""

from typing import Any

from mira_sidecar.pins import PinDesk
from mira_sidecar.protocol import Command
from tests.planted import OTHER_PIN, PIN

ANNA = "p_a0000000"


async def seen(desk: PinDesk, action: str, **payload: Any) -> dict[str, Any]:
    """What the core gets to see of it."""
    command = Command(id="set-or-open", ts="2026-11-20T12:00:00.000Z", source="touch", action=action, payload=payload)
    passed = await desk.pass_on(command, blocked=False)
    assert isinstance(passed, Command)
    return passed.payload


async def test_where_the_pin_of_somebody_is_not_known_none_is_called_wrong_but_for_the_households() -> None:
    desk = PinDesk({})
    assert await seen(desk, "unlock", pin=PIN) == {"pin": "unknown"}
    await seen(desk, "set_pin", pin=PIN)
    desk.accept()
    desk.forget_but([])
    assert await seen(desk, "unlock", pin=OTHER_PIN) == {"pin": "wrong"}
    desk.forget_but([ANNA])  # She has hers from the sidecar whose place this one has taken.
    assert await seen(desk, "unlock", pin=OTHER_PIN) == {"pin": "unsure"}
    assert await seen(desk, "unlock", pin=PIN) == {"pin": "right"}
    assert (await seen(desk, "set_pin", pin=PIN, current=OTHER_PIN))["current"] == "wrong"
    await seen(desk, "set_pin", pin=OTHER_PIN, current=PIN, person=ANNA)
    desk.accept()
    desk.forget_but([ANNA])
    assert await seen(desk, "unlock", pin=OTHER_PIN) == {"pin": "right", "person": ANNA}
    assert await seen(desk, "unlock", pin=f"{PIN}0") == {"pin": "wrong"}
