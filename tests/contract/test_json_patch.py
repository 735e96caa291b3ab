"""A change leads to the same state on both sides, or on neither: the sidecar's patches against the integration's."""

import copy
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custom_components.mira.errors import BadMessage
from custom_components.mira.models import json_patch
from mira_sidecar.core.state import apply
from mira_sidecar.protocol import PatchOperation

NAMES = st.sampled_from(["page", "todos", "a/b", "~", "~1", "0", "-", ""])
LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=3)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=4)
STEPS = NAMES | st.sampled_from(["1", "2", "00", "-1", "+1", "1_0", " 1", "\u0661", "other"])


def escaped(step: str) -> str:
    """A step as it stands in a path."""
    return step.replace("~", "~0").replace("/", "~1")


def places(node: Any, path: str = "") -> list[str]:
    """The paths to all that is in a document."""
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [
        place for name, one in inside for at in [f"{path}/{escaped(str(name))}"] for place in (at, *places(one, at))
    ]


@st.composite
def changes(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A document and a patch: most of it leads somewhere, some of it nowhere."""
    document = now = draw(DOCUMENTS)
    patch: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(1, 4))):
        there = places(now)
        path = draw(st.sampled_from(there)) if there and draw(st.integers(0, 4)) else ""
        if not path or draw(st.booleans()):
            path += f"/{escaped(draw(STEPS))}"
        kind = draw(st.sampled_from(["add", "remove", "replace"]))
        operation = {"op": kind, "path": path} | ({} if kind == "remove" else {"value": draw(VALUES)})
        patch.append(operation)
        now = by_the_sidecar(now, [operation]) or now
    return document, patch


CASES = json.loads(Path(__file__).with_name("patches.json").read_text())
"""The display's tests have them, too."""


def by_the_sidecar(document: dict[str, Any], patch: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What the sidecar makes of it; None where it leads nowhere."""
    try:
        return apply(document, msgspec.convert(patch, list[PatchOperation]))
    except LookupError:
        return None


def by_the_integration(document: dict[str, Any], patch: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The same of the integration."""
    try:
        return json_patch.apply(document, patch)
    except BadMessage:
        return None


@given(changes())
@example(({"todos": ["a", "b"]}, [{"op": "remove", "path": "/todos/-"}]))
@example(({"todos": ["a", "b"]}, [{"op": "add", "path": "/todos/2", "value": 1}, {"op": "remove", "path": "/todos/0"}]))
@example(({"todos": ["a"]}, [{"op": "add", "path": "/todos/3", "value": 1}]))
@example(({"page": ""}, [{"op": "add", "path": "/page/a", "value": 1}]))
def test_a_change_leads_both_sides_to_the_same_state(change: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    document, patch = change
    before = copy.deepcopy((document, patch))
    ours = by_the_integration(document, patch)
    assert ours == by_the_sidecar(document, patch)
    assert (document, patch) == before, "what is shown elsewhere is not changed"


@given(changes())
def test_what_stayed_is_shared_and_not_copied(change: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    document, patch = change
    touched = {operation["path"].split("/")[1] for operation in patch}
    for after in (by_the_integration(document, patch), by_the_sidecar(document, patch)):
        for name, value in document.items():
            if after is not None and escaped(name) not in touched:
                assert after[name] is value


@pytest.mark.parametrize(
    "patch",
    [
        None,
        {},
        "patch",
        ["garbage"],
        [{}],
        [{"op": "add", "path": "page", "value": 1}],
        [{"op": "add", "path": "/page"}],
        [{"op": "add", "path": 7, "value": 1}],
        [{"op": "move", "path": "/page", "from": "/todos"}],
        [{"op": ["add"], "path": "/page", "value": 1}],
    ],
)
def test_what_is_no_patch_is_named_and_changes_nothing(patch: object) -> None:
    document = {"page": "home", "todos": []}
    with pytest.raises(BadMessage, match="A change of the mirror's state"):
        json_patch.apply(document, patch)
    assert document == {"page": "home", "todos": []}


@pytest.mark.parametrize("name", CASES)
def test_a_display_is_sent_what_is_other_and_no_more(name: str) -> None:
    before, patch, after = (CASES[name][part] for part in ("before", "patch", "after"))
    assert json_patch.difference(before, after) == patch
    assert json_patch.apply(before, patch) == after


@given(DOCUMENTS, DOCUMENTS)
@example({"on": True, "at": [0]}, {"on": 1, "at": [False]})
def test_the_difference_leads_from_any_view_to_any_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    kept = copy.deepcopy(before)
    led_to = json_patch.apply(before, json_patch.difference(before, after))
    assert json.dumps(led_to, sort_keys=True) == json.dumps(after, sort_keys=True)
    assert before == kept


@given(changes())
def test_the_difference_after_a_change_leads_to_the_same_state(
    change: tuple[dict[str, Any], list[dict[str, Any]]],
) -> None:
    document, patch = change
    if (after := by_the_integration(document, patch)) is not None:
        assert by_the_sidecar(document, json_patch.difference(document, after)) == after


@given(st.permutations(range(8)), st.lists(st.integers(0, 9), max_size=9))
def test_a_list_in_any_order_is_led_to_any_other(before: list[int], after: list[int]) -> None:
    patch = json_patch.difference({"todos": before}, {"todos": after})
    assert json_patch.apply({"todos": before}, patch) == {"todos": after}
    assert len(patch) <= max(1, len(after)), "more operations than items are none that anybody is helped by"
