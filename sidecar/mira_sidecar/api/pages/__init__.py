"""The pages of the API: `/docs` to try it, `/redoc` to read it. Nothing in them asks anybody but the sidecar."""

import asyncio
import hashlib
import html
from collections.abc import Awaitable, Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from mira_sidecar.api.errors import ApiError
from mira_sidecar.api.routes import Answer, Call, Nothing, Raw, Route

_HERE: Final = Path(__file__).parent
_REDOC: Final = (
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='"
)
"""The `<style>` elements that Redoc makes: an empty one, which it then fills by script, as whoever may have the element
may do, and one for its scrollbars, which changes with its version only."""
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; "
    f"style-src 'self' {_REDOC}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What the pages may: their own scripts and styles, their icons as `data:`, and to ask the sidecar. Neither needs
`unsafe-inline` or `unsafe-eval`; Redoc's worker is for its search alone, which is off."""
_MISSING: Final = (
    "The pages are not in this copy of Mira: what others have made for them is put there by scripts/setup. "
    "/openapi.json says the same to a program that reads it."
)


class _Page(NamedTuple):
    """A page: its path, what it is, and its files, in order."""

    path: str
    summary: str
    files: tuple[str, ...]


_PAGES: Final = (
    _Page("/docs", "The page to try it", ("swagger-ui.css", "page.css", "swagger-ui-bundle.js", "docs.js")),
    _Page("/redoc", "The page to read it", ("page.css", "redoc.standalone.js", "redoc.js")),
)
_HTML: Final = "text/html; charset=utf-8"
_KINDS: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


class Pages:
    """The routes of the pages and of their files, open to everybody: they say nothing of anybody."""

    def __init__(self, title: str) -> None:
        self._title = html.escape(title)

    def routes(self) -> Iterator[Route]:
        """All of them. Whatever has another name leads nowhere."""
        for page in _PAGES:
            yield _route(page.path, page.summary, _HTML, partial(self._page, page))
        for name in dict.fromkeys(name for page in _PAGES for name in page.files):
            yield _route(_path(name), "A file of the pages", _KINDS[Path(name).suffix], partial(_file, name))

    async def _page(self, page: _Page, call: Call[Nothing, Nothing]) -> Answer:
        addresses = {name: f"{_path(name)}?{(await _read(name)).fingerprint}" for name in page.files}
        styles = [f'<link rel="stylesheet" href="{at}">' for name, at in addresses.items() if name.endswith(".css")]
        scripts = [f'<script src="{at}"></script>' for name, at in addresses.items() if name.endswith(".js")]
        lines = [
            "<!doctype html>",
            '<html lang="en">',
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{self._title}</title>",
            '<link rel="icon" href="data:,">',
            *styles,
            '<div id="page"></div>',
            *scripts,
        ]
        headers = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer"}
        return Raw("\n".join(lines).encode(), _HTML, headers)


class _File(NamedTuple):
    content: bytes
    headers: dict[str, str]
    fingerprint: str
    """Of what is in it: whoever has it need not ask again, and asks by another name once it is another."""


@cache
def _loaded(name: str) -> _File:
    """A file, kept once it is read: all who ask are sent the same bytes. Raises OSError."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    own = _HERE / name
    if own.exists():
        content = own.read_bytes()
    else:
        content = (_HERE / "vendor" / f"{name}.gz").read_bytes()
        headers["Content-Encoding"] = "gzip"
    return _File(content, headers, hashlib.sha256(content).hexdigest()[:16])


async def _read(name: str) -> _File:
    try:
        return await asyncio.to_thread(_loaded, name)
    except OSError as error:
        raise ApiError(404, "PAGES_MISSING", _MISSING) from error


async def _file(name: str, call: Call[Nothing, Nothing]) -> Answer:
    file = await _read(name)
    return Raw(file.content, _KINDS[Path(name).suffix], file.headers)


def _path(name: str) -> str:
    return f"/pages/{name}"


def _route(path: str, summary: str, kind: str, handle: Callable[[Call[Any, Any]], Awaitable[Answer]]) -> Route:
    return Route(method="GET", path=path, summary=summary, tag="Documents", capability=None, answer=kind, handle=handle)
