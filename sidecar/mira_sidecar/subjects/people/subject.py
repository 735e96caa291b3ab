"""People: who lives here, whom the mirror knows by face or voice, and what they agreed to."""

import re
from collections.abc import Iterator

from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Subject
from mira_sidecar.core.summary import Line
from mira_sidecar.subjects.people.core import persons, reasons, recognition
from mira_sidecar.subjects.people.core.slice import PERSON, People, people


def _summary(document: Document) -> Iterator[Line]:
    for person, known in people(document)["persons"].items():
        agreed = ", ".join(known["consents"]) or "nothing"
        yield Line("person", f"{person}, has agreed to {agreed}")


SUBJECT = Subject(
    name="people",
    below=True,
    actions=(*persons.ACTIONS, *recognition.ACTIONS),
    capabilities={
        "people.write": ("add_person", "change_person", "forget_person", "enrol"),
        "people.observe": ("take_print", "recognise"),
    },
    for_everybody=False,
    checks={"set_pin": persons.known_person},
    reasons=reasons.REASONS,
    risks=(persons.RISK,),
    times=(("parts", "people", "enrolling", "until"), ("parts", "people", "here", "at")),
    traces={("parts", "people", "here"): None},
    due=recognition.due,
    messages=(People,),
    summary=_summary,
    is_plain=lambda name, text: re.match(PERSON, text) is not None,
    traits=frozenset({"persons", "enrolling", "here", "prints", "forgotten", "taken", "until", "at"}),
)
