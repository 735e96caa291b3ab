"""What holds of windows after every sequence of commands, observations and pauses, whatever hypothesis thinks up."""

import itertools
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.core.state import initial_document
from mira_sidecar.protocol import Event, instant, milliseconds
from mira_sidecar.subjects.windows.core.policies import HANDS, RAIN_MOST
from mira_sidecar.subjects.windows.core.safety import FINGERS_MS
from mira_sidecar.subjects.windows.core.slice import opening, slice_of
from tests.sidecar.core.sequences import SENSIBLE, some
from tests.sidecar.subjects.windows.house import MINUTE_MS, TRAVEL_S, House

POSITIONS = st.sampled_from([0, 3, 10, 25, 50, 100])
BED = {"window": st.just("bed")}
WANTED = some({**BED, "position": POSITIONS | st.just("stop"), "age_s": st.just(60)})
RAIN = some({"rain": st.booleans()})
OBSERVED = ("window_moved", "window_fault", "observe_weather", "observe_home")
COMMANDS: list[tuple[str, st.SearchStrategy[dict[str, Any]]]] = [
    *[("set_window", WANTED)] * 8,
    *[("observe_weather", RAIN)] * 3,
    *[("window_moved", some({**BED, "position": POSITIONS}))] * 2,
    *[("confirm", some({}))] * 3,
    *[("undo", some({}))] * 2,
    ("observe_weather", SENSIBLE["observe_weather"]),
    ("observe_home", SENSIBLE["observe_home"]),
    ("limit_window", some(BED, {"most": POSITIONS, "most_at_night": POSITIONS, "rest": st.just(0) | st.none()})),
    ("shut_window", some({**BED, "position": POSITIONS, "why": st.just("rain")})),
    ("lock_window", some({**BED, "locked": st.booleans()})),
    ("set_window_auto", some(BED, {"auto": st.just(True), "shadow": st.booleans()})),
    *[(name, some(BED)) for name in ("hold_window", "resume_window", "window_recovered")],
    ("window_fault", some({**BED, "fault": st.just("no_effect")})),
]
SOURCES = st.sampled_from(["touch", "touch", "automation", "automation", "sensor", "sensor"])
PAUSES = st.sampled_from([0, 0, 0, 1_000, 20_000, *(minutes * MINUTE_MS for minutes in (1, 9, 9, 16, 130))])


DRY = [
    (name, payloads) for name, payloads in COMMANDS if name in ("set_window", "window_moved", "undo", "limit_window")
]


@st.composite
def steps(draw: st.DrawFn, commands: Sequence[tuple[str, Any]] = COMMANDS) -> tuple[int, str, str, dict[str, Any]]:
    """A pause, and a command behind it."""
    action, payloads = draw(st.sampled_from(commands))
    source = "system" if action == "shut_window" else "sensor" if action in OBSERVED else draw(SOURCES)
    return draw(PAUSES), source, action, draw(payloads)


@st.composite
def turns(draw: st.DrawFn) -> list[tuple[int, str, str, dict[str, Any]]]:
    """A step, or a person who opens a window in the rain, and says yes."""
    if draw(st.integers(0, 5)):
        return [draw(steps())]
    wanted = {"window": "bed", "position": draw(POSITIONS)}
    wet = (draw(PAUSES), "sensor", "observe_weather", {"rain": True})
    return [wet, (0, "touch", "set_window", wanted), (draw(st.sampled_from([0, 0, 16_000])), "touch", "confirm", {})]


SEQUENCES = st.integers(5, 30).flatmap(
    lambda count: st.lists(turns(), min_size=count, max_size=count).map(lambda parts: list(itertools.chain(*parts)))
)


class Lived(House):
    """A house in which things happen, and the mirror does at once what is due."""

    def __init__(self) -> None:
        super().__init__(runs_a_day=2)

    def live(self, step: tuple[int, str, str, dict[str, Any]]) -> tuple[dict[str, Any], Event, dict[str, Any]]:
        """Have a step decided; the slice before it, the answer, and the slice after it, before anything is due."""
        pause_ms, source, action, payload = step
        self.pass_ms(pause_ms)
        self.do_what_is_due()
        before = dict(slice_of(self.document))
        sure = 0.9 if source in ("voice", "sensor") else None
        answer = self.send(action, source=source, confidence=sure, fields=payload)
        after = dict(slice_of(self.document))
        self.do_what_is_due()
        return before, answer, after


@given(SEQUENCES)
def test_nothing_opens_in_the_rain_but_what_a_person_opened_who_was_asked(
    sequence: list[tuple[int, str, str, dict[str, Any]]],
) -> None:
    house = Lived()
    for step in sequence:
        before, answer, after = house.live(step)
        old, new = before["windows"]["bed"], after["windows"]["bed"]
        if not before["outside"]["rain"] or (new["target"] or 0) <= opening(old) or new["target"] == old["target"]:
            continue
        if answer.action in ("window_moved", "window_recovered"):
            assert new["target"] == new["position"]  # it stands there already
            continue
        assert answer.action in ("confirm", "undo")
        assert "confirmed" in answer.payload
        assert answer.source in HANDS
        assert new["target"] <= RAIN_MOST
        assert milliseconds(new["rain_until"]) <= house.now_ms + 15 * MINUTE_MS


@given(SEQUENCES)
def test_what_is_in_danger_is_shut_or_on_its_way(sequence: list[tuple[int, str, str, dict[str, Any]]]) -> None:
    house = Lived()
    for step in sequence:
        house.live(step)
        bed, now = house.bed, instant(house.now_ms)
        if bed["hand_at"] and house.now_ms - milliseconds(bed["hand_at"]) < FINGERS_MS:
            continue
        slice_ = slice_of(house.document)
        may_stay = slice_["outside"]["rain"] and bed["rain_until"] and now < bed["rain_until"]
        if slice_["outside"]["storm"] or slice_["home"]["armed"] or (slice_["outside"]["rain"] and not may_stay):
            assert not bed["target"] or bed["fault"] in ("stuck", "drifting")
        assert house.due() == []


@given(SEQUENCES)
def test_what_shuts_for_safety_never_opens(sequence: list[tuple[int, str, str, dict[str, Any]]]) -> None:
    house, position = Lived(), Position(0, 0, initial_document())
    for step in sequence:
        house.live(step)
        for event in house.events[position.seq :]:
            before, position = slice_of(position.document), fold(position, event)
            if event.action == "shut_window" and event.type == "state_patch":
                new = slice_of(position.document)["windows"]["bed"]
                assert new["target"] <= opening(before["windows"]["bed"])


@given(st.lists(steps(DRY), min_size=10, max_size=40))
def test_a_motor_has_no_more_automatic_runs_than_it_may(sequence: list[tuple[int, str, str, dict[str, Any]]]) -> None:
    house = Lived()
    for step in sequence:
        before, answer, after = house.live(step)
        ran = after["windows"]["bed"]["runs"] != before["windows"]["bed"]["runs"]
        if ran and answer.action == "set_window" and answer.source in ("sensor", "automation"):
            last = before["windows"]["bed"]["last_run_at"]
            assert len(after["windows"]["bed"]["runs"]) <= 2
            rest = before["windows"]["bed"]["rest"]
            assert last is None or house.now_ms - milliseconds(last) >= (8 if rest is None else rest) * MINUTE_MS


@given(SEQUENCES, st.integers(-(10**10), 10**10))
def test_a_hold_survives_a_restart_and_a_clock_that_jumps(
    sequence: list[tuple[int, str, str, dict[str, Any]]], jump_ms: int
) -> None:
    house = Lived()
    for step in sequence:
        house.live(step)
    until = house.bed["held_until"]
    left_ms = milliseconds(until) - house.now_ms if until else 0
    position = Position(0, 0, initial_document())
    for event in house.events:
        position = fold(position, event)
    house.position = position
    house.send("forget_traces", source="system")
    house.pass_ms(jump_ms)
    house.send("shift_times", source="system", by_ms=jump_ms)
    assert house.bed["held_until"] == (until and instant(house.now_ms + left_ms))
    if left_ms > 0:
        assert house.plan(0).type == "rejected"


@given(SEQUENCES, POSITIONS)
def test_the_same_command_twice_runs_the_motor_once(
    sequence: list[tuple[int, str, str, dict[str, Any]]], position: int
) -> None:
    house = Lived()
    for step in sequence:
        house.live(step)
    first = house.ask(position)
    runs = house.bed["runs"]
    second = house.ask(position)
    assert first.type == second.type or second.reason in ("question_pending", "too_many_runs")
    assert house.bed["runs"] == runs


@given(st.lists(st.tuples(POSITIONS, st.integers(-3, 3), st.integers(0, 30), st.booleans()), min_size=1, max_size=20))
def test_own_moves_are_no_hands_however_noisy_late_or_interrupted(
    moves: list[tuple[int, int, int, bool]],
) -> None:
    house = House(runs_a_day=48)
    for position, noise, late_s, interrupted in moves:
        house.pass_ms(10 * MINUTE_MS)
        if house.plan(position).type == "rejected":
            continue
        start = house.bed["run"]["start"] if house.bed["run"] else position
        for way in range(1, 5):
            house.pass_ms(int(TRAVEL_S * 1000 / 4))
            seen = round(start + (position - start) * way / 4) + (noise if way < 4 else round(noise / 2))
            answer = house.moved(min(max(seen, 0), 100))
            assert "by" not in answer.payload
            if interrupted and way == 2:
                house.ask(0, "automation")
                break
        house.pass_ms(late_s * 1000)
        house.do_what_is_due()
        house.moved(house.bed["target"])
        assert house.bed["held_until"] is None


@given(POSITIONS, st.integers(0, 100))
def test_every_hand_that_moves_a_window_by_more_than_five_percent_is_noticed(position: int, by_hand: int) -> None:
    house = House()
    house.plan(position)
    house.arrive()
    house.pass_ms(MINUTE_MS)
    answer = house.moved(by_hand)
    assert ("by" in answer.payload) == (abs(by_hand - position) > 5)
