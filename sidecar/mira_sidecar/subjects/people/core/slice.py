"""What the state has of people: facts by id, and no name. It is there once there is somebody."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from mira_sidecar.core.state import Document, add, replace
from mira_sidecar.protocol import CommandId, Confidence, Instant, PatchOperation

PERSON = r"^p_[0-9a-f]{8,40}$(?!\n)"
PersonId = Annotated[str, Meta(pattern=PERSON)]
"""Hexadecimal: it stays in exports without names, so there is to be none in it."""
type PrintKind = Literal["face", "voice"]
type Consent = Literal["face", "voice", "memory"]


class Person(msgspec.Struct, frozen=True):
    """A person, without the name."""

    ha_person: str | None = None
    """The id of their entry in Home Assistant's registry of entities: that of an entity is a name."""
    ha_user: str | None = None
    """The id of their user there."""
    consents: list[Consent] = []
    """What the mirror may know them by, and whether it may remember what they say."""
    prints: dict[PrintKind, int] = {}
    """How many there are of a kind."""


class Enrolling(msgspec.Struct, frozen=True):
    """A person whose face or voice is being learnt."""

    person: PersonId
    kind: PrintKind
    samples: int
    """How many are wanted."""
    taken: int
    command_id: CommandId
    until: Instant
    """None is taken after that."""


class Here(msgspec.Struct, frozen=True):
    """Who was recognised last."""

    person: PersonId | None
    """None: somebody whom the mirror does not know."""
    by: Literal["face", "voice", "login"]
    confidence: Confidence | None
    at: Instant


class People(msgspec.Struct, frozen=True):
    """The slice of people, `parts.people`."""

    persons: dict[PersonId, Person] = {}
    enrolling: Enrolling | None = None
    here: Here | None = None
    forgotten: list[PersonId] = []
    """Of whom something is still to be deleted beside the log."""


_NOBODY: dict[str, Any] = msgspec.to_builtins(People())


def people(document: Document) -> Mapping[str, Any]:
    """The slice, as plain JSON; that of a house without people where there is none yet."""
    own: Mapping[str, Any] = document["parts"].get("people", _NOBODY)
    return own


def changed(document: Document, **members: Any) -> list[PatchOperation]:
    """The patch that gives these members of the slice other values."""
    if "people" not in document["parts"]:
        return [add("/parts/people", {**_NOBODY, **members})]
    return [replace(f"/parts/people/{name}", value) for name, value in members.items()]
