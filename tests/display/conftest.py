"""The packed display on its dev page, for a browser that reaches nothing else."""

from pathlib import Path

import pytest

from house.dev_page import build


@pytest.fixture(scope="session")
def dev_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the dev page and the display, packed as it goes into the integration."""
    folder = tmp_path_factory.mktemp("dev")
    build(folder)
    return folder
