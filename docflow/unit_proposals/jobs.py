"""The handler that learns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docflow.core.actor import SYSTEM
from docflow.core.capability import JobContext
from docflow.unit_proposals.deps import Deps
from docflow.unit_proposals.models import UnitLesson
from docflow.unit_proposals.operations import forget_lessons, keep_lessons
from docflow.unit_proposals.queries import DueLesson, lessons_due
from docflow.unit_proposals.stems import telling_stems

BATCH_LESSONS = 100


def learn(deps: Deps, _payload: Mapping[str, Any], _context: JobContext) -> None:
    """Learn from every document whose unit was set or whose text changed since, and forget what teaches no more."""
    while True:
        with deps.transactions.reading() as session:
            due = lessons_due(session, limit=BATCH_LESSONS)
        if not due:
            break
        # The texts are analysed before the transaction, which holds the database's only write lock on SQLite.
        lessons = [_lesson_of(one) for one in due]
        with deps.transactions.writing(SYSTEM) as uow:
            keep_lessons(uow, lessons)
    with deps.transactions.writing(SYSTEM) as uow:
        forget_lessons(uow)


def _lesson_of(due: DueLesson) -> UnitLesson:
    return UnitLesson(
        document_id=due.document_id,
        content_version=due.content_version,
        subject_stems=" ".join(sorted(telling_stems(due.subject))),
        text_stems=" ".join(sorted(telling_stems(due.text))),
    )
