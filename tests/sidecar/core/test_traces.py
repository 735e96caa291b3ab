"""What the state remembers of commands leaves it when the owner has something erased."""

import pytest

from mira_sidecar.protocol import State
from tests.sidecar.core.situation import Situation, refused


def remembering() -> Situation:
    """A mirror whose state remembers something of every kind."""
    mirror = Situation()
    mirror.send("add_todo", uid="milk", summary="Milk")
    mirror.gesture()
    mirror.say()
    mirror.send("show_message", text="Dinner")
    mirror.send("show_page", page="todos", confirm=True)
    return mirror


def test_what_was_shown_said_and_asked_is_forgotten_and_what_the_mirror_is_stays() -> None:
    mirror = remembering()
    before = mirror.state
    assert before.pending
    assert mirror.send("forget_traces", source="system").type == "accepted"
    after = mirror.state
    kept = ("microphone", "camera", "page", "pages", "todos", "access", "thresholds")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    assert not any(getattr(after, name) for name in set(State.__struct_fields__) - set(kept))


def test_nothing_can_be_taken_back_afterwards() -> None:
    mirror = remembering()
    mirror.send("forget_traces", source="system")
    assert refused(mirror.send("undo")) == ("nothing_to_undo", "undo")
    rev = mirror.position.rev
    mirror.send("forget_traces", source="system")
    assert mirror.position.rev == rev


@pytest.mark.parametrize("source", ["touch", "automation"])
def test_only_the_mirror_itself_may_ask_for_it(source: str) -> None:
    assert refused(remembering().send("forget_traces", source=source)) == ("not_allowed", "access")
