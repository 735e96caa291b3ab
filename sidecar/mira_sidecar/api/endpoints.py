"""From a request to its route, and from what that says to an answer: whatever comes, it is one of ours."""

import asyncio
import re
import time
import zlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid7

import msgspec
import structlog
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.http_parser import RawRequestMessage
from aiohttp.web_exceptions import HTTPException, HTTPRequestEntityTooLarge
from aiohttp.web_protocol import RequestPayloadError
from aiohttp.web_request import BaseRequest
from aiohttp.web_response import Response, StreamResponse

from mira_sidecar.api.errors import ApiError, error_object, invalid
from mira_sidecar.api.figures import Figures
from mira_sidecar.api.gate import Gate, no_key, text_in
from mira_sidecar.api.routes import MAX_BODY_BYTES, Answer, Call, Caller, Nothing, Raw, Route
from mira_sidecar.core.reading import fault_in

log = structlog.get_logger()

MOST_REQUESTS = 256
"""Requests that are being answered at a time."""
_BODY_S = 10.0
"""For the body of a request."""
_UNREADABLE = (
    *(ValueError, LookupError, RuntimeError, OSError, zlib.error),
    *(HttpProcessingError, RequestPayloadError, HTTPException),
)
"""What aiohttp raises over a body: of a form, each part has headers, a charset and an encoding of its own."""
_JSON = "application/json"
_HEADERS = {"Cache-Control": "no-store", "Server": "Mira", "X-Content-Type-Options": "nosniff"}
"""What it is made of, and in which versions, is nobody's business."""
_ALLOWED = "X-API-Key, Authorization, Content-Type"
_PART = re.compile(r"\{(\w+)\}")

type Socket = Callable[[BaseRequest, str], Awaitable[StreamResponse]]
"""What a WebSocket's path leads to; the second is the request's id. Raises ApiError before it is one."""


class Endpoints:
    """Answers requests."""

    def __init__(
        self,
        routes: Iterable[Route],
        sockets: Mapping[str, Socket],
        *,
        gate: Gate,
        figures: Figures,
        origins: Sequence[str],
    ) -> None:
        self._routes: dict[str, dict[str, Route]] = {}
        self._patterns: list[tuple[re.Pattern[str], dict[str, Route]]] = []
        for route in routes:
            methods = self._routes.setdefault(route.path, {})
            if not methods and _PART.search(route.path):
                self._patterns.append((re.compile(_PART.sub(r"(?P<\1>[^/]+)", route.path)), methods))
            methods[route.method] = route
        self._sockets = sockets
        self._gate = gate
        self._figures = figures
        self._origins = frozenset(origins)
        self._answering = 0

    def request(
        self,
        message: RawRequestMessage,
        payload: Any,
        protocol: Any,
        writer: Any,
        task: asyncio.Task[None],
    ) -> BaseRequest:
        """A request as aiohttp has it, with our limit of its body."""
        loop = asyncio.get_running_loop()
        return BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=MAX_BODY_BYTES)

    async def answer(self, request: BaseRequest) -> StreamResponse:
        """The answer to a request."""
        began = time.perf_counter()
        request_id = uuid7().hex
        path = ""
        try:
            if socket := self._sockets.get(request.path):
                self._check_origin(request)
                return await socket(request, request_id)
            route, parts = self._route(request)
            path = route.path
            response = _response(await self._answered(request, route, parts, request_id), request_id)
        except ApiError as error:
            level = log.info if error.status >= 500 else log.debug
            level("a request is refused", request_id=request_id, path=path, status=error.status, code=error.code)
            response = _refusal(error, request_id)
        except _PreflightError as preflight:
            response = Response(status=204, headers=preflight.headers)
        except Exception:
            log.exception("a fault of Mira: please report it", request_id=request_id, path=path)
            text = "A fault of Mira. The sidecar's log says more; please report it."
            response = _refusal(ApiError(500, "FAULT", text), request_id)
        if self._origins:
            response.headers.update(self._cors(request))
        self._figures.asked(request.method if path else "", path, response.status, time.perf_counter() - began)
        return response

    def _route(self, request: BaseRequest) -> tuple[Route, dict[str, str]]:
        """What is asked for, and the parts of its path. Raises ApiError."""
        methods, parts = self._routes.get(request.path), {}
        if methods is None:
            for pattern, of_pattern in self._patterns:
                if found := pattern.fullmatch(request.path):
                    methods, parts = of_pattern, found.groupdict()
                    break
            else:
                raise ApiError(404, "NOT_FOUND", "There is nothing at this path. /openapi.json lists what there is.")
        if route := methods.get(request.method):
            return route, parts
        if request.method == "OPTIONS" and request.headers.get("Origin") in self._origins:
            raise _PreflightError(methods)
        raise ApiError(405, "METHOD_NOT_ALLOWED", f"This path takes {', '.join(methods)}.", allow=methods)

    async def _answered(self, request: BaseRequest, route: Route, path: dict[str, str], request_id: str) -> Answer:
        """What the route says. Raises ApiError."""
        if self._answering >= MOST_REQUESTS:
            raise ApiError(503, "BUSY", "Too many requests are being answered.", retry_after=1)
        self._answering += 1
        try:
            caller = None if route.capability is None else await self._caller(request, route.capability)
            query = _query(request, route.query)
            body = Nothing() if route.body is Nothing else await _body(request, route)
            return await route.handle(Call(caller, query, body, path, request_id))
        finally:
            self._answering -= 1

    async def _caller(self, request: BaseRequest, capability: str) -> Caller:
        if (text := text_in(request.headers)) is None:
            raise no_key()
        caller = await self._gate.caller(text)
        if capability:
            caller.check(capability)
        return caller

    def _check_origin(self, request: BaseRequest) -> None:
        """Pages from elsewhere may open a WebSocket only where they may ask for anything."""
        origin = request.headers.get("Origin")
        if origin is None or origin in self._origins or origin.partition("://")[2] == request.host:
            return
        raise ApiError(403, "ORIGIN_NOT_ALLOWED", "Pages from there may not use the API: `api_origins` says which may.")

    def _cors(self, request: BaseRequest) -> dict[str, str]:
        origin = request.headers.get("Origin")
        allowed = {"Access-Control-Allow-Origin": origin} if origin in self._origins else {}
        return {"Vary": "Origin", "Access-Control-Expose-Headers": "X-Request-Id, Retry-After", **allowed}


class _PreflightError(Exception):
    """Nothing is wrong: a browser asks whether a page may ask."""

    def __init__(self, methods: Iterable[str]) -> None:
        super().__init__()
        self.headers = {
            "Access-Control-Allow-Methods": ", ".join(methods),
            "Access-Control-Allow-Headers": _ALLOWED,
            "Access-Control-Max-Age": "600",
        }


def _response(answer: Answer, request_id: str) -> Response:
    if isinstance(answer, Raw):
        headers = {**_HEADERS, "Content-Type": answer.content_type, "X-Request-Id": request_id, **answer.headers}
        return Response(body=answer.body, headers=headers)
    body = answer if isinstance(answer, bytes) else msgspec.json.encode(answer)
    # Spliced in: the state may be long, and is encoded once for all.
    body = b'%b,"request_id":"%b"}' % (body[:-1], request_id.encode())
    return Response(body=body, headers={**_HEADERS, "Content-Type": _JSON, "X-Request-Id": request_id})


def _refusal(error: ApiError, request_id: str) -> Response:
    return Response(
        status=error.status,
        body=msgspec.json.encode(error_object(error, request_id)),
        headers={**_HEADERS, "Content-Type": "application/problem+json", "X-Request-Id": request_id, **error.headers},
    )


def _query[T: msgspec.Struct](request: BaseRequest, kind: type[T]) -> T:
    sent = dict(request.rel_url.query)
    query = _converted(sent, kind, strict=False)
    for name in kind.__struct_fields__:
        if name in sent and getattr(query, name) is None:
            # The word `null` is read as nothing, and whoever wants nothing leaves it out.
            raise invalid({"fault": "bad_format", "field": name})
    return query


async def _body(request: BaseRequest, route: Route) -> msgspec.Struct:
    """The body, as JSON whatever it calls itself, or as a form where the route takes one. Raises ApiError."""
    try:
        async with asyncio.timeout(_BODY_S):
            if route.form and request.content_type == "multipart/form-data":
                fields = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
                return _converted(fields, route.body, strict=False)
            raw = await request.read()
    except TimeoutError as error:
        raise ApiError(408, "BODY_TOO_SLOW", "The body of the request did not come in time.") from error
    except HTTPRequestEntityTooLarge as error:
        text = f"The body is longer than {MAX_BODY_BYTES:,} bytes."
        raise ApiError(413, "BODY_TOO_LARGE", text) from error
    except _UNREADABLE as error:
        raise ApiError(400, "BODY_UNREADABLE", "The body of the request cannot be read.") from error
    if route.form and request.content_type == "application/x-www-form-urlencoded" and not raw.lstrip().startswith(b"{"):
        try:
            fields = dict(parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=16))
        except ValueError as error:
            raise ApiError(400, "BODY_UNREADABLE", "The body is no form.") from error
        return _converted(fields, route.body, strict=False)
    try:
        sent = msgspec.json.decode(raw)
    except (ValueError, RecursionError) as error:
        raise ApiError(400, "BODY_UNREADABLE", "The body is no JSON.") from error
    return _converted(sent, route.body)


def _converted[T: msgspec.Struct](sent: object, kind: type[T], *, strict: bool = True) -> T:
    try:
        return msgspec.convert(sent, kind, strict=strict)
    except (ValueError, RecursionError) as error:
        raise invalid(fault_in(error, kind)) from error
