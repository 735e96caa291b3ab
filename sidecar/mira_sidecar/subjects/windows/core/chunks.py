"""Puts sounds together that come in parts: one at a time of a device, and of all devices so much at most."""

from dataclasses import dataclass, field

from mira_sidecar.subjects.windows.core.payloads import Reason
from mira_sidecar.subjects.windows.core.sound import MOST_BYTES, Chunk

WITHIN_MS = 30_000
"""From the first part to the last."""
MOST_IN_ALL = 4 * MOST_BYTES
MOST_DEVICES = 256
_PART = 128
"""Bytes that a part takes beside what is in it."""


@dataclass(slots=True)
class _Sound:
    id: str
    of: int
    began_ms: int
    parts: dict[int, bytes] = field(default_factory=dict)
    size: int = 0


class Chunks:
    """The sounds that are not whole yet. What is given up is the oldest."""

    def __init__(self) -> None:
        self._sounds: dict[str, _Sound] = {}
        """By device, those that began first ahead."""
        self.size = 0
        """Bytes of all of them."""

    def __len__(self) -> int:
        return len(self._sounds)

    def take(self, device: str, chunk: Chunk, now_ms: int) -> bytes | Reason | None:
        """The whole sound with its last part; None while there are parts to come."""
        self._give_up(now_ms)
        known = self._sounds.get(device)
        if known is None or (known.id, known.of) != (chunk.id, chunk.of):
            self._drop(device)
            known = self._sounds[device] = _Sound(chunk.id, chunk.of, now_ms)
        if chunk.part in known.parts:
            return "duplicate"
        if known.size + len(chunk.data) > MOST_BYTES:
            self._drop(device)
            return "too_large"
        known.parts[chunk.part] = chunk.data
        known.size += len(chunk.data)
        self.size += len(chunk.data) + _PART
        if len(known.parts) < known.of:
            self._make_room()
            return None
        self._drop(device)
        # Some count from 0, others from 1.
        return b"".join(known.parts[part] for part in sorted(known.parts))

    def clear(self) -> None:
        """Let all of them go."""
        self._sounds.clear()
        self.size = 0

    def _give_up(self, now_ms: int) -> None:
        """Those that take too long; also where the clock has jumped back."""
        late = [device for device, one in self._sounds.items() if not 0 <= now_ms - one.began_ms <= WITHIN_MS]
        for device in late:
            self._drop(device)

    def _make_room(self) -> None:
        while self.size > MOST_IN_ALL or len(self._sounds) > MOST_DEVICES:
            self._drop(next(iter(self._sounds)))

    def _drop(self, device: str) -> None:
        if known := self._sounds.pop(device, None):
            self.size -= known.size + len(known.parts) * _PART
