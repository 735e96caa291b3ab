"""Real touches: of panels that send each tap twice, and of fingers that meet something else than what was meant."""

import pytest
from playwright.sync_api import Browser, Page, expect

from house.browser import LANDSCAPE
from house.dev_page import show
from tests.display.fingers import Fingers, centre

AGAIN = (30, 120, 250, 390)
"""Milliseconds after a tap at which common touch panels send it once more."""
LATER = 500
"""From here on a tap is another one."""


def opened(browser: Browser, address: str, scene: str) -> tuple[Page, Fingers]:
    page = browser.new_page(viewport=LANDSCAPE, reduced_motion="reduce", has_touch=True)
    show(page, address, f"scene={scene}")
    page.wait_for_timeout(LATER)  # what the scene has moved has been in its place for a while
    return page, Fingers(page)


def asked(page: Page, count: int) -> list[list[object]]:
    """What was asked for so far, once it is this much; and a moment later, so that nobody asks for more."""
    page.wait_for_function("(count) => house.calls.length >= count", arg=count)
    page.wait_for_timeout(100)
    found: list[list[object]] = page.evaluate("house.calls.map(({ action, payload }) => [action, payload])")
    return found


@pytest.mark.parametrize("again", AGAIN)
def test_a_microphone_that_is_turned_off_by_a_doubled_tap_stays_off(address: str, browser: Browser, again: int) -> None:
    page, fingers = opened(browser, address, "few")
    microphone = page.locator("[data-test=microphone]")
    place = centre(microphone)
    began = fingers.tap(place)
    assert asked(page, 1) == [["set_microphone", {"on": False}]]
    expect(microphone).to_have_attribute("data-sign", "off")
    fingers.tap(place, began + again)
    assert len(asked(page, 1)) == 1
    fingers.tap(place, began + LATER)
    assert asked(page, 2)[1:] == [["set_microphone", {"on": True}]]


@pytest.mark.parametrize("again", AGAIN)
def test_a_doubled_tap_completes_one_todo_and_not_the_next_one_too(address: str, browser: Browser, again: int) -> None:
    page, fingers = opened(browser, address, "few")
    place = centre(page.locator("[data-test=todo]").first)
    began = fingers.tap(place)
    assert asked(page, 1) == [["update_todo", {"uid": "1", "status": "completed"}]]
    expect(page.locator("[data-test=todo] .summary")).to_have_text(["Buy milk", "Call the dentist"])
    fingers.tap(place, began + again)
    assert len(asked(page, 1)) == 1


def test_a_question_is_not_cancelled_by_the_second_half_of_the_tap_that_led_to_it(
    address: str, browser: Browser
) -> None:
    page, fingers = opened(browser, address, "few")
    page.evaluate("""house.decide = async () => {
        const now = Date.now(), time = (ms) => new Date(now + ms).toISOString();
        const asked = { command_id: "asked", source: "touch", action: "set_camera", payload: {}, risks: ["camera_on"] };
        house.showState({ pending: { ...asked, asked_at: time(0), deadline: time(15_000) } });
        return { command_id: "asked", outcome: "accepted" };
    }""")
    place = centre(page.locator("[data-test=camera]"))
    began = fingers.tap(place)
    page.locator("[data-test=question]").wait_for()
    fingers.tap(place, began + 200)
    assert len(asked(page, 1)) == 1
    fingers.tap(place, began + LATER)
    assert asked(page, 2)[1:] == [["cancel", {"command_id": "asked"}]]


@pytest.mark.parametrize(("scene", "hook"), [("question", "confirm"), ("message_buttons", "message-button")])
def test_what_comes_under_a_finger_is_not_answered_by_it(address: str, browser: Browser, scene: str, hook: str) -> None:
    page, fingers = opened(browser, address, scene)
    state = page.evaluate("({ pending: house.view.state.pending, message: house.view.state.message })")
    answer = page.locator(f"[data-test={hook}]").first
    place = centre(answer)
    page.evaluate("house.showState({ pending: null, message: null })")
    answer.wait_for(state="detached")
    page.evaluate(
        """(state) => {
        for (const one of [state.pending, state.message]) if (one) one.command_id = one.id = "another";
        house.showState(state);
    }""",
        state,
    )
    answer.wait_for()
    began = fingers.tap(place)
    assert asked(page, 0) == []
    fingers.tap(place, began + LATER)
    assert len(asked(page, 1)) == 1


def test_a_row_that_has_just_moved_under_a_finger_is_not_the_one_that_was_meant(address: str, browser: Browser) -> None:
    page, fingers = opened(browser, address, "few")
    place = centre(page.locator("[data-test=todo]").nth(1))
    page.evaluate("house.showState({ todos: house.view.state.todos.slice(0, -1) })")
    page.wait_for_function("house.view.rev > 1")
    began = fingers.tap(place)
    assert asked(page, 0) == []
    fingers.tap(place, began + LATER)
    assert asked(page, 1) == [["update_todo", {"uid": "1", "status": "completed"}]]


def pad(browser: Browser, address: str) -> tuple[Page, Fingers, float]:
    """The pad for the PIN, and from when on it takes taps."""
    page, fingers = opened(browser, address, "pin_pad_empty")
    page.locator("[data-test=pin-pad]").wait_for()
    return page, fingers, fingers.now() + LATER


def has_digits(page: Page, count: int) -> None:
    """The pad has so many digits, and a moment later, too."""
    expect(page.locator("[data-test=pin-dots] i")).to_have_count(count)
    page.wait_for_timeout(100)
    expect(page.locator("[data-test=pin-dots] i")).to_have_count(count)


def given(page: Page, fingers: Fingers, at: float) -> str:
    """The PIN that the pad gives."""
    page.evaluate("house.unlock = (pin) => ({ command_id: window.given = pin, outcome: 'accepted' })")
    fingers.tap(centre(page.locator("[data-test=pin-ok]")), at)
    page.wait_for_function("window.given")
    return str(page.evaluate("window.given"))


def test_a_pin_of_pairs_is_typed_as_fast_as_people_can(address: str, browser: Browser) -> None:
    page, fingers, began = pad(browser, address)
    for place, digit in enumerate("1122"):
        fingers.tap(centre(page.locator(f"[data-test=pin-{digit}]")), began + 150 * place)
    has_digits(page, 4)
    assert given(page, fingers, began + 1000) == "1122"


@pytest.mark.parametrize("again", [30, 70, 110])
def test_a_pin_is_not_doubled_by_taps_that_come_twice(address: str, browser: Browser, again: int) -> None:
    page, fingers, began = pad(browser, address)
    for place, digit in enumerate("1122"):
        key = centre(page.locator(f"[data-test=pin-{digit}]"))
        fingers.tap(key, began + 300 * place, hold=10)
        fingers.tap(key, began + 300 * place + again, hold=10)
    assert given(page, fingers, began + 2000) == "1122"


def test_two_fingers_that_overlap_type_both_digits(address: str, browser: Browser) -> None:
    page, fingers, began = pad(browser, address)
    one, two = (centre(page.locator(f"[data-test=pin-{digit}]")) for digit in "12")
    for at in (began, began + 300):
        fingers.touch("touchStart", [one], at)
        fingers.touch("touchStart", [one, two], at + 20)
        fingers.touch("touchEnd", [one], at + 60)
        fingers.touch("touchEnd", [], at + 90)
    has_digits(page, 4)


def test_a_finger_that_slides_off_a_key_types_nothing(address: str, browser: Browser) -> None:
    page, fingers, began = pad(browser, address)
    one, four = (centre(page.locator(f"[data-test=pin-{digit}]")) for digit in "14")  # sideways would leave the page
    fingers.touch("touchStart", [one], began)
    fingers.touch("touchMove", [four], began + 50)
    fingers.touch("touchEnd", [], began + 100)
    page.mouse.move(*one)
    page.mouse.down()
    page.mouse.move(*four)
    page.mouse.up()
    has_digits(page, 0)
    fingers.tap(one, began + LATER)
    has_digits(page, 1)


def test_the_tap_that_opens_the_pad_types_nothing_when_it_comes_twice(address: str, browser: Browser) -> None:
    page, fingers, began = pad(browser, address)
    place = centre(page.locator("[data-test=pin-5]"))
    fingers.tap(centre(page.locator("[data-test=pin-cancel]")), began)
    page.locator("[data-test=pin-pad]").wait_for(state="detached")
    page.evaluate("panel.renderRoot.querySelector('mira-device').renderRoot.querySelector('button').click()")
    page.locator("[data-test=pin-pad]").wait_for()
    began = fingers.tap(place)
    has_digits(page, 0)
    fingers.tap(place, began + LATER)
    has_digits(page, 1)
