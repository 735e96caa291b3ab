"""The state of a mirror, as any client finds it: the one that was written last, and the patches behind it."""

import json
from typing import Any

import msgspec
import redis

from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.protocol import Event, Keys


def state_now(client: redis.Redis, keys: Keys) -> dict[str, Any] | None:
    """A Snapshot as of the head; None where Redis does not show all of it, as while it is filled.

    `client` decodes responses.
    """
    texts: Any = client.mget(keys.head, keys.state)
    if None in texts:
        return None
    head, snapshot = map(json.loads, texts)
    position = Position(snapshot["seq"], snapshot["rev"], snapshot["state"])
    entries: Any = client.xrange(keys.events, f"({snapshot['seq']}-0", f"{head['seq']}-0")
    try:
        for _, fields in entries:
            position = fold(position, msgspec.json.decode(fields["event"], type=Event))
    except ValueError, LookupError:
        return None
    if position.seq != head["seq"]:
        return None
    return {"rev": position.rev, "seq": position.seq, "at": head["at"], "state": position.document}
