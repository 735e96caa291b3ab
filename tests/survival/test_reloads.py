"""What makes the page load anew: an update of Home Assistant or of the display, a login that is over."""

import gzip
import hashlib
import http.client
import json
import shutil
import urllib.parse

import pytest
from playwright.sync_api import Page

from house.configuration import REPOSITORY
from house.display import Display
from house.household import Household
from house.stage import until
from tests.network import Network
from tests.survival.sights import changes_arrive, is_connected, stays

OLDER = "2026.9.0"
"""A Home Assistant that nobody runs any more."""


@pytest.mark.timeout(90)
def test_an_update_of_home_assistant_is_not_loaded_before_the_display_is_served(
    house: Household, network: Network, display: Display
) -> None:
    is_connected(display)
    display.page.evaluate(f"document.querySelector('home-assistant')._haVersion = '{OLDER}'")
    answers: list[tuple[str, int]] = []
    display.page.on("response", lambda answer: answers.append((answer.request.resource_type, answer.status)))
    loaded = time_of_load(display.page)
    network.lose_connections()
    house.home_assistant.stop()
    house.home_assistant.launch()
    until("Home Assistant answers", lambda: ask(house, "/"), lambda code: code == http.client.OK, 60)
    assert ask(house, "/mira") == http.client.NOT_FOUND
    network.cut()
    network.join()  # the page is connected again while there is no /mira yet, and knows of the update
    until("the panel stays, though Home Assistant has none", lambda: panels_that_stay(display), bool, 30)
    until("the page is loaded anew", lambda: time_of_load(display.page), lambda now: now > loaded, 60)
    is_connected(display)
    changes_arrive(house, display)
    assert ("fetch", http.client.NOT_FOUND) in answers, "it came too late to be tempted"
    assert ("document", http.client.NOT_FOUND) not in answers


@pytest.mark.timeout(90)
def test_a_new_display_is_loaded_by_itself(house: Household, display: Display) -> None:
    is_connected(display)
    loaded = time_of_load(display.page)
    house.home_assistant.stop()
    version = update_display(house)
    house.home_assistant.launch()
    until("the page is loaded anew", lambda: time_of_load(display.page), lambda now: now > loaded, 60)
    is_connected(display)
    with stays(display):
        changes_arrive(house, display)
    files = display.page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    assert [file for file in files if file.endswith(f"/mira_static/mira.js?v={version}")]


@pytest.mark.timeout(60)
def test_a_login_that_was_revoked_is_made_anew_without_a_hand(house: Household, display: Display) -> None:
    is_connected(display)
    loaded = time_of_load(display.page)
    revoke(house, display.page)
    until("the page is loaded anew", lambda: time_of_load(display.page), lambda now: now > loaded, 30)
    is_connected(display)
    changes_arrive(house, display)


@pytest.mark.timeout(60)
def test_an_access_token_that_ran_out_while_the_network_was_away_is_renewed(
    house: Household, network: Network, display: Display
) -> None:
    is_connected(display)
    with stays(display):
        display.page.evaluate("hassConnection.then(({ auth }) => { auth.data.expires = Date.now() - 1_000; })")
        network.cut()
        until("the display says so", lambda: display.links[0], lambda link: link == "reconnecting")
        network.join()
        is_connected(display)
        changes_arrive(house, display)


def update_display(house: Household) -> str:
    """Give the stopped Home Assistant an integration of its own, with another display; its version."""
    folder = house.home_assistant.directory / "custom_components/mira"
    folder.unlink()  # the link to this repository's
    shutil.copytree(REPOSITORY / "custom_components/mira", folder)
    script = folder / "frontend/mira.js"
    script.write_bytes(script.read_bytes() + b"// another\n")
    script.with_suffix(".js.gz").write_bytes(gzip.compress(script.read_bytes()))
    return hashlib.sha256(script.read_bytes()).hexdigest()[:12]


def revoke(house: Household, page: Page) -> None:
    """End the display's login, as its user's profile page can."""
    auth = json.loads(page.evaluate("hassConnection.then(({ auth }) => JSON.stringify(auth.data))"))
    assert ask(house, "/auth/revoke", {"token": auth["refresh_token"]}) == http.client.OK


def panels_that_stay(display: Display) -> int:
    """How many stand in front of Home Assistant's pages, rather than in them."""
    return display.page.locator("body > mira-panel").count()


def time_of_load(page: Page) -> float:
    """When the document came (Unix milliseconds)."""
    return float(page.evaluate("performance.timeOrigin"))


def ask(house: Household, path: str, form: dict[str, str] | None = None) -> int | None:
    """The status that Home Assistant answers with; None where it does not answer."""
    connection = http.client.HTTPConnection("127.0.0.1", house.home_assistant.port, timeout=5)
    try:
        if form is None:
            connection.request("GET", path)
        else:
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", path, urllib.parse.urlencode(form), kind)
        return connection.getresponse().status
    except OSError, http.client.HTTPException:
        return None
    finally:
        connection.close()
