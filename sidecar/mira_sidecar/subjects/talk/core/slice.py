"""What the state has of talk: which replies are open, and which face is shown. No words."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from mira_sidecar.core.state import Document, changed_part
from mira_sidecar.protocol import CommandId, Instant, PatchOperation, milliseconds
from mira_sidecar.subjects.talk.core.emotions import Emotion

PersonaId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$(?!\n)")]
"""Home Assistant's id of the persona, never its name."""
type Place = Literal["mirror", "elsewhere", "api"]
"""Where the reply is heard: at the mirror itself, in Home Assistant, or by another program."""
type Pictures = Literal["drawn", "fluent", "none"]
"""What an emotion looks like on the glass."""


class OpenReply(msgspec.Struct, frozen=True):
    """A persona was asked, and has not answered to the end. By whom is not for everybody who may read the state."""

    persona: PersonaId
    place: Place
    pictures: Pictures
    remembers: bool
    """Whether what was asked, and what is heard of the answer, is kept beside the log."""
    at: Instant
    until: Instant
    """It counts as lost then."""


class Face(msgspec.Struct, frozen=True):
    """What is expressed."""

    emotion: Emotion
    reply: CommandId | None
    """That of which it is; it goes with it."""
    pictures: Pictures
    at: Instant
    until: Instant


class SpokenUp(msgspec.Struct, frozen=True):
    """How often the mirror spoke by itself."""

    day: str
    """The last day on which it did, in local time: `2026-11-20`."""
    count: int
    """On that day."""
    last: Instant


class Forgetting(msgspec.Struct, frozen=True):
    """What was to be forgotten, and is not yet beside the log."""

    first: CommandId
    """The `forget_talk` with which it begins."""
    last: CommandId
    """The latest one."""


type CaptureKind = Literal["photo", "video"]


class Capture(msgspec.Struct, frozen=True):
    """Somebody agreed to a photo or a video. It is there until that is taken, or is not to be."""

    id: CommandId
    """That of the yes."""
    kind: CaptureKind
    seconds: int
    """Those of a video; 0: a photo."""
    reply: CommandId | None
    """The one that wants it."""
    at: Instant
    """When it is taken, or begins."""
    until: Instant
    """It has failed then."""


class Talk(msgspec.Struct, frozen=True):
    """The slice of talk, `parts.talk`."""

    replies: dict[CommandId, OpenReply] = {}
    """Those that are open, by the command that began each, the oldest first."""
    face: Face | None = None
    """None: neutral, nothing is expressed."""
    pictures: Pictures | None = None
    """Of the persona that was asked last; None: none ever was."""
    spoken_up: SpokenUp | None = None
    forgetting: Forgetting | None = None
    capture: Capture | None = None


_SILENT: dict[str, Any] = msgspec.to_builtins(Talk())
"""The slice before anybody was asked; where nobody ever was, there is none."""


def talk(document: Document) -> Mapping[str, Any]:
    """The slice, as plain JSON."""
    own: Mapping[str, Any] = document["parts"].get("talk", _SILENT)
    return own


def changed(document: Document, **members: Any) -> list[PatchOperation]:
    """The patch that gives these members of the slice other values."""
    return changed_part(document, "talk", _SILENT, members)


def open_replies(document: Document, now_ms: int) -> Mapping[str, Mapping[str, Any]]:
    """The replies that are open, the oldest first; one whose time is over is so no more, even before it is put away."""
    replies = talk(document)["replies"]
    return {one: reply for one, reply in replies.items() if now_ms < milliseconds(reply["until"])}


def is_heard(document: Document, now_ms: int) -> bool:
    """Whether a persona is answering where the mirror's face is seen, and not only elsewhere in Home Assistant."""
    return any(reply["place"] != "elsewhere" for reply in open_replies(document, now_ms).values())
