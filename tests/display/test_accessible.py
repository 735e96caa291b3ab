"""axe-core finds nothing in any scene nor on the cards: names, roles, contrast, structure."""

from typing import Any

import pytest
from playwright.sync_api import Page

from house.dev_page import DISPLAY, SCENES, THEMES, show
from tests.shared_chromium import SharedChromium

AXE = DISPLAY / "node_modules/axe-core/axe.min.js"
FOUND = """async (element) => {
    const { passes, violations } = await axe.run(element, { resultTypes: ["violations"] });
    return { passes: passes.map(({ id }) => id), violations };
}"""
"""What is right may be thousands of elements, which nobody reads."""
ASKED = """() => {
    const asked = { command_id: "asked", source: "touch", action: "set_camera", payload: {}, risks: ["camera_on"] };
    const times = { asked_at: new Date().toISOString(), deadline: new Date(Date.now() + 60_000).toISOString() };
    house.show({ problem: { code: "disk_full", message: "The disk is full." } });
    house.showState({ camera: { on: false }, pending: { ...asked, ...times } });
}"""


@pytest.fixture(scope="module", autouse=True)
def axe(shared_chromium: SharedChromium, warm_page: Page) -> None:
    """The page has axe-core in it."""
    with shared_chromium.taken():
        warm_page.add_init_script(AXE.read_text())


@pytest.mark.parametrize("scene", SCENES)
def test_axe_finds_nothing_in_any_scene(address: str, page: Page, scene: str) -> None:
    show(page, address, f"scene={scene}&lang=en&admin")
    assert faults_in(page, "mira-panel") == []


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_on_the_cards(address: str, page: Page, theme: str) -> None:
    show(page, address, f"cards={theme}&lang=en")
    assert faults_in(page, "main") == []
    page.evaluate(ASKED)
    page.locator("mira-question").first.wait_for()
    assert faults_in(page, "main") == []


def faults_in(page: Page, element: str) -> list[str]:
    """What a rule says, and of what."""
    found: dict[str, list[Any]] = page.evaluate(FOUND, element)
    assert {"color-contrast", "aria-allowed-attr"} <= set(found["passes"]), "axe did not look into the panel"
    return [f"{one['id']}: {node['html'][:120]}" for one in found["violations"] for node in one["nodes"]]
