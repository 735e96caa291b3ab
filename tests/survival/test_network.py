"""A network that sleeps, or loses what was open without a word."""

import time

from house.display import Display
from house.household import Household
from house.stage import until
from tests.network import Network
from tests.survival.sights import changes_arrive, is_connected, stays


def test_a_network_that_sleeps_for_some_seconds_leaves_the_display_as_it_is(
    house: Household, network: Network, display: Display
) -> None:
    is_connected(display)
    before = display.shown_page
    after = "todos" if before == "home" else "home"
    with stays(display):
        network.sleep()
        house.bus.send("show_page", {"page": after}, source="touch")
        time.sleep(2)
        assert display.shown_page == before
        network.wake()
        until("what was said meanwhile", lambda: display.shown_page, lambda page: page == after)


def test_a_display_without_a_network_says_so_and_comes_back(
    house: Household, network: Network, display: Display
) -> None:
    is_connected(display)
    with stays(display):
        network.cut()
        until("the display says so", lambda: display.links, lambda links: links == ("reconnecting", "unknown"))
        time.sleep(2)
        network.join()
        is_connected(display)
        changes_arrive(house, display)


def test_a_connection_that_was_lost_without_a_word_is_noticed_and_replaced(
    house: Household, network: Network, display: Display
) -> None:
    control_time(display)
    before = display.shown_page
    after = "todos" if before == "home" else "home"
    with stays(display):
        network.lose_connections()
        house.bus.send("show_page", {"page": after}, source="touch")
        # Home Assistant's pages ask every 30 s, and wait 15 s for an answer.
        display.page.clock.fast_forward("00:31")
        assert display.shown_page == before
        display.page.clock.fast_forward("00:16")
        until("what was said meanwhile", lambda: display.shown_page, lambda page: page == after)
        is_connected(display)


def test_a_display_that_nobody_sees_for_minutes_is_still_there(house: Household, display: Display) -> None:
    control_time(display)
    with stays(display):
        display.page.evaluate("""() => {
            Object.defineProperty(document, "hidden", { value: true });
            Object.defineProperty(document, "visibilityState", { value: "hidden" });
            document.dispatchEvent(new Event("visibilitychange"));
        }""")
        display.page.clock.fast_forward("06:00")  # after five, Home Assistant's pages put panels away
        is_connected(display)
        changes_arrive(house, display)


def control_time(display: Display) -> None:
    """Let the page's time pass as the test says; it goes on by itself, too."""
    display.page.clock.install()
    display.page.reload()
    is_connected(display)
