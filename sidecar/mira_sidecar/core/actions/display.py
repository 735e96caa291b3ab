"""What the glass shows: pages and messages."""

from functools import partial
from typing import Annotated

import msgspec
from msgspec import Meta

from mira_sidecar.core.decision import Action, Change, Context, Refusal
from mira_sidecar.core.state import Document, replace
from mira_sidecar.protocol import Message, PatchOperation, instant

PageName = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,32}$")]


class ShowPage(msgspec.Struct, frozen=True):
    """Payload of `show_page`."""

    page: PageName


class TurnPage(msgspec.Struct, frozen=True):
    """Payload of `next_page` and `previous_page`: nothing."""


class SetPages(msgspec.Struct, frozen=True):
    """Payload of `set_pages`: the pages that the settings name, in order."""

    pages: Annotated[list[PageName], Meta(min_length=1, max_length=16)]

    def __post_init__(self) -> None:
        """Raise ValueError where a page is named twice."""
        if len(set(self.pages)) < len(self.pages):
            raise ValueError("`pages` names a page twice")


class ShowMessage(msgspec.Struct, frozen=True):
    """Payload of `show_message`."""

    text: Annotated[str, Meta(min_length=1, max_length=500)]
    title: Annotated[str, Meta(max_length=100)] | None = None
    duration_ms: Annotated[int, Meta(ge=1_000, le=86_400_000)] = 10_000


def _show_page(document: Document, payload: ShowPage, context: Context) -> Change | Refusal:
    if payload.page not in document["pages"]:
        known = ", ".join(document["pages"])
        return Refusal("unknown_page", "pages", f"There is no page of this name; there are: {known}.")
    return Change({"page": payload.page}, to_page(document, payload.page))


def to_page(document: Document, page: str) -> list[PatchOperation]:
    """The patch that shows a page; empty where it is shown already."""
    return [replace("/page", page)] if page != document["page"] else []


def neighbour(document: Document, step: int) -> str:
    """The page that many steps on; after the last comes the first."""
    pages: list[str] = document["pages"]
    return pages[(pages.index(document["page"]) + step) % len(pages)]


def _turn(step: int, document: Document, payload: TurnPage, context: Context) -> Change:
    page = neighbour(document, step)
    return Change({"page": page}, to_page(document, page))


def _set_pages(document: Document, payload: SetPages, context: Context) -> Change | Refusal:
    if context.command.source != "system":
        return Refusal("not_allowed", "access", "Only the mirror's own settings name its pages.")
    page = document["page"] if document["page"] in payload.pages else payload.pages[0]
    changed = [replace("/pages", payload.pages)] if payload.pages != document["pages"] else []
    return Change({"pages": payload.pages}, [*changed, *to_page(document, page)])


def _show_message(document: Document, payload: ShowMessage, context: Context) -> Change:
    message = Message(
        text=payload.text,
        title=payload.title,
        at=instant(context.now_ms),
        until=instant(context.now_ms + payload.duration_ms),
    )
    shown = msgspec.to_builtins(message)
    return Change(shown, [replace("/message", shown)])


ACTIONS = (
    Action("show_page", ShowPage, _show_page),
    Action("next_page", TurnPage, partial(_turn, 1)),
    Action("previous_page", TurnPage, partial(_turn, -1)),
    Action("set_pages", SetPages, _set_pages),
    Action("show_message", ShowMessage, _show_message),
)
