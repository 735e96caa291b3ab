"""Talking to a persona from another program: what is said in `/ws/interact`, and what of it passes Redis.

Between sidecar and Home Assistant it passes by Pub/Sub alone: no file of Redis has any of it, and no log.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from mira_sidecar.subjects.people.core.slice import PersonId

MOST_TEXT: Final = 1_000
"""Characters of what is said at once."""
SAMPLE_BYTES: Final = 2
SECOND: Final = 16_000 * SAMPLE_BYTES
"""Bytes of a second of sound as it passes Redis: 16 kHz, mono, signed 16 bits, little-endian."""
LONGEST_S: Final = 30
PIECE: Final = SECOND // 2
"""Bytes of sound in a message."""

type SessionId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]
type TurnId = SessionId
type Persona = Annotated[str, Meta(min_length=1, max_length=64)]
"""The id of the persona, or its name; left out: the mirror's first one."""
type Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$(?!\n)")]
"""Such as `de` or `en-GB`; left out: that of the mirror's assistant."""
type Text = Annotated[str, Meta(min_length=1, max_length=MOST_TEXT)]
type ShortText = Annotated[str, Meta(max_length=64)]


class InteractionStart(msgspec.Struct, frozen=True, tag_field="type", tag="interaction_start"):
    """A client says who speaks. Again, it begins another conversation."""

    user_id: Annotated[str, Meta(min_length=1, max_length=64)]
    """The id of a person whom the mirror knows, or `unknown`."""
    persona: Persona | None = None
    language: Language | None = None


class TextSaid(msgspec.Struct, frozen=True, tag_field="type", tag="text"):
    """A client says something. What is still being answered is interrupted by it."""

    text: Text


class AudioEnd(msgspec.Struct, frozen=True, tag_field="type", tag="audio_end"):
    """What was sent in binary frames is all: one sound, which is understood and answered."""

    format: Literal["wav", "aac", "pcm"] | None = None
    """`pcm`: 16 kHz, mono, signed 16 bits, little-endian. Left out: what it looks like."""


class CancelSaid(msgspec.Struct, frozen=True, tag_field="type", tag="cancel"):
    """A client wants no answer any more; sound that it has sent is dropped, too."""


class AuthSaid(msgspec.Struct, frozen=True, tag_field="type", tag="auth"):
    """A client says its key although its headers had one: nothing comes of it."""


type FromClient = InteractionStart | TextSaid | AudioEnd | CancelSaid | AuthSaid


class AuthOk(msgspec.Struct, frozen=True, tag_field="type", tag="auth_ok"):
    """The first message: the key is valid."""

    session_id: SessionId


class EmotionShown(msgspec.Struct, frozen=True, tag_field="type", tag="emotion"):
    """What the persona expresses from here on."""

    tag: ShortText
    """Its name, such as `happy`."""
    emoji: ShortText
    hexcode: ShortText
    """What OpenMoji calls the file of its picture."""


class TextChunk(msgspec.Struct, frozen=True, tag_field="type", tag="text_chunk"):
    """A piece of what it says."""

    text: Annotated[str, Meta(max_length=8_000)]


class CaptureRequest(msgspec.Struct, frozen=True, tag_field="type", tag="capture_request"):
    """The persona asks for a picture or a film."""

    kind: Literal["photo", "video"]


class Move(msgspec.Struct, frozen=True):
    """A movement."""

    description: Annotated[str, Meta(max_length=500)]
    steps: Annotated[list[dict[ShortText, str | float]], Meta(max_length=100)]
    total_duration_ms: Annotated[int, Meta(ge=0, le=600_000)]


class MoveAction(msgspec.Struct, frozen=True):
    """Something that a device with a body does."""

    move: Move


class ResponseMeta(msgspec.Struct, frozen=True, tag_field="type", tag="response_meta"):
    """What the answer had besides words."""

    emojis: Annotated[list[ShortText], Meta(max_length=100)]
    """Those of its emotions, in their order."""
    actions: Annotated[list[MoveAction], Meta(max_length=20)] = []
    heard: Annotated[str, Meta(max_length=MOST_TEXT)] | None = None
    """What was understood, where sound was sent."""


class StreamEnd(msgspec.Struct, frozen=True, tag_field="type", tag="stream_end"):
    """The answer is over. Each ends with this, or with an `error`."""

    outcome: Literal["answered", "interrupted"] = "answered"


class Ask(msgspec.Struct, frozen=True, tag_field="type"):
    """What Home Assistant is asked in the name of a client."""

    session: SessionId
    """Of one conversation."""
    turn: TurnId


class AskText(Ask, frozen=True, tag="text"):
    """Somebody has said this."""

    text: Text
    person: PersonId | None = None
    persona: Persona | None = None
    language: Language | None = None


class AskAudio(Ask, frozen=True, tag="audio"):
    """Somebody has said this: a piece of sound."""

    sequence: int
    """From 0."""
    pcm: bytes
    """Base64 of 16 kHz, mono, signed 16 bits, little-endian."""
    last: bool
    person: PersonId | None = None
    persona: Persona | None = None
    language: Language | None = None


class AskCancel(Ask, frozen=True, tag="cancel"):
    """Nobody wants the answer any more."""


class Told(msgspec.Struct, frozen=True):
    """What Home Assistant answers: these fields, beside those of a part of an answer or of a `Failure`."""

    session: SessionId
    turn: TurnId
    n: Annotated[int, Meta(ge=0)]
    """From 0: its place in the answer. What comes twice is passed over, and what is missing ends the answer."""


class Failure(msgspec.Struct, frozen=True, tag_field="type", tag="error"):
    """Home Assistant has no answer, or no more of it."""

    code: Annotated[str, Meta(pattern=r"^[A-Z_]{1,64}$(?!\n)")]


type AnswerPart = EmotionShown | TextChunk | CaptureRequest | ResponseMeta | StreamEnd
"""A part of an answer, as clients get it."""
_PARTS: Final = (EmotionShown, TextChunk, CaptureRequest, ResponseMeta, StreamEnd)
MESSAGES: Final = (AskText, AskAudio, AskCancel, Told, *_PARTS, Failure)
"""What passes Redis."""
SAID: Final = (InteractionStart, TextSaid, AudioEnd, CancelSaid, AuthOk, *_PARTS)
"""What is said in the WebSocket."""
