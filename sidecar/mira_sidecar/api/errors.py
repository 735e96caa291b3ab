"""What the API refuses: one object for all, on HTTP and on WebSockets."""

import time
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import msgspec

from mira_sidecar.protocol import Instant, instant
from mira_sidecar.reasons import Values, fault

_PASSING = (429, 503, 504)
"""What may be otherwise in a moment."""


class ApiError(Exception):
    """A request that is not done."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: str | None = None,
        retry_after: int | None = None,
        allow: Iterable[str] = (),
    ) -> None:
        """`code`: in capitals, stable; `retry_after`: seconds; `allow`: the methods that a path takes."""
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.retry_after = retry_after
        self.headers: dict[str, str] = {}
        """What the answer says of it besides."""
        if status == HTTPStatus.UNAUTHORIZED:
            self.headers["WWW-Authenticate"] = "Bearer"
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)
        if allow:
            self.headers["Allow"] = ", ".join(allow)


class InnerError(msgspec.Struct, frozen=True):
    """The same in the object's `error`."""

    code: str
    message: str
    details: str | None
    timestamp: Instant


class Error(msgspec.Struct, frozen=True):
    """Why a request is not done. It is a problem of RFC 9457; several names say the same for clients of other kinds."""

    detail: str
    """A sentence in English."""
    error_code: str
    """A stable code, such as `MICROPHONE_OFF`."""
    timestamp: Instant
    error: InnerError
    recoverable: bool
    """Whether the same request may be done in a moment."""
    retry_after: int | None
    """Seconds, where it is known when."""
    type: str
    """`about:blank`; on a WebSocket `error`."""
    title: str
    status: int
    request_id: str
    """It stands in the log, too."""


def error_object(error: ApiError, request_id: str, kind: str = "about:blank") -> Error:
    """The object for an error."""
    now = instant(time.time_ns() // 1_000_000)
    return Error(
        detail=error.message,
        error_code=error.code,
        timestamp=now,
        error=InnerError(error.code, error.message, error.details, now),
        recoverable=error.status in _PASSING,
        retry_after=error.retry_after,
        type=kind,
        title=HTTPStatus(error.status).phrase,
        status=error.status,
        request_id=request_id,
    )


def invalid(values: Values) -> ApiError:
    """What was sent is not as it has to be; `values` tell a fault of `reasons.FAULTS`."""
    details: Any = values.get("field")
    return ApiError(422, "BAD_REQUEST", f"The request cannot be taken: {fault(values)}.", details=details)
