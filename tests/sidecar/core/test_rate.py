"""How many commands a source may send."""

from mira_sidecar.core.decision import Rate, Rules
from tests.sidecar.core.situation import Situation, refused


def limited() -> Situation:
    return Situation(off=True, rules=Rules(rates={"touch": Rate(a_second=2, burst=3)}))


def test_a_burst_is_taken_and_then_one_for_each_half_second() -> None:
    mirror = limited()
    for _ in range(3):
        assert mirror.send("next_page").type == "accepted"
    assert refused(mirror.send("next_page")) == ("rate_limited", "rate")
    mirror.pass_ms(499)
    assert mirror.send("next_page").reason == "rate_limited"
    mirror.pass_ms(1)
    assert mirror.send("next_page").type == "accepted"
    assert mirror.send("next_page").reason == "rate_limited"


def test_one_source_does_not_use_up_anothers() -> None:
    mirror = limited()
    for _ in range(4):
        mirror.send("next_page")
    for _ in range(50):
        assert mirror.send("add_todo", source="automation", summary="Milk").type == "accepted"


def test_what_is_unreadable_counts_too() -> None:
    mirror = limited()
    for _ in range(4):
        mirror.send("add_todo")
    assert refused(mirror.send("next_page")) == ("rate_limited", "rate")
