"""A mirror without a sidecar: what none would write, written by hand."""

import json
from typing import Any

import redis

PRESENCE = {
    "protocol": 2,
    "version": "0.1.0",
    "server_id": "0198c0de",
    "mirror": "hall",
    "name": "Hall mirror",
    "node": "test:1",
    "started_at": "2026-11-20T12:00:00.000Z",
    "devices": {
        "camera": {"kind": "camera", "capture": "open"},
        "microphone": {"kind": "microphone", "capture": "closed"},
    },
    "subjects": {"screen": 1, "gesture": 1, "voice": 2, "talk": 1},
}
STATE = {
    "microphone": {"on": True},
    "camera": {"on": True},
    "page": "home",
    "pages": ["home", "todos", "clock"],
    "todos": [],
    "message": None,
    "gesture": None,
    "gestures_seen": {},
    "utterance": None,
}


class WrittenMirror:
    """Keys of the mirror `hall`, written by hand."""

    def __init__(self, url: str) -> None:
        self.redis = redis.Redis.from_url(url, decode_responses=True)

    def presence(self, **changes: Any) -> None:
        """A heartbeat that does not expire."""
        self.redis.set("mira:{hall}:presence", json.dumps({**PRESENCE, **changes}))

    def state(self, *, rev: int = 1, seq: int = 1, **changes: Any) -> None:
        """The state document."""
        snapshot = {"rev": rev, "seq": seq, "at": "2026-11-20T12:00:00.000Z", "state": {**STATE, **changes}}
        self.redis.set("mira:{hall}:state", json.dumps(snapshot))
        self.head(seq, rev=rev)

    def head(self, seq: int, *, rev: int = 1) -> None:
        """How far the log is published."""
        self.redis.set("mira:{hall}:head", json.dumps({"rev": rev, "seq": seq, "at": "2026-11-20T12:00:00.000Z"}))

    def event(self, seq: int, *, beyond_the_head: bool = False, **changes: Any) -> None:
        """An entry of the events stream: an accepted gesture, unless told otherwise."""
        event = {
            "seq": seq,
            "id": f"event-{seq}",
            "ts": f"2026-11-20T12:00:{seq % 60:02}.000Z",
            "command_id": f"command-{seq}",
            "type": "accepted",
            "source": "gesture",
            "action": "gesture",
            "payload": {"name": "palm", "hold_ms": 600},
            **changes,
        }
        if not beyond_the_head:
            self.head(seq)
        self.redis.xadd("mira:{hall}:events", {"event": json.dumps(event)}, id=f"{seq}-0")
