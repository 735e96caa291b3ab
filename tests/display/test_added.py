"""A widget and a language are added by a folder alone, as docs/development.md says."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import voluptuous as vol
from playwright.sync_api import Browser, Page

from custom_components.mira.display_settings import widget_schemas
from house.configuration import REPOSITORY
from house.dev_page import DISPLAY, build, served, show

EXAMPLE = Path(__file__).parent / "added/example"
PAGE = (REPOSITORY / "docs/development.md").read_text()
REFUSED = """
    house.tell({
        seq: 1, id: "event", command_id: "command", type: "rejected", ts: "2026-11-20T12:00:00.000Z",
        source: "touch", action: "count", reason: "far_enough", policy: "far_enough", payload: {}, values: { most: 5 },
    });
"""
REGISTRIES = """
    panel.hass = {
        ...panel.hass,
        user: { is_admin: true },
        devices: { hall: { id: "hall", name: "Hall", primary_config_entry: "entry" } },
        entities: { "todo.hall": { entity_id: "todo.hall", device_id: "hall", platform: "mira" } },
    };
    panel.route = { path: "/settings" };
"""


@pytest.fixture
def display(tmp_path: Path) -> Path:
    """A copy of the display, to which something is added."""
    copy = tmp_path / "lovelace"
    shutil.copytree(DISPLAY, copy, ignore=shutil.ignore_patterns("node_modules", "coverage", "test"))
    (copy / "node_modules").symlink_to(DISPLAY / "node_modules")
    (tmp_path / "docs").symlink_to(REPOSITORY / "docs")
    return copy


def files(folder: Path) -> dict[str, str]:
    """What every file of this folder says, without what is installed."""
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and "node_modules" not in path.parts
    }


@contextmanager
def drawn(browser: Browser, display: Path, what: str) -> Iterator[Page]:
    """This scene of this copy."""
    folder = display.parent / "built"
    build(folder, display)
    with served(folder) as address:
        page = browser.new_page(reduced_motion="reduce")
        show(page, address, what)
        yield page


@pytest.mark.timeout(300)
def test_a_widget_that_is_there_is_drawn_set_kept_and_translated(browser: Browser, display: Path) -> None:
    shutil.copytree(EXAMPLE, display / "src/widgets/example")
    subprocess.run(["node_modules/.bin/tsc", "--noEmit"], cwd=display, check=True)
    with drawn(browser, display, "scene=example&lang=en") as page:
        assert page.locator("[data-test=example]").inner_text() == "Counted: 7"
        assert page.locator("[data-test=page]").inner_text() == "Counter"
        page.evaluate("panel.hass = { ...panel.hass, locale: { ...panel.hass.locale, language: 'de' } }")
        page.get_by_text("Gezählt: 7").wait_for()
        assert page.locator("[data-test=page]").inner_text() == "Zähler"

        page.evaluate(REFUSED)
        page.get_by_text("Das ist weit genug").wait_for()
        (log,) = (display.parent / "built").glob("log-de-*.js")
        assert "Zählen" in log.read_text()

        page.evaluate(REGISTRIES)
        page.locator("[data-test=region-top_left] [data-test=add]").select_option("Zähler")
        form = page.locator("[data-test=region-top_left] ha-form")
        assert form.evaluate("form => form.computeLabel(form.schema[0])") == "Wortlaut"
        assert form.evaluate("form => form.schema[0].selector.select.options.map(({ label }) => label)") == [
            "Kurz",
            "Lang",
        ]
        long = "{ type: 'example', title: 'long' }"
        form.evaluate(
            f"form => form.dispatchEvent(new CustomEvent('value-changed', {{ detail: {{ value: {long} }} }}))"
        )
        page.locator("[data-test=save]").click()
        (saved,) = page.evaluate(
            "house.calls.filter(({ display }) => display).map(({ display }) => display.pages.home.top_left)"
        )
        assert saved[-1] == {"type": "example", "title": "long"}
        forms = json.loads((display.parent / "built/widgets.json").read_text())
        assert set(forms) == {file.parent.name for file in (display / "src/widgets").glob("*/widget.ts")}
        home_assistant = widget_schemas(forms)
        assert home_assistant["example"](saved[-1]) == saved[-1]
        with pytest.raises(vol.Invalid):
            home_assistant["example"]({"type": "example", "title": "middling"})
        page.evaluate("panel.route = { path: '' }")
        page.evaluate(f"house.show({{ display: {{ pages: {{ example: {{ middle: [{long}] }} }} }} }})")
        page.get_by_text("Der Spiegel hat bis 7 gezählt").wait_for()


@pytest.mark.timeout(300)
def test_a_language_is_added_by_a_folder_of_texts(browser: Browser, display: Path) -> None:
    (command,) = re.findall(r"`npm run (language) xx`", PAGE)
    before = files(display)
    subprocess.run(["npm", "run", "--silent", command, "qaa"], cwd=display, check=True, stdout=subprocess.DEVNULL)
    after = files(display)
    folder = "src/texts/qaa/"
    assert {path for path in after if path not in before} == {path for path in after if path.startswith(folder)}
    assert {path: after[path] for path in before} == before

    translated = {"display.json": ("Camera on", "Kamelo sur"), "widgets/todos.json": ("Todos", "Listo")}
    for name, (english, other) in translated.items():
        file = display / folder / name
        assert f'"{english}"' in file.read_text()
        file.write_text(file.read_text().replace(f'"{english}"', f'"{other}"'))
    with drawn(browser, display, "scene=todos&lang=qaa") as page:
        page.get_by_label("Kamelo sur").wait_for()
        assert page.locator("[data-test=page]").inner_text() == "Listo"
