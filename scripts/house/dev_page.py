"""The display, packed as it goes into the integration, on its dev page, which a browser is shown scene by scene."""

import contextlib
import functools
import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final, override

from playwright.sync_api import Page

from house.configuration import REPOSITORY

DISPLAY: Final = REPOSITORY / "lovelace"
SOURCES: Final = [DISPLAY / "dev/scenes.ts", *sorted(DISPLAY.glob("src/widgets/*/scene.ts"))]
"""Of the scenes: those of the whole glass, and those that a widget has in its folder."""
SCENES: Final = [name for file in SOURCES for name in re.findall(r"^  (\w+): \(", file.read_text(), re.MULTILINE)]
"""What the dev page can show."""
THEMES: Final = ("light", "dark")
"""In which lovelace/dev/cards.ts can show the cards of dashboards."""
_DRAWN: Final = """async (frames) => {
    const inside = (root) =>
        [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? inside(one.shadowRoot) : [])]);
    const places = () => inside(document.body).map((one) => Object.values(one.getBoundingClientRect().toJSON())).join();
    const isComing = (image) => image.localName === "img" && !image.complete;
    // What a page with a set clock calls a frame is a timer: under load, some of them pass before a list is measured
    // anew. An observer's first word comes with a frame that is drawn.
    const drawn = () => new Promise((done) => {
        const observer = new ResizeObserver(() => { observer.disconnect(); done(); });
        observer.observe(document.documentElement);
    });
    let before = "";
    for (let frame = 0, still = 0; still < frames; frame += 1) {
        if (frame > 600) throw new Error("It does not come to rest.");
        await drawn();
        const now = places();
        still = now === before && !inside(document.body).some(isComing) ? still + 1 : 0;
        before = now;
    }
}"""


def build(folder: Path, display: Path = DISPLAY) -> None:
    """Write the display and the dev page into this folder."""
    subprocess.run(["node", "build.mjs", "--scenes", folder], cwd=display, check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of this folder's files, for as long as the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Files, directory=folder))
    thread = threading.Thread(target=server.serve_forever, name="dev page", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def show(page: Page, address: str, what: str) -> None:
    """Load the dev page anew, such as with `scene=home&lang=de`, until nothing has moved for three frames."""
    page.goto(f"{address}/?{what}")
    page.wait_for_function("window.house !== undefined", timeout=10_000)
    come_to_rest(page)


def come_to_rest(page: Page, frames: int = 3) -> None:
    """Wait until nothing has moved for so many frames."""
    page.evaluate(_DRAWN, frames)


class _Files(SimpleHTTPRequestHandler):
    """Files that a browser keeps: a scene has thirty, and to intercept their requests takes as long as to draw it."""

    protocol_version = "HTTP/1.1"

    @override
    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=3600")
        super().end_headers()

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""
