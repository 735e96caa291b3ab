"""Plays what the mirror is to say, as the state has it: one speech at a time, while its sound still comes."""

import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

from mira_sidecar.core.subject import Deed
from mira_sidecar.devices.speaker.speaker import Speaker
from mira_sidecar.devices.speaker.wire import Failed, Heard, Level, Played, Stopped
from mira_sidecar.subjects.voice.core.slice import SpeechOutcome
from mira_sidecar.subjects.voice.core.turns import silenced
from mira_sidecar.transport.sound import Assembly, Frame, decode

_MOST_BYTES: Final = 20_000_000
"""Of encoded sound that a speech may have."""
_EARLY, _EARLY_S = 64, 1.0
"""Frames that are kept, and how long, for a speech of which the decision is still on its way to us."""


class Mouth:
    """Hands sound to the speaker, and tells what became of a speech."""

    def __init__(
        self, speaker: Speaker | None, tell: Callable[[Deed], None], show: Callable[[str, float], None]
    ) -> None:
        """`show`: takes the id of a speech, and how loud it is now (0 to 1)."""
        self._speaker = speaker
        self._tell = tell
        self._show = show
        self._speech: Mapping[str, Any] | None = None
        self._assembly: Assembly | None = None
        self._early = deque[tuple[float, Frame]](maxlen=_EARLY)
        self.unfit = 0
        """Frames that did not fit."""

    def follow(self, speech: Mapping[str, Any] | None) -> None:
        """This is what is to be said now."""
        before, self._speech = self._speech, speech
        if (before and before["id"]) == (speech and speech["id"]):
            return
        self._assembly = None
        if self._speaker is None:
            if speech is not None:
                self._tell(silenced(speech, "failed"))
            return
        if speech is None:
            self._speaker.stop()
            return
        self._assembly = Assembly(speech["id"], _MOST_BYTES)
        self._speaker.start(speech["id"], self._hear)
        soon = time.monotonic() - _EARLY_S
        early = [frame for at, frame in self._early if at >= soon and frame.id == speech["id"]]
        self.unfit += len(self._early) - len(early)
        self._early.clear()
        for frame in early:
            self._take(frame)

    def greet(self, turn: str) -> None:
        """Let whoever spoke hear that the mirror listens."""
        if self._speaker is not None:
            self._speaker.chime(turn, lambda heard: None)

    def warm(self) -> None:
        """Something may be said soon."""
        if self._speaker is not None:
            self._speaker.warm()

    def take(self, body: bytes) -> None:
        """Play a frame, where it is the next one of what is said now."""
        frame = decode(body)
        if frame is None:
            self.unfit += 1
        elif self._speech is None or frame.id != self._speech["id"]:
            self.unfit += len(self._early) == _EARLY
            self._early.append((time.monotonic(), frame))
        else:
            self._take(frame)

    def _take(self, frame: Frame) -> None:
        assembly = self._assembly
        if assembly is None or self._speaker is None:
            self.unfit += 1
            return
        if not assembly.fits(frame):
            self.unfit += 1
            if assembly.is_broken:
                self._over("failed")
                self._speaker.stop()
            return
        if frame.sound:
            self._speaker.feed(frame.sound)
        if frame.last_of_file:
            self._speaker.end_file()
        if frame.last:
            self._speaker.end()

    def _hear(self, heard: Heard) -> None:
        """What the speaker says of a speech."""
        if self._speech is None or heard.speech != self._speech["id"]:
            return
        match heard:
            case Level():
                self._show(heard.speech, heard.level)
            case Played():
                self._over("played")
            case Stopped():
                self._over("stopped")
            case Failed():
                self._over("failed")
            case _:
                pass

    def _over(self, outcome: SpeechOutcome) -> None:
        """Say once what became of it; the state says that it is over."""
        if self._speech is not None and self._assembly is not None:
            self._assembly = None
            self._tell(silenced(self._speech, outcome))
