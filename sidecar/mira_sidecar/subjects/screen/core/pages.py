"""What the glass shows: its pages."""

from functools import partial
from typing import Annotated

import msgspec
from msgspec import Meta

from mira_sidecar.core.decision import Action, Change, Context, InvalidValueError, Refusal, Resolved, Undo
from mira_sidecar.core.state import Document, replace
from mira_sidecar.subjects.screen.settings import PageName


class ShowPage(msgspec.Struct, frozen=True):
    """Payload of `show_page`."""

    page: PageName


class TurnPage(msgspec.Struct, frozen=True):
    """Payload of `next_page` and `previous_page`: nothing."""


class SetPages(msgspec.Struct, frozen=True):
    """Payload of `set_pages`: the pages that the settings name, in order."""

    pages: Annotated[list[PageName], Meta(min_length=1, max_length=16)]

    def __post_init__(self) -> None:
        """Raise InvalidValueError where a page is named twice."""
        if len(set(self.pages)) < len(self.pages):
            raise InvalidValueError("repeated", "pages")


def _set_pages(document: Document, payload: SetPages, context: Context) -> Change:
    page = document["page"] if document["page"] in payload.pages else payload.pages[0]
    changed = [replace("/pages", payload.pages)] if payload.pages != document["pages"] else []
    return Change({"pages": payload.pages}, [*changed, *turn_to(document, page).patch], touches=("page",))


def _show_page(document: Document, payload: ShowPage, context: Context) -> Change | Refusal:
    if payload.page not in document["pages"]:
        return Refusal("unknown_page", "pages", {"pages": document["pages"]})
    return turn_to(document, payload.page)


def turn_to(document: Document, page: str) -> Change:
    """Show a page of those that there are."""
    done = {"page": page}
    if page == document["page"]:
        return Change(done)
    undo, shown = Undo("show_page", {"page": document["page"]}), Resolved("show_page", done)
    return Change(done, [replace("/page", page)], touches=("page",), undo=undo, resolved=shown)


def neighbour(document: Document, step: int) -> str:
    """The page that many steps on; after the last comes the first."""
    pages: list[str] = document["pages"]
    return pages[(pages.index(document["page"]) + step) % len(pages)]


def _turn(step: int, document: Document, payload: TurnPage, context: Context) -> Change:
    return turn_to(document, neighbour(document, step))


ACTIONS = (
    Action("show_page", ShowPage, _show_page),
    Action("next_page", TurnPage, partial(_turn, 1)),
    Action("previous_page", TurnPage, partial(_turn, -1)),
    Action("set_pages", SetPages, _set_pages, own=True),
)
