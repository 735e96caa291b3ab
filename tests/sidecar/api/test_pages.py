"""The pages of the API in a browser: they work, and nothing in them asks anybody but the sidecar."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from house.browser import open_page
from mira_sidecar.api import pages
from mira_sidecar.api.errors import ApiError
from mira_sidecar.api.pages import Pages
from mira_sidecar.api.routes import Call, Nothing, Raw
from tests.sidecar.api.served import Served

WITHOUT_BODY = Call(None, Nothing(), Nothing(), {}, "")


@contextlib.contextmanager
def opened(browser: Browser, api: Served, path: str) -> Iterator[Page]:
    """A page of the API, which asks nobody else, and about which the browser has nothing to say."""
    page = open_page(browser, "about:blank")
    said, asked = list[str](), set[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.add(request.url.removeprefix(api.url).partition("?")[0]))
    page.goto(f"{api.url}{path}")
    yield page
    assert said == []
    assert "/openapi.json" in asked
    assert [url for url in asked if not url.startswith(("/", "data:"))] == []
    assert page.title() == "Mira: Hall"


def test_a_person_tries_the_api_on_its_page(browser: Browser, api: Served) -> None:
    with opened(browser, api, "/docs") as page:
        page.get_by_role("button", name="Authorize").click()
        page.get_by_label("Value").first.fill(api.key)
        page.get_by_role("button", name="Apply credentials").first.click()
        page.get_by_role("button", name="Close").first.click()
        for path, answer in (("/health", '"deciding": true'), ("/api/v1/state", '"microphone"')):
            route = page.locator(".opblock", has=page.locator(f'[data-path="{path}"]'))
            route.locator(".opblock-summary-control").click()
            route.get_by_role("button", name="Try it out").click()
            route.get_by_role("button", name="Execute").click()
            expect(route.locator(".live-responses-table .response").first).to_contain_text(answer)


def test_a_person_reads_what_the_api_can_be_asked(browser: Browser, api: Served) -> None:
    with opened(browser, api, "/redoc") as page:
        for path in ("/health", "/metrics", "/api/v1/command", "/api/v1/state", "/api/v1/events", "/auth/pin"):
            expect(page.get_by_text(path, exact=True).first).to_be_visible()
        page.get_by_role("button", name="200 ").first.click()
        expect(page.locator(".property-name", has_text="deciding")).to_be_visible()


async def test_no_other_file_is_to_be_had_under_the_pages(api: Served) -> None:
    async def answered(path: str) -> str:
        reader, writer = await asyncio.open_connection(*api.url.removeprefix("http://").split(":"))
        writer.write(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        status = await reader.readline()
        writer.close()
        return status.decode()

    assert "200" in await answered("/pages/docs.js")
    for name in ("__init__.py", "vendor/redoc.LICENSE.txt", "redoc.standalone.js.gz", "docs.js/", "./docs.js", ""):
        assert "404" in await answered(f"/pages/{name}")
    for way in ("../", "%2e%2e/", "..%2f", "%2e%2e%2f", "..\\", "..%5c", "//"):
        assert "404" in await answered(f"/pages/{way}errors.py")
        assert "404" in await answered(f"/pages/{way * 12}etc/passwd")


async def test_a_copy_without_the_pages_says_how_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_HERE", tmp_path)
    pages._loaded.cache_clear()
    for route in Pages("Mira: Hall").routes():
        with pytest.raises(ApiError, match="PAGES_MISSING") as refusal:
            await route.handle(WITHOUT_BODY)
        assert refusal.value.status == 404
        assert "scripts/setup" in refusal.value.message


async def test_the_name_of_a_mirror_is_nothing_but_its_name() -> None:
    [page] = [route for route in Pages("Mira: <script>&").routes() if route.path == "/docs"]
    answer = await page.handle(WITHOUT_BODY)
    assert isinstance(answer, Raw)
    assert b"<title>Mira: &lt;script&gt;&amp;</title>" in answer.body
