"""What the screen's part of a state is, for people."""

from collections.abc import Iterator
from typing import Any

from mira_sidecar.core.state import Document
from mira_sidecar.core.summary import Line, shown


def summary(document: Document) -> Iterator[Line]:
    """The lines about what every mirror has."""
    for device in ("microphone", "camera"):
        yield Line(device, "on" if document[device]["on"] else "off")
    yield Line("page", f"{document['page']} (of {', '.join(document['pages'])})")
    todos, message = document["todos"], document["message"]
    yield Line("todos", str(len(todos)) if todos else "none")
    for todo in todos:
        yield Line("", _todo(todo))
    yield Line("message", f"{shown(message['text'])}, until {message['until']}" if message else "none")
    yield Line("PIN", _access(document["access"]))


def _todo(todo: dict[str, Any]) -> str:
    done = "x" if todo.get("status") == "completed" else " "
    facts = [f", {fact} {todo[fact]}" for fact in ("due", "completed") if todo.get(fact)]
    return f"[{done}] {shown(todo['summary'])}{''.join(facts)} ({todo['uid']})"


def _access(access: dict[str, Any]) -> str:
    if not access["pin_set"]:
        return "none"
    facts = [f"unlocked until {access['unlocked_until']}" if access["unlocked_until"] else "set"]
    if access["wrong_tries"]:
        facts.append(f"{access['wrong_tries']} wrong tries")
    if access["blocked_until"]:
        facts.append(f"none is compared until {access['blocked_until']}")
    return ", ".join(facts)
