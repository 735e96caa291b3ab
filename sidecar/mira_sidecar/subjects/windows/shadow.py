"""What windows in shadow mode would have done, against what happened: from the log, which was written for this.

Where a window stood, and where it would have, is known. What that made of a room is estimated, for both in one way:
nothing of the room itself is looked at.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import msgspec
from msgspec import UNSET, Meta, UnsetType

from mira_sidecar.core.state import apply, initial_document
from mira_sidecar.protocol import Event, Instant, PatchOperation, instant, milliseconds
from mira_sidecar.queries.kind import Kind
from mira_sidecar.store.log_reader import LogReader
from mira_sidecar.subjects.windows.core.safety import safe_opening
from mira_sidecar.subjects.windows.core.shadow import as_if
from mira_sidecar.subjects.windows.core.slice import TOLERANCE, RoomKind, WindowId, slice_of

if TYPE_CHECKING:  # the simulator is of no use to a sidecar that is not asked
    from mira_sidecar.subjects.windows.simulator.twins import Facts, Twins

DAYS = 14
_STEP_MS = 300_000
_PATH = "/parts/windows"
_decode = msgspec.json.Decoder(Event)


class AskedShadow(msgspec.Struct, frozen=True):
    """Payload of `windows_shadow`: which window, where not all, and the days that are looked back."""

    window: WindowId | UnsetType = UNSET
    days: Annotated[int, Meta(ge=1, le=60)] = DAYS


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two."""

    open_h: float
    """Hours that it was open."""
    runs: int
    heat_kwh: float | None
    """Estimated: of the room's heating; None: the weather is not known."""
    out_h: float | None
    """Estimated: hours with people in which it was too warm, too cold, too humid or stuffy."""


class ShadowOf(msgspec.Struct, frozen=True, kw_only=True):
    """Of one window."""

    kind: RoomKind
    hours: float
    """That it was in shadow mode."""
    alike: float
    """The share of that in which it stood where it would have stood, from 0 to 1."""
    happened: Track
    would: Track


class ShadowReport(msgspec.Struct, frozen=True):
    """Result of `windows_shadow`."""

    since: Instant
    windows: dict[WindowId, ShadowOf]
    """Those that were in shadow mode."""


@dataclass(slots=True)
class _Seen:
    """What is summed up of a window."""

    kind: RoomKind
    twins: Twins
    hours: float = 0.0
    alike: float = 0.0
    known: bool = False
    open_h: list[float] = field(default_factory=lambda: [0.0, 0.0])
    runs: list[int] = field(default_factory=lambda: [0, 0])
    last: tuple[Instant, Instant] | None = None
    """When it ran last, and when it would have; empty: never."""


class _Span(NamedTuple):
    """A time in which nothing changed."""

    start_ms: int
    end_ms: int
    slice: Mapping[str, Any]


def report(database: Path, asked: AskedShadow, now_ms: int) -> ShadowReport:
    """Look back from now. Raises StoreError."""
    since_ms = now_ms - asked.days * 86_400_000
    seen: dict[str, _Seen] = {}
    with LogReader(database) as log:
        log.hold()
        for span in _spans(log, since_ms, now_ms):
            for name, window in span.slice["windows"].items():
                if asked.window in (UNSET, name):
                    _look(seen, name, window, span)
    return ShadowReport(instant(since_ms), {name: _of(one) for name, one in seen.items() if one.hours > 0})


def _spans(log: LogReader, since_ms: int, until_ms: int) -> Iterator[_Span]:
    """The state of windows between its changes; of all others in the log nothing is decoded."""
    since, at_ms = instant(since_ms), since_ms
    snapshot = log.snapshot()
    while snapshot is not None and snapshot.at > since:
        snapshot = log.snapshot_ahead(snapshot.seq)
    snapshot = snapshot or log.base()
    document = msgspec.to_builtins(snapshot.state) if snapshot else initial_document()
    seq = snapshot.seq if snapshot else 0
    while page := log.rows(seq):
        for row in page:
            if row.type != "state_patch" or _PATH.encode() not in row.body:
                continue
            changed_ms = min(max(milliseconds(row.ts), at_ms), until_ms)
            if changed_ms > at_ms:
                yield _Span(at_ms, changed_ms, slice_of(document))
                at_ms = changed_ms
            document = apply(document, _ours(_decode.decode(row.body)))
        seq = page[-1].seq
    yield _Span(at_ms, until_ms, slice_of(document))


def _ours(event: Event) -> list[PatchOperation]:
    patch = msgspec.convert(event.payload["patch"], list[PatchOperation])
    return [one for one in patch if one.path.startswith(_PATH)]


def _look(seen: dict[str, _Seen], name: str, window: Mapping[str, Any], span: _Span) -> None:
    """Sum up what one window did in a span, and would have done."""
    from mira_sidecar.subjects.windows.simulator.twins import Twins  # noqa: PLC0415 - as above

    if (one := seen.get(name)) is None:
        one = seen[name] = _Seen(window["kind"], Twins(window["kind"]))
    runs = (window["last_run_at"] or "", (as_if(window)["last_run_at"] or ""))
    before, one.last = one.last, runs
    if not window["shadow"]:
        return
    if before is not None:
        one.runs = [count + (new > old) for count, new, old in zip(one.runs, runs, before, strict=True)]
    at_ms = span.start_ms
    while at_ms < span.end_ms:
        until_ms = min(span.end_ms, (at_ms // _STEP_MS + 1) * _STEP_MS)
        _live(one, window, span.slice, at_ms, until_ms)
        at_ms = until_ms


def _live(one: _Seen, window: Mapping[str, Any], slice_: Mapping[str, Any], at_ms: int, until_ms: int) -> None:
    """Some minutes: where the window stands, and would."""
    hours, supposed = (until_ms - at_ms) / 3_600_000, as_if(window)
    stands = window["position"] or 0
    would = min(supposed["target"] or 0, safe_opening(slice_, supposed, at_ms).most)
    one.hours += hours
    one.alike += hours * (abs(stands - would) <= TOLERANCE)
    one.open_h = [so_far + hours * (at > TOLERANCE) for so_far, at in zip(one.open_h, (stands, would), strict=True)]
    if at_ms % _STEP_MS == 0 and slice_["outside"]["temperature"] is not None:
        one.known = True
        one.twins.live(_facts(slice_, at_ms), (stands, would))


def _facts(slice_: Mapping[str, Any], at_ms: int) -> Facts:
    from mira_sidecar.subjects.windows.simulator.twins import Facts  # noqa: PLC0415 - as above

    at, outside = time.localtime(at_ms / 1000), slice_["outside"]
    return Facts(
        year_hour=(at.tm_yday - 1) * 24 + at.tm_hour + at.tm_min / 60,
        week_hour=at.tm_wday * 24 + at.tm_hour + at.tm_min / 60,
        outdoor_temperature=outside["temperature"],
        wind=outside["wind"],
        home=not slice_["home"]["away"],
        wet=bool(outside["rain"]),
    )


def _of(one: _Seen) -> ShadowOf:
    tracks = [
        Track(
            open_h=round(open_h, 2),
            runs=runs,
            heat_kwh=round(figures.heat_kwh, 2) if one.known else None,
            out_h=round(figures.out, 2) if one.known else None,
        )
        for open_h, runs, figures in zip(one.open_h, one.runs, one.twins.figures, strict=True)
    ]
    alike = round(one.alike / one.hours, 3) if one.hours else 0.0
    return ShadowOf(kind=one.kind, hours=round(one.hours, 2), alike=alike, happened=tracks[0], would=tracks[1])


def _answer(database: Path, asked: AskedShadow) -> ShadowReport:
    return report(database, asked, time.time_ns() // 1_000_000)


QUERY = Kind("windows_shadow", AskedShadow, _answer)
