"""What is said in a file of sound, for `mira-sidecar voice evaluate`. No sound is read here."""

from collections.abc import Collection
from pathlib import Path

import msgspec


class TruthError(Exception):
    """A file cannot be evaluated; the text says why, and what to do."""


class Spoken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A wake word that somebody says in it."""

    word: str
    start_s: float
    """From the file's beginning."""
    end_s: float


class _Truth(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in `NAME.json` beside the file `NAME.wav`."""

    words: list[Spoken]
    """None: nothing in it is a wake word."""


def truth_of(path: Path, known: Collection[str]) -> list[Spoken]:
    """The wake words that are said in a file; none where nothing beside it says so. Raises TruthError."""
    beside = path.with_suffix(".json")
    try:
        truth = msgspec.json.decode(beside.read_bytes(), type=_Truth)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise TruthError(f"{beside} cannot be read ({error.strerror}).") from error
    except msgspec.MsgspecError as error:
        example = '{"words": [{"word": "okay_nabu", "start_s": 1.2, "end_s": 2.0}]}'
        raise TruthError(f"{beside} is not as it should be: {error}. It says what is said: {example}.") from error
    for spoken in truth.words:
        if spoken.word not in known:
            raise TruthError(f"{beside} names the wake word `{spoken.word}`; there are {', '.join(known)}.")
        if not 0 <= spoken.start_s < spoken.end_s:
            raise TruthError(f"{beside}: `{spoken.word}` has to end after it starts.")
    return truth.words
