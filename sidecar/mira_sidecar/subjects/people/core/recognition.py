"""Whom the mirror knows by face or voice, and who it was. What a face or a voice is like never comes here."""

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from mira_sidecar.core.decision import Action, Change, Context, Mirror, Refusal
from mira_sidecar.core.registry import NOT_ALLOWED
from mira_sidecar.core.state import Document, replace
from mira_sidecar.core.subject import Deed
from mira_sidecar.protocol import Confidence, instant, milliseconds
from mira_sidecar.subjects.people.core.persons import RISK, UNKNOWN_PERSON
from mira_sidecar.subjects.people.core.slice import Enrolling, Here, PersonId, PrintKind, changed, people

_TIME_MS = 180_000
"""In which all prints are to be taken."""
_NO_CONSENT = Refusal("no_consent", "people")


class Enrol(msgspec.Struct, frozen=True):
    """Payload of `enrol`: whose face or voice is to be learnt, from so many samples."""

    person: PersonId
    kind: PrintKind
    samples: Annotated[int, Meta(ge=1, le=20)] = 5


class TakePrint(msgspec.Struct, frozen=True):
    """Payload of `take_print`: one sample more; the vector goes beside it. One too many when the time is over."""

    kind: PrintKind
    model: Annotated[str, Meta(pattern=r"^[0-9A-Za-z._-]{1,64}$(?!\n)")]
    """What made the vector: those of different models are never compared."""
    quality: Confidence


class PrintLost(msgspec.Struct, frozen=True):
    """Payload of `print_lost`: of a print that was counted nothing is kept."""

    person: PersonId
    kind: PrintKind


class Recognise(msgspec.Struct, frozen=True):
    """Payload of `recognise`: who it was; None: somebody whom the mirror does not know. The command says how sure."""

    person: PersonId | None
    by: Literal["face", "voice", "login"]


class EndEnrolment(msgspec.Struct, frozen=True):
    """Payload of `end_enrolment`: nothing."""


def _enrol(document: Document, payload: Enrol, context: Context) -> Change | Refusal:
    own = people(document)
    if (person := own["persons"].get(payload.person)) is None:
        return UNKNOWN_PERSON
    if payload.kind not in person["consents"]:
        return _NO_CONSENT
    if own["enrolling"] is not None:
        return Refusal("enrolling", "people", passes=True)
    begun = Enrolling(
        person=payload.person,
        kind=payload.kind,
        samples=payload.samples,
        taken=0,
        command_id=context.command.id,
        until=instant(context.now_ms + _TIME_MS),
    )
    patch = changed(document, enrolling=msgspec.to_builtins(begun))
    return Change(msgspec.to_builtins(payload), patch, risks=(RISK,))


def _take(document: Document, payload: TakePrint, context: Context) -> Change | Refusal:
    if context.sender not in (None, "sensor"):
        return NOT_ALLOWED
    own = people(document)
    learnt = own["enrolling"]
    if learnt is None or learnt["kind"] != payload.kind or context.now_ms >= milliseconds(learnt["until"]):
        return UNKNOWN_PERSON
    person, taken = learnt["person"], learnt["taken"] + 1
    is_last = taken >= learnt["samples"]
    known = own["persons"][person]["prints"]
    patch = [
        replace("/parts/people/enrolling", None if is_last else {**learnt, "taken": taken}),
        replace(f"/parts/people/persons/{person}/prints", {**known, payload.kind: known.get(payload.kind, 0) + 1}),
    ]
    return Change({**msgspec.to_builtins(payload), "person": person, "taken": taken}, patch)


def _lost(document: Document, payload: PrintLost, context: Context) -> Change | Refusal:
    if context.sender not in (None, "sensor"):
        return NOT_ALLOWED
    own = people(document)
    if (person := own["persons"].get(payload.person)) is None:
        return UNKNOWN_PERSON
    done, prints, learnt = msgspec.to_builtins(payload), person["prints"], own["enrolling"]
    if not prints.get(payload.kind):
        return Change(done)  # Their consent was taken back meanwhile, and all prints went with it.
    # None is a number, too: that a kind is there says that its consent stands, and keeps what else there is of it.
    counted = {**prints, payload.kind: prints[payload.kind] - 1}
    patch = [replace(f"/parts/people/persons/{payload.person}/prints", counted)]
    if learnt and learnt["taken"] and (learnt["person"], learnt["kind"]) == (payload.person, payload.kind):
        patch.append(replace("/parts/people/enrolling/taken", learnt["taken"] - 1))
    return Change(done, patch)


def _recognise(document: Document, payload: Recognise, context: Context) -> Change | Refusal:
    if context.sender not in (None, "sensor"):
        return NOT_ALLOWED
    if payload.person is not None:
        person = people(document)["persons"].get(payload.person)
        if person is None:
            return UNKNOWN_PERSON
        if payload.by != "login" and payload.by not in person["consents"]:
            return _NO_CONSENT
    here = Here(payload.person, payload.by, context.command.confidence, instant(context.captured_ms))
    return Change(msgspec.to_builtins(payload), changed(document, here=msgspec.to_builtins(here)))


def _end(document: Document, payload: EndEnrolment, context: Context) -> Change:
    return Change({}, changed(document, enrolling=None) if people(document)["enrolling"] else [])


def due(document: Document, now_ms: int, mirror: Mirror) -> Iterator[Deed]:
    """Learning a face or a voice ends with its time."""
    learnt = people(document)["enrolling"]
    if learnt is not None and now_ms >= milliseconds(learnt["until"]):
        yield "end_enrolment", {}


ACTIONS = (
    Action("enrol", Enrol, _enrol),
    Action("take_print", TakePrint, _take),
    Action("print_lost", PrintLost, _lost),
    Action("recognise", Recognise, _recognise),
    Action("end_enrolment", EndEnrolment, _end, own=True),
)
