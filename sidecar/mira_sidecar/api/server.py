"""The API: HTTP and WebSockets for programs that have a key. It runs beside the decisions, and never in their way."""

import asyncio
import logging
import ssl
from collections.abc import Callable, Iterable, Sequence
from typing import override

import structlog
from aiohttp.web_server import Server

from mira_sidecar.api import LOOPBACK
from mira_sidecar.api.commands import Commands
from mira_sidecar.api.connections import SocketRoute
from mira_sidecar.api.control import Control
from mira_sidecar.api.documents import Documents
from mira_sidecar.api.endpoints import Endpoints
from mira_sidecar.api.figures import Figures
from mira_sidecar.api.gate import Gate
from mira_sidecar.api.keys import KeyRing
from mira_sidecar.api.routes import Route
from mira_sidecar.api.sockets import Sockets
from mira_sidecar.api.tokens import Mint
from mira_sidecar.api.watching import KEPT, RESTARTING, Watch
from mira_sidecar.config import Settings
from mira_sidecar.core.arbiter import Position
from mira_sidecar.core.registry import Registry
from mira_sidecar.parts import Now, Shell
from mira_sidecar.protocol import Event, Presence, Problem
from mira_sidecar.store.errors import StoreError

log = structlog.get_logger()

MOST_CONNECTIONS = 1_024
_IDLE_S = 20.0
"""For which a connection may be silent, also in the midst of a request's head."""
_LEAVE_S = 2.0
_AGAIN_S = 5.0
"""Between two attempts to listen."""
_FULL = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_SILENT = logging.getLogger("mira_sidecar.api.http")
"""For what is wrong with somebody's HTTP: they are told, and no log grows by it."""
_SILENT.disabled = True


class Api:
    """Serves until cancelled; what was decided is handed to it, by calls that return at once."""

    def __init__(
        self,
        shell: Shell,
        registry: Registry,
        routes: Iterable[Route],
        sockets: Sequence[SocketRoute],
        presence: Callable[[], Presence],
    ) -> None:
        """`routes`, `sockets`: those of subjects; `presence`: what the sidecar says of itself now."""
        self._settings = shell.settings
        self._report = shell.bulletin.degraded
        self._store = shell.store
        self._problem: Problem | None = None
        self._figures = Figures()
        withheld = [one for one in registry.subjects if not one.for_everybody]
        self._watch = Watch(
            shell.store.store_id,
            (one.name for one in withheld),
            {action.name for one in withheld for action in (*one.actions, *one.inner)},
        )
        self._commands = Commands(shell.redis, shell.keys)
        mint = Mint(shell.settings.mirror)
        self._ring = KeyRing(shell.store.path, self._end_keys, self._report_keys)
        gate = Gate(self._ring, mint)
        self._sockets = Sockets(gate, self._watch)
        control = Control(
            mirror=shell.settings.mirror,
            registry=registry,
            commands=self._commands,
            watch=self._watch,
            connections=lambda: len(self._watch.clients) + self._sockets.connections,
            figures=self._figures,
            mint=mint,
            clock=shell.clock,
            database=shell.store.path,
            presence=presence,
            problem=lambda: self._problem,
        )
        everything = [*control.routes(), *routes]
        documents = Documents(everything, sockets, registry, shell.settings.display_name)
        self._endpoints = Endpoints(
            [*everything, *documents.routes()],
            {"/ws/state": self._sockets.follow, **{route.path: self._sockets.of(route) for route in sockets}},
            gate=gate,
            figures=self._figures,
            origins=shell.settings.api_origins,
        )

    def changed(self, now: Now, position: Position, problem: Problem | None) -> None:
        """The mirror has changed, or the way to it."""
        self._problem = problem
        code = problem.code if problem else None
        # Where Redis is away, the mirror's own sidecar still knows the state; a standby knows it while it serves.
        serves = now.connected or not self._settings.standby
        self._watch.changed(position, deciding=now.deciding, problem=code, serves=serves)

    def decided(self, events: Sequence[Event], again: Sequence[Event]) -> None:
        """These are stored and published; `again` are answers that were given before."""
        self._watch.remember(events)
        self._figures.decided(events)
        self._commands.heard(events)
        self._commands.heard(again)

    async def run(self) -> None:
        """Serve until cancelled."""
        await self._ring.load()
        await self._recall()
        server = Server(
            self._endpoints.answer,
            request_factory=self._endpoints.request,
            access_log=None,
            logger=_SILENT,
            keepalive_timeout=_IDLE_S,
            lingering_time=1.0,
        )
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._ring.run())
            tasks.create_task(self._watch.run())
            listening = await self._listening(server)
            try:
                await asyncio.Event().wait()
            finally:
                listening.close()
                await self._sockets.end_all(RESTARTING)
                server.pre_shutdown()
                await server.shutdown(_LEAVE_S)

    async def _recall(self) -> None:
        """The last patches, for clients that were there before we started."""
        pages = self._store.events_after(max(0, await self._store.last_seq() - KEPT))
        self._watch.recall([event async for page in pages for event in page])

    async def _listening(self, server: Server) -> asyncio.Server:
        """Listen as soon as that is possible."""
        settings = self._settings
        place = f"{settings.api_host}:{settings.api_port}"
        while True:
            try:
                tls = _tls(settings)
                listening = await asyncio.get_running_loop().create_server(
                    lambda: _Refusing() if len(server.connections) >= MOST_CONNECTIONS else server(),
                    settings.api_host,
                    settings.api_port,
                    ssl=tls,
                    backlog=128,
                )
            except (OSError, ValueError) as error:
                why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
                text = (
                    f"The API cannot listen at {place} ({why}). Choose another `api_port` or `api_host`, or check "
                    "`api_certificate`."
                )
                log.warning("the API does not listen", why=text)
                self._report("api", Problem("api_not_listening", text))
                await asyncio.sleep(_AGAIN_S)
            else:
                self._report("api", None)
                if tls is None and settings.api_host not in LOOPBACK:
                    log.warning(
                        "the API speaks http: whoever can listen in the network learns its keys", host=settings.api_host
                    )
                log.info("the API listens", at=f"{'https' if tls else 'http'}://{place}")
                return listening

    def _end_keys(self, gone: frozenset[str]) -> None:
        self._sockets.end_keys(gone)

    def _report_keys(self, problem: StoreError | None) -> None:
        self._report("api_keys", Problem("api_keys", str(problem)) if problem else None)


class _Refusing(asyncio.Protocol):
    """A connection beyond those that there may be."""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the type checker
        transport.write(_FULL)
        transport.close()


def _tls(settings: Settings) -> ssl.SSLContext | None:
    """How to speak https, where there is a certificate. Raises OSError or ValueError."""
    if settings.api_certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(settings.api_certificate, settings.api_certificate_key)
    return context
