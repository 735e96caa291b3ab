"""Streams into which others write: whoever gives an entry the last possible id leaves none for those after it."""

from collections.abc import Callable, Sequence

import structlog
from redis.asyncio import Redis

from mira_sidecar.protocol import Problem
from mira_sidecar.transport.script import script

log = structlog.get_logger()

_AHEAD_MS = 60_000
"""How far an id may be ahead of the clock by which ids are given: less does no harm."""


class StreamIds:
    """Watches over the ids of streams, which are times by the Redis server's clock."""

    def __init__(self, redis: Redis, report: Callable[[Problem], None]) -> None:
        """`report` hears what a clock that was set back does not explain."""
        self._renew = script(redis, "renew_ids")
        self._report = report

    async def check(self, streams: Sequence[str], group: str = "") -> bool:
        """Give the entries new ids, in their order, where those are from the future; whether it was so.

        Nothing of them may be in hand.
        """
        renewed: list[tuple[bytes, int]] = await self._renew(keys=streams, args=[group, _AHEAD_MS])
        for key, are_no_times in renewed:
            stream = key.decode()
            log.warning("ids from the future: the stream has new ones", stream=stream)
            if are_no_times:
                self._report(
                    Problem(
                        "stream_reset",
                        f"Somebody wrote an entry into `{stream}` behind which Redis takes no other one, so nobody "
                        "could be heard. The stream was made from scratch, and what waited in it was kept. See who "
                        "may write to Redis: docs/security.md says how.",
                    )
                )
        return bool(renewed)
