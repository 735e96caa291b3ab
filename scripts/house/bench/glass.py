"""The display in a browser, as its figures are taken: what it fetched, drew, holds in memory and costs."""

import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page
from playwright.sync_api import TimeoutError as BrowserTimeoutError

from house.browser import PORTRAIT
from house.process import HouseError

PROBE = Path(__file__).with_name("glass.js")


@dataclass(frozen=True, slots=True)
class Memory:
    """After a garbage collection."""

    heap_kb: float
    nodes: float


class Glass:
    """One display in one page; `visit` opens it."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.url = url
        self.page: Page = browser.new_context(viewport=PORTRAIT, locale="en-GB").new_page()
        self.page.add_init_script(PROBE.read_text())
        self._browser: CDPSession = browser.new_browser_cdp_session()
        self._page: CDPSession = self.page.context.new_cdp_session(self.page)

    def visit(self) -> float:
        """Go there; seconds until the first clock is drawn."""
        self.page.goto(self.url)
        self.page.wait_for_function("window.seen?.firstClock")
        return float(self.look("firstClock")) / 1_000

    def look(self, what: str) -> Any:
        """Something of what the probe has seen."""
        return self.page.evaluate(f"seen.{what}")

    def wait_for_gestures(self, count: int) -> None:
        """Until so many have been drawn. Raises HouseError after 5 s."""
        try:
            self.page.wait_for_function("count => seen.gestures.length >= count", arg=count, polling=100, timeout=5_000)
        except BrowserTimeoutError as err:
            raise HouseError(
                f"Gesture {count} was not drawn: {self.page.locator('mira-panel').inner_text()!r}"
            ) from err

    def own_changes(self, count: int) -> list[float]:
        """Milliseconds until a change that nobody sent is drawn: what any change waits for the screen at the least."""
        found: list[float] = self.page.evaluate("count => seen.ownChanges(count)", count)
        return found

    def fetched_bytes(self) -> dict[str, int]:
        """Mira's files that were asked for before the first clock was drawn: their compressed sizes."""
        found: dict[str, int] = self.page.evaluate("""() => Object.fromEntries(performance.getEntriesByType("resource")
            .filter(({ name, startTime }) => name.includes("/mira_static/") && startTime < seen.firstClock)
            .map(({ name, encodedBodySize }) => [new URL(name).pathname.split("/").at(-1), encodedBodySize]))""")
        return found

    def memory(self) -> Memory:
        """What it holds, once what it does not need is gone."""
        for _ in range(2):
            self._page.send("HeapProfiler.collectGarbage")
        self._page.send("Performance.enable")
        metrics = self._page.send("Performance.getMetrics")["metrics"]
        values = {metric["name"]: float(metric["value"]) for metric in metrics}
        return Memory(values["JSHeapUsedSize"] / 1_000, values["Nodes"])

    def cpu_seconds(self) -> dict[str, float]:
        """Processor time so far, by the kind of process: `renderer`, `GPU`, `browser`."""
        used: dict[str, float] = {}
        for process in self._browser.send("SystemInfo.getProcessInfo")["processInfo"]:
            used[process["type"]] = used.get(process["type"], 0.0) + float(process["cpuTime"])
        return used

    def slow_down(self, times: int) -> None:
        """Let its processor be so many times slower."""
        self._page.send("Emulation.setCPUThrottlingRate", {"rate": times})


def growth(samples: list[float]) -> float:
    """How much more the last third has than the first, by their medians."""
    third = max(1, len(samples) // 3)
    return statistics.median(samples[-third:]) - statistics.median(samples[:third])
