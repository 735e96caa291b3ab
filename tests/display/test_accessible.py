"""axe-core finds nothing in any scene: names, roles, contrast, structure."""

from typing import Any

from playwright.sync_api import Browser, Page

from house.browser import PORTRAIT
from house.dev_page import DISPLAY, SCENES, show

AXE = DISPLAY / "node_modules/axe-core/axe.min.js"
RUN = "() => axe.run('mira-panel')"


def test_axe_finds_nothing_in_any_scene(address: str, browser: Browser) -> None:
    page = browser.new_page(viewport=PORTRAIT, reduced_motion="reduce")
    page.add_init_script(AXE.read_text())
    faults = {scene: found for scene in SCENES if (found := faults_of(page, address, scene))}
    assert faults == {}


def faults_of(page: Page, address: str, scene: str) -> list[str]:
    """What a rule says, and of what."""
    show(page, address, scene, "lang=en&admin")
    found: dict[str, list[dict[str, Any]]] = page.evaluate(RUN)
    looked_at = [one["id"] for one in found["passes"]]
    assert {"color-contrast", "aria-allowed-attr"} <= set(looked_at), "axe did not look into the panel"
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]
