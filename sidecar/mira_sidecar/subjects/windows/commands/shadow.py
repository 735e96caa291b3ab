"""`mira-sidecar windows shadow`: what windows in shadow mode would have done, against what happened."""

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import UNSET

from mira_sidecar.printing import say
from mira_sidecar.subjects.windows.shadow import AskedShadow, ShadowOf, ShadowReport, Track, report

_ESTIMATED = (
    "Heating and hours out of comfort are estimates, of a made-up room of that kind with made-up people in the weather",
    "that the log has. Neither the room's own readings nor its own size are in them. Compare the two, and no more.",
)


def show(database: Path, window: str | None, days: int, *, as_json: bool) -> None:
    """Print it. Raises StoreError."""
    asked = AskedShadow(window=UNSET if window is None else window, days=days)
    found = report(database, asked, time.time_ns() // 1_000_000)
    say(*([msgspec.json.encode(found).decode()] if as_json else _page(found)))


def _page(found: ShadowReport) -> Iterator[str]:
    yield f"Since {found.since[:16]} (UTC)"
    if not found.windows:
        yield "No window was in shadow mode. `set_window_auto` with `shadow` switches it on."
        return
    for name, of in found.windows.items():
        yield ""
        yield f"{name} ({of.kind}): {of.hours:,.1f} h in shadow mode, alike {of.alike:.0%} of the time"
        yield f"{'':<12}{'open h':>10}{'runs':>8}{'heating kWh':>14}{'out h':>10}"
        yield from _rows(of)
    yield ""
    yield from _ESTIMATED


def _rows(of: ShadowOf) -> Iterator[str]:
    yield _row("happened", of.happened)
    yield _row("would have", of.would)


def _row(title: str, track: Track) -> str:
    heat, out = ("?" if value is None else f"{value:,.1f}" for value in (track.heat_kwh, track.out_h))
    return f"{title:<12}{track.open_h:>10,.1f}{track.runs:>8}{heat:>14}{out:>10}"
