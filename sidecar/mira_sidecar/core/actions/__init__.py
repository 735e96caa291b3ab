"""All actions, by name. A new subject is a file beside these, and its line in `SUBJECTS`."""

from typing import Any

from mira_sidecar.core.actions import (
    access,
    confirmation,
    display,
    gestures,
    messages,
    recovery,
    system,
    teaching,
    todos,
    toggles,
    tuning,
    undoing,
    voice,
)
from mira_sidecar.core.decision import Action

SUBJECTS = (
    *(toggles, todos, display, messages, gestures, voice, confirmation, access, undoing, tuning, teaching),
    *(system, recovery),
)
ACTIONS: dict[str, Action[Any]] = {action.name: action for subject in SUBJECTS for action in subject.ACTIONS}
INNER: dict[str, Action[Any]] = ACTIONS | {action.name: action for action in todos.INNER}
"""With those that no command may ask for: an undo does."""
