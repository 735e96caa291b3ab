"""What the API says of itself: an OpenAPI document, and pages to read it and to try it, all of it offline."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import msgspec

from mira_sidecar import __version__
from mira_sidecar.api.errors import Error
from mira_sidecar.api.pages import Pages
from mira_sidecar.api.routes import Answer, Call, Nothing, Raw, Route
from mira_sidecar.api.sockets import Auth
from mira_sidecar.api.watching import ALL_CLOSES, DecidingMessage, PatchMessage, StateMessage
from mira_sidecar.core.registry import Registry
from mira_sidecar.reasons import json_schemas

_REF: Final = "#/components/schemas/{name}"
_STATUSES: Final = {
    400: "The body cannot be read.",
    401: "There is no key, or it is not valid.",
    403: "The key may not do this.",
    404: "There is nothing like this.",
    408: "The body did not come in time.",
    409: "The mirror refuses it.",
    413: "The body is too long.",
    422: "The request is not as it has to be.",
    429: "Too much at once; `Retry-After` says when to try again.",
    503: "It cannot be done just now; `Retry-After` says when to try again.",
    504: "It may still be done. Ask again with the same id.",
}
_ABOUT: Final = """Programs talk to the mirror with a key, which `mira-sidecar keys add` makes. It goes into the header
`X-API-Key`, or into `Authorization: Bearer …`. Each answer has a `request_id`, also as the header `X-Request-Id`.

`GET /ws/state` is a WebSocket: first a message `state`, then one `patch` (RFC 6902) for each change, and `deciding`
when the way to the mirror changes. `?since=<rev>&log=<log>` resumes: what was missed comes as patches, or, where
that is not known any more, as a `state`. A client that cannot set headers says
`{"type": "auth", "api_key": "…"}` first, within ten seconds. It is closed with one of these codes: """


class Documents:
    """The document of these routes, and the pages."""

    def __init__(self, routes: Sequence[Route], registry: Registry, mirror: str) -> None:
        self._described = routes
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
            answer=None,
            handle=self._openapi,
        )
        yield from Pages(self._title).routes()

    @cached_property
    def document(self) -> bytes:
        """The OpenAPI document (3.1)."""
        return msgspec.json.encode(
            {
                "openapi": "3.1.0",
                "info": {
                    "title": self._title,
                    "version": __version__,
                    "description": _ABOUT + ", ".join(f"{one.code} `{one.reason}`" for one in ALL_CLOSES) + ".",
                },
                "servers": [{"url": "/"}],
                "tags": [{"name": name} for name in dict.fromkeys(route.tag for route in self._described)],
                "paths": self._paths(),
                "components": {
                    "schemas": self._schemas(),
                    "securitySchemes": {
                        "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                        "token": {"type": "http", "scheme": "bearer"},
                    },
                },
            }
        )

    async def _openapi(self, call: Call[Nothing, Nothing]) -> Answer:
        return Raw(self.document, "application/json")

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
        if text := "\n\n".join(filter(None, (route.description.replace("\n", " "), needs))):
            operation["description"] = text
        if route.body is not Nothing:
            schema = {"$ref": _REF.format(name=route.body.__name__)}
            forms = ("application/x-www-form-urlencoded", "multipart/form-data") if route.form else ()
            content = {kind: {"schema": schema} for kind in ("application/json", *forms)}
            operation["requestBody"] = {"required": True, "content": content}
        return operation

    def _schemas(self) -> dict[str, Any]:
        described = [kind for route in self._described for kind in (route.body, route.answer)]
        kinds = dict.fromkeys(
            [
                *(kind for kind in described if kind not in (None, Nothing)),
                *(Error, Auth, StateMessage, PatchMessage, DecidingMessage),
                *(action.payload for action in self._registry.actions.values() if not action.own),
            ]
        )
        _, schemas = msgspec.json.schema_components(kinds, ref_template=_REF)
        for route in self._described:
            if route.answer is not None:
                _with_request_id(schemas[route.answer.__name__])
        return dict(sorted({**schemas, **json_schemas(self._registry.words)}.items()))


def _with_request_id(schema: dict[str, Any]) -> None:
    schema["properties"]["request_id"] = {"type": "string", "description": "It stands in the log, too."}


def _in_path(path: str) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"\{(\w+)\}", path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _in_query(query: type[msgspec.Struct]) -> Iterator[dict[str, Any]]:
    if query is Nothing:
        return
    _, schemas = msgspec.json.schema_components([query], ref_template=_REF)
    own = schemas[query.__name__]
    for name, schema in own["properties"].items():
        # In a query nothing is null: what is not there is left out.
        kinds = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
        plain = {key: value for key, value in schema.items() if key not in ("anyOf", "default", "description")}
        yield {
            "name": name,
            "in": "query",
            "required": name in own.get("required", ()),
            "schema": {**plain, **kinds[0]} if kinds else plain,
            **({"description": schema["description"]} if "description" in schema else {}),
        }


def _responses(route: Route) -> Iterator[tuple[str, Any]]:
    content: Mapping[str, Any] = {}
    if route.answer is not None:
        content = {"application/json": {"schema": {"$ref": _REF.format(name=route.answer.__name__)}}}
    yield "200", {"description": "The answer.", **({"content": content} if content else {})}
    statuses: Iterable[int] = route.refuses
    if route.capability is not None:
        statuses = [*statuses, 401, 403, 429]
    if route.body is not Nothing:
        statuses = [*statuses, 400, 408, 413]
    if route.body is not Nothing or route.query is not Nothing:
        statuses = [*statuses, 422]
    for status in sorted({*statuses, 503}):
        problem = {"application/problem+json": {"schema": {"$ref": _REF.format(name="Error")}}}
        yield str(status), {"description": _STATUSES[status], "content": problem}
