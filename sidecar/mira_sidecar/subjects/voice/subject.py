"""Voice: wake words, turns in which somebody speaks to the mirror and is answered, and what was said at it."""

import re
from collections.abc import Iterator

from mira_sidecar.core.decision import Mirror
from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Deed, Opening, Reference, Subject
from mira_sidecar.core.summary import Line
from mira_sidecar.subjects.voice.core import choice, lessons, reasons, speeches, turns, utterances
from mira_sidecar.subjects.voice.core.slice import LANGUAGE, Voice, voice
from mira_sidecar.subjects.voice.figures import LiveLevels, LiveSpeech
from mira_sidecar.subjects.voice.names import BUILT_IN


def _summary(document: Document) -> Iterator[Line]:
    yield from utterances.summary(document)
    if "voice" not in document["parts"]:
        return
    own = voice(document)
    yield Line("wake words", ", ".join(own["active"]) or "none")
    if turn := own["turn"]:
        yield Line("turn", f"{turn['stage']}, by {turn['word'] or turn['how']}, {turn['at']} ({turn['id']})")
    if speech := own["speech"]:
        yield Line("speech", f"{speech['kind']}, {speech['at']} ({speech['id']})")


def _due(document: Document, now_ms: int, mirror: Mirror) -> Iterator[Deed]:
    yield from turns.due(document, now_ms, mirror)
    yield from lessons.due(document, now_ms, mirror)


SUBJECT = Subject(
    name="voice",
    version=2,
    default=True,
    actions=(*utterances.ACTIONS, *turns.ACTIONS, *speeches.ACTIONS, *choice.ACTIONS, *lessons.ACTIONS),
    capabilities={
        "voice.speak": ("utterance",),
        "voice.listen": ("wake", "listen"),
        "voice.say": ("say",),
        "voice.stop": ("stop_talking",),
        "voice.set": ("set_voice",),
        "voice.teach": ("teach_wake_word", "take_wake_word", "judge_wake_word", "forget_wake_word"),
        "voice.observe": ("advance_turn", "end_turn", "end_speech"),
    },
    from_home={"voice": ("utterance",), "sensor": ("advance_turn", "end_turn", "say", "end_speech")},
    confidence={"voice": utterances.confidence},
    reasons=reasons.REASONS,
    times=(
        *(("parts", "voice", one, time) for one in ("turn", "speech") for time in ("at", "until")),
        ("parts", "voice", "lesson", "until"),
    ),
    openings={one: Opening(path=f"/parts/voice/{one}", closed=None) for one in ("turn", "speech")},
    traces={("utterance",): None, ("parts", "voice", "turn"): None, ("parts", "voice", "speech"): None},
    due=_due,
    messages=(Voice, LiveLevels, LiveSpeech),
    summary=_summary,
    references=(
        Reference(name="turn", how="belongs to", back="led to"),
        Reference(name="speech", how="belongs to", back="led to"),
        Reference(name="interrupted", how="interrupts", back="was interrupted by"),
    ),
    asked={"utterance": utterances.asked},
    traits=frozenset({*BUILT_IN, *BUILT_IN.values(), "id", "how", "listening", "at", "until"}),
    is_plain=lambda name, text: name in ("language", "languages") and re.fullmatch(LANGUAGE, text) is not None,
)
