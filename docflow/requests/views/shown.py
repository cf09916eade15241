"""What pages of this room show of a procedure, and what they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, current_app, request
from sqlalchemy.orm import Session

from docflow.accounts.units import all_units
from docflow.appointments.queries import office_with_id
from docflow.core.errors import DocFlowError
from docflow.core.ids import new_id
from docflow.deadlines.labels import term_text
from docflow.requests.models import Procedure
from docflow.requests.rules import AskedPaper, Question, asked_papers, term_rule
from docflow.web.shell import current_language


@dataclass(frozen=True, slots=True)
class ShownProcedure:
    """A procedure in the language of the page."""

    procedure: Procedure
    title: str
    unit: str
    term: str
    asked: Sequence[AskedPaper]
    forbidden: Sequence[AskedPaper]
    questions: Sequence[Question]
    office_code: str


def shown_procedure(session: Session, procedure: Procedure) -> ShownProcedure:
    """Return a procedure as pages show it."""
    language = current_language()
    unit = next((one for one in all_units(session) if one.id == procedure.unit_id), None)
    rule = term_rule(procedure.kind, days=procedure.days, day_kind=procedure.day_kind)
    asked, forbidden = asked_papers(procedure.papers)
    office = None if procedure.office_id is None else office_with_id(session, procedure.office_id)
    return ShownProcedure(
        procedure=procedure,
        title=procedure.title(language),
        unit="" if unit is None else unit.name_ar if language == "ar" else unit.name_fr,
        term=term_text(rule),
        asked=asked,
        forbidden=forbidden,
        questions=[Question.from_row(row) for row in procedure.questions],
        office_code=office.code if office is not None and office.is_active else "",
    )


def form_key(text: str) -> UUID:
    """Return the key of a form that is shown again, or a new one."""
    try:
        return UUID(text)
    except ValueError:
        return new_id()


def address() -> str:
    """Return the network address that asks."""
    return (request.remote_addr or "")[:64]


def private(page: str, *, status: int = 200) -> Response:
    """Return a page that no browser keeps and no search engine shows."""
    response = Response(page, status=status, mimetype="text/html")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def text_of(refusal: DocFlowError) -> str:
    """Return what a refusal says in the language of the page."""
    return str(current_app.extensions["docflow_error_texts"].text_of(refusal))


def page_number() -> int:
    """Return which page of a list is asked for, from 1."""
    return max(1, min(request.args.get("page", 1, type=int), 10_000))


def typed(refusal: DocFlowError | None) -> Any:
    """Return what was typed, to be shown again beside a refusal."""
    return request.form if refusal is not None else {}
