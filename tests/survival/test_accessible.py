"""axe-core finds nothing on the real panel either. The scenes have a test of their own."""

from typing import Any

from house.configuration import REPOSITORY
from house.display import Display
from tests.survival.sights import is_connected

AXE = REPOSITORY / "lovelace/node_modules/axe-core/axe.min.js"
RUN = """() => {
    const find = (root) => root.querySelector("mira-panel")
        ?? [...root.querySelectorAll("*")].map(({ shadowRoot }) => shadowRoot && find(shadowRoot)).find(Boolean);
    return axe.run(find(document));
}"""


def test_axe_finds_nothing_on_the_real_panel(display: Display) -> None:
    is_connected(display)
    display.page.add_script_tag(content=AXE.read_text())
    found: dict[str, list[dict[str, Any]]] = display.page.evaluate(RUN)
    assert "color-contrast" in {one["id"] for one in found["passes"]}
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found["violations"]] == []
