"""Whatever stands in a stream entry is read and decided, and nothing of it stops the sidecar.

A few thousand here, the same in every run. More, and others, with
`MIRA_FUZZ=100000 MIRA_FUZZ_SEED=2 scripts/test tests/sidecar/core/test_fuzz.py -s`.
"""

import collections
import os
import random
import time

import msgspec
import pytest

from mira_sidecar.core.arbiter import Position, fold, settle
from mira_sidecar.core.decision import Rules
from mira_sidecar.core.reading import Garbage, read
from mira_sidecar.core.state import initial_document
from mira_sidecar.discovery import all_subjects
from mira_sidecar.protocol import CARRIES, Event, Sender, State
from tests.sidecar.core.entries import ARRIVALS, body
from tests.sidecar.core.situation import NOON

INPUTS = int(os.environ.get("MIRA_FUZZ", "3000"))
SEED = int(os.environ.get("MIRA_FUZZ_SEED", "1"))
SENDERS = (*CARRIES, *["api"] * 6)
"""The one that may name most sources comes most often, or hardly anything would be decided."""
OFTEN_ENOUGH = 500
"""Inputs between looks at the whole document, which cost more than a decision."""


def survived(position: Position, raw: bytes, sender: Sender, arrived_ms: int, now_ms: int) -> tuple[Position, str]:
    """The position after an entry, and what came of it; fails where that could not be stored or read again."""
    found = read(raw, sender, all_subjects().from_home)
    if isinstance(found, Garbage):
        assert found.reason
        return position, "garbage"
    after, events = settle(
        all_subjects(),
        position,
        found,
        sender=sender,
        arrived_ms=arrived_ms,
        now_ms=now_ms,
        rules=Rules(),
        new_id=lambda: "event",
    )
    folded = position
    for event in events:
        stored = msgspec.json.decode(msgspec.json.encode(event), type=Event)
        assert stored == event
        folded = fold(folded, stored)
    assert (folded.seq, folded.rev) == (after.seq, after.rev)
    assert [event.type for event in events] in ([events[0].type], [events[0].type, "state_patch"])
    return after, events[0].reason or events[0].type


@pytest.mark.timeout(1_800)
def test_whatever_comes_is_read_and_decided() -> None:
    chance, outcomes = random.Random(SEED), collections.Counter[str]()
    position, began = Position(0, 0, initial_document()), time.monotonic()
    for number in range(INPUTS):
        raw, arrived_ms, sender = body(chance), chance.choice(ARRIVALS), chance.choice(SENDERS)
        position, outcome = survived(position, raw, sender, arrived_ms, NOON + 9_000 + 20 * number)
        outcomes[outcome] += 1
        if number % OFTEN_ENOUGH == 0:
            assert msgspec.to_builtins(msgspec.convert(position.document, State)) == position.document
    found = dict(outcomes.most_common())
    print(f"\n{INPUTS:,} inputs in {time.monotonic() - began:.0f} s: {found}")  # noqa: T201 - what a long run saw
    assert {"garbage", "accepted", "bad_command", "bad_payload", "unknown_todo", "question_pending"} <= outcomes.keys()
    assert outcomes["accepted"] >= INPUTS // 60
