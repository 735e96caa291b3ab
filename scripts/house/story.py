"""The story that Mira is about, told by real parts: a hand, a decision, an automation, the glass, and three falls.

`scripts/develop --check` and tests/e2e/test_story.py tell it; each step states what it measured.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from house.browser import chromium
from house.configuration import PALM_TODO
from house.display import Display
from house.event_log import events, last_seq
from house.hands import FilmedHands, Hands, ScriptedHands, empty_room, photograph
from house.household import STARTER_TODOS, Household, Plan
from house.process import HouseError
from house.redis import free_port
from house.stream_server import StreamServer
from house.terminal import Terminal

GESTURE_ENTITY = "event.hall_gesture"
CAPTURE_ENTITY = "binary_sensor.hall_camera_capture"
TODO_ENTITY = "todo.hall_todos"
_CONNECTED = ("connected", "connected")


class UnmetError(HouseError):
    """A step did not hold."""

    def __init__(self, expected: str, seen: object) -> None:
        super().__init__(f"expected: {expected}\n  seen: {seen}")


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
    before: dict[str, Any] = field(default_factory=dict)
    """The state document before something fell."""

    @property
    def state(self) -> dict[str, Any]:
        """The state document that Redis holds; empty where there is none."""
        return (self.house.bus.snapshot() or {}).get("state", {})

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


@dataclass(frozen=True)
class Step:
    """A sentence that has to be true, and what makes it so; that returns what was measured."""

    sentence: str
    play: Callable[[Stage], str]


def until[T](expected: str, look: Callable[[], T], holds: Callable[[T], bool], seconds: float = 15) -> T:
    """Look until it holds. Raises UnmetError with what was seen last."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            seen = look()
            if holds(seen):
                return seen
        except HouseError, OSError:
            if time.monotonic() > deadline:
                raise
        else:
            if time.monotonic() > deadline:
                raise UnmetError(f"{expected} within {seconds:.0f} s", seen)
        time.sleep(0.02)


def opens_without_login(stage: Stage) -> str:
    """The kiosk's user comes in by itself; the starter todos are there."""
    wanted = [todo["summary"] for todo in STARTER_TODOS]
    until("the display shows the starter todos", lambda: stage.display.todos, lambda todos: todos == wanted, 30)
    stage.house.bus.send("show_page", {"page": "todos"})  # so that the swipe leads home
    until("the page `todos` is shown", lambda: stage.display.shown_page, lambda page: page == "todos")
    return ", ".join(wanted)


def nobody_watches(stage: Stage) -> str:
    """Before anyone switched the camera on, nobody has ever asked for a picture."""
    if stage.camera.opened:
        raise UnmetError("no connection to the camera while it is off", f"{stage.camera.opened} connections")
    return stage.camera.url


def tap_on(stage: Stage) -> str:
    """The camera's server sees the worker come."""
    began = time.monotonic()
    stage.display.tap("camera")
    if not stage.camera.wait_opened(15):
        raise UnmetError("a connection to the camera's stream", stage.house.bus.presence())
    took = time.monotonic() - began
    until("the display says that the camera is on", lambda: stage.display.camera, lambda sign: sign == "on")
    _observed(stage, "on")
    return f"tap → connection {took:.2f} s"


def hold_palm(stage: Stage) -> str:
    """The models find it, the arbiter accepts it, SQLite has it."""
    return _make(stage, "palm")


def event_fires(stage: Stage) -> str:
    """Home Assistant's event entity says what SQLite says."""
    return _fired(stage, "palm")


def automation_adds(stage: Stage) -> str:
    """The automation has called Home Assistant's own todo.add_item."""
    until("the automation's todo in Home Assistant's list", stage.todo_list, lambda todos: PALM_TODO in todos)
    return PALM_TODO


def todo_is_stored(stage: Stage) -> str:
    """The todo went through the arbiter like everything else."""
    added = until(
        "an accepted add_todo in SQLite", lambda: stage.logged("accepted", "add_todo"), lambda found: len(found) == 1
    )[0]
    if added["payload"]["summary"] != PALM_TODO or added["source"] != "automation":
        raise UnmetError(f"{PALM_TODO!r} from an automation", added)
    return f"event {added['seq']}"


def shown(stage: Stage) -> str:
    """The gesture (which had its seconds on the glass when we came) and the todo."""
    until("the palm on the display", lambda: stage.display.gesture, lambda name: name == "palm")
    until("the new todo on the display", lambda: stage.display.todos, lambda todos: PALM_TODO in todos)
    return f"hand in view → all of this {time.monotonic() - stage.hand_in_view:.2f} s"


def swipe(stage: Stage) -> str:
    """A movement instead of a pose, all the way to the page."""
    made = _make(stage, "swipe_right")
    until("the swipe on the display", lambda: stage.display.gesture, lambda name: name == "swipe_right")
    until("the page before `todos`", lambda: stage.display.shown_page, lambda page: page == "home")
    turned = time.monotonic() - stage.hand_in_view
    _fired(stage, "swipe_right")
    return f"{made}, page turned {turned:.2f} s after the hand came"


def tap_off(stage: Stage) -> str:
    """The camera's server sees the worker go: nothing looks any more."""
    began = time.monotonic()
    stage.display.tap("camera")
    if not stage.camera.wait_ended(10):
        raise UnmetError("the end of the connection to the camera", stage.house.bus.presence())
    took = time.monotonic() - began
    until("the display says that the camera is off", lambda: stage.display.camera, lambda sign: sign == "off")
    _observed(stage, "off")
    return f"tap → connection ended {took:.2f} s"


def refused(stage: Stage) -> str:
    """Whoever sends a gesture now is told why not, and so is the person in front of the glass."""
    answer = stage.house.bus.send("gesture", {"name": "thumb_up"}, source="gesture", confidence=0.95)
    if (answer["type"], answer.get("reason")) != ("rejected", "camera_off"):
        raise UnmetError("a rejection with camera_off", answer)
    until("the refusal on the display", lambda: stage.display.refusal, lambda reason: reason == "camera_off")
    return f"“{stage.display.refusal_words}”"


def kill_sidecar(stage: Stage) -> str:
    """SIGKILL, and a new one: from SQLite, without a word from us."""
    stage.before = stage.state
    stage.house.sidecar.kill()
    began = time.monotonic()
    stage.house.sidecar.start()
    return _same(stage, began)


def empty_redis(stage: Stage) -> str:
    """Redis comes back with nothing, and the sidecar fills it."""
    redis = stage.house.redis
    if redis is None:
        raise UnmetError("a Redis of our own", stage.house.redis_url)
    redis.stop()
    redis.empty()
    began = time.monotonic()
    redis.start()
    return _same(stage, began)


def restart_home_assistant(stage: Stage) -> str:
    """Stopped and started; the same browser page finds back by itself."""
    home_assistant = stage.house.home_assistant
    home_assistant.stop()
    until("the display says that Home Assistant is gone", lambda: stage.display.links[0], _is("reconnecting"))
    began = time.monotonic()
    home_assistant.launch()
    home_assistant.wait_until_running()
    return _same(stage, began)


def goes_on(stage: Stage) -> str:
    """After all that, a change still reaches the glass."""
    began = time.monotonic()
    stage.house.bus.send("add_todo", {"summary": "It goes on"})
    until("the todo on the display", lambda: stage.display.todos, lambda todos: "It goes on" in todos)
    return f"sent → on the glass {(time.monotonic() - began) * 1000:.0f} ms"


STEPS = (
    Step("The display opens without a login", opens_without_login),
    Step("The camera's stream is served and, while the camera is off, not watched", nobody_watches),
    Step("A tap switches the camera on: the worker opens the stream", tap_on),
    Step("A palm is held: recognised, accepted, in SQLite", hold_palm),
    Step("Home Assistant's event entity fires", event_fires),
    Step("The automation adds a todo", automation_adds),
    Step("The todo went through the arbiter to SQLite", todo_is_stored),
    Step("The display shows the gesture and the todo", shown),
    Step("A swipe to the right turns the page back", swipe),
    Step("A tap switches the camera off: the stream is closed", tap_off),
    Step("A further gesture is refused, visibly", refused),
    Step("The sidecar is killed and started: the same state", kill_sidecar),
    Step("Redis is restarted empty: the same state", empty_redis),
    Step("Home Assistant is restarted: the same state", restart_home_assistant),
    Step("And it goes on", goes_on),
)


def tell(folder: Path, terminal: Terminal) -> None:
    """Start everything in `folder`, play all steps, end everything. Raises HouseError at the first that fails."""
    hand = photograph()
    with contextlib.ExitStack() as stack:
        camera = stack.enter_context(StreamServer(empty_room()))
        house = Household(Plan(folder=folder, port=free_port(), camera=camera.url))
        stack.callback(house.stop, terminal)
        house.start(terminal)
        hands: Hands = FilmedHands(camera, hand) if hand else ScriptedHands(house)
        terminal.say(f"\nIn front of the camera: {hands.description}\n")
        browser = stack.enter_context(chromium())
        stage = Stage(house, camera, hands, Display(browser, house.display_url))
        for step in STEPS:
            with _evidence(stage, step), terminal.step(step.sentence) as line:
                line.detail = step.play(stage)


@contextlib.contextmanager
def _evidence(stage: Stage, step: Step) -> Iterator[None]:
    try:
        yield
    except Exception as err:
        screenshot = stage.house.folder / "display.png"
        with contextlib.suppress(Exception):  # the evidence must not hide the failure
            stage.display.screenshot(screenshot)
        raise HouseError(
            f"“{step.sentence}” did not hold.\n  {err}\n  screenshot: {screenshot}\n  logs: {stage.house.logs}"
        ) from err


def _make(stage: Stage, gesture: str) -> str:
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


def _fired(stage: Stage, gesture: str) -> str:
    fired = until(
        f"{GESTURE_ENTITY} with {gesture}",
        lambda: stage.house.home_assistant.state(GESTURE_ENTITY),
        lambda state: state["attributes"].get("event_type") == gesture,
    )
    return f"{GESTURE_ENTITY} at {fired['state']}"


def _observed(stage: Stage, wanted: str) -> None:
    until(
        f"{CAPTURE_ENTITY} is {wanted}",
        lambda: stage.house.home_assistant.state(CAPTURE_ENTITY)["state"],
        lambda state: state == wanted,
    )


def _same(stage: Stage, began: float) -> str:
    """Redis, Home Assistant and the display show what they showed before; how long each took."""
    until("the state of before in Redis", lambda: stage.state, lambda state: state == stage.before)
    redis = time.monotonic() - began
    wanted = [todo["summary"] for todo in stage.before["todos"]]
    until("the todos of before in Home Assistant", stage.todo_list, lambda todos: todos == wanted, 60)
    home_assistant = time.monotonic() - began
    until("the display is connected", lambda: stage.display.links, lambda links: links == _CONNECTED, 60)
    until("the display shows the todos of before", lambda: stage.display.todos, lambda todos: todos == wanted)
    glass = time.monotonic() - began
    return f"state {redis:.1f} s, Home Assistant {home_assistant:.1f} s, display {glass:.1f} s"


def _is(wanted: str) -> Callable[[str | None], bool]:
    return lambda seen: seen == wanted
