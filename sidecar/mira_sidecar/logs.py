"""Structured logs: readable on a terminal, JSON elsewhere."""

import contextlib
import logging
import sys
from typing import TextIO, cast

import structlog
import structlog.tracebacks
from structlog.typing import Processor


class _LossyStandardError:
    """Standard error, whatever it is now; drops what cannot be written: a full disk must not end the arbiter."""

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError, ValueError):  # ValueError: it is closed
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()


def configure(level: str) -> None:
    """Send log lines to standard error, from `level` (debug, info, warning, error) on."""
    processors: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=not sys.stderr.isatty()),
    ]
    # No local variables beside a traceback: they may hold what somebody said, or a PIN.
    if sys.stderr.isatty():
        processors.append(structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback))
    else:
        traceback = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        processors += [structlog.processors.ExceptionRenderer(traceback), structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", _LossyStandardError())),
        cache_logger_on_first_use=True,
    )
