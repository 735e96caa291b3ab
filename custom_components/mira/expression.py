"""What the personas of a mirror express: in memory alone, and neutral while none of them answers."""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from homeassistant.core import callback

from .emotions import NEUTRAL, Emotion
from .models.voice import Voice

if TYPE_CHECKING:  # which has one of these
    from .coordinator import MiraCoordinator


class Expression:
    """The emotion of now, and what came of the replies so far; `publish` is called when the emotion is another one."""

    def __init__(self, coordinator: MiraCoordinator, publish: Callable[[], None]) -> None:
        self._coordinator = coordinator
        self._publish = publish
        self.emotion = NEUTRAL
        self.outcomes = Counter[str]()
        self.unknown_tags = 0
        self._reply: object | None = None
        """Whose emotion it is, while that is still being made."""
        self._turn: str | None = None
        """The mirror's turn in which that is spoken, if any."""

    @callback
    def begin(self, reply: object, *, is_spoken_here: bool) -> None:
        """A persona is asked; of what was expressed before nothing is left."""
        self._reply = reply
        self._turn = self._open_turn if is_spoken_here else None
        self._become(NEUTRAL)

    @callback
    def show(self, reply: object, emotion: Emotion) -> None:
        """Express this, unless something newer was asked."""
        if reply is self._reply:
            self._become(emotion)

    @callback
    def end(self, reply: object) -> None:
        """The reply is made. What the mirror speaks keeps its emotion until the mirror's turn is over."""
        if reply is self._reply:
            self._reply = None
            self.settle()

    @callback
    def settle(self) -> None:
        """Be neutral where nothing is made or spoken any more."""
        if self._reply is None and (self._turn is None or self._turn != self._open_turn):
            self._become(NEUTRAL)

    @property
    def _open_turn(self) -> str | None:
        snapshot = self._coordinator.data.snapshot
        voice = snapshot.state.part(Voice) if snapshot else None
        return voice.turn.id if voice and voice.turn else None

    def _become(self, emotion: Emotion) -> None:
        if emotion is not self.emotion:
            self.emotion = emotion
            self._publish()
