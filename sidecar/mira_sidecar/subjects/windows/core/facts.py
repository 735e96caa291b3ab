"""Facts that policies go by: the weather at the windows, and the house. Each is noted only when it changes."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from mira_sidecar.core.decision import Action, Change, Context, Refusal
from mira_sidecar.core.registry import NOT_ALLOWED
from mira_sidecar.core.state import Document, member, replace
from mira_sidecar.protocol import PatchOperation, instant
from mira_sidecar.subjects.windows.core.slice import changed, slice_of
from mira_sidecar.subjects.windows.settings import WindowsSettings

GUSTS = 1.7
"""How much stronger gusts are than the mean wind, as a rule: they may be so much stronger."""
_Speed = Annotated[float, Meta(ge=0, le=120)]
_Outdoors = Annotated[float, Meta(ge=-60, le=60)]


class ObserveWeather(msgspec.Struct, frozen=True, omit_defaults=True):
    """Payload of `observe_weather`: what has changed; null: it is not known any more."""

    rain: bool | UnsetType | None = UNSET
    wind: _Speed | UnsetType | None = UNSET
    gust: _Speed | UnsetType | None = UNSET
    alert: bool | UnsetType | None = UNSET
    temperature: _Outdoors | UnsetType | None = UNSET
    air: Literal["good", "bad"] | UnsetType | None = UNSET


class ObserveHome(msgspec.Struct, frozen=True, omit_defaults=True):
    """Payload of `observe_home`: what has changed; null: it is not known any more."""

    away: bool | UnsetType | None = UNSET
    armed: bool | UnsetType | None = UNSET
    quiet: bool | UnsetType | None = UNSET


def _weather(document: Document, payload: ObserveWeather, context: Context) -> Change | Refusal:
    if not context.is_observed:
        return NOT_ALLOWED
    done, before = msgspec.to_builtins(payload), slice_of(document)["outside"]
    now, after = instant(context.now_ms), {**before, **done}
    settings = context.rules.of("windows", WindowsSettings)
    is_cold = after["temperature"] is not None and after["temperature"] < settings.frost_below
    after["storm"] = _is_stormy(after, settings.storm_wind)
    after["cold_minutes"] = settings.frost_minutes if is_cold else None
    after["cold_most"] = settings.frost_steady if is_cold else 100
    for what in ("rain", "storm"):
        if before[what] and not after[what]:
            after[f"{what}_ended_at"] = now
    return Change(done, changed(document, outside={**after, "seen": context.command.id}) if after != before else [])


def _is_stormy(outside: dict[str, Any], limit: float) -> bool:
    return bool(outside["alert"]) or (outside["wind"] or 0) >= limit or (outside["gust"] or 0) >= GUSTS * limit


def _home(document: Document, payload: ObserveHome, context: Context) -> Change | Refusal:
    if not context.is_observed:
        return NOT_ALLOWED
    done, before = msgspec.to_builtins(payload), slice_of(document)["home"]
    after = {**before, **done}
    away_most = context.rules.of("windows", WindowsSettings).away_most
    after["most"] = 0 if after["armed"] else away_most if after["away"] else 100
    if after == before:
        return Change(done)
    left = any(after[how] and not before[how] for how in ("away", "armed"))
    patch = changed(document, home={**after, "seen": context.command.id})
    return Change(done, [*patch, *(_released(document) if left else ())])


def _released(document: Document) -> list[PatchOperation]:
    """Who has left holds no window any more."""
    return [
        replace(f"{member('/parts/windows/windows', name)}/held_until", None)
        for name, window in slice_of(document)["windows"].items()
        if window["held_until"] is not None
    ]


ACTIONS = (
    Action("observe_weather", ObserveWeather, _weather),
    Action("observe_home", ObserveHome, _home),
)
