"""What the glass says for a while: a text, perhaps a picture of Home Assistant's, perhaps buttons to press."""

import re
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from mira_sidecar.core.decision import Action, Change, Context, InvalidValueError, Refusal
from mira_sidecar.core.state import Document, replace
from mira_sidecar.core.subject import Recorded
from mira_sidecar.protocol import ButtonId, CommandId, Message, MessageButton, instant, milliseconds

_PICTURE = re.compile(
    r"media-source://[^\s\\]+"
    r"|(camera|image|media_player|person)\.[a-z0-9_]+"
    r"|/(local|media|api/(camera_proxy|image_proxy|image/serve|media_player_proxy))/[^\s\\]+"
)
"""Addresses of Home Assistant's own, and of those the ones behind which there is a picture and no action."""
_STEPS_UP = re.compile(r"\.\.|%2e|%5c", re.IGNORECASE)
"""With these a browser gets out of a folder."""


class ShowMessage(msgspec.Struct, frozen=True):
    """Payload of `show_message`."""

    text: Annotated[str, Meta(min_length=1, max_length=500)]
    title: Annotated[str, Meta(max_length=100)] | None = None
    duration_ms: Annotated[int, Meta(ge=1_000, le=86_400_000)] = 10_000
    picture: Annotated[str, Meta(max_length=500)] | None = None
    buttons: Annotated[list[MessageButton], Meta(max_length=3)] = []

    def __post_init__(self) -> None:
        """Raise InvalidValueError where the picture is from elsewhere, or two buttons have the same id."""
        if self.picture is not None and (not _PICTURE.fullmatch(self.picture) or _STEPS_UP.search(self.picture)):
            raise InvalidValueError("bad_picture", "picture")
        if len({button.id for button in self.buttons}) < len(self.buttons):
            raise InvalidValueError("repeated", "buttons")


class PressButton(msgspec.Struct, frozen=True):
    """Payload of `press_button`: the message, by its id in the state, and the id of its button."""

    message_id: CommandId
    button: ButtonId


def _show_message(document: Document, payload: ShowMessage, context: Context) -> Change:
    message = Message(
        text=payload.text,
        title=payload.title,
        at=instant(context.now_ms),
        until=instant(context.now_ms + payload.duration_ms),
        id=context.command.id if payload.buttons else None,
        picture=payload.picture,
        buttons=payload.buttons,
    )
    shown = msgspec.to_builtins(message)
    return Change(shown, [replace("/message", shown)])


def _press_button(document: Document, payload: PressButton, context: Context) -> Change | Refusal:
    message = document["message"]
    if (
        message is None
        or message.get("id") != payload.message_id
        or context.captured_ms >= milliseconds(message["until"])
    ):
        return Refusal("message_gone", "messages")
    if payload.button not in [button["id"] for button in message["buttons"]]:
        return Refusal("unknown_button", "messages")
    return Change(msgspec.to_builtins(payload), [replace("/message", None)])


def asked(recorded: Recorded) -> dict[str, Any]:
    """What `show_message` was asked: how long, not until when."""
    done = recorded.answer.payload
    lasts_ms = milliseconds(done["until"]) - milliseconds(done["at"])
    given = {name: value for name, value in done.items() if name not in ("id", "at", "until")}
    return {**given, "duration_ms": lasts_ms}


ACTIONS = (
    Action("show_message", ShowMessage, _show_message),
    Action("press_button", PressButton, _press_button),
)
