"""What the API says of itself: an OpenAPI document, and pages to read it and to try it, all of it offline."""

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import msgspec

from mira_sidecar import __version__
from mira_sidecar.api.connections import SocketRoute
from mira_sidecar.api.control import CommandBody
from mira_sidecar.api.errors import Error, InnerError
from mira_sidecar.api.pages import Pages
from mira_sidecar.api.routes import Answer, Call, Nothing, Raw, Route
from mira_sidecar.api.schemas import REF, schemas_of
from mira_sidecar.api.sockets import Auth
from mira_sidecar.api.watching import ALL_CLOSES, DecidingMessage, PatchMessage, StateMessage
from mira_sidecar.core.registry import Registry
from mira_sidecar.pins import PAYLOADS
from mira_sidecar.protocol import Event, Origin
from mira_sidecar.reasons import json_schemas

_JSON: Final = "application/json"
_STATUSES: Final = {
    400: ("The body cannot be read.", "BODY_UNREADABLE"),
    401: ("There is no key, or it is not valid.", "KEY_MISSING KEY_NOT_VALID"),
    403: (
        "The key may not do this.",
        "CAPABILITY_MISSING PIN_REQUIRED SOURCE_NOT_ALLOWED WRONG_PIN ORIGIN_NOT_ALLOWED",
    ),
    404: ("There is nothing like this.", "NOT_FOUND PAGES_MISSING"),
    405: ("The path takes other methods; `Allow` names them.", "METHOD_NOT_ALLOWED"),
    408: ("The body did not come in time.", "BODY_TOO_SLOW"),
    409: ("The mirror refuses it.", "ID_TAKEN, or the reason of the refusal in capitals, such as NO_PIN"),
    413: ("The body is too long.", "BODY_TOO_LARGE"),
    422: ("The request is not as it has to be.", "BAD_REQUEST UNKNOWN_ACTION"),
    426: ("The path takes a WebSocket.", "WEBSOCKET_NEEDED"),
    429: ("Too much at once; `Retry-After` says when to try again.", "TOO_MANY_TRIES PIN_BLOCKED RATE_LIMITED"),
    500: ("A fault of Mira.", "FAULT"),
    503: (
        "It cannot be done just now; `Retry-After` says when to try again.",
        "BUSY NOT_DECIDING REDIS_UNAVAILABLE LOG_UNAVAILABLE WORDS_UNHEARD TOO_MANY_CLIENTS STANDS_BY",
    ),
    504: ("It may still be done. Ask again with the same id.", "NOT_DECIDED_YET"),
}
"""What each means, with its codes."""
_ANSWER: Final = {
    "description": "What each answer has besides.",
    "type": "object",
    "properties": {"request_id": {"type": "string", "description": "It stands in the log, too."}},
    "required": ["request_id"],
}
_ABOUT: Final = """Programs talk to the mirror with a key, which `mira-sidecar keys add` makes. It goes into the header
`X-API-Key`, or into `Authorization: Bearer …`. Each answer has a `request_id`, also as the header `X-Request-Id`.
[/docs](/docs) is to try the API, [/redoc](/redoc) to read it, and [/openapi.json](/openapi.json) for programs.

## WebSockets
A client that cannot set headers says `{"type": "auth", "api_key": "…"}` first, within ten seconds. The mirror closes a
WebSocket with one of these codes: CLOSES.

### `/ws/state`
First a message `state`, then one `patch` (RFC 6902) for each change, and `deciding` when the way to
the mirror changes. `?since=<rev>&log=<log>` resumes: what was missed comes as patches, or, where that is not known any
more, as a `state`. Needs `state.read`.
"""
_ERRORS: Final = """## Errors
What is not done is answered with the object `Error`, as `application/problem+json`. `error_code` is stable, `detail` is
a sentence for people, and `recoverable` says whether the same may work in a moment.

| status | means | codes |
|---|---|---|
"""
_ACTIONS: Final = """## Actions
What a key may ask for goes by its capabilities. All that an action takes is under its payload's name.

| action | capability | payload |
|---|---|---|
"""


class Documents:
    """The document of these routes, and the pages."""

    def __init__(
        self, routes: Sequence[Route], sockets: Sequence[SocketRoute], registry: Registry, mirror: str
    ) -> None:
        self._described = routes
        self._sockets = sockets
        self._registry = registry
        self._title = f"Mira: {mirror}"

    def routes(self) -> Iterator[Route]:
        """What leads to them, open to everybody: they say nothing of anybody."""
        yield Route(
            method="GET",
            path="/openapi.json",
            summary="The OpenAPI document",
            tag="Documents",
            capability=None,
            answer=_JSON,
            handle=self._openapi,
        )
        yield from Pages(self._title).routes()

    @cached_property
    def document(self) -> bytes:
        """The OpenAPI document (3.1)."""
        closes = ", ".join(f"{one.code} `{one.reason}`" for one in ALL_CLOSES)
        errors = "".join(f"| {one} | {text} | {_coded(codes)} |\n" for one, (text, codes) in _STATUSES.items())
        return msgspec.json.encode(
            {
                "openapi": "3.1.0",
                "info": {
                    "title": self._title,
                    "version": __version__,
                    "description": f"{_ABOUT.replace('CLOSES', closes)}{self._of_sockets}\n{_ERRORS}{errors}",
                },
                "servers": [{"url": "/"}],
                "tags": [{"name": name} for name in dict.fromkeys(route.tag for route in self._described)],
                "paths": self._paths(),
                "components": {
                    "schemas": self._schemas(),
                    "responses": {str(status): _refusal(status) for status in _STATUSES},
                    "securitySchemes": {
                        "key": {
                            "type": "apiKey",
                            "in": "header",
                            "name": "X-API-Key",
                            "description": "A key, as `mira-sidecar keys add` shows it once.",
                        },
                        "token": {
                            "type": "http",
                            "scheme": "bearer",
                            "description": "A token of `POST /auth/pin`, or a key.",
                        },
                    },
                },
            }
        )

    @property
    def _of_sockets(self) -> str:
        return "".join(f"\n### `{one.path}`\n{one.description} Needs `{one.capability}`.\n" for one in self._sockets)

    async def _openapi(self, call: Call[Nothing, Nothing]) -> Answer:
        # The first time it is made, from the source: that is read from the disk.
        return Raw(await asyncio.to_thread(lambda: self.document), _JSON)

    def _paths(self) -> dict[str, dict[str, Any]]:
        paths: dict[str, dict[str, Any]] = {}
        for route in self._described:
            paths.setdefault(route.path, {})[route.method.lower()] = self._operation(route)
        return paths

    def _operation(self, route: Route) -> dict[str, Any]:
        operation: dict[str, Any] = {
            "operationId": f"{route.method.lower()}{re.sub(r'[^a-z0-9]+', '_', route.path.lower())}",
            "summary": route.summary,
            "tags": [route.tag],
            "parameters": [*_in_path(route.path), *_in_query(route.query)],
            "responses": dict(_responses(route)),
            "security": [] if route.capability is None else [{"key": []}, {"token": []}],
        }
        needs = f"Needs the capability `{route.capability}`." if route.capability else ""
        actions = self._actions() if route.body is CommandBody else ""
        if text := "\n\n".join(filter(None, (route.description, needs, actions))):
            operation["description"] = text
        if route.body is not Nothing:
            forms = ("application/x-www-form-urlencoded", "multipart/form-data") if route.form else ()
            content = {kind: _content(_ref(route.body.__name__), route.examples) for kind in (_JSON, *forms)}
            operation["requestBody"] = {"required": True, "content": content}
        return operation

    def _actions(self) -> str:
        """What can be asked for, as a table."""
        return _ACTIONS + "".join(
            f"| `{action}` | `{capability}` | `{self._payload(action).__name__}` |\n"
            for capability, actions in self._registry.capabilities.items()
            for action in actions
        )

    def _payload(self, action: str) -> type[msgspec.Struct]:
        """What is sent with an action: of a PIN, the core sees only what came of it."""
        return PAYLOADS.get(action) or self._registry.actions[action].payload

    def _schemas(self) -> dict[str, Any]:
        bodies = [route.body for route in self._described if route.body is not Nothing]
        answers = [route.answer for route in self._described if not isinstance(route.answer, str)]
        payloads = dict.fromkeys(
            self._payload(action) for actions in self._registry.capabilities.values() for action in actions
        )
        others = (Error, InnerError, Event, Origin, Auth, StateMessage, PatchMessage, DecidingMessage)
        messages = [message for socket in self._sockets for message in socket.messages]
        schemas = schemas_of(dict.fromkeys([*bodies, *answers, *others, *payloads, *messages]))
        command = schemas[CommandBody.__name__]["properties"]
        command["action"]["enum"] = [action for actions in self._registry.capabilities.values() for action in actions]
        # The mirror judges the payload, not the API: what does not fit is rejected, and that stands in the log.
        command["payload"]["anyOf"] = [
            *(_ref(kind.__name__) for kind in payloads),
            {"title": "Anything else, which is rejected", "type": "object"},
        ]
        return dict(sorted({**schemas, **json_schemas(self._registry.words), "Answer": _ANSWER}.items()))


def _coded(codes: str) -> str:
    return re.sub(r"\b[A-Z]+(_[A-Z]+)*\b", r"`\g<0>`", codes)


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": REF.format(name=name)}


def _content(schema: dict[str, Any], examples: Mapping[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": schema}
    if examples:
        content["examples"] = {
            re.sub(r"[^a-z0-9]+", "_", summary.lower()): {"summary": summary, "value": value}
            for summary, value in examples.items()
        }
    return content


def _in_path(path: str) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"\{(\w+)\}", path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _in_query(query: type[msgspec.Struct]) -> Iterator[dict[str, Any]]:
    if query is Nothing:
        return
    own = schemas_of([query])[query.__name__]
    for name, schema in own["properties"].items():
        # In a query nothing is null: what is not there is left out.
        kinds = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
        left_out = {"default"} if schema.get("default", ...) is None else set[str]()
        plain = {key: value for key, value in schema.items() if key not in {"anyOf", "description", *left_out}}
        yield {
            "name": name,
            "in": "query",
            "required": name in own.get("required", ()),
            "schema": {**plain, **kinds[0]} if kinds else plain,
            **({"description": schema["description"]} if "description" in schema else {}),
        }


def _responses(route: Route) -> Iterator[tuple[str, Any]]:
    if isinstance(route.answer, str):
        content = {route.answer.partition(";")[0]: {"schema": {"type": "string"}}}
    else:
        content = {_JSON: _content({"allOf": [_ref(route.answer.__name__), _ref("Answer")]}, route.answers)}
    yield "200", {"description": "The answer.", "headers": _headers(200), "content": content}
    statuses: Iterable[int] = route.refuses
    if route.capability is not None:
        statuses = [*statuses, 401, 403, 429]
    if route.body is not Nothing:
        statuses = [*statuses, 400, 408, 413]
    if route.body is not Nothing or route.query is not Nothing:
        statuses = [*statuses, 422]
    for status in sorted({*statuses, 503}):
        yield str(status), {"$ref": f"#/components/responses/{status}"}


def _refusal(status: int) -> dict[str, Any]:
    text, codes = _STATUSES[status]
    problem = {"application/problem+json": {"schema": _ref("Error")}}
    return {"description": f"{text} ({_coded(codes)})", "headers": _headers(status), "content": problem}


def _headers(status: int) -> dict[str, Any]:
    headers = {"X-Request-Id": {"description": "As `request_id`.", "schema": {"type": "string"}, "required": True}}
    if status in (429, 503, 504):
        headers["Retry-After"] = {"description": "Seconds, where it is known when.", "schema": {"type": "integer"}}
    return headers
