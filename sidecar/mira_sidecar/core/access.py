"""The lock: whether what the PIN guards is open, and whether a sender may still try."""

import re
from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from mira_sidecar.core.state import Document
from mira_sidecar.protocol import Command, PinTries, Sender, milliseconds

type Verdict = Literal["right", "wrong", "unchecked", "unknown", "unsure", "owner"]
"""`unchecked`: none was given, or none is compared now because of wrong tries; `unknown`: there is none to compare;
`unsure`: it is none of those that are known here, and that of somebody is not;
`owner`: whoever has the log's file at hand needs none. No command from outside gets that one."""
_KEY = re.compile("api:[0-9a-z]{1,32}")
"""How the API says in `origin.device` with which key a command came."""
_KEYS_COUNTED = 16
_NO_TRIES: dict[str, Any] = msgspec.to_builtins(PinTries())


def is_unlocked(document: Document, now_ms: int) -> bool:
    """Whether what the PIN guards is open now."""
    until = document["access"]["unlocked_until"]
    return until is not None and now_ms < milliseconds(until)


def opens(document: Document, names: Iterable[str], now_ms: int) -> bool:
    """Whether the PIN that was given last opens all of this now."""
    if not is_unlocked(document, now_ms):
        return False
    own = opened_by(document, document["access"].get("unlocked_by"))
    return own is None or set(names) <= set(own)


def opened_by(document: Document, person: str | None) -> list[str] | None:
    """What a person's PIN opens, or, without one, the household's; None: all."""
    if person is None:
        return None
    own: list[str] | None = own_pins(document).get(person, {"opens": []})["opens"]
    return own


def own_pins(document: Document) -> dict[str, Any]:
    """Who has a PIN of their own, by id, and what it opens. A log of before there were any says nothing of it."""
    persons: dict[str, Any] = document["access"].get("persons", {})
    return persons


def tried_by(document: Document, sender: Sender | None, command: Command) -> str | None:
    """By what name the wrong tries of a command's sender are counted; None: as those of the mirror's own displays."""
    if sender in (None, "home"):
        return None
    device = command.origin.device if command.origin else None
    if sender != "api" or device is None or not is_key(device):
        return sender
    counted = _elsewhere(document)
    # Whoever may write to the stream could think up a key for each try: beyond so many they share one count.
    return device if device in counted or sum(map(is_key, counted)) < _KEYS_COUNTED else sender


def is_blocked(document: Document, by: str | None, now_ms: int) -> bool:
    """Whether no PIN of this sender is compared now, because of its wrong tries."""
    until = tries_of(document, by)["blocked_until"]
    return until is not None and now_ms < milliseconds(until)


def tries_of(document: Document, by: str | None) -> dict[str, Any]:
    """What wrong PINs have cost a sender; each has its own, so that none can lock the owner out."""
    if by is None:
        access: dict[str, Any] = document["access"]
        return access
    tries: dict[str, Any] = _elsewhere(document).get(by, _NO_TRIES)
    return tries


def _elsewhere(document: Document) -> dict[str, Any]:
    counted: dict[str, Any] = document["access"].get("elsewhere", {})
    return counted


def is_key(name: str) -> bool:
    """Whether wrong tries under this name are those of a key of the API."""
    return _KEY.fullmatch(name) is not None
