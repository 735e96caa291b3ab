"""The PIN: compared and hashed here, in the shell, so that it never reaches the core, the log or a log line."""

import asyncio
import hashlib
import hmac
import os
import re
from typing import Any

import msgspec

from mira_sidecar.core.access import Verdict
from mira_sidecar.core.decision import Refusal
from mira_sidecar.core.reading import Misfit
from mira_sidecar.protocol import Command

_PIN = re.compile(r"[0-9]{4,12}", re.ASCII)
_SALT_BYTES = 16
_MALFORMED = Refusal("bad_payload", "validation", {"fault": "bad_pin", "field": "pin"})


class PinDesk:
    """Sees the PINs of one batch, and puts what came of them in their place."""

    def __init__(self, stored: bytes | None) -> None:
        self._stored = stored
        self._made: bytes | None = None
        self.accepted: bytes | None = None
        """The hash to store with the batch, where it has a new PIN; empty bytes clear it."""

    async def pass_on(self, request: Command, *, blocked: bool) -> Command | Misfit:
        """The request as the core may see it; no PIN is compared while that is blocked."""
        self._made = None
        payload = request.payload
        if request.action == "unlock":
            return _with(request, {"pin": await self._verdict(payload.get("pin"), blocked=blocked)})
        pin = payload.get("pin")
        if pin is not None and not (isinstance(pin, str) and _PIN.fullmatch(pin)):
            return Misfit(_with(request, {}), _MALFORMED)
        current = payload.get("current")
        verdict = await self._verdict(current, blocked=blocked) if current is not None else "unchecked"
        self._made = await asyncio.to_thread(_hash, pin, os.urandom(_SALT_BYTES)) if pin else b""
        return _with(request, {"pin": "set" if pin else "cleared", "current": verdict})

    def accept(self) -> None:
        """What was passed on last was accepted: what comes later in the batch is compared with its PIN."""
        if self._made is not None:
            self._stored = self.accepted = self._made

    async def _verdict(self, pin: object, *, blocked: bool) -> Verdict:
        """Compare in constant time; the time that the hash takes is the same for every PIN."""
        if blocked:
            return "unchecked"
        if not self._stored:
            return "unknown"
        if isinstance(pin, str):
            found = await asyncio.to_thread(_hash, pin[:64], self._stored[:_SALT_BYTES])
            if hmac.compare_digest(found, self._stored):
                return "right"
        return "wrong"


def _with(command: Command, payload: dict[str, Any]) -> Command:
    return msgspec.structs.replace(command, payload=payload)


def _hash(pin: str, salt: bytes) -> bytes:
    """Salt and scrypt hash: 16 MB and some 50 ms a try (N = 2^14, r = 8, p = 1, as RFC 7914 suggests for logins)."""
    return salt + hashlib.scrypt(pin.encode(), salt=salt, n=2**14, r=8, p=1)
