"""PINs: compared and hashed here, in the shell, so that none ever reaches the core, the log or a log line."""

import asyncio
import hashlib
import hmac
import os
import re
from collections.abc import Collection, Mapping
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from mira_sidecar.core.access import Verdict
from mira_sidecar.core.decision import Refusal
from mira_sidecar.core.reading import Misfit
from mira_sidecar.protocol import Command

_PIN = re.compile(r"[0-9]{4,12}", re.ASCII)
type _Pin = Annotated[str, Meta(pattern=r"^[0-9]{4,12}$(?!\n)")]
_SALT_BYTES = 16
_MALFORMED = Refusal("bad_payload", "validation", {"fault": "bad_pin", "field": "pin"})


class Unlock(msgspec.Struct, frozen=True):
    """Payload of `unlock`."""

    pin: _Pin


class SetPin(msgspec.Struct, frozen=True):
    """Payload of `set_pin`."""

    pin: _Pin | None
    """The new one; null: none any more."""
    current: _Pin | None = None
    """The household's, unless that has unlocked the mirror."""
    person: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    """Whose PIN is to be set; null: the household's."""
    opens: Annotated[list[str], Meta(max_length=64)] | UnsetType | None = UNSET
    """The risks and actions that a person's PIN opens; null: all."""


PAYLOADS: Final[Mapping[str, type[msgspec.Struct]]] = {"unlock": Unlock, "set_pin": SetPin}
"""What is sent with the actions that come with a PIN. The core is handed what came of it."""


class PinDesk:
    """Sees the PINs of one batch, and puts what came of them in their place."""

    def __init__(self, stored: Mapping[str | None, bytes]) -> None:
        """`stored`: the hashes by whose they are; None: the household's."""
        self._stored = dict(stored)
        self._made: tuple[str | None, bytes] | None = None
        self._lacks_some = False
        self.accepted: dict[str | None, bytes] = {}
        """The hashes to store with the batch; empty bytes take one away."""

    async def pass_on(self, request: Command, *, blocked: bool) -> Command | Misfit:
        """The request as the core may see it; no PIN is compared while that is blocked."""
        self._made = None
        payload = request.payload
        if request.action == "unlock":
            verdict, whose = await self._verdict(payload.get("pin"), blocked=blocked)
            return _with(request, {"pin": verdict, **({} if whose is None else {"person": whose})})
        pin, current, person = payload.get("pin"), payload.get("current"), payload.get("person")
        if pin is not None and not (isinstance(pin, str) and _PIN.fullmatch(pin)):
            return Misfit(_with(request, {}), _MALFORMED)
        verdict, whose = await self._verdict(current, blocked=blocked) if current is not None else ("unchecked", None)
        if whose is not None or verdict == "unsure":
            # With their own PIN nobody sets one: whether one is taken would tell them the household's in the end.
            verdict = "wrong"
        seen: dict[str, Any] = {name: payload[name] for name in ("person", "opens") if name in payload}
        seen |= {"pin": "set" if pin else "cleared", "current": verdict}
        if person is None or isinstance(person, str):
            if pin and await self._is_taken(pin, person):
                seen["pin"] = "taken"
            self._made = person, await self._new(pin) if pin else b""
        return _with(request, seen)

    def accept(self) -> None:
        """What was passed on last was accepted: what comes later in the batch is compared with its PIN."""
        if self._made is not None:
            whose, made = self._made
            self.accepted[whose] = made
            self._stored[whose] = made

    def forget_but(self, persons: Collection[str]) -> None:
        """Whoever is not among these has no PIN any more; of these, some may have theirs from another sidecar."""
        for whose in self._stored:
            if whose is not None and self._stored[whose] and whose not in persons:
                self.accepted[whose] = self._stored[whose] = b""
        self._lacks_some = not all(self._stored.get(person) for person in persons)

    async def _verdict(self, pin: object, *, blocked: bool) -> tuple[Verdict, str | None]:
        """What a PIN is, and whose.

        Compared in constant time. What the hashes take is the same for every PIN: all that were set here have one salt.
        """
        if blocked:
            return "unchecked", None
        if not self._stored.get(None):
            return "unknown", None
        if not isinstance(pin, str):
            return "wrong", None
        found = await self._equal(pin)
        if found:
            return "right", found[0]
        return "unsure" if self._lacks_some else "wrong", None

    async def _is_taken(self, pin: str, person: str | None) -> bool:
        return any(whose != person for whose in await self._equal(pin))

    async def _equal(self, pin: str) -> list[str | None]:
        """Whose PIN this is; the household's before all others."""
        stored = {whose: hashed for whose, hashed in self._stored.items() if hashed}
        salts = dict.fromkeys(hashed[:_SALT_BYTES] for hashed in stored.values())
        found = {salt: await asyncio.to_thread(_hash, pin[:64], salt) for salt in salts}
        equal = [whose for whose, hashed in stored.items() if hmac.compare_digest(found[hashed[:_SALT_BYTES]], hashed)]
        return sorted(equal, key=lambda whose: whose is not None)

    async def _new(self, pin: str) -> bytes:
        salts = [hashed[:_SALT_BYTES] for hashed in self._stored.values() if hashed]
        return await asyncio.to_thread(_hash, pin, salts[0] if salts else os.urandom(_SALT_BYTES))


def _with(command: Command, payload: dict[str, Any]) -> Command:
    return msgspec.structs.replace(command, payload=payload)


def _hash(pin: str, salt: bytes) -> bytes:
    """Salt and scrypt hash: 16 MB and some 50 ms a try (N = 2^14, r = 8, p = 1, as RFC 7914 suggests for logins)."""
    return salt + hashlib.scrypt(pin.encode(), salt=salt, n=2**14, r=8, p=1)
