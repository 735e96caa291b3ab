"""`mira-sidecar replay --decide`: the commands of a log are decided again, until one is decided otherwise.

The log holds what was done, or was refused, not the commands byte for byte. From that the same question can be put to
the arbiter again, at the same time, in the same state. For some it cannot: they are taken as they are, and counted.
"""

import collections
import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from mira_sidecar.core.arbiter import Position, settle
from mira_sidecar.core.decision import Rules
from mira_sidecar.core.explanation import Step
from mira_sidecar.core.registry import Registry
from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Recorded
from mira_sidecar.core.summary import shown
from mira_sidecar.discovery import all_subjects
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.operations.recorded_log import opened_log
from mira_sidecar.operations.replay import Until, steps_until
from mira_sidecar.printing import say
from mira_sidecar.protocol import Command, Event, milliseconds

NOT_KEPT = (
    *("bad_command", "bad_payload", "expired", "fault", "not_allowed", "rate_limited", "source_not_allowed"),
    *(reason for one in all_subjects().subjects for reason in one.unheard),
)
"""Reasons of refusals after which the log has too little of the command, or of the moment, to decide it again."""
_LONGEST_TTL_MS = 3_600_000


@dataclasses.dataclass(frozen=True, slots=True)
class Decided:
    """An answer of the log and what it changed, with the state before and after."""

    answer: Event
    patch: Event | None
    before: Position
    after: Document


def reproduce(database: Path, file: Path | None, registry: Registry, *, until: Until | None, rules: Rules) -> int:
    """Print whether these subjects and rules decide all as it was; 0 or 1. Raises StoreError or OperationError."""
    same, taken = 0, collections.Counter[str]()
    with opened_log(database, file) as log:
        for decided in decisions(steps_until(log, until, "deciding")):
            reason = decided.answer.reason
            if log.unknown.look_at(decided.answer) or (decided.patch and log.unknown.look_at(decided.patch)):
                taken["unknown_subject"] += 1
                continue
            # What was unknown then belongs to a subject that is switched on now.
            came = reason == "unknown_action" and decided.answer.action in registry.actions
            if reason is not None and (reason in NOT_KEPT or came or decided.answer.count > 1):
                taken[reason] += 1
                continue
            now = decided_again(registry, decided, rules)
            if otherwise(decided, now):
                say(*_difference(decided, now))
                say(f"{same:,} decisions before it are the same again{_taken(taken)}.")
                return 1
            same += 1
    say(f"All {same:,} decisions are the same again{_taken(taken)}.")
    return 0


def decisions(steps: Iterable[Step]) -> Iterator[Decided]:
    """The answers, each with the patch that may follow it."""
    last: Decided | None = None
    for event, before, after in steps:
        if last and event.type == "state_patch" and event.command_id == last.answer.command_id:
            last = dataclasses.replace(last, patch=event, after=after.document)
            continue
        if last:
            yield last
        last = Decided(event, None, before, after.document) if event.type != "state_patch" else None
    if last:
        yield last


def decided_again(registry: Registry, decided: Decided, rules: Rules) -> list[Event]:
    """The events that the same command leads to now. Raises OperationError where Mira itself fails on it."""
    answer, now_ms = decided.answer, milliseconds(decided.answer.ts)
    command = Command(
        id=answer.command_id,
        ts=answer.captured_at or answer.ts,
        source=answer.source,
        action=answer.action,
        payload=_asked(decided),
        ttl_ms=_LONGEST_TTL_MS,
        confidence=answer.confidence,
        origin=answer.origin,
        # Whether the sender wished a confirmation is not in the log; whether one was needed is.
        confirm=answer.payload.get("outcome") == "pending" or answer.reason == "question_pending",
    )
    ids = iter([answer.id, decided.patch.id if decided.patch else answer.id])
    try:
        _, events = settle(
            registry,
            decided.before,
            command,
            sender=answer.sender,
            arrived_ms=now_ms,
            now_ms=now_ms,
            rules=rules,
            new_id=lambda: next(ids),
        )
    except Exception as error:
        raise OperationError(
            f"Mira fails on the command of event {answer.seq:,} ({error!r}). Please report it."
        ) from error
    return events


def otherwise(decided: Decided, now: list[Event]) -> bool:
    """Whether something else comes of it. The sentence may be in other words."""
    return _essence([decided.answer, *([decided.patch] if decided.patch else [])]) != _essence(now)


def _essence(events: list[Event]) -> list[tuple[Any, ...]]:
    answer, *patches = events
    done = answer.payload if answer.type == "accepted" else None
    return [
        (answer.type, answer.reason, answer.policy, done),
        *(_in_order(patch.payload["patch"]) for patch in patches),
    ]


def _in_order(patch: list[dict[str, Any]]) -> Any:
    """A patch, in one order where its own means nothing: each operation replaces another member."""
    paths = {operation["path"] for operation in patch}
    if len(paths) < len(patch) or any(operation["op"] != "replace" for operation in patch):
        return patch
    return sorted(patch, key=lambda operation: str(operation["path"]))


def _asked(decided: Decided) -> dict[str, Any]:
    """What was asked for, from what was done."""
    answer, done = decided.answer, decided.answer.payload
    if answer.type == "rejected":
        return done
    if done.get("outcome") == "pending":
        pending = decided.after["pending"]
        # Where it waits as another action, the answer has all that it was asked.
        waits_so = pending["action"] == answer.action and "skipped" not in done
        return dict(pending["payload"]) if waits_so else done
    how = next((one.asked[answer.action] for one in all_subjects().subjects if answer.action in one.asked), None)
    return how(Recorded(answer=answer, patch=decided.patch)) if how else done


def _taken(taken: collections.Counter[str]) -> str:
    if not taken:
        return ""
    kinds = ", ".join(f"{count:,} {reason}" for reason, count in taken.most_common())
    return f"; {taken.total():,} were taken as they are, for the log does not hold what decides them ({kinds})"


def _difference(decided: Decided, now: list[Event]) -> Iterator[str]:
    answer = decided.answer
    yield f"Event {answer.seq:,} is decided otherwise: {answer.action} from {answer.source} ({answer.command_id})."
    yield f"  in the log  {_said(answer, decided.patch)}"
    yield f"  now         {_said(now[0], now[1] if len(now) > 1 else None)}"


def _said(answer: Event, patch: Event | None) -> str:
    if answer.type == "rejected":
        return f"rejected: {answer.policy} refuses it ({answer.reason}). {answer.message or ''}".rstrip()
    if answer.payload.get("outcome") == "pending":
        return f"accepted, and needs confirmation: {shown(answer.payload)}"
    changes = f", changes {shown(patch.payload['patch'])}" if patch else ", changes nothing"
    return f"accepted {shown(answer.payload)}{changes}"
