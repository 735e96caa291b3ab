"""The PIN: what it opens, for how long, and what wrong tries cost.

The PIN itself never comes here. The shell compares it and hands on what came of it.
"""

from collections.abc import Iterator
from typing import Literal

import msgspec

from mira_sidecar.core.access import Verdict, is_blocked, is_unlocked, tries_of
from mira_sidecar.core.decision import Action, Change, Context, Mirror, Refusal
from mira_sidecar.core.state import Document, add, replace
from mira_sidecar.core.subject import Deed
from mira_sidecar.protocol import Access, PatchOperation, PinTries, Sender, instant, milliseconds
from mira_sidecar.subjects.screen.settings import ScreenSettings

FREE_TRIES = 5
_FIRST_BLOCK_MS, _LONGEST_BLOCK_MS = 30_000, 3_600_000
"""After the fifth wrong try, and doubled with each more."""


class Unlock(msgspec.Struct, frozen=True):
    """Payload of `unlock`, after the shell has seen the PIN."""

    pin: Verdict


class Lock(msgspec.Struct, frozen=True):
    """Payload of `lock`: nothing."""


class SetPin(msgspec.Struct, frozen=True):
    """Payload of `set_pin`, after the shell has seen both PINs."""

    pin: Literal["set", "cleared"]
    current: Verdict = "unchecked"


def _count_tries(document: Document, sender: Sender | None, tries: PinTries) -> list[PatchOperation]:
    counted = msgspec.to_builtins(tries)
    if sender in (None, "home"):
        return [replace(f"/access/{name}", value) for name, value in counted.items()]
    return [add("/access/elsewhere", {**document["access"].get("elsewhere", {}), sender: counted})]


def _refused(document: Document, verdict: Verdict, context: Context) -> Refusal | None:
    """Why a PIN opens nothing; None where it is right."""
    before = tries_of(document, context.sender)
    if is_blocked(document, context.sender, context.now_ms):
        left_ms = milliseconds(before["blocked_until"]) - context.now_ms
        return Refusal("pin_blocked", "access", {"seconds": -(-left_ms // 1000)})
    if verdict == "right":
        return None
    if verdict == "unchecked":
        return Refusal("pin_required", "access")
    if verdict == "unknown":
        return Refusal("pin_unknown", "access")
    tries, until = before["wrong_tries"] + 1, before["blocked_until"]
    if tries >= FREE_TRIES:
        # Bounded before the power is taken: an hour is reached after a dozen tries.
        doubled = 2 ** min(tries - FREE_TRIES, 10)
        until = instant(context.now_ms + min(_FIRST_BLOCK_MS * doubled, _LONGEST_BLOCK_MS))
    return Refusal("wrong_pin", "access", patch=_count_tries(document, context.sender, PinTries(tries, until)))


def _unlock(document: Document, payload: Unlock, context: Context) -> Change | Refusal:
    if not document["access"]["pin_set"]:
        return Refusal("no_pin", "access")
    if refusal := _refused(document, payload.pin, context):
        return refusal
    until = instant(context.now_ms + context.rules.of("screen", ScreenSettings).unlock_ms)
    reset = _count_tries(document, context.sender, PinTries())
    return Change({"until": until}, [replace("/access/unlocked_until", until), *reset], touches=("lock",), agreed=True)


def _lock(document: Document, payload: Lock, context: Context) -> Change:
    if document["access"]["unlocked_until"] is None:
        return Change({})
    return Change({}, [replace("/access/unlocked_until", None)], touches=("lock",))


def _set_pin(document: Document, payload: SetPin, context: Context) -> Change | Refusal:
    access = document["access"]
    is_owner = payload.current == "owner" and context.command.source == "system"
    # Whoever gives one has to give the right one, also where none is needed just now.
    needed = payload.current == "wrong" or not is_unlocked(document, context.now_ms)
    guarded = access["pin_set"] and not is_owner and needed
    if guarded and (refusal := _refused(document, payload.current, context)):
        return refusal
    changed = msgspec.to_builtins(Access(pin_set=payload.pin == "set"))
    return Change({"pin": payload.pin}, [replace("/access", changed)] if changed != access else [], agreed=True)


def due(document: Document, now_ms: int, mirror: Mirror) -> Iterator[Deed]:
    """The lock closes by itself."""
    until = document["access"]["unlocked_until"]
    if until is not None and now_ms >= milliseconds(until):
        yield "lock", {}


ACTIONS = (
    Action("unlock", Unlock, _unlock, takes_pin=True),
    Action("lock", Lock, _lock),
    Action("set_pin", SetPin, _set_pin, takes_pin=True),
)
