"""Where the story takes place: the house, the camera, the display; and how its steps look at them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Error as BrowserError

from house.display import Display
from house.event_log import events, last_seq
from house.hands import Hands
from house.household import Household
from house.process import HouseError
from house.stream_server import StreamServer

GESTURE_ENTITY = "event.hall_gesture"
CAPTURE_ENTITY = "binary_sensor.hall_camera_capture"
TODO_ENTITY = "todo.hall_to_dos"
_CONNECTED = ("connected", "connected")


class UnmetError(HouseError):
    """A step did not hold."""

    def __init__(self, expected: str, seen: object) -> None:
        super().__init__(f"expected: {expected}\n  seen: {seen}")


@dataclass(frozen=True)
class Memory:
    """What must be the same again after a fall."""

    revision: int
    state: dict[str, Any]
    log: list[dict[str, Any]]

    @property
    def todos(self) -> list[str]:
        """The summaries of the open todos, in order."""
        return [todo["summary"] for todo in self.state["todos"]]


@dataclass
class Stage:
    """Where the story takes place, and what has been seen so far."""

    house: Household
    camera: StreamServer
    hands: Hands
    display: Display
    hand_in_view: float = 0.0
    """The time (time.monotonic) at which the last hand came into view."""
    log_mark: int = 0
    """Everything behind this place in the log belongs to the last gesture."""

    def remember(self) -> Memory:
        """What is there now, according to Redis and SQLite."""
        snapshot = self.house.bus.snapshot() or {"rev": -1, "state": {}}
        return Memory(snapshot["rev"], snapshot["state"], events(self.house.sidecar.database))

    def logged(self, kind: str, action: str) -> list[dict[str, Any]]:
        """Events of the last gesture that SQLite has."""
        found = events(self.house.sidecar.database, after=self.log_mark)
        return [event for event in found if event["type"] == kind and event["action"] == action]

    def todo_list(self) -> list[str]:
        """The open todos that Home Assistant knows."""
        answer = self.house.home_assistant.call(
            "todo.get_items", {"entity_id": TODO_ENTITY, "status": "needs_action"}, answer=True
        )
        return [item["summary"] for item in answer[TODO_ENTITY]["items"]]


def until[T](expected: str, look: Callable[[], T], holds: Callable[[T], bool], seconds: float = 15) -> T:
    """Look until it holds. Raises UnmetError with what was seen last."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            seen = look()
            if holds(seen):
                return seen
        except HouseError, OSError, BrowserError:  # what is being looked at may be on its way up
            if time.monotonic() > deadline:
                raise
        else:
            if time.monotonic() > deadline:
                raise UnmetError(f"{expected} within {seconds:.0f} s", seen)
        time.sleep(0.02)


def make_gesture(stage: Stage, gesture: str) -> str:
    """Make a gesture, and wait for it in SQLite."""
    stage.log_mark = last_seq(stage.house.sidecar.database)
    stage.hand_in_view = stage.hands.show(gesture)
    accepted = until(
        f"an accepted {gesture} in SQLite",
        lambda: [e for e in stage.logged("accepted", "gesture") if e["payload"]["name"] == gesture],
        lambda found: len(found) == 1,
    )[0]
    took = time.monotonic() - stage.hand_in_view
    return f"hand in view → stored {took:.2f} s, confidence {accepted['confidence']:.2f}"


def fires(stage: Stage, gesture: str) -> str:
    """Wait for Home Assistant's event entity."""
    fired = until(
        f"{GESTURE_ENTITY} with {gesture}",
        lambda: stage.house.home_assistant.state(GESTURE_ENTITY),
        lambda state: state["attributes"].get("event_type") == gesture,
    )
    return f"{GESTURE_ENTITY} at {fired['state']}"


def camera_is(stage: Stage, wanted: str) -> None:
    """Wait until Home Assistant says so of what was observed: `on` is open."""
    until(
        f"{CAPTURE_ENTITY} is {wanted}",
        lambda: stage.house.home_assistant.state(CAPTURE_ENTITY)["state"],
        lambda state: state == wanted,
    )


def comes_back(stage: Stage, before: Memory, began: float) -> str:
    """Wait until everyone shows what was there before, and decisions are made again; how long each took."""
    until(
        f"revision {before.revision} with the same state in Redis",
        lambda: stage.house.bus.snapshot() or {},
        lambda snapshot: (snapshot.get("rev"), snapshot.get("state")) == (before.revision, before.state),
    )
    redis = time.monotonic() - began
    if events(stage.house.sidecar.database)[: len(before.log)] != before.log:
        raise UnmetError("the same events in SQLite", "others")
    until("the todos of before in Home Assistant", stage.todo_list, lambda todos: todos == before.todos, 60)
    home_assistant = time.monotonic() - began
    until("the display is connected", lambda: stage.display.links, lambda links: links == _CONNECTED, 60)
    until("the display shows the todos of before", lambda: stage.display.todos, lambda todos: todos == before.todos)
    glass = time.monotonic() - began
    stage.house.bus.send("show_page", {"page": before.state["page"]})  # changes nothing, but is decided
    return f"Redis {redis:.1f} s, Home Assistant {home_assistant:.1f} s, display {glass:.1f} s"
