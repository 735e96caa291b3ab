"""Windows: how far those with a motor are open, and what shuts them."""

import re
from collections.abc import Iterator

from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Reference, Subject
from mira_sidecar.core.summary import Line
from mira_sidecar.subjects.windows.core import facts, models, moves, reasons, safety, windows
from mira_sidecar.subjects.windows.core.live_air import HomeReadings, LiveAir
from mira_sidecar.subjects.windows.core.slice import DIGEST, Windows, slice_of


def _summary(document: Document) -> Iterator[Line]:
    for name, window in slice_of(document)["windows"].items():
        stands = "not known" if window["position"] is None else f"{window['position']}%"
        notes = [f"to be at {window['target']}%"] if window["target"] not in (None, window["position"]) else []
        notes += [f"held until {window['held_until']}"] if window["held_until"] else []
        notes += [f"fault: {window['fault']}"] if window["fault"] else []
        notes += [word for word, on in (("locked", window["locked"]), ("shadow", window["shadow"])) if on]
        yield Line("window", ", ".join([f"{name}: {stands}", *notes]))


_OBSERVED = ("window_moved", "window_fault", "drop_run", "observe_weather", "observe_home")

SUBJECT = Subject(
    name="windows",
    actions=(*windows.ACTIONS, *moves.ACTIONS, *facts.ACTIONS, *models.ACTIONS),
    capabilities={
        "windows.set": ("set_window", "hold_window", "resume_window", "set_window_auto", "window_recovered"),
        "windows.change": (
            *("add_window", "change_window", "remove_window", "limit_window", "lock_window"),
            *("place_sensor", "remove_sensor", "activate_model"),
        ),
        "windows.read": (),
        "windows.observe": _OBSERVED,
    },
    from_home={"sensor": _OBSERVED},
    reasons=reasons.REASONS,
    risks=(moves.RISK,),
    places=("window:*",),
    times=(
        *(
            ("parts", "windows", "windows", "*", time)
            for time in ("open_since", "held_until", "rain_until", "hand_at", "last_run_at")
        ),
        ("parts", "windows", "windows", "*", "runs", "*"),
        ("parts", "windows", "windows", "*", "shadowed", "runs", "*"),
        ("parts", "windows", "windows", "*", "shadowed", "open_since"),
        ("parts", "windows", "windows", "*", "run", "at"),
        ("parts", "windows", "outside", "rain_ended_at"),
        ("parts", "windows", "outside", "storm_ended_at"),
    ),
    traces={
        ("parts", "windows", "outside", "seen"): None,
        ("parts", "windows", "home", "seen"): None,
        ("parts", "windows", "windows", "*", "run", "id"): None,
    },
    due=safety.due,
    messages=(Windows, LiveAir, HomeReadings),
    summary=_summary,
    references=(
        Reference(name="seen", how="follows", back="led to", action="shut_window"),
        Reference(name="run", how="drops", back="never began, so dropped by", action="drop_run"),
    ),
    is_plain=lambda name, text: name in ("sha256", "features") and re.fullmatch(DIGEST, text) is not None,
    traits=frozenset({"hand", "wished", "limited", "by"}),
    kinds=frozenset({"window"}),
)
