"""The wake words that a command listens for."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from mira_sidecar.operations.errors import OperationError
from mira_sidecar.subjects.voice.worker import words
from mira_sidecar.subjects.voice.worker.words import Word


def known_words(folder: Path | None) -> Mapping[str, Word]:
    """Those that there are. Raises OperationError where one that was given cannot be used, or none can."""
    known, refused = asyncio.run(words.found(folder))
    if refused:
        raise OperationError(f"{'; '.join(f'{file}: {reason}' for file, reason in refused.items())}.")
    if not known:
        raise OperationError("What hears wake words is not installed. Run `pip install 'mira-sidecar[voice]'`.")
    return known


def chosen(known: Mapping[str, Word], wanted: Sequence[str]) -> list[str]:
    """These; all where none is named. Raises OperationError."""
    for word in wanted:
        if word not in known:
            raise OperationError(f"There is no wake word `{word}`. There are {', '.join(known)}.")
    return list(dict.fromkeys(wanted)) or list(known)
