"""How events and snapshots are written in the database."""

from pathlib import Path

import msgspec

from mira_sidecar.protocol import Event, Snapshot
from mira_sidecar.store.errors import StoreError

EVENT = msgspec.json.Decoder(Event)
SNAPSHOT = msgspec.json.Decoder(Snapshot)
PAGE = 500
"""Events read at a time: some 200 kB."""


def answer_to(command_id: str, answer: Event) -> Event:
    """The answer to a command: its own, or another that stands for it, then under its id."""
    return answer if answer.command_id == command_id else msgspec.structs.replace(answer, command_id=command_id)


def decoded[T](body: bytes, decoder: msgspec.json.Decoder[T], path: Path) -> T:
    """What a row holds. Raises StoreError where that is not what was written."""
    try:
        return decoder.decode(body)
    except (ValueError, TypeError) as error:
        raise StoreError(f"The database {path} is damaged ({error}). Restore it from a backup.") from error
