"""A camera on the network: an HTTP multipart JPEG stream on a free port of the loopback interface."""

import contextlib
import threading
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self, override

_BOUNDARY = "frame"
_GOING_S = 2.0


class StreamServer:
    """Serves one picture after the other, to everyone who is connected, until told to play something else.

    As a device would, one that is `exclusive` turns away whoever comes while somebody is connected.

    It starts with `idle` (one JPEG file) as a still picture. All methods may be called from any thread and do
    not wait, but those named `wait_…`, which return False where nothing happened for `timeout` seconds.
    """

    def __init__(self, idle: bytes, *, rate: int = 30, exclusive: bool = False) -> None:
        self._rate = rate
        self._exclusive = exclusive
        self._change = threading.Condition()
        self._still = [idle]
        self._frames: Sequence[bytes] = self._still
        self._loops = True
        self._started = time.monotonic()
        self._open = 0
        self._opened = 0
        self._turned_away = 0
        self._dropped = 0
        self._stopped = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="stream server", daemon=True)

    @property
    def url(self) -> str:
        """The stream's address."""
        return f"http://127.0.0.1:{self._server.server_port}/stream"

    @property
    def connections(self) -> int:
        """How many are connected now."""
        with self._change:
            return self._open

    @property
    def opened(self) -> int:
        """How many connections there have ever been."""
        with self._change:
            return self._opened

    @property
    def turned_away(self) -> int:
        """How many came while it was taken."""
        with self._change:
            return self._turned_away

    def start(self) -> Self:
        """Answer from now on."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End all connections and free the port."""
        with self._change:
            self._stopped = True
            self._change.notify_all()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(timeout=5)
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def play(self, frames: Sequence[bytes], *, loop: bool = False) -> None:
        """Show these JPEG files from now on, from the first; then again, or the idle picture."""
        with self._change:
            self._frames, self._loops, self._started = frames, loop, time.monotonic()

    def rest(self) -> None:
        """Show the idle picture."""
        self.play(self._still, loop=True)

    def drop(self) -> None:
        """End the connections that are open now, and answer new ones."""
        with self._change:
            self._dropped = self._opened
            self._change.notify_all()

    def wait_opened(self, timeout: float = 10) -> bool:
        """Wait until somebody is connected."""
        with self._change:
            return self._change.wait_for(lambda: self._open > 0, timeout)

    def wait_ended(self, timeout: float = 10) -> bool:
        """Wait until nobody is connected."""
        with self._change:
            return self._change.wait_for(lambda: self._open == 0, timeout)

    def _picture(self) -> bytes:
        with self._change:
            number = int((time.monotonic() - self._started) * self._rate)
            if self._loops:
                return self._frames[number % len(self._frames)]
            return self._frames[number] if number < len(self._frames) else self._still[0]

    def _begin(self) -> int | None:
        """Count a connection that opens; its number, from 1. None where it is turned away."""
        with self._change:
            # That somebody has gone shows with the next pictures that are sent to them.
            if self._exclusive and not self._change.wait_for(lambda: self._open == 0, _GOING_S):
                self._turned_away += 1
                return None
            self._open += 1
            self._opened += 1
            self._change.notify_all()
            return self._opened

    def _end(self) -> None:
        """Count a connection that ended."""
        with self._change:
            self._open -= 1
            self._change.notify_all()

    def _wait_for_next(self, connection: int) -> bool:
        """Wait for the time of the next frame; False when the connection is to end."""
        with self._change:
            late = (time.monotonic() - self._started) * self._rate % 1
            ends = lambda: self._stopped or connection <= self._dropped  # noqa: E731
            return not self._change.wait_for(ends, (1 - late) / self._rate)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        """What answers a request, tied to this server."""
        server = self

        class Stream(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                """Send pictures until one side ends it."""
                connection = server._begin()
                if connection is None:
                    self.send_error(503)
                    return
                with contextlib.suppress(OSError):
                    self.send_response(200)
                    self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={_BOUNDARY}")
                    self.end_headers()
                    while server._wait_for_next(connection):
                        picture = server._picture()
                        self.wfile.write(
                            f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\n"
                            f"Content-Length: {len(picture)}\r\n\r\n".encode()
                            + picture
                            + b"\r\n"
                        )
                server._end()

            @override
            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Stream
