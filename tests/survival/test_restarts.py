"""Redis, the sidecar and Home Assistant end and start in every order: the same page of the browser goes on."""

import itertools
import os
import time
from collections.abc import Callable

import pytest

from house.display import Display
from house.household import Household
from house.stage import until
from tests.survival.sights import CONNECTED, changes_arrive, is_connected, stays

type Order = tuple[str, ...]

FULL = os.environ.get("MIRA_SURVIVAL") == "full"
PARTS = ("redis", "sidecar", "home_assistant")
ORDERS: list[Order] = list(itertools.permutations(PARTS))
"""In which parts can end, or start."""
TURNED: list[Order] = [PARTS[place:] + PARTS[:place] for place in range(len(PARTS))]
OUTAGES: list[tuple[Order, Order]] = (
    list(itertools.product(ORDERS, ORDERS)) if FULL else list(zip(TURNED, TURNED[1:] + TURNED[:1], strict=True))
)
"""How all of them end, and start again. Each part is first and last once; with MIRA_SURVIVAL=full, each way."""
LENGTHS = (0.0, 3.0)
"""Seconds until the first is started again, by turns."""


def name(value: Order | float) -> str:
    return f"{value:g}s" if isinstance(value, float) else "-".join(value)


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("ending", "starting", "seconds"),
    [(*outage, LENGTHS[number % 2]) for number, outage in enumerate(OUTAGES)],
    ids=name,
)
def test_the_display_goes_on_after_all_parts_were_away(
    house: Household, display: Display, ending: Order, starting: Order, seconds: float
) -> None:
    is_connected(display)
    before = until("the todos", lambda: display.todos, bool)
    with stays(display):
        for part in ending:
            END[part](house)
            until(f"the display says that {part} is away", lambda: display.links, lambda links: links != CONNECTED)
        assert display.todos == before, "what was known stays on the glass"
        time.sleep(seconds)
        for part in starting:
            START[part](house)
            time.sleep(seconds / 3)
        is_connected(display)
        until("the todos are on the glass again", lambda: display.todos, lambda todos: todos == before)
        changes_arrive(house, display)


@pytest.mark.parametrize("seconds", [0.0, 4.0], ids=name)
@pytest.mark.parametrize("part", ["redis", "sidecar"])
def test_the_display_goes_on_after_one_part_was_away(
    house: Household, display: Display, part: str, seconds: float
) -> None:
    is_connected(display)
    with stays(display):
        END[part](house)
        until(f"the display says that {part} is away", lambda: display.links, lambda links: links != CONNECTED)
        time.sleep(seconds)
        START[part](house)
        is_connected(display)
        changes_arrive(house, display)


def end_redis(house: Household) -> None:
    assert house.redis
    house.redis.stop()


def start_redis(house: Household) -> None:
    assert house.redis
    house.redis.start()


END: dict[str, Callable[[Household], None]] = {
    "redis": end_redis,
    "sidecar": lambda house: house.sidecar.stop(),
    "home_assistant": lambda house: house.home_assistant.stop(),
}
START: dict[str, Callable[[Household], None]] = {
    "redis": start_redis,
    "sidecar": lambda house: house.sidecar.launch(),
    "home_assistant": lambda house: house.home_assistant.launch(),
}
