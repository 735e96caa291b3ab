"""Listens for wake words in what the microphone gives, inside its process, and hands out what is said in a turn."""

import math
from collections import deque

import msgspec
from pymicro_wakeword import MicroWakeWordFeatures

from mira_sidecar.devices.lookers import LookerError, Tell
from mira_sidecar.devices.microphone.source import Block

from .ear import Ear
from .lessons import Takes
from .loudness import Loudness
from .messages import Heard, Listening, LookerSettings, Missed, Woken
from .ring import RATE, Ring
from .taught_ear import TaughtEar

_PIECE, _LIVE = RATE // 10, RATE // 25
"""Samples that are told at once, at most and at least: 100 ms of what was said before, 40 ms of what is being said."""
_BEFORE = round(1.5 * RATE)
"""Samples from before a turn was accepted that it gets at most."""
_EARLIER = RATE * 120 // 1000
"""Samples by which a turn begins before the end of its word as that was found: rather some of the word than none of
what follows. Without that, up to 84 ms of it were lost."""
_REFRACTORY_S = 1.5
"""After a wake word, in which none is heard: an echo of it, or another that sounds alike."""
_MISSED_MS = 10_000.0
"""Between two words on near-misses."""
_decode = msgspec.json.Decoder(LookerSettings)


class VoiceLooker:
    """Turns sound into wake words and, while a turn listens, into pieces of it."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._ring = Ring()
        self._features = MicroWakeWordFeatures()
        self._ears: list[Ear | TaughtEar] = []
        self._takes: Takes | None = None
        self._stream: _Stream | None = None
        self._loudness: Loudness | None = None
        self._ends = deque[tuple[float, int]](maxlen=4)
        """Of the last wake words, when they ended, and the places in the ring."""
        self._deaf_until = 0
        """The place up to which no wake word is heard."""
        self._missed: Missed | None = None
        self._told_missed_ms = -math.inf
        self._number: int | None = None

    def set(self, settings: msgspec.Raw) -> None:
        """What to listen for from now on, and for which turn."""
        order = _decode.decode(settings)
        models = {ear.word: ear for ear in self._ears if isinstance(ear, Ear)}
        taught = {ear.word.id: ear for ear in self._ears if isinstance(ear, TaughtEar)}
        try:
            self._ears = [
                *(models.get(word) or Ear(word) for word in order.words),
                *(
                    ear if (ear := taught.get(word.id)) and ear.word == word else TaughtEar(word)
                    for word in order.taught
                ),
            ]
        except (RuntimeError, ValueError, OSError) as error:
            text = f"A wake word cannot be listened for: its model cannot be used ({error})."
            raise LookerError("models", text) from error
        if order.lesson is None:
            self._takes = None
        elif self._takes is None or self._takes.lesson != order.lesson:
            self._takes = Takes(order.lesson)
        if order.listening is None:
            self._stream = None
        elif self._stream is None or self._stream.turn != order.listening.turn:
            self._stream = _Stream(self._ring, order.listening.turn, self._place(order.listening), self._tell)
            self._stream.go_on()
        if not (order.levels or order.listening):
            self._loudness = None
        elif self._loudness is None:
            self._loudness = Loudness()

    def look(self, block: Block) -> float:
        """Listen to a block; each is needed."""
        self._notice_loss(block)
        self._ring.add(block.pcm, block.t_ms)
        if self._stream:
            self._stream.go_on()
        if self._takes:
            if take := self._takes.hear(block.pcm, self._features.process_streaming(block.pcm)):
                self._tell(take)
        elif self._ears:
            for features in self._features.process_streaming(block.pcm):
                for ear in self._ears:
                    self._note(ear, ear.hear(features))
            self._tell_missed(block.t_ms)
        if self._loudness and (level := self._loudness.hear(block.pcm)):
            self._tell(level)
        return 0.0

    def _place(self, listening: Listening) -> int:
        """Where the sound of a turn begins."""
        if listening.since_ms is None:
            return self._ring.end
        known = dict(self._ends)
        place = known.get(listening.since_ms, self._ring.place(listening.since_ms))
        return max(place, self._ring.start, self._ring.end - _BEFORE)

    def _notice_loss(self, block: Block) -> None:
        lost = 0 if self._number is None else block.number - self._number - 1
        self._number = block.number
        if lost > 0:
            self._ring.skip(lost * len(block.pcm) // 2)
            if self._stream:
                self._stream.skip()

    def _note(self, ear: Ear | TaughtEar, confidence: float | None) -> None:
        """What an ear has heard. Who is being listened to need not wake anybody."""
        if ear.missed is not None:
            count = self._missed.count + 1 if self._missed else 1
            most = self._missed if self._missed and self._missed.confidence > ear.missed else None
            word, probable = (most.word, most.confidence) if most else (ear.word.id, ear.missed)
            self._missed = Missed(word=word, confidence=probable, count=count)
        if confidence is None or self._stream or self._ring.end < self._deaf_until:
            return
        self._deaf_until = self._ring.end + round(_REFRACTORY_S * RATE)
        ended = self._ring.end_of_word(ear.lag_ms)
        place = max(self._ring.start, ended - _EARLIER)
        t_ms = self._ring.time_ms(place)
        self._ends.append((t_ms, place))
        self._tell(Woken(word=ear.word.id, confidence=round(confidence, 3), t_ms=t_ms))

    def _tell_missed(self, now_ms: float) -> None:
        if self._missed and now_ms - self._told_missed_ms >= _MISSED_MS:
            self._tell(self._missed)
            self._missed, self._told_missed_ms = None, now_ms


class _Stream:
    """What is said in a turn, piece by piece, from a place on."""

    def __init__(self, ring: Ring, turn: str, place: int, tell: Tell) -> None:
        self.turn = turn
        self._ring = ring
        self._place = place
        self._tell = tell
        self._sequence = 0

    def go_on(self) -> None:
        """Tell what there is more of it."""
        while self._ring.end - self._place >= _LIVE:
            pcm = self._ring.read(self._place, _PIECE)
            self._tell(Heard(turn=self.turn, sequence=self._sequence, pcm=pcm))
            self._sequence += 1
            self._place += len(pcm) // 2

    def skip(self) -> None:
        """Go on behind what was lost."""
        self._place = self._ring.end
        self._sequence += 1


LOOKER = VoiceLooker
