"""The picture of a real camera of Home Assistant on the glass, with the hand that the mirror sees in it."""

import re
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
import pytest_socket
from playwright.sync_api import Browser, Locator

from house.browser import asked, open_signed_in
from house.display import Display
from house.hand_video import Scene, Stretch
from house.hands import photograph
from house.household import Household, running
from house.stage import until
from house.stream_server import StreamServer

ENTITY = "camera.hall"
IN_THE_PICTURE = 0.3
"""Of its width, from the left: where the hand is as the camera takes it."""
IN_THE_MIRROR = 1 - IN_THE_PICTURE


@pytest.fixture(scope="module")
def film() -> list[bytes]:
    """A hand that is held up."""
    hand = photograph()
    if hand is None:
        pytest.skip("there are no recorded hands; MIRA_TESTDATA says where they are")
    return Scene(photograph=hand).jpegs(Stretch(seconds=1, start=(IN_THE_PICTURE, 0.5)))


@pytest.fixture(scope="module")
def house(film: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Household]:
    """Redis, the sidecar and Home Assistant, running."""
    pytest_socket.enable_socket()
    with running(tmp_path_factory.mktemp("house")) as household:
        yield household


@pytest.fixture
def entry(house: Household, film: list[bytes]) -> Iterator[str]:
    """The config entry, in Home Assistant, of a camera on the network that sees it."""
    home = house.home_assistant
    with StreamServer(film[0]) as camera:
        camera.play(film, loop=True)
        flow = home.post("/api/config/config_entries/flow", {"handler": "mjpeg"})
        answers = {"name": "Hall", "mjpeg_url": camera.url, "password": "", "verify_ssl": False}
        made = home.post(f"/api/config/config_entries/flow/{flow['flow_id']}", answers)["result"]
        yield str(made["entry_id"])
        home.delete(f"/api/config/config_entries/entry/{made['entry_id']}")


@pytest.fixture
def display(house: Household, entry: str, browser: Browser) -> Display:
    """The mirror watches that camera, and shows its picture."""
    home, sidecar = house.home_assistant, house.sidecar
    if sidecar.flags.get("camera") is None:
        sidecar.stop()
        sidecar.flags["camera"] = f"{home.url}/api/camera_proxy_stream/{ENTITY}"
        sidecar.flags["camera_token"] = home.login.token
        sidecar.start()
    switch(house, on=True)
    administrator = open_signed_in(browser, home.url, home.login.token, "/profile")
    shown = {"pages": {"home": {"bottom_right": [{"type": "camera", "entity": ENTITY, "seconds": 1}]}}}
    asked(administrator, {"type": "mira/display/configure", "display": shown})
    administrator.close()
    return Display(browser, house.display_url)


def test_the_hand_is_drawn_where_it_is_in_the_picture_and_left_is_left(display: Display) -> None:
    until("the picture", lambda: is_drawn(display), bool, 30)
    until("the hand in it", lambda: joints(display), bool, 30)
    places = joints(display)
    assert len(places) == 21
    middle = float(np.mean([x for x, _ in places]))
    assert middle == pytest.approx(IN_THE_MIRROR, abs=0.08)
    assert pictured_hand(display) == pytest.approx(middle, abs=0.08)


def test_the_picture_goes_on_when_home_assistant_changes_its_token(
    house: Household, entry: str, display: Display
) -> None:
    until("the picture", lambda: is_drawn(display), bool, 30)
    before = token(display)
    house.home_assistant.post(f"/api/config/config_entries/entry/{entry}/reload", {})
    until("another token", lambda: token(display), lambda now: now not in (None, before), 30)
    until("the picture", lambda: is_drawn(display), bool, 30)


def test_the_picture_is_gone_with_the_mirror_s_camera(house: Household, display: Display) -> None:
    until("the picture", lambda: is_drawn(display), bool, 30)
    switch(house, on=False)
    until("no picture", part(display, "camera-frame").count, lambda count: count == 0)
    assert part(display, "camera-picture").count() == 0
    switch(house, on=True)
    until("the picture", lambda: is_drawn(display), bool, 30)


def switch(house: Household, *, on: bool) -> None:
    """Have the mirror's camera opened or closed, as somebody before the glass would."""
    house.bus.send("set_camera", {"on": on}, source="touch")
    house.bus.send("confirm", {}, source="touch")  # refused where nothing was asked back
    wanted = "open" if on else "closed"
    observed = lambda: (house.bus.presence() or {"devices": {}})["devices"].get("camera", {}).get("capture")  # noqa: E731
    until(f"the camera is {wanted}", observed, lambda capture: capture == wanted, 30)


def part(display: Display, hook: str) -> Locator:
    return display.page.locator(f"[data-test={hook}]")


def is_drawn(display: Display) -> bool:
    """Whether a picture is on the glass."""
    look = "found => found.some((picture) => picture.checkVisibility() && picture.naturalWidth === 640)"
    return bool(part(display, "camera-picture").evaluate_all(look))


def token(display: Display) -> str | None:
    """What the picture is asked for with."""
    sources: list[str] = part(display, "camera-picture").evaluate_all("found => found.map(({ src }) => src)")
    found = re.search(r"token=(\w+)", sources[0]) if sources else None
    return found[1] if found else None


def joints(display: Display) -> list[tuple[float, float]]:
    """Where the joints are drawn, in shares of the picture."""
    look = "found => found.map((path) => path.getAttribute('d')).join('')"
    path = part(display, "camera-hands").locator("path.joints").evaluate_all(look)
    return [(float(x), float(y)) for x, y in re.findall(r"M(\S+) (\S+?)h0", path)]


def pictured_hand(display: Display) -> float:
    """Where in the picture on the glass something is before the wall, without what is drawn over it: from 0 to 1."""
    part(display, "camera-hands").evaluate("hands => { hands.style.visibility = 'hidden'; }")
    shot = np.frombuffer(part(display, "camera-frame").screenshot(), np.uint8)
    grey = cv2.imdecode(shot, cv2.IMREAD_GRAYSCALE)
    assert grey is not None
    inside = grey[10:-10, 10:-10].astype(int)  # without the round corners
    _, columns = np.nonzero(abs(inside - np.median(inside)) > 40)
    return float(columns.mean() / inside.shape[1])
