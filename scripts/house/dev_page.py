"""The display, packed as it goes into the integration, on its dev page: for a browser that reaches nothing else."""

import subprocess
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Route

from house.configuration import REPOSITORY

DISPLAY: Final = REPOSITORY / "lovelace"
MIRROR: Final = "http://mirror.test"
TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


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
