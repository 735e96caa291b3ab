"""What is said beside commands and passes Redis by Pub/Sub alone, so that no file of Redis has it."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from mira_sidecar.protocol.wire import CommandId, Instant

MAX_PRIVATE_BYTES = 32_768
"""A longer message is passed over: 6,000 characters of an answer, as the longest, have up to 24 kB."""


class PrivateWords(msgspec.Struct, frozen=True):
    """The words of a command that is about to come: what was said, or a name."""

    command_id: CommandId
    words: dict[str, Any]


Spoken = Annotated[str, Meta(min_length=1, max_length=1_000)]


class Said(msgspec.Struct, frozen=True):
    """What was said, once the mirror has accepted it."""

    command_id: CommandId
    text: Spoken
    at: Instant
    """That of the state's `utterance`, while it is the last one."""
