"""Logs: an event name with key-values; never a document's text, never a secret."""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logging(*, is_json: bool) -> None:
    """Send structured lines to stderr, as JSON or for a person's eyes."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if is_json
        # Plain tracebacks: a prettier one shows the values of variables, and with them what must not be logged.
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_to_standard_error,
    )


def _to_standard_error(*_names: str) -> structlog.PrintLogger:
    # Asked for at each use: whoever runs the product may have put another stream in its place meanwhile.
    return structlog.PrintLogger(sys.stderr)
