"""Sound that another program sends becomes what passes Redis: 16 kHz, mono, 16 bits."""

import importlib.util
import io
from asyncio.subprocess import DEVNULL
from typing import Final, Literal

from mira_sidecar.apart import run_apart
from mira_sidecar.api.errors import ApiError
from mira_sidecar.devices.speaker import wav
from mira_sidecar.subjects.talk.core.interaction import LONGEST_S, SAMPLE_BYTES, SECOND

type Format = Literal["wav", "aac", "pcm"]
_DECODER: Final = "mira_sidecar.subjects.talk.decode"
_DECODE_S: Final = 20.0
_PLAIN: Final = ("s16le", 16_000, 1)
_LIBRARY: Final = "av"


def format_of(sound: bytes) -> Format:
    """What it looks like. What looks like nothing else is bare samples."""
    if sound[:4] == b"RIFF" and sound[8:12] == b"WAVE":
        return "wav"
    is_aac = len(sound) > 1 and sound[0] == 0xFF and sound[1] & 0xF6 == 0xF0  # the head of an ADTS frame
    return "aac" if is_aac or sound[4:8] == b"ftyp" else "pcm"


async def samples_of(sound: bytes, kind: Format | None = None) -> bytes:
    """The samples. Raises ApiError where it is no sound, or too much of it."""
    kind = kind or format_of(sound)
    samples = sound if kind == "pcm" else _plain(sound) if kind == "wav" else None
    if samples is None:
        samples = await _decoded(sound)
    samples = samples[: len(samples) // SAMPLE_BYTES * SAMPLE_BYTES]
    if not samples:
        raise ApiError(422, "NO_AUDIO", "There is no sound in it.")
    if len(samples) > LONGEST_S * SECOND:
        raise ApiError(413, "AUDIO_TOO_LONG", f"It is longer than {LONGEST_S} s. Send less at once.")
    return samples


def _plain(sound: bytes) -> bytes | None:
    """The samples of a WAV file that has them as they pass Redis; None where they have to be made. Raises ApiError."""
    file = io.BytesIO(sound[12:])
    try:
        head = wav.head(file.read)
    except wav.WavError as error:
        raise _unsupported() from error
    is_plain = (head.format, head.rate, head.channels) == _PLAIN
    return file.read(-1 if head.size is None else head.size) if is_plain else None


async def _decoded(sound: bytes) -> bytes:
    """What FFmpeg makes of it, in a process of its own: it was made by others. Raises ApiError."""
    if importlib.util.find_spec(_LIBRARY) is None:
        raise _unsupported()
    try:
        returned, samples = await run_apart(_DECODER, sound, _DECODE_S, stderr=DEVNULL)
    except TimeoutError as error:
        raise _unsupported() from error
    if returned:
        raise _unsupported()
    return samples


def _unsupported() -> ApiError:
    text = "This sound cannot be read. Send WAV or bare samples: 16 kHz, mono, 16 bits."
    more = "The sidecar reads AAC and other kinds of WAV where `mira-sidecar[speaker]` is installed."
    return ApiError(422, "UNSUPPORTED_AUDIO", text, details=more)
