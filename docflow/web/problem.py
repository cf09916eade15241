"""One place where a refusal becomes a page or ``application/problem+json`` (RFC 9457), in the reader's language."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Final, cast

import structlog
from flask import Flask, Response, current_app, g, render_template, request
from flask_babel import gettext, lazy_gettext
from flask_babel import refresh as forget_locale
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from docflow.core.capability import LazyText
from docflow.core.errors import DocFlowError
from docflow.web.formats import file_size, isolated, number
from docflow.web.negotiation import is_partial, wants_json

log = structlog.get_logger(__name__)

SERVER_FAULT: Final = 500
HEXADECIMAL: Final = re.compile("[0-9a-fA-F]{16,64}")
GROUPED_FROM: Final = 10_000
"""Smaller numbers may be years or pages, which are not grouped."""

STATUS_TITLES: Final[Mapping[int, LazyText]] = {
    400: lazy_gettext("The request could not be understood"),
    403: lazy_gettext("You may not do this"),
    404: lazy_gettext("Page not found"),
    405: lazy_gettext("This address does not accept this action"),
    409: lazy_gettext("Somebody else changed it first"),
    413: lazy_gettext("What you sent is too large"),
    422: lazy_gettext("Something must be corrected"),
    429: lazy_gettext("Too many attempts"),
    500: lazy_gettext("Something went wrong on our side"),
    503: lazy_gettext("The service does not answer for the moment"),
}

STATUS_TEXTS: Final[Mapping[int, LazyText]] = {
    400: lazy_gettext("Go back, check what you entered and send it again."),
    403: lazy_gettext("Your role does not allow this action. If you need it, ask the administrator."),
    404: lazy_gettext("It does not exist, it was moved, or you may not see it. Check the address or search for it."),
    405: lazy_gettext("Go back and use the buttons of the page."),
    409: lazy_gettext("Load the page again to see the present state, then repeat your change if it is still needed."),
    413: lazy_gettext("Split the file, or scan it again at 200 dpi, and send it again."),
    422: lazy_gettext("Go back, correct what is marked and send it again."),
    429: lazy_gettext("Wait a few minutes, then try again."),
    500: lazy_gettext(
        "Nothing you entered was lost if it had been saved. Try again; if it goes on, give the incident code."
    ),
    503: lazy_gettext("Try again in a few minutes. If it goes on, give the incident code to the administrator."),
}

SHELL_ERROR_TEXTS: Final[Mapping[str, LazyText]] = {
    "sign_in_needed": lazy_gettext("Sign in first, then come back to this page."),
    "form_expired": lazy_gettext("This form is no longer valid, often because the session ended. "
                                 "Go back, load the page again and send it once more."),
    "date_not_understood": lazy_gettext("“%(text)s” is not a date. Write the day, the month and the year, "
                                        "such as 12/11/2026 or 12112026."),
    "date_impossible": lazy_gettext("There is no day “%(text)s”. Check the day and the month; "
                                    "they are written as in 12/11/2026."),
    "date_out_of_bounds": lazy_gettext("“%(text)s” cannot be meant: give a day from %(first)s to %(last)s, "
                                       "with all four digits of the year."),
    "date_missing": lazy_gettext("Write the day, such as 12/11/2026 or 12112026."),
    "time_not_understood": lazy_gettext("“%(text)s” is not a time of day. Write it as 08:30."),
    "asset_unknown": lazy_gettext("This file of the page does not exist. Load the page again."),
}  # fmt: skip


class ErrorTexts:
    """From a code and its values to a sentence in the reader's language."""

    def __init__(self, texts: Mapping[str, LazyText]) -> None:
        """Keep what the rooms contribute; the shell's own texts come first and may be replaced."""
        self._texts: dict[str, LazyText] = {**SHELL_ERROR_TEXTS, **texts}

    def text_of(self, error: DocFlowError) -> str:
        """Return the sentence for a refusal; an unknown code gets the general text of its status.

        Values that are strings are put between isolates, as their direction may differ from the sentence's; whole
        numbers named ``…_bytes`` are shown as sizes with their unit, large ones with grouped thousands.
        A contributed text is a template with named placeholders, or a function of the values where a plural is needed.
        """
        text = self._texts.get(error.code)
        if text is None:
            return general_text(error.http_status)
        values = {name: _shown_value(name, value) for name, value in error.params.items()}
        if callable(text):
            return str(cast("Callable[[Mapping[str, object]], object]", text)(values))
        try:
            return str(text) % values
        except (KeyError, ValueError, TypeError):
            log.warning("error_text_lacks_values", code=error.code, given=sorted(error.params))
            return general_text(error.http_status)


def text_of(error: DocFlowError) -> str:
    """Return what an error says, in the language of the request."""
    texts: ErrorTexts = current_app.extensions["docflow_error_texts"]
    return texts.text_of(error)


def field_of(refusal: DocFlowError | None, known: Mapping[str, str] | None = None, *, default: str = "") -> str:
    """Return the control of the form that a refusal is about: by its code, else the field that it names if it was sent.

    ``known`` says it of codes; ``default`` stands for the others. Without a refusal there is none.
    """
    if refusal is None:
        return ""
    named = refusal.params.get("field")
    sent = named if isinstance(named, str) and named in request.values else default
    return (known or {}).get(refusal.code, sent)


def general_text(status: int) -> str:
    """Return what to do about a status for which nothing more is known."""
    return str(STATUS_TEXTS.get(status) or STATUS_TEXTS[500 if status >= SERVER_FAULT else 400])


def title_of(status: int) -> str:
    """Return what happened, in a few words."""
    return str(STATUS_TITLES.get(status) or STATUS_TITLES[500 if status >= SERVER_FAULT else 400])


def install_problem_pages(app: Flask, error_texts: Mapping[str, LazyText]) -> None:
    """Show every refusal and every fault as a page, a notice for htmx, or problem+json.

    ``error_texts`` gathers ``Capability.error_texts`` of all rooms. Views that show a refusal in their own page ask
    ``app.extensions["docflow_error_texts"].text_of(error)``.
    """
    texts = ErrorTexts(error_texts)
    app.extensions["docflow_error_texts"] = texts

    def refused(error: DocFlowError) -> Response:
        if error.http_status >= SERVER_FAULT:
            _speak_without_the_database()
            log.error("refused", code=error.code, exc_info=error)
        else:
            log.info("refused", code=error.code, status=error.http_status)
        response = _answer(status=error.http_status, code=error.code, detail=texts.text_of(error))
        if "retry_after_s" in error.params:
            response.headers["Retry-After"] = str(error.params["retry_after_s"])
        return response

    def refused_by_http(error: HTTPException) -> Response:
        if isinstance(error, CSRFError):
            return _answer(status=400, code="form_expired", detail=texts.text_of(DocFlowError("form_expired")),
                           title=gettext("This form has expired"))  # fmt: skip
        if error.code is None or error.code < 400:
            return cast("Response", error.get_response())
        if error.code >= SERVER_FAULT:
            _speak_without_the_database()
        answer = _answer(status=error.code, code=error.name.lower().replace(" ", "_"), detail=general_text(error.code))
        if allowed := error.get_response().headers.get("Allow"):
            answer.headers["Allow"] = allowed
        return answer

    def failed(error: Exception) -> Response:
        log.error("failed", exc_info=error)
        _speak_without_the_database()
        return _answer(status=500, code="internal_error", detail=general_text(500))

    app.register_error_handler(DocFlowError, refused)
    app.register_error_handler(HTTPException, refused_by_http)
    app.register_error_handler(Exception, failed)


def incident_code() -> str:
    """Return the code by which the logs of this request are found.

    Of a name of our own making, and of any other in hexadecimal, the first digits are enough; they are read over the
    phone, so in two groups. What a proxy made otherwise is given whole: it may begin alike each time.
    """
    request_id: str = g.get("request_id", "0" * 8)
    if HEXADECIMAL.fullmatch(request_id):
        return f"{request_id[:4]}-{request_id[4:8]}".upper()
    return request_id


def _shown_value(name: str, value: object) -> object:
    """Return a value of a refusal as its sentence shows it."""
    if isinstance(value, int) and name.endswith("_bytes"):
        return isolated(file_size(value))
    if isinstance(value, int) and value >= GROUPED_FROM:
        return number(value)
    return isolated(value) if isinstance(value, str) else value


def _speak_without_the_database() -> None:
    """Let neither the page of a fault nor a sentence of it need what has just failed: no actor, menu or preference."""
    g.is_bare_page = True
    forget_locale()


def _answer(*, status: int, code: str, detail: str, title: str = "") -> Response:
    """Return the refusal in the form that the client asked for."""
    incident = incident_code()
    title = title or title_of(status)
    if wants_json():
        body = {"type": f"urn:docflow:problem:{code}", "title": title, "status": status, "detail": detail,
                "code": code, "incident": incident}  # fmt: skip
        text = json.dumps(body, ensure_ascii=False)
        return Response(text, status=status, content_type="application/problem+json; charset=utf-8")
    values = {"status": status, "code": code, "title": title, "detail": detail, "incident": incident}
    if is_partial():
        response = Response(render_template("problem/notice.html", **values), status=status)
        response.headers["HX-Retarget"] = "#notices"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    name = "problem/bare.html" if status >= SERVER_FAULT else "problem/page.html"
    return Response(render_template(name, method=request.method, **values), status=status)
