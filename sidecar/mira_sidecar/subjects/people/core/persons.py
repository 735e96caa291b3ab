"""Who lives here: added, changed, and forgotten for good.

A name never comes here. It goes beside the command, and into the side store.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from mira_sidecar.core.access import own_pins
from mira_sidecar.core.decision import Action, Change, Context, Refusal
from mira_sidecar.core.registry import NOT_ALLOWED
from mira_sidecar.core.state import Document, member, remove, replace
from mira_sidecar.core.subject import Outcome
from mira_sidecar.protocol import PatchOperation
from mira_sidecar.subjects.people.core.slice import Consent, Person, PersonId, changed, people

MOST = 32
"""People of one house: the state has each of them."""
RISK = "people"
UNKNOWN_PERSON = Refusal("unknown_person", "people")
HaPerson = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]
HaUser = Annotated[str, Meta(min_length=1, max_length=64)]


class AddPerson(msgspec.Struct, frozen=True):
    """Payload of `add_person`; the name goes beside it."""

    person: PersonId
    ha_person: HaPerson | None = None
    ha_user: HaUser | None = None
    consents: Annotated[list[Consent], Meta(max_length=3)] = []


class ChangePerson(msgspec.Struct, frozen=True, omit_defaults=True):
    """Payload of `change_person`: what is to be otherwise. A new name goes beside it."""

    person: PersonId
    ha_person: HaPerson | UnsetType | None = UNSET
    ha_user: HaUser | UnsetType | None = UNSET
    consents: Annotated[list[Consent], Meta(max_length=3)] | UnsetType = UNSET


class OnePerson(msgspec.Struct, frozen=True):
    """Payload of `forget_person` and `person_erased`."""

    person: PersonId


def _add(document: Document, payload: AddPerson, context: Context) -> Change | Refusal:
    own = people(document)
    if payload.person in own["persons"] or payload.person in own["forgotten"]:
        return Refusal("person_exists", "people")
    if len(own["persons"]) >= MOST:
        return Refusal("too_many_people", "people", {"limit": MOST}, passes=True)
    new = Person(ha_person=payload.ha_person, ha_user=payload.ha_user, consents=sorted(set(payload.consents)))
    persons = {**own["persons"], payload.person: msgspec.to_builtins(new)}
    return Change(msgspec.to_builtins(payload), changed(document, persons=persons), risks=(RISK,))


def _change(document: Document, payload: ChangePerson, context: Context) -> Change | Refusal:
    own = people(document)
    if (known := own["persons"].get(payload.person)) is None:
        return UNKNOWN_PERSON
    done = msgspec.to_builtins(payload)
    after = {**known, **{name: value for name, value in done.items() if name != "person"}}
    after["consents"] = sorted(set(after["consents"]))
    # A consent that is taken back takes the prints with it: the part deletes those that the state has no number of.
    after["prints"] = {kind: count for kind, count in known["prints"].items() if kind in after["consents"]}
    patch = [replace(member("/parts/people/persons", payload.person), after)] if after != known else []
    if (learnt := own["enrolling"]) and learnt["person"] == payload.person and learnt["kind"] not in after["consents"]:
        patch.append(replace("/parts/people/enrolling", None))
    # A change of the name alone changes nothing here, and is a change all the same.
    return Change(done, patch, risks=(RISK,))


def _forget(document: Document, payload: OnePerson, context: Context) -> Change | Refusal:
    own = people(document)
    if payload.person not in own["persons"]:
        return UNKNOWN_PERSON
    members: dict[str, Any] = {
        "persons": {one: known for one, known in own["persons"].items() if one != payload.person},
        "forgotten": [*own["forgotten"], payload.person],
    }
    members |= {name: None for name in ("enrolling", "here") if _is_of(own[name], payload.person)}
    patch = [*changed(document, **members), *_without_pin(document, payload.person)]
    return Change({"person": payload.person}, patch, risks=(RISK,))


def _is_of(known: Mapping[str, Any] | None, person: str) -> bool:
    return known is not None and known["person"] == person


def _without_pin(document: Document, person: str) -> list[PatchOperation]:
    """Their PIN opens nothing any more, and what it has opened is locked."""
    access, patch = document["access"], []
    if person in own_pins(document):
        patch.append(remove(member("/access/persons", person)))
    if access.get("unlocked_by") == person:
        patch += [replace("/access/unlocked_until", None), replace("/access/unlocked_by", None)]
    return patch


def _erased(document: Document, payload: OnePerson, context: Context) -> Change | Refusal:
    if context.sender not in (None, "sensor"):
        return NOT_ALLOWED
    left = [one for one in people(document)["forgotten"] if one != payload.person]
    done = {"person": payload.person}
    return Change(done, changed(document, forgotten=left) if left != people(document)["forgotten"] else [])


def known_person(document: Document, context: Context, outcome: Outcome) -> Refusal | None:
    """Nobody has a PIN of their own whom the mirror does not know."""
    person = outcome.payload.get("person") if isinstance(outcome, Change) else None
    if person and person not in people(document)["persons"]:
        return UNKNOWN_PERSON
    return None


ACTIONS = (
    Action("add_person", AddPerson, _add),
    Action("change_person", ChangePerson, _change),
    Action("forget_person", OnePerson, _forget),
    Action("person_erased", OnePerson, _erased),
)
