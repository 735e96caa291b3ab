"""A page turns: what both pages have stays, the rest changes in one movement, and the glass is never empty."""

from typing import Any

from playwright.sync_api import Browser

from house.browser import PORTRAIT
from house.dev_page import show

TURN = """async (to) => {
    const widgets = () => [...panel.renderRoot.querySelectorAll(".page > *")].filter((one) => one.offsetHeight > 0);
    const clock = panel.renderRoot.querySelector(".top_left mira-clock");
    const seen = { stayed: true, darkest: 1, ms: 0 };
    const began = performance.now();
    house.showState({ page: to });
    do {
        await new Promise(requestAnimationFrame);
        const light = (one) => Number(getComputedStyle(one).opacity);
        seen.darkest = Math.min(seen.darkest, widgets().reduce((sum, one) => sum + light(one), 0));
        seen.stayed &&= clock?.isConnected && light(clock) === 1;
    } while (panel.page !== to || widgets().some((one) => one.matches("[leaving], [arriving]")));
    return { ...seen, ms: performance.now() - began };
}"""


def test_the_clock_stays_while_pages_turn_and_the_glass_is_never_empty(address: str, browser: Browser) -> None:
    page = browser.new_page(viewport=PORTRAIT)
    show(page, address, "scene=home")
    for warm in ("todos", "clock", "home"):  # loaded once
        page.evaluate(TURN, warm)
        page.wait_for_timeout(300)
    turned: dict[str, Any] = {to: page.evaluate(TURN, to) for to in ("todos", "clock", "todos", "home")}
    assert turned["home"]["stayed"]
    assert turned["clock"]["stayed"] is False  # which is another one, in the middle
    assert min(one["darkest"] for one in turned.values()) > 0.6
    assert min(one["ms"] for one in turned.values()) <= 400  # on a machine that has nothing else to do, each
    assert page.evaluate("panel.renderRoot.querySelectorAll('[style*=absolute], [leaving]').length") == 0
