"""Sound of a room, of which only how loud it is stays: the samples are let go as soon as that is known."""

import math
from typing import Any, NamedTuple

import msgspec

from mira_sidecar.subjects.windows.core.payloads import Reason, json, number

SILENT_DB = -96.0
"""What 16 bits cannot tell from nothing."""
MOST_BYTES = 8 * 1_048_576
"""Of one sound."""
_MOST_OF_LEVEL = 1_024
"""Bytes of a message that says how loud it is."""
_MOST_PARTS = 4_096
_LOOKED_AT = 16_000
"""Samples that are looked at, evenly over all of it: more say nothing else, and take their time."""
_FULL = 32_768.0


class Chunk(NamedTuple):
    """A part of a sound."""

    id: str
    part: int
    of: int
    data: bytes


class _Told(msgspec.Struct, frozen=True):
    """What may come as JSON; bytes are Base64 there."""

    audio: bytes | None = None
    format: str = "wav"
    id: str | int | None = None
    part: int = -1
    of: int = 0
    data: bytes | None = None


def is_level(payload: bytes) -> bool:
    """Whether this is no sound, but says how loud it is."""
    return len(payload) <= _MOST_OF_LEVEL and b'"level_db"' in payload


def heard(payload: bytes) -> float | Chunk | Reason:
    """How loud a message says that it is, in dB; or a part of a sound."""
    if is_level(payload):
        return _measured(payload)
    if len(payload) > 2 * MOST_BYTES:
        return "too_large"
    if not payload[:64].lstrip().startswith(b"{"):
        return level_of(payload)
    try:
        return _read(msgspec.json.decode(payload, type=_Told))
    except ValueError, RecursionError:
        return "not_json"


def level_of(sound: bytes | bytearray) -> float | Reason:
    """How loud a WAV of 16 bits is, in dB of the loudest that it could be."""
    if len(sound) > MOST_BYTES:
        return "too_large"
    if sound[:4] != b"RIFF" or sound[8:12] != b"WAVE":
        return "not_sound"
    at, is_ours, view = 12, False, memoryview(sound)
    while at + 8 <= len(sound):
        name, size = sound[at : at + 4], int.from_bytes(sound[at + 4 : at + 8], "little")
        content = view[at + 8 : at + 8 + size]
        if name == b"fmt ":
            # 1: PCM.
            is_ours = len(content) >= 16 and bytes(content[:2]) == b"\1\0" and bytes(content[14:16]) == b"\20\0"
        elif name == b"data":
            # Who streams does not know the size in advance, and says the most that there is: then it is the rest.
            return _level(content) if is_ours else "not_sound"
        at += 8 + size + size % 2
    return "not_sound"


def _read(told: _Told) -> float | Chunk | Reason:
    if told.data is not None:
        is_part = told.id is not None and 0 < told.of <= _MOST_PARTS and 0 <= told.part <= told.of
        return Chunk(str(told.id)[:64], told.part, told.of, told.data) if is_part else "bad_chunk"
    if told.audio is None:
        return "not_sound"
    is_bare = told.format.lower() in ("pcm", "pcm_s16le", "s16le", "raw")
    return _level(memoryview(told.audio)) if is_bare else level_of(told.audio)


def _level(pcm: memoryview) -> float | Reason:
    count = len(pcm) // 2
    if not count:
        return "not_sound"
    samples = pcm[: count * 2].cast("h")[:: max(1, count // _LOOKED_AT)].tolist()
    power = math.sumprod(samples, samples) / len(samples)
    return max(SILENT_DB, 10 * math.log10(power / _FULL**2)) if power else SILENT_DB


def _measured(payload: bytes) -> float | Reason:
    told: Any = json(payload)
    if not isinstance(told, dict):
        return "not_json"
    level = number(told.get("level_db"))
    return "not_sound" if level is None else level
