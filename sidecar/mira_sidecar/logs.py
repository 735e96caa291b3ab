"""Structured logs: readable on a terminal, JSON elsewhere."""

import contextlib
import io
import logging
import sys
from typing import TextIO, cast, override

import structlog
import structlog.tracebacks
from structlog.typing import EventDict, ExcInfo, Processor

from mira_sidecar.printing import printable


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
        processors += [_shown, structlog.dev.ConsoleRenderer(exception_formatter=_traceback)]
    else:
        traceback = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        processors += [structlog.processors.ExceptionRenderer(traceback), structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", _LossyStandardError())),
    )
    if not logging.root.handlers:
        logging.root.addHandler(_Libraries())


class _Libraries(logging.Handler):
    """What libraries have to say, from warnings on, goes the same way."""

    @override
    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().log(record.levelno, record.getMessage(), library=record.name, exc_info=record.exc_info)


def _shown(_: object, __: str, event: EventDict) -> EventDict:
    """On a terminal: other values are shown as Python writes them, which is harmless."""
    return {name: printable(value) if isinstance(value, str) else value for name, value in event.items()}


def _traceback(file: TextIO, error: ExcInfo) -> None:
    text = io.StringIO()
    structlog.dev.plain_traceback(text, error)
    file.write("\n".join(map(printable, text.getvalue().split("\n"))))
