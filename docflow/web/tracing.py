"""Each request has a name, which is in its answer and in every line of its log, one line at its end, and a memory."""

from __future__ import annotations

import time
from typing import Final

import structlog
from flask import Flask, Response, g, request

from docflow.core.origin import begin_request, end_request, request_id_of
from docflow.core.remembering import begin_remembering, stop_remembering

log = structlog.get_logger(__name__)

UNTOLD: Final = frozenset({"shell.asset", "healthz", "readyz", "metrics"})
"""What is asked for every few seconds, or by every page, and says nothing."""


def install_tracing(app: Flask, *, is_behind_proxy: bool) -> None:
    """Name requests, and write a line when one was answered.

    The line names the route, never the address that was asked for: addresses hold secrets of receipts and questions.
    ``is_behind_proxy``: a name given in ``X-Request-ID`` is kept, so that the proxy's log and ours have the same.
    """

    @app.before_request
    def name_request() -> None:
        g.began = time.perf_counter()
        g.request_id = request_id_of(request.headers.get("X-Request-ID") if is_behind_proxy else None)
        begin_request(g.request_id)
        begin_remembering()

    @app.after_request
    def tell_request(response: Response) -> Response:
        # What is streamed from here on may last for hours, and tells what is new.
        stop_remembering()
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if request.endpoint not in UNTOLD and "began" in g:
            took_ms = round((time.perf_counter() - g.began) * 1000)
            rule = request.url_rule.rule if request.url_rule else ""
            log.info("request_done", method=request.method, route=rule, status=response.status_code, took_ms=took_ms)
        return response

    @app.teardown_request
    def forget_request(_error: BaseException | None) -> None:
        end_request()
        stop_remembering()
