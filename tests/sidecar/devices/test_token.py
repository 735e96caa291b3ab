"""The token of a camera is shown to the camera, and to nobody else whom that names."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import override

import numpy as np
import pytest

from house.hand_video import jpeg
from mira_sidecar.devices.camera.source import NewestFrame
from mira_sidecar.devices.source import SourceError

TOKEN = "Umbrella.Umbrella"
PICTURE = jpeg(np.full((48, 64, 3), 240, np.uint8))
pytestmark = pytest.mark.usefixtures("socket_enabled")

type Answer = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """An HTTP server that remembers what it was shown."""

    def __init__(self, answer: Answer) -> None:
        shown: list[str | None] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                """Answer as the test wants it."""
                shown.append(self.headers.get("Authorization"))
                with contextlib.suppress(OSError):
                    answer(self)

            @override
            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self.shown = shown
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], tuple[str, list[str | None]]]]:
    """Starts a server; its address, and what it was shown."""
    servers: list[tuple[Server, threading.Thread]] = []

    def serve(answer: Answer) -> tuple[str, list[str | None]]:
        server = Server(answer)
        thread = threading.Thread(target=server.http.serve_forever)
        thread.start()
        servers.append((server, thread))
        return f"127.0.0.1:{server.http.server_port}", server.shown

    yield serve
    for server, thread in servers:
        server.http.shutdown()
        server.http.server_close()
        thread.join()


type Serve = Callable[[Answer], tuple[str, list[str | None]]]


def pictures(request: BaseHTTPRequestHandler) -> None:
    """A camera as Home Assistant shows one."""
    request.send_response(200)
    request.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
    request.end_headers()
    for _ in range(100):
        request.wfile.write(b"--frame\r\nContent-Type: image/jpeg\r\n")
        request.wfile.write(f"Content-Length: {len(PICTURE)}\r\n\r\n".encode() + PICTURE + b"\r\n")


def refers_to(place: str, status: int = 302) -> Answer:
    """An answer that names another address."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Location", f"http://{place}/stream")
        request.end_headers()

    return answer


def lists(place: str) -> Answer:
    """An answer that is a list of videos elsewhere, as HLS has it."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/vnd.apple.mpegurl")
        request.end_headers()
        head = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n"
        request.wfile.write(f"{head}http://{place}/segment.ts\n#EXT-X-ENDLIST\n".encode())

    return answer


def test_a_camera_that_asks_for_a_token_is_shown_it(serve: Serve) -> None:
    place, shown = serve(pictures)
    camera = NewestFrame(f"http://{place}/api/camera_proxy_stream/camera.hall", TOKEN)
    assert camera.take().frame.width == 64
    assert shown == [f"Bearer {TOKEN}"]
    assert camera.end()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_token_does_not_follow_a_redirect(serve: Serve, status: int) -> None:
    elsewhere, seen = serve(pictures)
    place, shown = serve(refers_to(elsewhere, status))
    with pytest.raises(SourceError, match="With a token no redirect is followed") as refused:
        NewestFrame(f"http://{place}/stream", TOKEN).take()
    assert (shown, seen) == ([f"Bearer {TOKEN}"], [])
    assert elsewhere not in str(refused.value)


def test_a_token_is_not_shown_to_those_whom_a_playlist_names(serve: Serve) -> None:
    elsewhere, seen = serve(pictures)
    place, shown = serve(lists(elsewhere))
    with pytest.raises(SourceError, match="is no video"):
        NewestFrame(f"http://{place}/stream", TOKEN).take()
    assert (shown, seen) == ([f"Bearer {TOKEN}"], [])


def test_without_a_token_a_redirect_is_followed_and_a_password_is_not_taken_along(serve: Serve) -> None:
    elsewhere, seen = serve(pictures)

    def asks(request: BaseHTTPRequestHandler) -> None:
        if "Authorization" in request.headers:
            refers_to(elsewhere)(request)
            return
        request.send_response(401)
        request.send_header("WWW-Authenticate", 'Basic realm="camera"')
        request.send_header("Content-Length", "0")
        request.end_headers()

    place, shown = serve(asks)
    camera = NewestFrame(f"http://anna:umbrella@{place}/stream")
    assert camera.take().frame.width == 64
    assert [bool(one) for one in shown] == [False, True]
    assert seen == [None]
    assert camera.end()
