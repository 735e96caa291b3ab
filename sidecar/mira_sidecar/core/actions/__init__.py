"""All actions, by name. A new subject is a file beside these, and its line in `SUBJECTS`."""

from typing import Any

from mira_sidecar.core.actions import display, gestures, todos, toggles, voice
from mira_sidecar.core.decision import Action

SUBJECTS = (toggles, todos, display, gestures, voice)
ACTIONS: dict[str, Action[Any]] = {action.name: action for subject in SUBJECTS for action in subject.ACTIONS}
