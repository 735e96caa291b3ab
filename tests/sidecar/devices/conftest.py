"""A camera that looks at a wall, and where lookers of tests are found."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from house.hand_video import jpeg
from house.stream_server import StreamServer

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process of a device imports lookers by name."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def camera(socket_enabled: None) -> Iterator[StreamServer]:
    with StreamServer(jpeg(np.zeros((48, 64, 3), np.uint8)), exclusive=True) as server:
        yield server


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The socket over which commands borrow the camera."""
    return tmp_path / "camera"
