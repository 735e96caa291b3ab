"""What tests of the sidecar share, whichever part they are about."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from house.sound import Alsa
from mira_sidecar.subjects.gesture.worker import models

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _database_threads_end(verify_cleanup: None) -> Iterator[None]:
    """The thread of a database ends a moment after it is closed: on a busy machine it was taken for one left behind."""
    yield
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            thread.join(5)


@pytest.fixture(autouse=True)
def _logs_as_ever() -> Iterator[None]:
    """A command that ran in this process has set how, and from which level on, lines are logged."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of this machine's own settings."""
    for name in os.environ:
        if name.startswith("MIRA_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Alsa]:
    """A quiet room with a microphone and a speaker, for what runs in this process and what it starts."""
    with Alsa(tmp_path / "room") as room:
        for name, value in room.environment.items():
            monkeypatch.setenv(name, value)
        yield room


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
