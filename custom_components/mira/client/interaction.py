"""What other programs say to a persona over the sidecar's API, as it comes over Redis: in no key, stream or file."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Final, Literal, Self, cast, get_args

from ..errors import BadMessage
from ..models.json_object import JsonObject
from .frames import Frame

type Kind = Literal["text", "audio", "cancel"]
LONGEST: Final = 1_000
"""Characters of what is said at once."""


@dataclass(frozen=True)
class Asked:
    """Something that somebody says, a piece of that as sound, or that it needs no answer any more."""

    session: str
    """The conversation that it belongs to."""
    turn: str
    kind: Kind
    text: str = field(default="", repr=False)
    sound: Frame | None = None
    person: str | None = None
    """Who says it, by the mirror's id; None: nobody knows."""
    persona: str | None = None
    language: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """An Ask of the protocol. Raises BadMessage; never quotes what was said."""
        fields = JsonObject.parse("What a program asks", text)
        kind = fields.required("type", str)
        if kind not in get_args(Kind.__value__):
            raise BadMessage("What a program asks is of a kind that is not known here.")
        turn = fields.required("turn", str)
        said = fields.required("text", str) if kind == "text" else ""
        if len(said) > LONGEST:
            raise BadMessage("What a program says is too long.")
        return cls(
            session=fields.required("session", str),
            turn=turn,
            kind=cast("Kind", kind),
            text=said,
            sound=_piece(turn, fields) if kind == "audio" else None,
            person=fields.optional("person", str),
            persona=fields.optional("persona", str),
            language=fields.optional("language", str),
        )


def _piece(turn: str, fields: JsonObject) -> Frame:
    try:
        samples = base64.b64decode(fields.required("pcm", str), validate=True)
    except (binascii.Error, ValueError) as err:
        raise BadMessage("A piece of sound is none.") from err
    return Frame(turn, fields.required("sequence", int), samples, last=fields.required("last", bool))
