"""Whether the mirror may speak by itself now: to somebody, not at night, not over anybody, and not often."""

from typing import Annotated

import msgspec
from msgspec import Meta

from mira_sidecar.core.decision import Action, Change, Context, Refusal
from mira_sidecar.core.registry import NOT_ALLOWED
from mira_sidecar.core.state import Document
from mira_sidecar.protocol import instant, milliseconds
from mira_sidecar.reasons import Values
from mira_sidecar.subjects.people.core.slice import people
from mira_sidecar.subjects.talk.core.face import TALKING
from mira_sidecar.subjects.talk.core.slice import SpokenUp, changed, is_heard, talk
from mira_sidecar.subjects.talk.settings import TalkSettings

APART_MS = 600_000
"""Between two times at least."""
SEEN_MS = 300_000
"""For so long somebody is taken to be there of whom the mirror has seen or heard something."""
_QUIET_HOURS = Refusal("quiet_hours", "talk")
_NOBODY_THERE = Refusal("nobody_there", "talk")


class SpeakUp(msgspec.Struct, frozen=True):
    """Payload of `speak_up`."""

    kind: Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,64}$(?!\n)")]
    """What it is about, in the words of whoever asks: a code, no sentence."""
    there: bool | None = None
    """Whether somebody is before the mirror, where the sender knows; None: the mirror goes by what it has seen."""


def _speak_up(document: Document, payload: SpeakUp, context: Context) -> Change | Refusal:
    if context.command.source not in ("automation", "system"):
        return NOT_ALLOWED
    now_ms, settings = context.now_ms, context.rules.of("talk", TalkSettings)
    local = settings.local(now_ms)
    if is_heard(document, now_ms) or _is_spoken_with(document, now_ms):
        return TALKING
    if settings.is_quiet(local):
        return _QUIET_HOURS
    there = _was_there(document, now_ms) if payload.there is None else payload.there
    if not there:
        return _NOBODY_THERE
    before, day = talk(document)["spoken_up"], local.date().isoformat()
    count = before["count"] if before and before["day"] == day else 0
    if count >= settings.speak_up_per_day or _is_within(before and before["last"], now_ms, APART_MS):
        values: Values = {"limit": settings.speak_up_per_day, "minutes": APART_MS // 60_000}
        return Refusal("spoken_up_enough", "talk", values)
    spoken = SpokenUp(day=day, count=count + 1, last=instant(now_ms))
    done = {**msgspec.to_builtins(payload), "there": there, "count": spoken.count}
    return Change(done, changed(document, spoken_up=msgspec.to_builtins(spoken)))


def _is_spoken_with(document: Document, now_ms: int) -> bool:
    """Whether somebody speaks with the mirror, or it says something; without the subject `voice` nobody does."""
    voice = document["parts"].get("voice", {})
    return any(one and now_ms < milliseconds(one["until"]) for one in (voice.get("turn"), voice.get("speech")))


def _was_there(document: Document, now_ms: int) -> bool:
    """Whether the mirror itself has seen or heard anybody lately; what comes by other programs is from anywhere."""
    here, said = people(document)["here"], document["utterance"]
    times = list(document["gestures_seen"].values())
    times += [here["at"]] if here and here["by"] != "login" else []
    times += [said["at"]] if said and "turn" in said else []
    return any(_is_within(time, now_ms, SEEN_MS) for time in times)


def _is_within(time: str | None, now_ms: int, span_ms: int) -> bool:
    """Whether this was no longer ago than that. What is yet to come was written by a clock that was wrong."""
    return time is not None and 0 <= now_ms - milliseconds(time) < span_ms


ACTIONS = (Action("speak_up", SpeakUp, _speak_up),)
