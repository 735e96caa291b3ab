"""Recorded hands, the real models, and what a worker says."""

import os
from pathlib import Path

import pytest

from mira_sidecar.subjects.gesture.worker import models

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def recorded() -> Path:
    """The folder of recorded hands; tests without it are skipped, and say so."""
    folder = Path(os.environ.get("MIRA_TESTDATA") or ROOT.parent / "shared" / "testdata")
    if not folder.exists():
        pytest.skip(f"there are no recorded hands at {folder}; MIRA_TESTDATA says where they are")
    return folder


@pytest.fixture(scope="session")
def models_path() -> Path:
    """The folder of the real models, which scripts/setup has installed."""
    folder = models.default_directory()
    models.verify(folder)
    return folder
