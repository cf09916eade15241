"""How gunicorn runs both sites."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import logging
import os
from datetime import UTC, datetime
from typing import Any

from gunicorn.glogging import Logger

from docflow.core.orphans import die_with_parent


class _JsonLine(logging.Formatter):
    """Gunicorn's own lines, in the form of those of the product."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        level = record.levelname.lower()
        line = {"event": record.getMessage(), "logger": record.name, "level": level, "timestamp": at}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class ServerLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's logger, which follows ``DOCFLOW_LOG_FORMAT``.

    The variable alone is read, not the file of settings: gunicorn makes its logger before anything is loaded.
    """

    def setup(self, cfg: Any) -> None:
        """Prepare the handlers of gunicorn, then give them the form."""
        super().setup(cfg)
        if os.environ.get("DOCFLOW_LOG_FORMAT") == "json":
            for handler in self.error_log.handlers:
                handler.setFormatter(_JsonLine())


logger_class = ServerLogger
worker_class = "gthread"
# Whoever sends a large file while the site is renewed may finish.
graceful_timeout = 60
timeout = 120
# A question of a thousand Arabic letters takes six thousand characters in an address.
limit_request_line = 8190
keepalive = 15
accesslog = None
control_socket_disable = True


def on_starting(_server: object) -> None:
    """Load the product before processes are made: one that died is back in a moment, and they share its memory.

    Only modules are loaded; each process opens its own database, store and index. New code needs a new start.
    """
    importlib.import_module("docflow.wsgi")
    # The garbage collector would copy what the processes share.
    gc.freeze()


def post_fork(_server: Any, _worker: Any) -> None:
    """End with the master: one that outlived it would keep the port from whoever takes its place."""
    die_with_parent()


def post_worker_init(_worker: Any) -> None:
    """Tell the supervisor, if one started this, that a process more can answer."""
    told = os.environ.get("READY_FD")
    if told is not None:
        # Whoever listened may be content already, or gone.
        with contextlib.suppress(OSError):
            os.write(int(told), b".")
