"""Words of strangers are words, and nobody but Home Assistant hears of the mirror."""

import http.client
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from house.browser import asked, open_signed_in
from house.display import Display
from house.household import Household
from house.stage import until
from tests.network import Network
from tests.survival.sights import is_connected, stays

MARKUP = '<img src="/nowhere" onerror="window.harmed = 1"><b>bold</b>'
SCRIPT = "</p></style></script><script>window.harmed = 2</script><svg onload='window.harmed = 3'>"
TEMPLATE = "${window.harmed = 4} {{ states('sun.sun') }} %s &lt;b&gt; &#x3c;"
ADDRESS = "javascript:window.harmed = 5 //stranger.test/track.gif"
TURNED = "\u202eevig\u202c \u2067\u202b!gnorw"
LONG = "W" * 255
FACES = "👩‍👩‍👧‍👦🏳️‍🌈Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘" * 4
WORDS = (MARKUP, SCRIPT, TEMPLATE, ADDRESS, TURNED, LONG, FACES)
STRICT = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data:; font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'self'; form-action 'self'"
)
"""As strict as Home Assistant's own pages bear: they start with scripts in the page."""
ELEMENTS = """() => {
    const all = (root) =>
        [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
    const panel = all(document).find(({ localName }) => localName === "mira-panel");
    return all(panel.shadowRoot).map(({ localName }) => localName);
}"""
STRANGERS = {
    "sensor.stranger": None,
    "person.stranger": None,
    "weather.stranger": None,
    "media_player.stranger": "playing",
    "calendar.stranger": "on",
    "camera.stranger": "idle",
}
"""Entities and their states; None: what is tried."""
LAYOUT = {
    "top_left": [{"type": "clock"}, {"type": "entities", "entities": ["sensor.stranger"]}],
    "top_right": [{"type": "weather", "entity": "weather.stranger"}],
    "bottom_left": [
        {"type": "people", "entities": ["person.stranger"]},
        {"type": "camera", "entity": "camera.stranger"},
    ],
    "bottom_right": [
        {"type": "media", "entities": ["media_player.stranger"]},
        {"type": "calendar", "entities": ["calendar.stranger"]},
    ],
}
OFF_THE_GLASS = """found => found.map((one) => one.getBoundingClientRect()).filter(
    ({ left, top, right, bottom }) => left < 0 || top < 0 || right > innerWidth || bottom > innerHeight)"""


@pytest.fixture
def asked_for(display: Display) -> Iterator[list[str]]:
    """The address of each request and websocket of the page from now on; each dialog that opens."""
    found: list[str] = []
    display.page.context.on("request", lambda request: found.append(request.url))
    display.page.on("websocket", lambda socket: found.append(socket.url))
    display.page.on("dialog", lambda dialog: found.append(f"dialog:{dialog.message}"))
    return found


@pytest.fixture
def own_page(house: Household) -> Iterator[None]:
    """What the test leaves on the glass is taken off it."""
    yield
    for todo in (house.bus.snapshot() or {})["state"]["todos"]:
        if todo["summary"] in WORDS:
            house.bus.send("remove_todo", {"uid": todo["uid"]})
    house.bus.send("show_page", {"page": "home"})


@pytest.fixture
def own_layout(browser: Browser, house: Household) -> Iterator[None]:
    """Every widget that shows what others have named; taken off the glass with its entities after the test."""
    home = house.home_assistant
    page = open_signed_in(browser, home.url, home.login.token, "/profile")
    asked(page, {"type": "mira/display/configure", "display": {"pages": {"home": LAYOUT}}})
    yield
    asked(page, {"type": "mira/display/configure", "display": {"pages": {"home": None}}})
    for entity in STRANGERS:
        home.delete(f"/api/states/{entity}")


@pytest.mark.usefixtures("own_page")
def test_words_of_strangers_are_shown_as_they_are(
    house: Household, display: Display, network: Network, asked_for: list[str]
) -> None:
    is_connected(display)
    page = display.page
    with stays(display):
        house.bus.send("show_page", {"page": "todos"})
        for words in WORDS:
            house.bus.send("add_todo", {"summary": words})
        summaries = page.locator("[data-test=todo] .summary")
        until("the todos", summaries.all_text_contents, lambda todos: set(WORDS) <= set(map(unbroken, todos)))

        for title, text in zip(WORDS, (*WORDS[1:], WORDS[0]), strict=True):
            house.bus.send(
                "show_message", {"title": title[:100], "text": text, "buttons": [{"id": "yes", "label": title[:40]}]}
            )
            is_read(display, "[data-test=message] p", text)
            is_read(display, "[data-test=message] h2", title[:100])
            house.bus.send("ask", {"text": text[:200]})
            is_read(display, "[data-test=question-words]", text[:200])
            house.bus.send("cancel", {})

        strange = {"img", "b", "script", "iframe", "a", "link", "object"}
        assert not strange & set(page.evaluate(ELEMENTS))
        assert page.evaluate("window.harmed") is None
    assert strangers(asked_for, network) == []


@pytest.mark.usefixtures("own_layout")
def test_names_of_strange_entities_are_words(
    house: Household, display: Display, network: Network, asked_for: list[str]
) -> None:
    is_connected(display)
    page = display.page
    with stays(display):
        for words in (*WORDS, "N" * 10_000, "\u202e" + "🏳️‍🌈 " * 2_500):
            for entity, state in STRANGERS.items():
                house.home_assistant.post(
                    f"/api/states/{entity}",
                    {"state": state or words[:255], "attributes": attributes(words)},
                )
            is_read(display, "[data-test=entity] .name", words)
            is_read(display, "[data-test=entity] .state", words[:255])
            is_read(display, "[data-test=person] .first", words)
            is_read(display, "[data-test=person] .second", words[:255])
            is_read(display, "mira-weather .second", words[:255])
            is_read(display, "[data-test=media-title]", words)
            expect(page.locator("[data-test=camera-picture]")).to_have_attribute("alt", words)
            strange = {"b", "script", "iframe", "a", "link", "object"}
            assert not strange & set(page.evaluate(ELEMENTS))
            assert page.evaluate("window.harmed") is None
            assert page.locator("[data-test=time], [data-test=camera]").evaluate_all(OFF_THE_GLASS) == []
    assert strangers(asked_for, network) == []


def test_only_home_assistant_is_asked_for_anything(
    house: Household, display: Display, network: Network, asked_for: list[str]
) -> None:
    display.page.reload()
    is_connected(display)
    for shown in ("clock", "todos", "home"):
        house.bus.send("show_page", {"page": shown})
        until(f"the page {shown}", lambda: display.shown_page, lambda page, shown=shown: page == shown)
    display.tap("camera")
    until("the question", lambda: display.question, bool)
    display.tap("cancel")
    until("no question", lambda: display.question, lambda question: question is None)
    assert len([url for url in asked_for if url.startswith("ws:")]) == 1
    assert len(asked_for) > 20
    assert strangers(asked_for, network) == []


def test_a_strict_content_security_policy_is_borne(house: Household, display: Display) -> None:
    refused: list[str] = []
    display.page.on("console", lambda said: refused.append(said.text) if "Security Policy" in said.text else None)
    headers = {"content-security-policy": STRICT}
    page = page_at(house, "/mira")
    # A page that we serve has no address that the browser could know to be as near as the websocket's.
    display.page.context.grant_permissions(["local-network-access"])
    display.page.route("**/mira", lambda route: route.fulfill(body=page, content_type="text/html", headers=headers))
    display.page.reload()
    is_connected(display)
    house.bus.send("show_message", {"text": "All is well"})
    display.page.locator("[data-test=message]").wait_for()
    assert [text for text in refused if "mira" in text] == []
    assert display.page.evaluate("fetch('http://127.0.0.1:1/').catch(() => 'refused')") == "refused"
    assert refused, "the policy was not in force"


def test_the_kiosk_user_is_no_administrator(house: Household, display: Display) -> None:
    is_connected(display)
    assert display.page.evaluate("document.querySelector('home-assistant').hass.user.is_admin") is False
    house.bus.send("show_page", {"page": "todos"})
    until("the page", lambda: display.shown_page, lambda page: page == "todos")
    display.page.wait_for_timeout(1_000)  # it has turned, and what has moved takes taps again
    for status in ("completed", "needs_action"):
        display.tap("todo")
        display.page.locator(f"[data-test=todo][data-status={status}]").first.wait_for()


def attributes(words: str) -> dict[str, Any]:
    """What a widget may read of an entity, where a stranger has named it."""
    said = ("friendly_name", "media_title", "media_artist", "message", "access_token")
    more = {"temperature": 5, "supported_features": 1, "entity_picture": "//stranger.test/track.gif"}
    return {**dict.fromkeys(said, words), **more}


def is_read(display: Display, where: str, words: str) -> None:
    """These words are there, to the letter."""
    until(f"{words!r} in {where}", display.page.locator(where).text_content, lambda shown: unbroken(shown) == words)


def unbroken(shown: str | None) -> str:
    """A text without the places at which it may be broken, which nobody sees."""
    return (shown or "").replace("\u00ad", "").replace("\u200b", "")


def strangers(asked_for: list[str], network: Network) -> list[str]:
    """Those that did not go to Home Assistant."""
    home = f"127.0.0.1:{network.port}"
    return [url for url in asked_for if urlsplit(url).netloc != home and not url.startswith(("data:", "blob:"))]


def page_at(house: Household, path: str) -> bytes:
    """What Home Assistant serves there."""
    connection = http.client.HTTPConnection("127.0.0.1", house.home_assistant.port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()
