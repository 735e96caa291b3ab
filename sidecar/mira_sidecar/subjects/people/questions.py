"""What may be asked about people."""

from typing import Annotated

import msgspec
from msgspec import Meta

from mira_sidecar.core.access import own_pins
from mira_sidecar.core.state import Document
from mira_sidecar.store.side import SideStore
from mira_sidecar.subjects.people.core.slice import Person, PersonId, people
from mira_sidecar.subjects.people.kept import NAMES


class AskedPeople(msgspec.Struct, frozen=True):
    """Payload of `people`: those behind an id, in the order of their ids, and how many at most."""

    after: PersonId | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 50


class Known(Person, frozen=True, kw_only=True):
    """A person, with the name."""

    id: PersonId
    name: str | None
    """Null where it never came, or its key is gone."""
    pin: bool
    """Whether they have one of their own."""
    opens: list[str] | None
    """What that opens; null: all."""


class PeoplePage(msgspec.Struct, frozen=True):
    """Result of `people`."""

    people: list[Known]
    next: PersonId | None
    """What to ask `after` for more; null where there are none."""


async def page(document: Document, side: SideStore | None, asked: AskedPeople) -> PeoplePage:
    """A page of people. `side`: None where nobody has ever been kept. Raises StoreError."""
    known, pins = people(document)["persons"], own_pins(document)
    ids = sorted(one for one in known if one > (asked.after or ""))
    found = []
    for person in ids[: asked.limit]:
        row = await side.get(NAMES, person) if side else None
        own = pins.get(person)
        facts = {"id": person, "name": row and row.value, "pin": own is not None, "opens": own and own["opens"]}
        found.append(msgspec.convert({**known[person], **facts}, Known))
    return PeoplePage(found, ids[asked.limit - 1] if len(ids) > asked.limit else None)
