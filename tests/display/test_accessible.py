"""axe-core finds nothing in any scene: names, roles, contrast, structure."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from house.browser import PORTRAIT, chromium
from house.dev_page import DISPLAY, MIRROR, answer
from tests.display.test_readable import DRAWN, SCENES

AXE = DISPLAY / "node_modules/axe-core/axe.min.js"
RUN = "() => axe.run('mira-panel')"


def test_axe_finds_nothing_in_any_scene(dev_page: Path, socket_enabled: None) -> None:
    with chromium() as browser:
        page = browser.new_page(viewport=PORTRAIT, reduced_motion="reduce")
        page.route("**/*", lambda route: answer(route, dev_page))
        page.add_init_script(AXE.read_text())
        faults = {scene: found for scene in SCENES if (found := faults_of(page, scene))}
    assert faults == {}


def faults_of(page: Page, scene: str) -> list[str]:
    """What a rule says, and of what."""
    page.goto(f"{MIRROR}/?scene={scene}&lang=en&admin")
    page.wait_for_function("window.panel !== undefined")
    page.evaluate(DRAWN)
    found: dict[str, list[dict[str, Any]]] = page.evaluate(RUN)
    looked_at = [one["id"] for one in found["passes"]]
    assert {"color-contrast", "aria-allowed-attr"} <= set(looked_at), "axe did not look into the panel"
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]
