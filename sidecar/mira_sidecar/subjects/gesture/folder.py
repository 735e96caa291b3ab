"""Where the hand models are."""

from pathlib import Path

from mira_sidecar.config import Settings
from mira_sidecar.subjects.gesture.settings import GestureSettings
from mira_sidecar.subjects.gesture.worker import models


def models_folder(settings: Settings) -> Path:
    """The folder that the settings name, or the user's."""
    return settings.of(GestureSettings).models or models.default_directory()
