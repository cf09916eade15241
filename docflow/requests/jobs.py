"""The handlers of the room's jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from docflow.core.capability import JobContext
from docflow.district.queries import letterhead_of
from docflow.documents.written import DrawnLetter, DueDrawing
from docflow.registry.deposits import draw_written
from docflow.requests.deps import Deps
from docflow.requests.forgetting import forget_contacts
from docflow.requests.news import News
from docflow.requests.paper import RequestPaper, draw_request
from docflow.requests.telling import tell_citizen


def draw(deps: Deps, payload: Mapping[str, Any], _context: JobContext) -> None:
    """Draw the paper of a request from what was typed."""
    with deps.transactions.reading() as session:
        letterhead = letterhead_of(session)

    def drawn(due: DueDrawing) -> DrawnLetter:
        return draw_request(RequestPaper.from_row(due.content), letterhead=letterhead, deposited_at=due.deposited_at)

    draw_written(deps, UUID(payload["document_id"]), drawn)


def forget_closed(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Forget how the applicants of requests that were closed long ago are reached."""
    while forget_contacts(deps):
        pass


def tell(deps: Deps, payload: Mapping[str, Any], context: JobContext) -> None:
    """Tell the citizen of a request of what happened to it."""
    news = News(payload["news"])
    tell_citizen(deps, UUID(payload["request_id"]), news, is_last_attempt=context.is_last_attempt)
