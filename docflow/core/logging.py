"""Logs: an event name with key-values; never a document's text, never a secret."""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logging(*, is_json: bool) -> None:
    """Send structured lines to stderr, as JSON or for a person's eyes; what libraries log comes in the same form."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if is_json
        # Plain tracebacks: a prettier one shows the values of variables, and with them what must not be logged.
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    common: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*common, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_to_standard_error,
    )
    _take_lines_of_libraries(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), structlog.stdlib.add_logger_name, *common],
        )
    )


def _to_standard_error(*_names: str) -> structlog.PrintLogger:
    # Asked for at each use: whoever runs the product may have put another stream in its place meanwhile.
    return structlog.PrintLogger(sys.stderr)


class _LibraryLines(logging.Handler):
    """Writes what libraries log beside the product's own lines."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        sys.stderr.write(self.format(record) + "\n")


def _take_lines_of_libraries(formatter: logging.Formatter) -> None:
    root = logging.getLogger()
    # Only our own is replaced: whoever embeds the product may listen too.
    for handler in [handler for handler in root.handlers if isinstance(handler, _LibraryLines)]:
        root.removeHandler(handler)
    taken = _LibraryLines(logging.WARNING)
    taken.setFormatter(formatter)
    root.addHandler(taken)
