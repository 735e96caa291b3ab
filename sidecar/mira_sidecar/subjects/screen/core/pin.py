"""The PIN: what it opens, for how long, and what wrong tries cost.

The PIN itself never comes here. The shell compares it and hands on what came of it.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from mira_sidecar.core.access import Verdict, is_blocked, is_key, is_unlocked, opened_by, own_pins, tried_by, tries_of
from mira_sidecar.core.decision import Action, Change, Context, Mirror, Refusal
from mira_sidecar.core.state import Document, add, replace
from mira_sidecar.core.subject import Deed
from mira_sidecar.protocol import Access, PatchOperation, PinTries, instant, milliseconds
from mira_sidecar.reasons import Values
from mira_sidecar.subjects.screen.settings import ScreenSettings

type PersonId = Annotated[str, Meta(min_length=1, max_length=64)]
type Risk = Annotated[str, Meta(pattern=r"^[0-9a-z_]{1,64}$(?!\n)")]
_PIN_REQUIRED, _NO_PIN = Refusal("pin_required", "access"), Refusal("no_pin", "access")
FREE_TRIES = 5
_FIRST_BLOCK_MS, _LONGEST_BLOCK_MS = 30_000, 3_600_000
"""After the fifth wrong try, and doubled with each more."""


class Unlock(msgspec.Struct, frozen=True):
    """Payload of `unlock`, after the shell has seen the PIN."""

    pin: Verdict
    person: PersonId | None = None
    """Whose it is; None: the household's."""


class Lock(msgspec.Struct, frozen=True):
    """Payload of `lock`: nothing."""


class SetPin(msgspec.Struct, frozen=True):
    """Payload of `set_pin`, after the shell has seen both PINs."""

    pin: Literal["set", "cleared", "taken"]
    """`taken`: somebody else has this one."""
    current: Verdict = "unchecked"
    """Of the household's PIN."""
    person: PersonId | None = None
    """Whose PIN is to be set; None: the household's."""
    opens: Annotated[list[Risk], Meta(max_length=64)] | UnsetType | None = UNSET
    """What a person's PIN opens; null: all."""


def _count_tries(document: Document, by: str | None, tries: PinTries) -> list[PatchOperation]:
    counted = msgspec.to_builtins(tries)
    if by is None:
        return [replace(f"/access/{name}", value) for name, value in counted.items()]
    others = {one: theirs for one, theirs in document["access"].get("elsewhere", {}).items() if one != by}
    # Of a key nothing is left once it counts nothing: there is no end to keys.
    left = {} if is_key(by) and tries == PinTries() else {by: counted}
    return [add("/access/elsewhere", {**others, **left})]


def _refused(document: Document, verdict: Verdict, context: Context) -> Refusal | None:
    """Why a PIN opens nothing; None where it is right."""
    by = tried_by(document, context.sender, context.command)
    before = tries_of(document, by)
    if is_blocked(document, by, context.now_ms):
        left_ms = milliseconds(before["blocked_until"]) - context.now_ms
        return Refusal("pin_blocked", "access", {"seconds": -(-left_ms // 1000)})
    if verdict == "right":
        return None
    if verdict == "unchecked":
        return _PIN_REQUIRED
    if verdict == "unknown":
        return Refusal("pin_unknown", "access")
    tries, until = before["wrong_tries"] + 1, before["blocked_until"]
    if tries >= FREE_TRIES:
        # Bounded before the power is taken: an hour is reached after a dozen tries.
        doubled = 2 ** min(tries - FREE_TRIES, 10)
        until = instant(context.now_ms + min(_FIRST_BLOCK_MS * doubled, _LONGEST_BLOCK_MS))
    counted = _count_tries(document, by, PinTries(tries, until))
    if verdict == "unsure":
        # It counts: whoever guesses those that are known here would try any number of them otherwise.
        return Refusal("pin_unknown", "access", patch=counted)
    return Refusal("wrong_pin", "access", patch=counted)


def _unlock(document: Document, payload: Unlock, context: Context) -> Change | Refusal:
    if not document["access"]["pin_set"]:
        return _NO_PIN
    if refusal := _refused(document, payload.pin, context):
        return refusal
    until = instant(context.now_ms + context.rules.of("screen", ScreenSettings).unlock_ms)
    # Between two of their own, whose PIN opens some things only could try any number of others.
    trusted = opened_by(document, payload.person) is None
    by = tried_by(document, context.sender, context.command)
    reset = _count_tries(document, by, PinTries()) if trusted else []
    done = {"until": until, **({} if payload.person is None else {"person": payload.person})}
    patch = [replace("/access/unlocked_until", until), *_unlocked_by(document, payload.person), *reset]
    return Change(done, patch, touches=("lock",), agreed=True)


def _unlocked_by(document: Document, person: str | None) -> list[PatchOperation]:
    return [add("/access/unlocked_by", person)] if document["access"].get("unlocked_by") != person else []


def _lock(document: Document, payload: Lock, context: Context) -> Change:
    if document["access"]["unlocked_until"] is None:
        return Change({})
    return Change({}, [replace("/access/unlocked_until", None), *_unlocked_by(document, None)], touches=("lock",))


def _set_pin(document: Document, payload: SetPin, context: Context) -> Change | Refusal:
    access = document["access"]
    if unknown := _unknown_risk(payload, context):
        return unknown
    if payload.person is not None and not access["pin_set"]:
        return _NO_PIN
    if access["pin_set"] and (refusal := _may_not_set(document, payload, context)):
        return refusal
    if payload.pin == "taken":
        return Refusal("pin_taken", "access")
    if payload.person is not None:
        return _set_own(document, payload, payload.person)
    persons = own_pins(document) if payload.pin == "set" else {}
    changed = msgspec.to_builtins(Access(pin_set=payload.pin == "set", persons=persons))
    return Change({"pin": payload.pin}, [replace("/access", changed)] if changed != access else [], agreed=True)


def _unknown_risk(payload: SetPin, context: Context) -> Refusal | None:
    """A PIN for what there is not would open nothing, and whoever sets it would believe that it did."""
    known = context.mirror.risky
    for place, risk in enumerate(payload.opens or ()):
        if risk not in known:
            fault: Values = {"fault": "not_one_of", "field": f"opens[{place}]", "choices": [*known]}
            return Refusal("bad_payload", "validation", fault)
    return None


def _may_not_set(document: Document, payload: SetPin, context: Context) -> Refusal | None:
    """Only whoever knows the household's PIN may set any."""
    if payload.current == "owner" and context.command.source == "system":
        return None
    # Whoever gives one has to give the right one, also where none is needed just now.
    is_open = is_unlocked(document, context.now_ms) and document["access"].get("unlocked_by") is None
    return _refused(document, payload.current, context) if payload.current == "wrong" or not is_open else None


def _set_own(document: Document, payload: SetPin, person: str) -> Change:
    """A person's PIN is set, or is none any more."""
    before = own_pins(document)
    done: dict[str, Any] = {"pin": payload.pin, "person": person}
    if payload.pin == "cleared":
        after = {one: own for one, own in before.items() if one != person}
    else:
        opens = before.get(person, {"opens": None})["opens"] if payload.opens is UNSET else payload.opens
        after = {**before, person: {"opens": opens}}
        done["opens"] = opens
    patch = [add("/access/persons", after)] if after != before else []
    if payload.pin == "cleared" and document["access"].get("unlocked_by") == person:
        patch += [replace("/access/unlocked_until", None), *_unlocked_by(document, None)]
    return Change(done, patch, agreed=True)


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
