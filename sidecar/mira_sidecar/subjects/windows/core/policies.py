"""What stands between a wish and a window: small functions, asked in order.

They belong to the action itself. So they stand in the way of a confirmation and an undo, too, and the planner can ask
them what it may wish for. Each says nothing, refuses, or says how far the window may be opened at most. Whoever shuts
a window is asked only by those that refuse. docs/windows.md has a line for each.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from mira_sidecar.core.decision import Refusal
from mira_sidecar.protocol import Source, instant, milliseconds
from mira_sidecar.subjects.windows.core.slice import opening
from mira_sidecar.subjects.windows.settings import WindowsSettings

HANDS: tuple[Source, ...] = ("touch", "voice", "gesture", "system")
"""Sources that are a person. `system` asks only whether what a person asked for still stands: its own are other
actions."""
RAIN_MOST, RAIN_MS = 50, 900_000
"""How far, and for how long, a hand may open a window in the rain: as the makers of roof windows have it."""
FROST_PAUSE = 3
_DAY_MS, _MINUTE_MS = 86_400_000, 60_000
_RESERVE = 2
"""How many times as many runs as automatic ones a motor may have with those of hands: more would wear it."""


@dataclass(frozen=True, eq=False)
class Wish:
    """Somebody wants a window to stand somewhere, at a moment with these facts."""

    window: Mapping[str, Any]
    outside: Mapping[str, Any]
    home: Mapping[str, Any]
    position: int
    source: Source
    now_ms: int
    settings: WindowsSettings
    confidence: float | None = None
    age_s: int | None = None
    """How old the oldest reading is that it was made from."""
    user: bool = False
    """Whether a user of Home Assistant asked for it, as far as that says so."""

    @cached_property
    def is_opening(self) -> bool:
        """Whether it opens the window further than it surely is."""
        return self.position > opening(self.window)

    @property
    def by_hand(self) -> bool:
        """Whether a person asked for it who stands at the mirror."""
        return self.source in HANDS

    @property
    def by_person(self) -> bool:
        """Whether a person asked for it, be it from afar: then its motor moves at once, and it stays as they left it.

        What is outside nobody sees from afar: there it counts as an automation.
        """
        return self.by_hand or (self.source == "automation" and self.user)

    def minutes_left(self, until_ms: int) -> int:
        """Whole minutes until then, up."""
        return -(-(until_ms - self.now_ms) // _MINUTE_MS)


class Most(NamedTuple):
    """How far a window may be opened."""

    position: int
    reason: Refusal
    """Why no further: the refusal where that leaves nothing to open."""


type Verdict = Refusal | Most | None
type WindowPolicy = Callable[[Wish], Verdict]


def calibrated(wish: Wish) -> Verdict:
    """Only a person moves a window whose way is not known yet."""
    if wish.window["travel_s"] is not None or wish.by_person:
        return None
    return Refusal("not_calibrated", "calibrated")


def motor_rest(wish: Wish) -> Verdict:
    """A motor rests between two automatic runs: what flaps wears, and disturbs."""
    last = wish.window["last_run_at"]
    if wish.by_person or last is None:
        return None
    rest = wish.window["rest"]
    rest_ms = (wish.settings.rest_minutes if rest is None else rest) * _MINUTE_MS
    until_ms = milliseconds(last) + rest_ms
    # Either way round: a clock that was set back must not keep a window where it is until it has caught up.
    if not milliseconds(last) - rest_ms <= wish.now_ms < until_ms:
        return None
    return Refusal("motor_rest", "motor_rest", {"minutes": wish.minutes_left(until_ms)})


def runs_a_day(wish: Wish) -> Verdict:
    """A motor has so many runs a day; those by hand are more, and not without end."""
    count = len(recent_runs(wish.window, wish.now_ms))
    limit = wish.settings.runs_a_day * (_RESERVE if wish.by_person else 1)
    if count < limit:
        return None
    return Refusal("too_many_runs", "runs_a_day", {"count": count, "limit": limit})


def fault(wish: Wish) -> Verdict:
    """A drive that does not do what it should is left alone until somebody has looked at it; a person may shut it."""
    code = wish.window["fault"]
    if code is None or (wish.by_person and not wish.is_opening):
        return None
    return Refusal("window_fault", "fault", {"fault": code})


def child_lock(wish: Wish) -> Verdict:
    """Nobody moves a window that is locked."""
    return Refusal("window_locked", "child_lock") if wish.window["locked"] else None


def automatic(wish: Wish) -> Verdict:
    """The mirror moves by itself only what it is to move."""
    if wish.source != "sensor" or wish.window["auto"]:
        return None
    return Refusal("automatic_off", "automatic")


def manual_hold(wish: Wish) -> Verdict:
    """A window that a person moved stays as they left it, for a while."""
    until = wish.window["held_until"]
    kept_out = not wish.by_person and (wish.source == "sensor" or wish.settings.hold_automations)
    if not kept_out or until is None or instant(wish.now_ms) >= until:
        return None
    return Refusal("window_held", "manual_hold", {"minutes": wish.minutes_left(milliseconds(until))})


def limit(wish: Wish) -> Verdict:
    """No window opens further than it is set to."""
    most = wish.window["limits"]["most"]
    return Most(most, Refusal("window_limit", "limit", {"limit": most})) if most < 100 else None


def rain(wish: Wish) -> Verdict:
    """Nothing opens in the rain but what a person opens who was asked once more, a little and for a while."""
    if not is_wet(wish.outside, wish.now_ms, wish.settings):
        return None
    # It is over for a person as soon as it stops.
    most = (RAIN_MOST if wish.outside["rain"] else 100) if wish.by_hand else 0
    return Most(most, Refusal("rain", "rain", {"limit": most}))


def storm(wish: Wish) -> Verdict:
    """Nothing opens in a storm."""
    if not (wish.outside["storm"] if wish.by_hand else is_stormy(wish.outside, wish.now_ms, wish.settings)):
        return None
    return Most(0, Refusal("storm", "storm"))


def presence(wish: Wish) -> Verdict:
    """Nothing opens while the alarm is armed, and little by itself while nobody is home."""
    if wish.home["armed"]:
        return Most(0, Refusal("armed", "presence"))
    if not wish.home["away"] or wish.by_hand:
        return None
    most = wish.home["most"]
    return Most(most, Refusal("nobody_home", "presence", {"limit": most}))


def frost(wish: Wish) -> Verdict:
    """In the cold windows open less far by themselves."""
    minutes = wish.outside["cold_minutes"]
    if wish.by_hand or minutes is None:
        return None
    most = wish.outside["cold_most"] if _was_aired(wish, minutes) else wish.settings.frost_most
    temperature = float(wish.outside["temperature"])
    return Most(most, Refusal("frost", "frost", {"temperature": temperature, "limit": most}))


def _was_aired(wish: Wish, minutes: int) -> bool:
    """Whether it has been open for as long as it may in the cold, or shut for less than thrice as long."""
    since, last = wish.window["open_since"], wish.window["last_run_at"]
    if since is not None:
        return wish.now_ms - milliseconds(since) >= minutes * _MINUTE_MS
    return last is not None and 0 <= wish.now_ms - milliseconds(last) < FROST_PAUSE * minutes * _MINUTE_MS


def quiet_time(wish: Wish) -> Verdict:
    """While it is to be quiet, windows open by themselves only as far as they are set to at night."""
    if wish.by_hand or not wish.home["quiet"]:
        return None
    most = wish.window["limits"]["most_at_night"]
    return Most(most, Refusal("quiet_time", "quiet_time", {"limit": most}))


def outdoor_air(wish: Wish) -> Verdict:
    """Pollen and smoke are not let in."""
    if wish.by_hand or wish.outside["air"] != "bad":
        return None
    return Most(0, Refusal("outdoor_air", "outdoor_air"))


def stale_readings(wish: Wish) -> Verdict:
    """Nothing opens by itself where the weather is not known, or by readings that are old."""
    if wish.by_hand:
        return None
    if wish.outside["rain"] is None:
        return Most(0, Refusal("weather_unknown", "stale_readings"))
    age_s = wish.age_s
    if wish.source != "sensor" or (age_s is not None and age_s <= wish.settings.stale_s):
        return None
    known = _DAY_MS // 1000 if age_s is None else age_s
    return Most(0, Refusal("stale_readings", "stale_readings", {"age_s": known, "limit_s": wish.settings.stale_s}))


def model_confidence(wish: Wish) -> Verdict:
    """What the mirror opens by itself it has to be sure of. It may always shut."""
    needed = wish.settings.min_confidence
    if wish.source != "sensor" or (wish.confidence or 0.0) >= needed:
        return None
    # Down and up: what is below the threshold is so in words, too.
    percent, least = math.floor(round((wish.confidence or 0.0) * 100, 6)), math.ceil(round(needed * 100, 6))
    return Most(0, Refusal("low_confidence", "model_confidence", {"percent": percent, "needed": least}))


def shadow(wish: Wish) -> Verdict:
    """In shadow mode the mirror notes what it would do."""
    if wish.source != "sensor" or not wish.window["shadow"]:
        return None
    return Refusal("shadow_mode", "shadow")


REFUSING: tuple[WindowPolicy, ...] = (*(calibrated, motor_rest, runs_a_day, fault, child_lock, automatic, manual_hold),)
LIMITING: tuple[WindowPolicy, ...] = (
    *(limit, rain, storm, presence, frost, quiet_time, outdoor_air, stale_readings, model_confidence),
)


class Judged(NamedTuple):
    """What a wish comes to."""

    position: int
    looked: tuple[str, ...]
    limited: str | None = None
    """The reason why it is less than was wished for."""
    in_rain: bool = False
    """Whether a window is opened in the rain."""


def judge(wish: Wish) -> Judged | Refusal:
    """How far a wish may be carried out, or why not at all."""
    looked: list[str] = []
    policies = (*REFUSING, *LIMITING, shadow) if wish.is_opening else (*REFUSING, shadow)
    least: Most | None = None
    for policy in policies:
        verdict = policy(wish)
        if isinstance(verdict, Most):
            if verdict.position <= opening(wish.window):
                verdict = verdict.reason
            elif least is None or verdict.position < least.position:
                least = verdict
        if isinstance(verdict, Refusal):
            return Refusal(verdict.reason, verdict.policy, verdict.values, passes=True, looked=looked)
        looked.append(policy.__name__)
    in_rain = wish.is_opening and bool(wish.outside["rain"])
    if least is None or least.position >= wish.position:
        return Judged(wish.position, tuple(looked), in_rain=in_rain)
    return Judged(least.position, tuple(looked), least.reason.reason, in_rain)


def highest(wish: Wish) -> int:
    """How far the window may be open for the one who wishes, wherever it stands now."""
    verdicts = (policy(wish) for policy in LIMITING)
    return min((verdict.position for verdict in verdicts if isinstance(verdict, Most)), default=100)


def is_wet(outside: Mapping[str, Any], now_ms: int, settings: WindowsSettings) -> bool:
    """Whether it rains, or did a moment ago."""
    return bool(outside["rain"]) or _recent(outside["rain_ended_at"], now_ms, settings)


def is_stormy(outside: Mapping[str, Any], now_ms: int, settings: WindowsSettings) -> bool:
    """Whether it is stormy, or was a moment ago."""
    return outside["storm"] or _recent(outside["storm_ended_at"], now_ms, settings)


def _recent(ended_at: str | None, now_ms: int, settings: WindowsSettings) -> bool:
    # One that is still to come by a clock that was set back is long past.
    return ended_at is not None and 0 <= now_ms - milliseconds(ended_at) < settings.dry_minutes * _MINUTE_MS


def recent_runs(window: Mapping[str, Any], now_ms: int) -> list[str]:
    """When the motor ran in the last 24 hours."""
    since = instant(now_ms - _DAY_MS)
    return [at for at in window["runs"] if at > since]
