"""Sequences of commands, thought up by hypothesis: every action, sense and nonsense, every source, any time."""

from dataclasses import dataclass
from typing import Any

import msgspec
from hypothesis import strategies as st

from mira_sidecar.core.arbiter import Position
from mira_sidecar.core.decision import Rules
from mira_sidecar.discovery import all_subjects
from mira_sidecar.protocol import Event
from tests.sidecar.core.situation import NOON, Situation

UIDS = st.sampled_from(["a", "a", "a", "b", "~/0"])
MANY = st.lists(UIDS, max_size=4)
TEXTS = st.sampled_from(["Milk", "Bread", "yes", "Nein.", "~0/1", "\u0000", " ", "x" * 300])
DUES = st.sampled_from([None, "2026-12-24", "2026-12-24", "2026-12-24T18:00:00+01:00", "2026-02-30", "soon"])
STATUSES = st.sampled_from(["needs_action", "completed"])
PAGES = st.sampled_from(["home", "todos", "clock", "weather", "attic"])
PICTURES = st.sampled_from(["camera.front_door", "media-source://x/Ä.jpg", "/local/2026-11-20", "https://x.example/1"])
BUTTONS = st.just([{"id": "soon", "label": "In a quarter of an hour, I promise"}, {"id": "id_000001x", "label": "No"}])
VERDICTS = st.sampled_from(["right", "right", "wrong", "unchecked", "unknown", "unsure"])
SOURCES = st.sampled_from(["voice", "gesture", "touch", "automation", "sensor", "system"])
SENDERS = st.sampled_from(["home", "home", "gesture", "voice", "sensor", "api", None])
ORIGINS = st.sampled_from([None, {"user_id": "anna"}, {"user_id": "ben", "device": "kiosk"}])
GESTURES = st.sampled_from(["palm", "thumb_up", "thumb_down", "swipe_left", "swipe_right", "wave", "salute", "mine"])
OWN = st.sampled_from(["mine", "mine", "palm", "other", "No name"])
PERSONS = st.sampled_from(["p_a0000000", "p_a0000000", "p_b0000000"])
KINDS = st.sampled_from(["face", "voice"])
WORDS = st.sampled_from(["okay_nabu", "okay_nabu", "alexa"])
EARLIER = st.integers(1, 12)
"""How many commands ago one was that is meant by its id; those before the first are unknown."""

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)

WINDOWS = st.sampled_from(["bed", "bed", "bath"])
POSITIONS = st.sampled_from([0, 5, 10, 25, 50, 100])
PHRASES = st.sampled_from(["Hey Mira", "Mirror Mirror", "okay nabu"])


def some(required: dict[str, Any], optional: dict[str, Any] | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """A payload with these fields, and any of the optional ones."""
    return st.fixed_dictionaries(required, optional=optional or {})


HOUSEMATE = {
    "ha_person": st.none() | st.just("0" * 32),
    "ha_user": st.none() | st.just("anna"),
    "consents": st.lists(KINDS, max_size=2),
}
TODO = {"status": STATUSES, "due": DUES, "description": st.none() | TEXTS}
SENSIBLE: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "set_microphone": some({"on": st.booleans()}),
    "set_camera": some({"on": st.booleans()}),
    "add_todo": some({"uid": UIDS, "summary": TEXTS}, TODO),
    "update_todo": some({"uid": UIDS}, {"summary": TEXTS, **TODO}),
    "remove_todo": some({"uid": UIDS}),
    "remove_todos": some({"uids": MANY}),
    "complete_todos": some({"uids": MANY}),
    "move_todo": some({"uid": UIDS, "previous_uid": st.none() | UIDS}),
    "gesture": some({"name": GESTURES}, {"handedness": st.sampled_from(["left", "right"]), "hold_ms": st.just(700)}),
    "utterance": some(
        {"length": st.just(5)},
        {"answer": st.sampled_from(["yes", "no"]), "language": st.just("pt-BR"), "turn": EARLIER},
    ),
    "show_page": some({"page": PAGES}),
    "show_message": some({"text": TEXTS}, {"title": TEXTS, "picture": PICTURES, "buttons": BUTTONS}),
    "press_button": some({"message_id": EARLIER, "button": st.sampled_from(["soon", "never"])}),
    "ask": some({"text": TEXTS}, {"duration_ms": st.just(60_000), "consent": st.booleans()}),
    "confirm": some({}, {"command_id": EARLIER}),
    "cancel": some({}, {"command_id": EARLIER}),
    "time_out": some({"command_id": EARLIER}),
    "withdraw": some({"command_id": EARLIER}),
    "undo": some({}, {"command_id": EARLIER, "source": SOURCES}),
    "unlock": some({"pin": VERDICTS}, {"person": PERSONS}),
    "set_pin": some(
        {"pin": st.sampled_from(["set", "set", "cleared", "taken"])},
        {"current": VERDICTS, "person": PERSONS, "opens": st.none() | st.just(["camera_on"])},
    ),
    "add_person": some({"person": PERSONS}, HOUSEMATE),
    "change_person": some({"person": PERSONS}, HOUSEMATE),
    "forget_person": some({"person": PERSONS}),
    "person_erased": some({"person": PERSONS}),
    "print_lost": some({"person": PERSONS, "kind": KINDS}),
    "enrol": some({"person": PERSONS, "kind": KINDS}, {"samples": st.integers(1, 2)}),
    "take_print": some({"kind": KINDS, "model": st.just("arcface-1"), "quality": st.just(0.9)}),
    "recognise": some({"person": st.none() | PERSONS, "by": KINDS}),
    "set_thresholds": some(
        {}, {"gesture_min_confidence": st.sampled_from([0, 0.7, 1]), "gesture_hold_ms": st.just(300)}
    ),
    "set_gesture": some(
        {"name": GESTURES},
        {
            "enabled": st.booleans(),
            "hold_ms": st.none() | st.just(300),
            "min_confidence": st.sampled_from([None, 0]),
        },
    ),
    "teach_gesture": some({"name": OWN}, {"samples": st.just(3), "kind": st.sampled_from(["pose", "motion"])}),
    "take_sample": some({"name": OWN}),
    "forget_gesture": some({"name": OWN}),
    "set_pages": some({"pages": st.lists(PAGES, max_size=4)}),
    "wake": some({"word": WORDS}),
    "listen": some({}, {"word": WORDS}),
    "advance_turn": some({"turn": EARLIER, "stage": st.sampled_from(["thinking", "speaking"])}),
    "say": some({"kind": st.sampled_from(["reply", "announcement", "question"])}, {"turn": st.none() | EARLIER}),
    "end_speech": some({"speech": EARLIER, "outcome": st.sampled_from(["played", "stopped", "failed"])}),
    "end_turn": some(
        {"turn": EARLIER, "outcome": st.sampled_from(["answered", "stopped", "failed"])},
        {"code": st.just("stt-no-text-recognized"), "trace": some({}, {"stt_ms": st.just(700)})},
    ),
    "teach_wake_word": some({"phrase": PHRASES}, {"takes": st.just(5)}),
    "take_wake_word": some({"lesson": EARLIER}, {"fault": st.sampled_from([None, "too_short"])}),
    "judge_wake_word": some(
        {"lesson": EARLIER, "outcome": st.sampled_from(["learned", "too_common", "timed_out"])},
        {"reach": st.just(0.3), "trial": st.just({"takes": 5, "found": 5, "false_wakes": 0, "minutes": 19})},
    ),
    "forget_wake_word": some({"phrase": PHRASES}),
    "add_window": some(
        {"window": WINDOWS, "kind": st.sampled_from(["bedroom", "bath"])}, {"travel_s": st.sampled_from([30, None])}
    ),
    "change_window": some({"window": WINDOWS}, {"travel_s": st.sampled_from([20, None]), "room": WINDOWS}),
    "remove_window": some({"window": WINDOWS}),
    "hold_window": some({"window": WINDOWS}, {"minutes": st.just(1)}),
    "resume_window": some({"window": WINDOWS}),
    "limit_window": some({"window": WINDOWS}, {"most": POSITIONS, "most_at_night": POSITIONS, "rest": st.just(0)}),
    "lock_window": some({"window": WINDOWS, "locked": st.booleans()}),
    "set_window_auto": some({"window": WINDOWS}, {"auto": st.booleans(), "shadow": st.booleans()}),
    "set_window": some(
        {"window": WINDOWS, "position": POSITIONS | st.just("stop")},
        {"age_s": st.sampled_from([60, 86_400]), "model": st.just("rules-1"), "features": st.just("0f" * 16)},
    ),
    "shut_window": some({"window": WINDOWS, "position": POSITIONS, "why": st.sampled_from(["rain", "armed"])}),
    "window_moved": some({"window": WINDOWS, "position": POSITIONS}, {"closed": st.booleans()}),
    "window_fault": some({"window": WINDOWS, "fault": st.sampled_from(["stuck", "no_effect"])}),
    "window_recovered": some({"window": WINDOWS}),
    "drop_run": some(
        {"window": WINDOWS, "run": st.just("command-1"), "why": st.sampled_from(["late", "unreachable", "unheard"])}
    ),
    "place_sensor": some({"device": WINDOWS, "room": WINDOWS}),
    "remove_sensor": some({"device": WINDOWS}),
    "activate_model": some({"model": st.just("needs-net-1"), "sha256": st.sampled_from(["0" * 64, "1" * 64])}),
    "observe_weather": some(
        {},
        {
            "rain": st.sampled_from([True, False, False, None]),
            "wind": st.sampled_from([2.0, 14.0]),
            "temperature": st.sampled_from([-4.0, 19.5]),
            "air": st.sampled_from(["good", "bad"]),
        },
    ),
    "observe_home": some({}, {"away": st.booleans(), "armed": st.booleans(), "quiet": st.booleans()}),
    "set_voice": some(
        {}, {"words": st.just({"okay_nabu": {"phrase": "Okay Nabu", "languages": ["en"]}}), "active": st.lists(WORDS)}
    ),
}
"""Payloads by action; the other actions take none."""
OFTEN = [
    "show_message",
    "press_button",
    "add_todo",
    "add_todo",
    "update_todo",
    "remove_todo",
    "remove_todos",
    "complete_todos",
    "gesture",
    "undo",
    "undo",
    "confirm",
    "utterance",
    "add_person",
    "enrol",
    "take_print",
    "wake",
    "wake",
    "listen",
    "advance_turn",
    "say",
]


@dataclass(frozen=True, slots=True)
class Step:
    """A command of a sequence, and the time that passes before it."""

    pause_ms: int
    action: str
    payload: dict[str, Any]
    envelope: dict[str, Any]


ENVELOPES = st.fixed_dictionaries(
    {"source": SOURCES, "sender": SENDERS, "origin": ORIGINS},
    optional={
        "confidence": st.sampled_from([0.0, 0.6, 0.95, 1.0]),
        "age_ms": st.sampled_from([40, 700, 4_999, 5_001, 3_700_000, -60_000, NOON]),
        "arrived_ms": st.sampled_from([0, NOON + 500, 2**63]),
        "ttl_ms": st.sampled_from([1, 3_600_000]),
        "confirm": st.booleans(),
    },
)


PLAIN_ENVELOPES = st.fixed_dictionaries(
    {"source": SOURCES, "sender": SENDERS, "confirm": st.integers(0, 4).map(lambda number: number == 4)}
)


@st.composite
def steps(draw: st.DrawFn) -> Step:
    """Any command whatever; most of them in time, and such as somebody might send."""
    action = draw(st.sampled_from([*all_subjects().actions, *OFTEN, "make_coffee", "put_todos"]))
    payload = draw(SENSIBLE.get(action, st.just({})))
    if draw(st.integers(0, 15)) == 15:
        payload = draw(st.dictionaries(TEXTS, JSON, max_size=3))
    plain = draw(st.integers(0, 2)) < 2
    envelope = draw(PLAIN_ENVELOPES if plain else ENVELOPES)
    return Step(draw(st.sampled_from([0, 1, 300, 900, 2_000, 2_000, 16_000, 61_000])), action, payload, envelope)


SEQUENCES = st.integers(0, 40).flatmap(lambda count: st.lists(steps(), min_size=count, max_size=count))
RULES = st.builds(
    Rules,
    confirm=st.sampled_from([frozenset(), Rules().confirm, frozenset({"undo", "gesture", "microphone_on"})]),
    rates=st.sampled_from([{}, Rules().rates]),
)


class Played(Situation):
    """A mirror to which a sequence happened, one step at a time."""

    def __init__(self, rules: Rules) -> None:
        """Microphone and camera are on, where the rules do not ask back."""
        self.answered: list[Event] = []
        super().__init__(rules=rules)

    def play(self, step: Step) -> tuple[Position, list[Event]]:
        """Have a step decided; the position before it, and its events."""
        before, count = self.position, len(self.events)
        self.pass_ms(step.pause_ms)
        payload = dict(step.payload)
        for name in ("command_id", "message_id", "turn", "speech"):
            if isinstance(ago := payload.get(name), int):
                known = ago <= len(self.answered)
                payload[name] = self.answered[-ago].command_id if known else "unknown-0"
        self.answered.append(self.send(step.action, fields=payload, **step.envelope))
        return before, self.events[count:]


def played(rules: Rules, sequence: list[Step]) -> Played:
    """A mirror after a whole sequence."""
    mirror = Played(rules)
    for step in sequence:
        mirror.play(step)
    return mirror


def as_bytes(mirror: Situation) -> bytes:
    """The log and the document, as they would be stored."""
    return msgspec.json.encode((mirror.events, mirror.document))
