"""What gives frames, or blocks of sound, inside the process of a device."""

from typing import Protocol

from .messages import FailureCode


class SourceError(Exception):
    """There are no (more) frames, or no more sound; the message is for people."""

    def __init__(self, code: FailureCode, message: str) -> None:
        super().__init__(message)
        self.code: FailureCode = code
        self.message = message


class Source[Taken](Protocol):
    """A device that is open, or opens while lookers load."""

    def take(self) -> Taken:
        """Wait for what was not taken yet. Raises SourceError."""
