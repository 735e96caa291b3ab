"""The mirror's display as a person sees it: what is on the glass, and what a tap does."""

import time
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, ViewportSize

from house.browser import PORTRAIT, open_page, save_screenshot

_READING_MS = 450
"""What a person takes at least to see what is there, and to tap on it; the display waits for no less."""


class Display:
    """One display in one browser page. Nothing here reloads it."""

    def __init__(self, browser: Browser, url: str, size: ViewportSize = PORTRAIT, *, touch: bool = False) -> None:
        self.page: Page = open_page(browser, url, size, touch=touch)
        panel, login = self.page.locator("mira-panel"), self.page.get_by_role("button", name="Log in")
        panel.or_(login).first.wait_for(timeout=30_000)
        if login.count():  # on a machine without [::1] the page asks who comes, but for no password
            login.click()

    @property
    def todos(self) -> list[str]:
        """The summaries that are on the glass."""
        return self._all("todo", " .summary").all_inner_texts()

    @property
    def shown_page(self) -> str | None:
        """Such as `home`; None while the display shows nothing."""
        return self._attribute("mira-panel", "data-page")

    @property
    def revision(self) -> int | None:
        """Of the state that is on the glass."""
        found = self._attribute("mira-panel", "data-rev")
        return int(found) if found is not None else None

    @property
    def gesture(self) -> str | None:
        """The gesture just seen."""
        return self._attribute(_hook("gesture"), "data-gesture")

    @property
    def refusal(self) -> str | None:
        """The reason code of the refusal that is being shown."""
        return self._attribute(_hook("refusal"), "data-reason")

    @property
    def refusal_words(self) -> str:
        """What a person reads of it."""
        return " ".join(self._all("refusal").all_inner_texts()).replace("\n", " ")

    @property
    def camera(self) -> str | None:
        """The camera's sign: `on`, `off`, `starting`, `failed`."""
        return self._attribute(_hook("camera"), "data-sign")

    @property
    def question(self) -> str | None:
        """The action that the mirror asks back, such as `set_camera`."""
        return self._attribute(_hook("question"), "data-action")

    @property
    def question_words(self) -> str:
        """What a person reads of it."""
        return " ".join(self._all("question-words").all_inner_texts())

    @property
    def links(self) -> tuple[str | None, str | None]:
        """How Home Assistant and the mirror's service can be reached: `connected`, `reconnecting`."""
        return (
            self._attribute(_hook("sign-home-assistant"), "data-state"),
            self._attribute(_hook("sign-mirror"), "data-state"),
        )

    def tap(self, what: str) -> float:
        """Tap on `camera`, `microphone`, the first `todo`, or an answer: `confirm`, `cancel`; when (time.monotonic)."""
        target = self._all(what).first
        target.wait_for(timeout=5_000)
        self.page.wait_for_timeout(_READING_MS)
        target.click(timeout=5_000)
        return time.monotonic()

    def screenshot(self, file: Path) -> None:
        """Save what is on the glass."""
        save_screenshot(self.page, file)

    def _attribute(self, selector: str, name: str) -> str | None:
        # Without waiting: what is asked for may go at any moment, and that it is gone is an answer.
        look = "(found, name) => (found.length ? found[0].getAttribute(name) : null)"
        value: str | None = self.page.locator(selector).evaluate_all(look, name)
        return value

    def _all(self, hook: str, inside: str = "") -> Locator:
        return self.page.locator(_hook(hook) + inside)


def _hook(name: str) -> str:
    return f"[data-test={name}]"
