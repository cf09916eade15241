"""The handler of the room's job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from docflow.core.capability import JobContext
from docflow.documents.written import DrawnLetter, DueDrawing
from docflow.registry.deposits import draw_written
from docflow.requests.deps import Deps
from docflow.requests.paper import RequestPaper, draw_request


def draw(deps: Deps, payload: Mapping[str, Any], _context: JobContext) -> None:
    """Draw the paper of a request from what was typed."""

    def drawn(due: DueDrawing) -> DrawnLetter:
        return draw_request(RequestPaper.from_row(due.content), deposited_at=due.deposited_at)

    draw_written(deps, UUID(payload["document_id"]), drawn)
