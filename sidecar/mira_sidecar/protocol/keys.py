"""Where it crosses: the keys of Redis, and how much of it is kept there."""

from mira_sidecar.protocol.wire import CARRIES, Sender, Source


class Keys:
    """Redis keys of one mirror. The braces keep them in one slot of a Redis Cluster."""

    def __init__(self, mirror: str) -> None:
        prefix = f"mira:{{{mirror}}}"
        self.commands: dict[Sender, str] = {sender: f"{prefix}:commands:{sender}" for sender in CARRIES}
        """The commands streams, by who sends there."""
        self.retired = (f"{prefix}:commands", f"{prefix}:commands:dead")
        """Keys of version 1 of the protocol, in which a PIN may have been left."""
        self.dead = f"{prefix}:dead"
        self.events = f"{prefix}:events"
        self.head = f"{prefix}:head"
        self.head_seal = f"{prefix}:head_seal"
        self.state = f"{prefix}:state"
        self.state_seal = f"{prefix}:state_seal"
        self.patches = f"{prefix}:patches"
        self.answers = f"{prefix}:answers"
        self.live = f"{prefix}:live"
        self.readings = f"{prefix}:readings"
        self.queries = f"{prefix}:queries"
        self.replies = f"{prefix}:replies"
        self.private = f"{prefix}:private"
        self.said = f"{prefix}:said"
        self.audio = f"{prefix}:audio"
        self.speech = f"{prefix}:speech"
        self.asking = f"{prefix}:asking"
        self.telling = f"{prefix}:telling"
        self.presence = f"{prefix}:presence"
        self.lease = f"{prefix}:lease"
        self.fence = f"{prefix}:fence"
        self.claim = f"{prefix}:claim"

    def commands_from(self, source: Source) -> str:
        """The stream for commands of this source. Raises LookupError for `system`: those are in none."""
        senders = [sender for sender, sources in CARRIES.items() if source in sources]
        return self.commands[senders[0]]


GROUP = "arbiter"
"""The consumer group on the commands streams."""
WAITING_KEPT = 10_000
"""Commands that a sender leaves in its stream while nobody decides (XADD with MAXLEN ~): older ones have expired."""
EVENTS_KEPT = 10_000
"""Events in the Redis stream; older ones are in SQLite alone."""
PRESENCE_TTL_MS = 3_000
