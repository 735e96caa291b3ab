"""What is known of voice while it runs: how loud it is, and how often there was a wake word, or nearly one."""

import msgspec

from mira_sidecar.protocol import DeviceId, Instant


class AskedVoice(msgspec.Struct, frozen=True):
    """Payload of the query `voice`."""

    levels: bool = False
    """Whether levels are wanted: they are measured for ten seconds from then on."""


class VoiceFigures(msgspec.Struct, frozen=True):
    """What it is answered. Counts begin anew with the sidecar."""

    levels: dict[DeviceId, tuple[float, float]]
    """By microphone how loud it is, and how loud while nobody speaks, in dB of full scale; those that are measured."""
    wakes: int
    """Wake words that were passed on."""
    near_misses: int
    """What was nearly one, and those that nobody would have answered."""
    unfit_frames: int
    """Pieces of sound to say that were none, or had no place."""


class LiveLevels(msgspec.Struct, frozen=True):
    """How loud it is right now, for displays: five times a second while somebody has asked for levels. Never stored."""

    ts: Instant
    levels: dict[DeviceId, tuple[float, float]]
    """As those of `VoiceFigures`."""


class LiveSpeech(msgspec.Struct, frozen=True):
    """How loud what is said is right now, for a face on displays: ten times a second while it sounds. Never stored."""

    ts: Instant
    speech: str
    """Its id."""
    level: float
    """0 (silent) to 1."""
