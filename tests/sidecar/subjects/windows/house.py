"""A house with a window, for the pure core: weather, people and a drive that does what it is asked."""

from typing import Any

from mira_sidecar.core.decision import Rules
from mira_sidecar.protocol import Event
from mira_sidecar.subjects.windows.core.slice import window_of
from mira_sidecar.subjects.windows.settings import WindowsSettings
from tests.sidecar.core.situation import Situation

MINUTE_MS = 60_000
TRAVEL_S = 30.0


class House(Situation):
    """One window, `bed`, calibrated and shut, on a dry and mild day on which everybody is home."""

    def __init__(self, *, window: dict[str, Any] | None = None, **settings: Any) -> None:
        """Another window, or other settings."""
        own = {"windows": WindowsSettings(**settings)}
        super().__init__(off=True, rules=Rules(confirm=frozenset(), rates={}, own=own))
        self.send("add_window", fields={"window": "bed", "kind": "bedroom", "travel_s": TRAVEL_S, **(window or {})})
        self.weather(rain=False, wind=2.0, temperature=15.0)
        self.home(away=False, armed=False, quiet=False)
        self.moved(0)

    @property
    def bed(self) -> dict[str, Any]:
        """The window's part of the state."""
        window = window_of(self.document, "bed")
        assert window
        return dict(window)

    def weather(self, **facts: Any) -> Event:
        return self.send("observe_weather", source="sensor", **facts)

    def home(self, **facts: Any) -> Event:
        return self.send("observe_home", source="sensor", **facts)

    def moved(self, position: int, **more: Any) -> Event:
        """The drive says where the window stands."""
        return self.send("window_moved", source="sensor", window="bed", position=position, **more)

    def plan(self, position: int, confidence: float | None = 0.9, **more: Any) -> Event:
        """The mirror itself wants to move it."""
        wanted = {"window": "bed", "position": position, "age_s": 60, "model": "rules-1", **more}
        return self.send("set_window", source="sensor", confidence=confidence, fields=wanted)

    def ask(self, position: int | str, source: str = "touch", *, user: str | None = None) -> Event:
        """Somebody wants to move it; `user`: of Home Assistant, who asks by its app."""
        origin = {"user_id": user} if user else None
        return self.send("set_window", source=source, window="bed", position=position, origin=origin)

    def arrive(self) -> None:
        """The drive has done what it was asked."""
        self.pass_ms(int(TRAVEL_S * 1000))
        self.moved(self.bed["target"])

    def open(self, position: int = 50) -> None:
        """It has been opened automatically, and the motor has rested."""
        assert self.plan(position).type == "accepted"
        self.arrive()
        self.pass_ms(10 * MINUTE_MS)

    def minutes(self, number: float) -> None:
        """Time passes, and what becomes due is done."""
        self.pass_ms(int(number * MINUTE_MS))
        self.do_what_is_due()
