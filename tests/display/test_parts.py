"""The display's parts: what is loaded at once, what later, and what happens where that fails."""

import gzip
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Route

from house.dev_page import build

MIRROR = "http://mirror.test"
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


def test_the_pin_pad_is_loaded_after_the_first_view_and_each_part_once(dev_page: Path, browser: Browser) -> None:
    asked: list[str] = []
    page = opened(browser, dev_page, "home", asked)
    page.wait_for_function("Boolean(customElements.get('mira-pin-pad'))")
    late = [name for name in asked[asked.index("mira.js") + 1 :] if name.endswith(".js")]
    assert {"notices", "pin", "question", "todos"} <= {name.partition("-")[0] for name in late}
    assert [name for name in late if name.startswith(("camera-", "display-de-", "settings-"))] == []
    assert len(asked) == len(set(asked))


def test_a_part_that_cannot_be_loaded_is_told_and_tried_again(dev_page: Path, browser: Browser) -> None:
    page = browser.new_page()
    tries = {"display-de": 0}

    def served(route: Route) -> None:
        if name_of(route).startswith("display-de-"):
            tries["display-de"] += 1
            if tries["display-de"] < 3:
                route.abort()
                return
        answer(route, dev_page)

    page.route("**/*", served)
    page.goto(f"{MIRROR}/?scene=home&lang=en")
    page.wait_for_function("window.panel !== undefined")
    page.evaluate("panel.hass = { ...panel.hass, language: 'de', locale: { ...panel.hass.locale, language: 'de' } }")
    page.get_by_text("could not be loaded").wait_for()
    page.get_by_label("Kamera an").wait_for()
    assert page.get_by_text("could not be loaded").count() == 0
    assert tries["display-de"] == 3


def test_a_newer_display_is_loaded_once_and_not_while_somebody_is_busy(dev_page: Path, browser: Browser) -> None:
    page = opened(browser, dev_page, "question", [])
    page.evaluate("window.first = true")
    page.evaluate("house.show({ frontend: 'newer' })")
    assert page.evaluate("window.first")
    with page.expect_navigation():
        page.evaluate("house.showState({ pending: null })")
    page.wait_for_function("window.panel !== undefined && !window.first")
    page.evaluate("window.second = true")
    page.evaluate("house.showState({ pending: null })")
    page.evaluate("house.show({ frontend: 'newer' })")
    page.wait_for_function("Number(panel.dataset.rev) > 2")
    assert page.evaluate("window.second")


def test_a_build_leaves_no_part_of_an_older_one_and_packs_each(tmp_path: Path) -> None:
    (tmp_path / "question-0LD.js").touch()
    (tmp_path / "question-0LD.js.gz").touch()
    build(tmp_path)
    scripts = {path.name for path in tmp_path.glob("*.js")} - {"index.js"}
    assert "mira.js" in scripts
    assert "question-0LD.js" not in scripts
    for name in scripts:
        assert gzip.decompress((tmp_path / f"{name}.gz").read_bytes()) == (tmp_path / name).read_bytes()
    assert len(list(tmp_path.glob("*.gz"))) == len(scripts)


def opened(browser: Browser, folder: Path, scene: str, asked: list[str]) -> Page:
    page = browser.new_page()
    page.on("request", lambda request: asked.append(urlsplit(request.url).path.strip("/")))
    page.route("**/*", lambda route: answer(route, folder))
    page.goto(f"{MIRROR}/?scene={scene}&lang=en")
    page.wait_for_function("window.panel !== undefined")
    return page


def answer(route: Route, folder: Path) -> None:
    """The file of this folder that a browser asks for, or that there is none."""
    file = folder / (name_of(route) or "index.html")
    if file.is_file():
        route.fulfill(body=file.read_text(), content_type=TYPES[file.suffix])
    else:
        route.fulfill(status=404)


def name_of(route: Route) -> str:
    return urlsplit(route.request.url).path.strip("/")
