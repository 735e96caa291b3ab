"""axe-core finds nothing in any scene nor on the cards: names, roles, contrast, structure."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from house.browser import PORTRAIT
from house.dev_page import DISPLAY, SCENES, THEMES, show

AXE = DISPLAY / "node_modules/axe-core/axe.min.js"
ASKED = """() => {
    const asked = { command_id: "asked", source: "touch", action: "set_camera", payload: {}, risks: ["camera_on"] };
    const times = { asked_at: new Date().toISOString(), deadline: new Date(Date.now() + 60_000).toISOString() };
    house.show({ problem: { code: "disk_full", message: "The disk is full." } });
    house.showState({ camera: { on: false }, pending: { ...asked, ...times } });
}"""


@pytest.fixture
def page(browser: Browser) -> Page:
    """A page with axe-core in it."""
    page = browser.new_page(viewport=PORTRAIT, reduced_motion="reduce")
    page.add_init_script(AXE.read_text())
    return page


def test_axe_finds_nothing_in_any_scene(address: str, page: Page) -> None:
    faults = {}
    for scene in SCENES:
        show(page, address, f"scene={scene}&lang=en&admin")
        if found := faults_in(page, "mira-panel"):
            faults[scene] = found
    assert faults == {}


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_on_the_cards(address: str, page: Page, theme: str) -> None:
    show(page, address, f"cards={theme}&lang=en")
    assert faults_in(page, "main") == []
    page.evaluate(ASKED)
    page.locator("mira-question").first.wait_for()
    assert faults_in(page, "main") == []


def faults_in(page: Page, element: str) -> list[str]:
    """What a rule says, and of what."""
    found: dict[str, list[dict[str, Any]]] = page.evaluate("element => axe.run(element)", element)
    looked_at = [one["id"] for one in found["passes"]]
    assert {"color-contrast", "aria-allowed-attr"} <= set(looked_at), "axe did not look into the panel"
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]
