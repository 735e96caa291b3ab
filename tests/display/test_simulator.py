"""The talk simulator: a page in a browser talks to a real sidecar, whose Home Assistant is played by the test."""

import asyncio
import io
import threading
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from house.dev_page import show
from house.redis import RedisServer
from tests.display.test_accessible import AXE, faults_in
from tests.display.test_parts import answer as answer_with
from tests.sidecar.api.interacting import END, HAPPY, ScriptedHome, scripted_home
from tests.sidecar.api.served import Served, served

OPENED = """
    panel.hass = {
        ...panel.hass,
        user: { is_admin: true },
        devices: { hall: { id: "hall", name: "Hall", primary_config_entry: "entry" } },
        entities: { "todo.hall": { entity_id: "todo.hall", device_id: "hall", platform: "mira" } },
    };
    panel.route = { path: "/settings/talk" };
"""
SAD = {"type": "emotion", "tag": "sad", "emoji": "😢", "hexcode": "1F622"}
META: dict[str, Any] = {
    "type": "response_meta",
    "emojis": ["😊", "😢"],
    "actions": [{"move": {"description": "nods", "steps": [{"x": 1}], "total_duration_ms": 400}}],
    "heard": None,
}


async def answer(home: ScriptedHome, asked: dict[str, Any]) -> None:
    """One emotion, words, another one, and more of them, with pauses between."""
    said = asked.get("text", "sound")
    if said == "wait":
        await home.tell(asked, HAPPY)
        return
    if said == "fail":
        await home.tell(asked, {"type": "error", "code": "NO_AGENT"})
        return
    parts = (HAPPY, chunk("You said "), chunk(said), SAD, chunk("."), {"type": "capture_request", "kind": "photo"})
    for place, part in enumerate(parts):
        await asyncio.sleep(0.03)
        await home.tell(asked, part, first=place)
    await home.tell(asked, META | ({"heard": "a bell"} if said == "sound" else {}), END, first=len(parts))


def chunk(text: str) -> dict[str, str]:
    return {"type": "text_chunk", "text": text}


@pytest.fixture(scope="module")
def sidecar(address: str, shared_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A mirror that lets pages from the dev page's address use its API."""
    with served(shared_redis, tmp_path_factory.mktemp("api"), api_origins=address) as one:
        yield one


@pytest.fixture(scope="module")
def key(sidecar: Served) -> str:
    return sidecar.new_key("Simulator", "talk.speak", "people.read")[1]


class Home(threading.Thread):
    """Home Assistant, beside the browser: each has a loop of its own."""

    def __init__(self, sidecar: Served) -> None:
        super().__init__(name="home", daemon=True)
        self._sidecar = sidecar
        self._listens = threading.Event()
        self._over: Callable[[], object] = lambda: None
        self.asked: list[dict[str, Any]] = []
        self.sounds: dict[str, bytes] = {}

    def __enter__(self) -> Self:
        self.start()
        assert self._listens.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._over()
        self.join()

    def run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        over, loop = asyncio.Event(), asyncio.get_running_loop()
        self._over = lambda: loop.call_soon_threadsafe(over.set)
        async with scripted_home(self._sidecar) as home:
            home.reply, home.asked, home.sounds = answer, self.asked, self.sounds
            self._listens.set()
            await over.wait()


@pytest.fixture
def home(sidecar: Served) -> Iterator[Home]:
    with Home(sidecar) as home:
        yield home


@pytest.fixture
def simulator(browser: Browser, address: str) -> Locator:
    page = browser.new_page(reduced_motion="reduce", locale="en-GB")
    page.add_init_script(AXE.read_text())
    show(page, address, "scene=home&lang=en&admin")
    page.evaluate(OPENED)
    return page.locator("mira-talk-simulator")


def hook(part: Locator, name: str) -> Locator:
    return part.locator(f"[data-test={name}]")


def connect(simulator: Locator, url: str, key: str, person: str = "") -> None:
    hook(simulator, "address").fill(url)
    hook(simulator, "key").fill(key)
    hook(simulator, "person").fill(person)
    hook(simulator, "key").press("Enter")


def milliseconds(turn: Locator, name: str) -> int:
    return int(hook(turn, f"figure-{name}").inner_text().removesuffix(" ms").replace(",", ""))


def test_a_text_is_answered_by_an_emotion_chunks_and_an_end_with_its_milliseconds(
    simulator: Locator, sidecar: Served, key: str, home: Home
) -> None:
    connect(simulator, sidecar.url, key)
    expect(hook(simulator, "link")).to_contain_text("Connected with http://127.0.0.1")
    expect(hook(simulator, "text")).to_be_focused()
    expect(hook(simulator, "health")).to_contain_text("ok, version ")
    hook(simulator, "text").fill("hello")
    hook(simulator, "text").press("Enter")
    turn = hook(simulator, "turn")
    expect(turn).to_have_attribute("data-outcome", "answered")
    expect(hook(turn, "chunk")).to_have_text(["You said ", "hello", "."])
    expect(hook(turn, "emotion")).to_have_text(["😊 happy", "😢 sad"])
    expect(hook(turn, "capture")).to_have_text("asks for a photo")
    expect(turn).to_contain_text("nods (steps: 1, 400 ms)")
    expect(hook(simulator, "face")).to_have_attribute("data-emotion", "sad")
    times = [milliseconds(turn, name) for name in ("emotion", "words", "end")]
    assert 25 <= times[0] < times[1] < times[2] < 5_000
    assert [one["person"] for one in home.asked] == [None]
    assert faults_in(simulator.page, "mira-panel") == []


def test_a_sound_is_sent_whole_and_what_was_understood_is_shown(
    simulator: Locator, sidecar: Served, key: str, home: Home
) -> None:
    connect(simulator, sidecar.url, key)
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(16_000)
        writer.writeframes(bytes(range(250)) * 400)
    sound = {"name": "bell.wav", "mimeType": "audio/wav", "buffer": file.getvalue()}
    hook(simulator, "sound").set_input_files(sound)
    turn = hook(simulator, "turn")
    expect(turn).to_have_attribute("data-outcome", "answered")
    expect(turn).to_contain_text("Sound: bell.wav")
    expect(turn).to_contain_text("Understood: a bell")
    assert list(home.sounds.values()) == [bytes(range(250)) * 400]


def test_an_answer_is_stopped_and_the_next_is_given(simulator: Locator, sidecar: Served, key: str, home: Home) -> None:
    connect(simulator, sidecar.url, key)
    for text in ("wait", "hello"):
        hook(simulator, "text").fill(text)
        hook(simulator, "text").press("Enter")
        if text == "wait":
            expect(hook(simulator, "emotion")).to_be_visible()
            hook(simulator, "stop").press("Enter")  # a second click so soon at one place is taken for none
            expect(hook(simulator, "turn")).to_have_attribute("data-outcome", "interrupted")
    expect(hook(simulator, "turn").last).to_have_attribute("data-outcome", "answered")
    assert [one["type"] for one in home.asked] == ["text", "cancel", "text"]


def test_what_goes_wrong_is_told_with_what_to_do(simulator: Locator, sidecar: Served, key: str, home: Home) -> None:
    problem = hook(simulator, "problem")
    connect(simulator, "not an address", key)
    expect(problem).to_have_attribute("data-code", "bad_address")
    connect(simulator, "http://127.0.0.1:9", key)
    expect(problem).to_have_attribute("data-code", "unreachable")
    connect(simulator, sidecar.url, "mira_x")
    expect(problem).to_have_attribute("data-code", "KEY_NOT_VALID")
    expect(hook(simulator, "remedy")).to_contain_text("mira-sidecar keys add Simulator --may talk.speak")
    connect(simulator, sidecar.url, sidecar.key)
    expect(problem).to_have_attribute("data-code", "CAPABILITY_MISSING")
    connect(simulator, sidecar.url, key, "p_0000000000000000")
    expect(problem).to_have_attribute("data-code", "UNKNOWN_USER")
    hook(simulator, "ask-memory").click()
    expect(hook(simulator, "memory")).to_contain_text("comes with a later release")
    connect(simulator, sidecar.url, key)
    hook(simulator, "text").fill("fail")
    hook(simulator, "send").click()
    expect(problem).to_have_attribute("data-code", "NO_AGENT")
    assert faults_in(simulator.page, "mira-panel") == []


def test_a_page_that_is_not_allowed_is_told_the_line_that_allows_it(
    simulator: Locator, shared_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory, address: str
) -> None:
    with served(shared_redis, tmp_path_factory.mktemp("closed"), name="closed") as closed:
        connect(simulator, closed.url, closed.key)
        expect(hook(simulator, "problem")).to_have_attribute("data-code", "ORIGIN_NOT_ALLOWED")
        expect(hook(simulator, "remedy")).to_have_text(f'api_origins = ["{address}"]')


def test_a_page_over_https_is_told_that_its_browser_keeps_it_from_http(browser: Browser, dev_page: Path) -> None:
    page = browser.new_page()
    page.route("https://home.test/**", lambda route: answer_with(route, dev_page))
    page.goto("https://home.test/?scene=home&lang=en&admin")
    page.wait_for_function("window.panel !== undefined")
    page.evaluate(OPENED)
    simulator = page.locator("mira-talk-simulator")
    connect(simulator, "http://mirror.test:8765", "mira_x")
    expect(hook(simulator, "problem")).to_have_attribute("data-code", "mixed")
    expect(hook(simulator, "remedy")).to_have_text("mira-sidecar certificate")


def test_a_connection_that_is_lost_is_told_and_what_was_said_stays(
    simulator: Locator, shared_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory, address: str
) -> None:
    with served(shared_redis, tmp_path_factory.mktemp("lost"), name="lost", api_origins=address) as lost:
        _, key = lost.new_key("Simulator", "talk.speak")
        connect(simulator, lost.url, key)
        hook(simulator, "text").fill("hello")
        hook(simulator, "send").click()
        expect(hook(simulator, "problem")).to_have_attribute("data-code", "NO_HOME_ASSISTANT")
        lost.mirror.sidecar.kill()
        expect(hook(simulator, "link")).to_have_attribute("data-link", "closed")
        expect(hook(simulator, "problem").first).to_have_attribute("data-code", "lost")
        expect(hook(simulator, "turn")).to_have_count(1)
        expect(hook(simulator, "connect")).to_be_focused()


def test_the_key_is_stored_nowhere_and_gone_with_the_page(
    simulator: Locator, sidecar: Served, key: str, home: Home
) -> None:
    page: Page = simulator.page
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.on("websocket", lambda socket: hosts.add(socket.url.split("/")[2]))
    connect(simulator, sidecar.url, key)
    expect(hook(simulator, "link")).to_have_attribute("data-link", "open")
    assert hosts - {page.url.split("/")[2]} == {sidecar.url.removeprefix("http://")}
    stored = page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])")
    assert key not in stored
    assert sidecar.url in stored
    page.evaluate("panel.route = { path: '/settings' }")
    expect(simulator).to_have_count(0)
    page.evaluate("panel.route = { path: '/settings/talk' }")
    expect(hook(simulator, "address")).to_have_value(sidecar.url)
    expect(hook(simulator, "key")).to_have_value("")


def test_nobody_but_administrators_is_shown_it(browser: Browser, address: str) -> None:
    page = browser.new_page()
    show(page, address, "scene=home&lang=en")
    page.evaluate("panel.route = { path: '/settings/talk' }")
    page.wait_for_timeout(300)
    expect(page.locator("mira-settings")).to_have_count(0)


def test_it_is_opened_from_the_settings(browser: Browser, address: str) -> None:
    page = browser.new_page(reduced_motion="reduce")
    show(page, address, "scene=home&lang=en&admin")
    page.evaluate(OPENED.replace("/settings/talk", "/settings"))
    hook(page.locator("mira-settings"), "simulator").click()
    assert page.evaluate("location.pathname") == "/mira/settings/talk"
