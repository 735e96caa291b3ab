"""What goes on while commands are decided: the lease is renewed, the presence is shown, the clock is asked."""

import asyncio
import contextlib

import structlog
from redis.exceptions import RedisError, ResponseError

from mira_sidecar.bulletin import Bulletin
from mira_sidecar.flow import Flow
from mira_sidecar.protocol import Problem
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.transport.lease import RENEWAL_S, LeaseLostError
from mira_sidecar.transport.link import Link
from mira_sidecar.transport.presence import PresenceKey

log = structlog.get_logger()

GIVEN_UP_S = 5.0
"""Whose turn takes so long lets another decide: a disk that hangs says nothing, and may never come back."""


class Heartbeat:
    """Shows that the sidecar is there, and notices what keeps it from hearing, or from answering."""

    def __init__(self, link: Link, key: PresenceKey, flow: Flow, bulletin: Bulletin, store: EventStore) -> None:
        self._link = link
        self._key = key
        self._flow = flow
        self._bulletin = bulletin
        self._store = store

    async def run(self) -> None:
        """Beat until cancelled, while the flow has Redis: where Redis is away, the flow is the one to say so."""
        while True:
            self._bulletin.changed.clear()
            took_s = self._flow.watch()
            if self._flow.connected:
                with contextlib.suppress(LeaseLostError):
                    await self._beat(took_s)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._bulletin.changed.wait(), RENEWAL_S)

    async def _beat(self, took_s: float) -> None:
        lease = self._link.lease
        try:
            if took_s < GIVEN_UP_S:
                await lease.renew()
            self._bulletin.rival(lease.wanted_by)
            await self._key.renew(self._bulletin.presence(self._store.server_id), lease.body)
            await self._link.clock.sync()
        except ResponseError as error:
            # It reads for us, and takes nothing: no command can come in, so nothing could be switched off.
            self._flow.trouble("redis", Problem("redis_takes_no_commands", self._link.explain(error)))
        except RedisError, OSError:
            return
        else:
            self._flow.trouble("redis", None)
