"""The story that Mira is about, told by real parts: a hand, a decision, an automation, the glass, and three falls.

`scripts/develop --check` and tests/e2e/test_story.py tell it; each step states what it measured.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from house.browser import chromium
from house.configuration import PALM_TODO
from house.display import Display
from house.hands import FilmedHands, Hands, ScriptedHands, empty_room, photograph
from house.household import STARTER_TODOS, Household, Plan
from house.process import HouseError
from house.redis import free_port
from house.stage import Stage, UnmetError, camera_is, comes_back, fires, make_gesture, until
from house.stream_server import StreamServer
from house.terminal import Terminal


@dataclass(frozen=True)
class Step:
    """A sentence that has to be true, and what makes it so; that returns what was measured."""

    sentence: str
    play: Callable[[Stage], str]


def opens_without_password(stage: Stage) -> str:
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


def tap_is_asked_back(stage: Stage) -> str:
    """Whether a mirror may look is asked twice; until then nothing looks."""
    stage.display.tap("camera")
    until("the question on the display", lambda: stage.display.question, lambda action: action == "set_camera")
    if stage.camera.opened:
        raise UnmetError("no connection to the camera before the yes", f"{stage.camera.opened} connections")
    camera_is(stage, "off")
    return f"“{stage.display.question_words}”"


def yes_opens(stage: Stage) -> str:
    """The camera's server sees the worker come."""
    began = stage.display.tap("confirm")
    if not stage.camera.wait_opened(15):
        raise UnmetError("a connection to the camera's stream", stage.house.bus.presence())
    took = time.monotonic() - began
    until("the display says that the camera is on", lambda: stage.display.camera, lambda sign: sign == "on")
    until("the question is gone", lambda: stage.display.question, lambda action: action is None)
    camera_is(stage, "on")
    return f"yes → connection {took:.2f} s"


def hold_palm(stage: Stage) -> str:
    """The models find it, the arbiter accepts it, SQLite has it."""
    return make_gesture(stage, "palm")


def event_fires(stage: Stage) -> str:
    """Home Assistant's event entity says what SQLite says."""
    return fires(stage, "palm")


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
    made = make_gesture(stage, "swipe_right")
    until("the swipe on the display", lambda: stage.display.gesture, lambda name: name == "swipe_right")
    until("the page before `todos`", lambda: stage.display.shown_page, lambda page: page == "home")
    turned = time.monotonic() - stage.hand_in_view
    fires(stage, "swipe_right")
    return f"{made}, page turned {turned:.2f} s after the hand came"


def tap_off(stage: Stage) -> str:
    """The camera's server sees the worker go: nothing looks any more."""
    began = stage.display.tap("camera")
    if not stage.camera.wait_ended(10):
        raise UnmetError("the end of the connection to the camera", stage.house.bus.presence())
    took = time.monotonic() - began
    until("the display says that the camera is off", lambda: stage.display.camera, lambda sign: sign == "off")
    camera_is(stage, "off")
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
    before = stage.remember()
    stage.house.sidecar.kill()
    began = time.monotonic()
    stage.house.sidecar.start()
    return comes_back(stage, before, began)


def empty_redis(stage: Stage) -> str:
    """Redis comes back with nothing, and the sidecar fills it."""
    redis = stage.house.redis
    if redis is None:
        raise UnmetError("a Redis of our own", stage.house.redis_url)
    before = stage.remember()
    redis.stop()
    redis.empty()
    began = time.monotonic()
    redis.start()
    return comes_back(stage, before, began)


def restart_home_assistant(stage: Stage) -> str:
    """Stopped and started; the same browser page finds back by itself."""
    home_assistant = stage.house.home_assistant
    before = stage.remember()
    home_assistant.stop()
    until(
        "the display says that Home Assistant is gone",
        lambda: stage.display.links[0],
        lambda link: link == "reconnecting",
    )
    began = time.monotonic()
    home_assistant.launch()
    home_assistant.wait_until_running()
    return comes_back(stage, before, began)


def goes_on(stage: Stage) -> str:
    """After all that a change still reaches the glass, and nothing happened twice."""
    wanted = [*stage.remember().todos, "It goes on"]
    began = time.monotonic()
    stage.house.bus.send("add_todo", {"summary": "It goes on"})
    until("the todo on the display", lambda: stage.display.todos, lambda todos: todos == wanted)
    took = time.monotonic() - began
    if wanted.count(PALM_TODO) != 1:
        raise UnmetError(f"{PALM_TODO!r} once: one palm, one todo", wanted)
    return f"sent → on the glass {took * 1000:.0f} ms"


def nobody_complains(stage: Stage) -> str:
    """No error in the logs, but those of Home Assistant's that are not about Mira."""
    lines = stage.house.sidecar.process.log.read_text().splitlines()
    errors = [line for line in lines if '"level": "error"' in line or "Traceback" in line]
    lines = stage.house.home_assistant.process.log.read_text().splitlines()
    errors += [line for line in lines if "mira" in line and (" ERROR " in line or "Detected blocking call" in line)]
    if errors:
        raise UnmetError("no errors in the logs", "\n".join(errors[:10]))
    return "in the logs of the sidecar and Home Assistant"


STEPS = (
    Step("The display opens without a password", opens_without_password),
    Step("The camera's stream is served and, while the camera is off, not watched", nobody_watches),
    Step("A tap on the camera's sign is asked back", tap_is_asked_back),
    Step("A yes switches the camera on: the worker opens the stream", yes_opens),
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
    Step("Nobody logged an error", nobody_complains),
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
