"""The state of a mirror on a page, for people."""

import json
from collections.abc import Iterator

from mira_sidecar.protocol import Access, Gesture, Snapshot, State, TodoItem

_WIDTH = 100
"""Characters of a value that are shown."""


def page(snapshot: Snapshot) -> Iterator[str]:
    """The lines of the page."""
    state = snapshot.state
    yield f"revision {snapshot.rev:,} at event {snapshot.seq:,}, {snapshot.at}"
    yield _line("microphone", "on" if state.microphone.on else "off")
    yield _line("camera", "on" if state.camera.on else "off")
    yield _line("page", f"{state.page} (of {', '.join(state.pages)})")
    yield _line("todos", str(len(state.todos)) if state.todos else "none")
    yield from map(_todo, state.todos)
    yield _line("message", f"{shown(state.message.text)}, until {state.message.until}" if state.message else "none")
    yield _line("gesture", _gesture(state.gesture) if state.gesture else "none")
    yield _line("utterance", f"{shown(state.utterance.text)}, {state.utterance.at}" if state.utterance else "none")
    yield from _question(state)
    yield _line("PIN", _access(state.access))
    for entry in reversed(state.undoable):
        yield _line("undo", f"{entry.action} {shown(entry.payload)}, for {entry.command_id} by {entry.source}")


def shown(value: object) -> str:
    """A value as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def _line(name: str, text: str) -> str:
    return f"{name:<11} {text}"


def _todo(todo: TodoItem) -> str:
    due = f", due {todo.due}" if todo.due else ""
    done = f", completed {todo.completed}" if todo.completed else ""
    return f"  [{'x' if todo.status == 'completed' else ' '}] {shown(todo.summary)}{due}{done} ({todo.uid})"


def _gesture(gesture: Gesture) -> str:
    sure = f", {gesture.confidence:.0%} sure" if gesture.confidence is not None else ""
    hand = f", {gesture.handedness} hand" if gesture.handedness else ""
    return f"{gesture.name}{hand}{sure}, {gesture.at}"


def _question(state: State) -> Iterator[str]:
    if asked := state.pending:
        what = f"{asked.action} {shown(asked.payload)} by {asked.source}"
        yield _line("question", f"{what} waits until {asked.deadline} ({asked.command_id})")


def _access(access: Access) -> str:
    if not access.pin_set:
        return "none"
    facts = ["unlocked until " + access.unlocked_until] if access.unlocked_until else ["set"]
    if access.wrong_tries:
        facts.append(f"{access.wrong_tries} wrong tries")
    if access.blocked_until:
        facts.append(f"none is compared until {access.blocked_until}")
    return ", ".join(facts)
