"""What can be wrong between Home Assistant and the mirror."""
# ruff: noqa: N818 - named for what is the case, as Home Assistant names them

from collections.abc import Mapping
from typing import Any, override

from .refusals import wording


class MiraError(Exception):
    """Something is wrong with the mirror; `code` names it for programs, and the text for Home Assistant's log.

    People read the translation of its key, which says nothing that a library has worded.
    """

    code = "unknown"

    @property
    def translation_key(self) -> str:
        """The key of its text among the exceptions."""
        return self.code

    @property
    def placeholders(self) -> dict[str, str]:
        """What that text says besides."""
        return {}


class CannotConnect(MiraError):
    """Redis cannot be reached, or answers with an error."""

    code = "cannot_connect"


class CannotWrite(MiraError):
    """Redis answers and refuses every write: nothing can be asked of the mirror, and its presence expires."""

    code = "cannot_write"

    def __init__(self, cause: str) -> None:
        super().__init__(WRITES_REFUSED[cause])
        self.cause = cause
        """`out_of_memory`, `disk_fails`, `no_replicas` or `read_only`."""

    @property
    @override
    def translation_key(self) -> str:
        return f"{self.code}_{self.cause}"


WRITES_REFUSED = {
    "out_of_memory": "Redis is out of memory (maxmemory is reached), so it accepts no commands.",
    "disk_fails": "Redis cannot save to its disk, so it accepts no commands.",
    "no_replicas": "Redis has fewer replicas than min-replicas-to-write demands, so it accepts no commands.",
    "read_only": "This Redis is a read-only replica, so it accepts no commands.",
}


class InvalidAuth(MiraError):
    """Redis refuses the user name, the password or what they may do."""

    code = "invalid_auth"


class MissingRight(InvalidAuth):
    """Redis knows the user, who may not do this."""


class NoMirror(MiraError):
    """Redis answers, but no sidecar of this name has shown itself in the last three seconds."""

    code = "no_mirror"


class WrongProtocol(MiraError):
    """The sidecar speaks another version of the protocol."""

    code = "wrong_protocol"

    def __init__(self, theirs: int, ours: int) -> None:
        side = "the Mira integration in Home Assistant" if theirs > ours else "the mirror's sidecar"
        super().__init__(f"The sidecar speaks protocol {theirs}, Home Assistant protocol {ours}. Update {side}.")
        self.theirs = theirs
        self.ours = ours

    @property
    @override
    def placeholders(self) -> dict[str, str]:
        return {"theirs": str(self.theirs), "ours": str(self.ours)}


class NoAnswer(MiraError):
    """A command was sent, and no decision came back in time."""

    code = "no_answer"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The mirror did not answer within {seconds:g} s.")
        self.seconds = seconds

    @property
    @override
    def placeholders(self) -> dict[str, str]:
        return {"seconds": f"{self.seconds:g}"}


class NoReply(MiraError):
    """A query was sent, and no reply came back in time."""

    code = "no_reply"


class QueryRefused(MiraError):
    """The sidecar has no answer to a query, for a reason that comes with values."""

    code = "query_refused"

    def __init__(self, reason: str, values: Mapping[str, Any]) -> None:
        super().__init__(f"The mirror refuses the query ({reason}).")
        self.reason = reason
        self.values = values

    @property
    @override
    def translation_key(self) -> str:
        return wording(self)[0]

    @property
    @override
    def placeholders(self) -> dict[str, str]:
        return wording(self)[1]


class BadMessage(MiraError):
    """What the sidecar wrote does not follow the protocol."""

    code = "bad_message"


class TooLong(MiraError):
    """A command that the sidecar would refuse unread."""

    code = "too_long"

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(f"The command has {size} bytes; the mirror takes {limit}.")
        self.size = size
        self.limit = limit

    @property
    @override
    def placeholders(self) -> dict[str, str]:
        return {"size": str(self.size), "limit": str(self.limit)}


class NotListening(MiraError):
    """Nobody heard the words of a command, which was not sent then."""

    code = "not_listening"


class NotLoaded(MiraError):
    """Home Assistant has unloaded the mirror's config entry."""

    code = "not_loaded"
