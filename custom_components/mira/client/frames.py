"""Sound on its way between the mirror and Home Assistant: the frames of docs/protocol, the same in both directions."""

from dataclasses import dataclass, field
from typing import Self

from ..errors import BadMessage

_VERSION = 1
_LAST_OF_FILE, _LAST = 1, 2
"""Bits of the flags; those of a newer sidecar are ignored."""
_HEAD = 3
_SEQUENCE = 4
"""Bytes before the id, and after it."""


@dataclass(frozen=True)
class Frame:
    """A piece of sound of a turn, or of a speech."""

    id: str
    sequence: int
    payload: bytes = field(default=b"", repr=False)
    last_of_file: bool = False
    last: bool = False

    def encode(self) -> bytes:
        """The Frame of the protocol."""
        name = self.id.encode("ascii")
        flags = _LAST_OF_FILE * self.last_of_file | _LAST * self.last
        return bytes((_VERSION, flags, len(name))) + name + self.sequence.to_bytes(_SEQUENCE) + self.payload

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """A Frame of the protocol. Raises BadMessage; never quotes what was said."""
        if len(data) < _HEAD or data[0] != _VERSION:
            raise BadMessage("A frame of sound is of another version, or none.")
        end = _HEAD + data[2]
        name, sequence = data[_HEAD:end], data[end : end + _SEQUENCE]
        if len(sequence) < _SEQUENCE or not name or not name.isascii():
            raise BadMessage("A frame of sound has no id, or no place.")
        return cls(
            id=name.decode("ascii"),
            sequence=int.from_bytes(sequence),
            payload=data[end + _SEQUENCE :],
            last_of_file=bool(data[1] & _LAST_OF_FILE),
            last=bool(data[1] & _LAST),
        )
