"""`mira-sidecar explain`: what came in, who looked, who decided, what changed, and what it led to."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from mira_sidecar.core.explanation import explained
from mira_sidecar.core.summary import shown
from mira_sidecar.discovery import all_subjects
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.operations.recorded_log import RecordedLog, opened_log
from mira_sidecar.printing import say
from mira_sidecar.protocol import Changed, Event, Explanation, Related, milliseconds

_NOTES = ("last_changes", "undoable")
"""What the mirror notes for itself with each change."""


def explain(database: Path, name: str, file: Path | None, *, as_json: bool) -> None:
    """Print the explanation. Raises StoreError or OperationError."""
    with opened_log(database, file) as log:
        answer = sought(log, name)
        steps = log.steps("explaining", log.nearest(answer.seq))
        found = explained(answer, steps, log.answer_to, all_subjects().references)
    say(*([msgspec.json.encode(found).decode()] if as_json else _page(found)))


def sought(log: RecordedLog, name: str) -> Event:
    """The answer to the command that is meant by an id, by the beginning of one, or by an event's place in the log."""
    answers = []
    if name.isdecimal() and name.isascii() and not name.startswith("0") and len(name) < 19:
        event = log.event_at(int(name))
        answers = log.answers_like(event.command_id) if event else []
        answers = [answer for answer in answers if event and answer.command_id == event.command_id]
    answers = answers or log.answers_like(name)
    answers = [answer for answer in answers if answer.command_id == name] or answers
    if not answers:
        gone = f" What was before event {log.base.seq:,} may be gone." if log.base else ""
        raise OperationError(
            f"The log knows no command whose id is `{name}` or begins so.{gone} `mira-sidecar events` shows the last "
            "ones; the place of an event does as well."
        )
    if len(answers) > 1:
        alike = ", ".join(answer.command_id for answer in answers)
        raise OperationError(f"Several commands begin with `{name}` ({alike}, …). Write more of it.")
    return answers[0]


def _page(found: Explanation) -> Iterator[str]:
    answer = found.answer
    yield f"{answer.command_id}, event {answer.seq:,}: {answer.type}"
    yield _line("came in", f"{answer.action} from {_sender(answer)}, {_sureness(answer)}")
    if answer.captured_at:
        late = milliseconds(answer.ts) - milliseconds(answer.captured_at)
        yield _line("captured", f"{answer.captured_at}, decided {late:,} ms later")
    if answer.payload:
        yield _line("did" if answer.type == "accepted" else "asked for", shown(answer.payload))
    yield from (_line(one.how, _command(one)) for one in found.before)
    yield _line("looked", ", ".join(answer.looked) or "not recorded")
    yield _line("decided", _verdict(answer))
    rules = (one.__doc__ or "" for one in all_subjects().policies if one.__name__ == answer.policy)
    if rule := next(rules, ""):
        yield _line("", rule.splitlines()[0])
    asked = (one.after for one in found.changed or () if one.place == "pending" and one.after)
    yield from (_line("to confirm", _question(pending)) for pending in asked)
    yield from _changes(found)
    for one in found.led_to:
        later = (milliseconds(one.ts) - milliseconds(answer.ts)) / 1000
        yield _line("then", f"{one.how} {_command(one)}, {later:.1f} s later")
    if found.waiting:
        yield _line("then", "nothing yet: the question waits for its answer")
    elif found.undoable and not found.led_to:
        yield _line("then", "nothing: it can be taken back")


def _line(name: str, text: str) -> str:
    return f"  {name:<10} {text}"


def _sender(answer: Event) -> str:
    device = answer.origin.device if answer.origin else None
    return f"{answer.source} ({device})" if device else answer.source


def _sureness(answer: Event) -> str:
    return "certain" if answer.confidence is None else f"{answer.confidence:.0%} sure"


def _command(one: Related) -> str:
    return f"{one.action} from {one.source} ({one.command_id}, event {one.seq:,})"


def _verdict(answer: Event) -> str:
    if answer.type == "accepted":
        asked = answer.payload.get("outcome") == "pending"
        return f"needs confirmation, until {answer.payload.get('deadline')}" if asked else "nobody objected"
    said = f": {answer.message}" if answer.message else ""
    return f"{answer.policy} refused it ({answer.reason}){said}"


def _question(pending: dict[str, Any]) -> str:
    """What a yes carries out, and what that is about."""
    about = [one["summary"] for one in pending.get("about", ())]
    return f"{pending['action']} {shown(pending['payload'])}{f', about {shown(about)}' if about else ''}"


def _changes(found: Explanation) -> Iterator[str]:
    if found.changed is None:
        yield _line("changed", "not known: the log begins with the state behind it")
        return
    seen = [one for one in found.changed if one.place.split(".")[0] not in _NOTES]
    for number, one in enumerate(seen):
        yield _line("" if number else "changed", _words(one))
    yield _line("" if seen else "changed", f"revision {found.rev:,}" if found.rev else "nothing")


def _words(one: Changed) -> str:
    if one.before is msgspec.UNSET:
        return f"{one.place}: + {shown(one.after)}"
    if one.after is msgspec.UNSET:
        return f"{one.place}: - {shown(one.before)}"
    return f"{one.place}: {shown(one.before)} → {shown(one.after)}"
