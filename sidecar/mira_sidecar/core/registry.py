"""The subjects of a mirror, put together: what the arbiter goes by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from mira_sidecar.core import policies, upkeep
from mira_sidecar.core.decision import Action, Change, Context, Refusal
from mira_sidecar.core.reading import fault_in
from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Deed, Opening, Policy, Reference, Subject
from mira_sidecar.protocol import Source
from mira_sidecar.reasons import COMMON, Vocabulary, Wording

NOT_ALLOWED = Refusal("not_allowed", "access", unheard=True)
UNKNOWN_ACTION = Refusal("unknown_action", "validation")


@dataclass(frozen=True, eq=False)
class Registry:
    """These subjects, and what the mirror does of itself with them. Made once, with `gather`."""

    subjects: tuple[Subject, ...]
    """The core's own comes first."""

    @cached_property
    def actions(self) -> Mapping[str, Action[Any]]:
        """All that a command can ask for, by name."""
        return {action.name: action for subject in self.subjects for action in subject.actions}

    @cached_property
    def inner(self) -> Mapping[str, Action[Any]]:
        """Those, and what no command may ask for."""
        return {**self.actions, **{action.name: action for subject in self.subjects for action in subject.inner}}

    @cached_property
    def capabilities(self) -> Mapping[str, tuple[str, ...]]:
        """What a key of the API may be given, with the actions that it allows."""
        return {name: actions for one in self.subjects for name, actions in one.capabilities.items()}

    @cached_property
    def from_home(self) -> Mapping[Source, frozenset[str]]:
        """By source, what Home Assistant may ask for with it, where that is not everything."""
        sources = {source for subject in self.subjects for source in subject.from_home}
        return {
            source: frozenset(action for subject in self.subjects for action in subject.from_home.get(source, ()))
            for source in sources
        }

    @cached_property
    def closing(self) -> frozenset[str]:
        """The actions that may close a camera or a microphone."""
        return frozenset(action.name for action in self.actions.values() if action.closes)

    @cached_property
    def with_pin(self) -> frozenset[str]:
        """The actions that come with a PIN."""
        return frozenset(action.name for action in self.actions.values() if action.takes_pin)

    @cached_property
    def policies(self) -> tuple[Policy, ...]:
        """Who looks at a valid command, in order; the first refusal decides."""
        needed = {source: how for one in self.subjects for source, how in one.confidence.items()}
        return (
            policies.expiry,
            *([] if needed.keys() >= set(policies.PERCEIVED) else [policies.source(needed)]),
            *(gate for subject in self.subjects for gate in subject.gates),
            policies.confidence(needed),
            *(policy for subject in self.subjects for policy in subject.policies),
            *(policies.access, policies.superseded, policies.one_question),
        )

    @cached_property
    def checks(self) -> Mapping[str, Policy]:
        """What is against an action that it knows more of than its own subject."""
        return {action: check for subject in self.subjects for action, check in subject.checks.items()}

    @cached_property
    def looked(self) -> list[str]:
        """The names of all who look at a command, in order."""
        return ["validation", *(policy.__name__ for policy in self.policies)]

    @cached_property
    def risks(self) -> tuple[str, ...]:
        """What may need a PIN or a confirmation, beside whole actions."""
        return tuple(risk for subject in self.subjects for risk in subject.risks)

    @cached_property
    def risky(self) -> tuple[str, ...]:
        """Both: the names by which what is risky is marked."""
        return (*self.risks, *self.actions)

    @cached_property
    def words(self) -> Vocabulary:
        """The codes of refusals and faults that this mirror knows, with their words."""
        return Vocabulary(
            reasons=dict(COMMON.reasons, **_merged(one.reasons for one in self.subjects)),
            query_reasons=dict(COMMON.query_reasons, **_merged(one.query_reasons for one in self.subjects)),
            faults=dict(COMMON.faults, **_merged(one.faults for one in self.subjects)),
        )

    @cached_property
    def places(self) -> frozenset[str]:
        """The places over which sources may contradict each other."""
        return frozenset(place for subject in self.subjects for place in subject.places)

    def is_place(self, name: str) -> bool:
        """Whether what a change touches is one of them; `window:*` stands for all windows."""
        return name in self.places or f"{name.partition(':')[0]}:*" in self.places

    @cached_property
    def openings(self) -> Mapping[str, Opening]:
        """What is closed again where it was opened too late."""
        return {what: opening for subject in self.subjects for what, opening in subject.openings.items()}

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """Where answers name other commands."""
        return tuple(reference for subject in self.subjects for reference in subject.references)

    def due(self, document: Document, now_ms: int) -> list[Deed]:
        """What a state asks for by itself at this moment."""
        return [deed for subject in self.subjects for deed in subject.due(document, now_ms, self)]

    def about(self, document: Document, change: Change) -> list[dict[str, Any]]:
        """What a change is about, in words that people know."""
        return [one for subject in self.subjects for one in subject.about(document, change)]

    def perform(self, document: Document, name: str, raw: dict[str, Any], context: Context) -> Change | Refusal:
        """What an action would do, whatever the policies say."""
        action = self.inner.get(name)
        if action is None:
            # A question, or an undo, that another version left behind.
            return UNKNOWN_ACTION
        payload = read(action, raw)
        return payload if isinstance(payload, Refusal) else performed(action, document, payload, context)


def gather(subjects: Iterable[Subject], *, off: Iterable[Subject] = ()) -> Registry:
    """The registry of these subjects; `off`: those that are switched off, of which the state may still have something.

    Raises ValueError where two have an action, or another thing, of one name.
    """
    ordered = sorted(subjects, key=lambda subject: (not subject.below, subject.name))
    registry = Registry((upkeep.subject(ordered, [*off]), *ordered))
    of_one_kind: dict[str, list[str]] = {
        "action": [action.name for one in registry.subjects for action in (*one.actions, *one.inner)],
        "reason": [*COMMON.reasons, *(reason for one in ordered for reason in one.reasons)],
        "reason of a query": [*COMMON.query_reasons, *(reason for one in ordered for reason in one.query_reasons)],
        "fault": [*COMMON.faults, *(fault for one in ordered for fault in one.faults)],
        "source": [source for one in registry.subjects for source in one.confidence],
        "capability": [name for one in ordered for name in one.capabilities],
        "check": [action for one in ordered for action in one.checks],
        "opening": [what for one in ordered for what in one.openings],
    }
    for kind, names in of_one_kind.items():
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"Two subjects have the same {kind}: {', '.join(sorted(twice))}.")
    return registry


def _merged(tables: Iterable[Mapping[str, Wording]]) -> dict[str, Wording]:
    return {code: wording for table in tables for code, wording in table.items()}


def performed(action: Action[Any], document: Document, payload: msgspec.Struct, context: Context) -> Change | Refusal:
    """What the action would do with this payload."""
    if action.own and context.command.source != "system":
        return NOT_ALLOWED
    return action.perform(document, payload, context)


def read(action: Action[Any], raw: dict[str, Any]) -> msgspec.Struct | Refusal:
    """The payload as the action takes it, or why it does not."""
    try:
        payload: msgspec.Struct = msgspec.convert(raw, action.payload)
    except (msgspec.ValidationError, RecursionError) as error:
        return Refusal("bad_payload", "validation", fault_in(error, action.payload))
    return payload
