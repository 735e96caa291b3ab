"""The words of a route: what it takes, what it answers, and who may ask. A subject's stand in its own `routes.py`.

They are `routes(part)`, a function that gets the subject's part and yields them; nothing else lists them.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

import msgspec

from mira_sidecar.api.errors import ApiError
from mira_sidecar.api.keys import Key

type Method = Literal["GET", "POST", "PUT", "DELETE"]
MAX_BODY_BYTES: Final = 65_536
"""Of a request: as long as a command may be."""


class Nothing(msgspec.Struct, frozen=True):
    """No query, or no body."""


class Caller(NamedTuple):
    """Who asks."""

    key: Key
    capabilities: frozenset[str]
    """What they may do now: with a token, also what takes a PIN."""
    until: float | None = None
    """When their token is valid no more, in Unix seconds; None: they have the key itself."""

    @property
    def device(self) -> str:
        """How the log names them: by the key's id, for a name may be somebody's."""
        return f"api:{self.key.id}"

    @property
    def sees_all(self) -> bool:
        """Whether what is about people is theirs to see."""
        return "people.read" in self.capabilities

    def check(self, capability: str) -> None:
        """Raise ApiError where they may not do this."""
        if capability in self.capabilities:
            return
        if capability in self.key.with_pin:
            message = f"`{capability}` takes a PIN: get a token with POST /auth/pin, and send that instead of the key."
            raise ApiError(403, "PIN_REQUIRED", message, details=capability)
        message = f"This key does not have the capability `{capability}`."
        raise ApiError(403, "CAPABILITY_MISSING", message, details=capability)


class Call[Q, B](NamedTuple):
    """A request, as its route takes it."""

    caller: Caller | None
    """None where the route is open to everybody."""
    query: Q
    body: B
    path: Mapping[str, str]
    request_id: str


class Raw(NamedTuple):
    """An answer that is no JSON object of ours."""

    body: bytes
    content_type: str
    headers: Mapping[str, str] = {}


type Answer = msgspec.Struct | bytes | Raw
"""A struct, or a JSON object that is encoded already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One thing that can be asked of the API."""

    method: Method
    path: str
    """With `{names}` for its parts."""
    summary: str
    """A few words, as the title in the documents."""
    description: str = ""
    """More, in Markdown."""
    tag: str
    """Under what it stands in the documents."""
    capability: str | None
    """What a key needs for it; empty: any key will do; None: it is open to everybody."""
    query: type[msgspec.Struct] = Nothing
    body: type[msgspec.Struct] = Nothing
    form: bool = False
    """Whether the body may also be a form."""
    examples: Mapping[str, Any] = field(default_factory=dict)
    """Bodies, by what they are for."""
    answer: type[msgspec.Struct] | str
    """The media type of what is no JSON."""
    answers: Mapping[str, Any] = field(default_factory=dict)
    """Examples of it, by what they mean."""
    refuses: tuple[int, ...] = ()
    """Statuses besides those that every route may have."""
    handle: Callable[[Call[Any, Any]], Awaitable[Answer]] = field(repr=False)
