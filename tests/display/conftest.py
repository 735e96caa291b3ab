"""The packed display on its dev page, for a browser that reaches nothing else."""

import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Route

DISPLAY = Path(__file__).parents[2] / "lovelace"
MIRROR = "http://mirror.test"
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@pytest.fixture(scope="session")
def dev_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the dev page and the display, packed as it goes into the integration."""
    folder = tmp_path_factory.mktemp("dev")
    build(folder)
    return folder


def build(folder: Path) -> None:
    """Write the display and the dev page into this folder."""
    subprocess.run(["node", "build.mjs", "--scenes", folder], cwd=DISPLAY, check=True, stdout=subprocess.DEVNULL)


def answer(route: Route, folder: Path) -> None:
    """The file of this folder that a browser asks for, or that there is none."""
    file = folder / (urlsplit(route.request.url).path.strip("/") or "index.html")
    if file.is_file():
        route.fulfill(body=file.read_text(), content_type=TYPES[file.suffix])
    else:
        route.fulfill(status=404)
