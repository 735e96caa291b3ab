"""The state that Redis shows: it is written now and then, and the events behind it lead on, up to the head."""

from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.protocol import Head, Snapshot
from mira_sidecar.snapshots import position_of
from mira_sidecar.transport.feed import Feed


async def shown(feed: Feed) -> Position | None:
    """The state now; None where Redis does not show all of it, as while it is filled again."""
    return await followed(feed, await feed.snapshot(), await feed.head())


async def followed(feed: Feed, state: Snapshot | None, head: Head | None) -> Position | None:
    """What the events behind a state that was read make of it; None where they do not lead up to the head."""
    if state is None or head is None:
        return None
    position = position_of(state)
    try:
        while events := await feed.after(position.seq):
            for event in events:
                position = fold(position, event)
    except ValueError, LookupError:
        return None
    return position if position.seq >= head.seq else None
