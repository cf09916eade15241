"""Writes of lessons; they leave no line in the journal, as they say nothing that the documents do not say."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete

from docflow.core.uow import UnitOfWork
from docflow.unit_proposals.models import UnitLesson
from docflow.unit_proposals.queries import teaching_ids


def keep_lessons(uow: UnitOfWork, lessons: Sequence[UnitLesson]) -> None:
    """Keep lessons, each in the place of an earlier one of the same document."""
    for lesson in lessons:
        uow.session.merge(lesson)


def forget_lessons(uow: UnitOfWork) -> None:
    """Forget what documents taught that teach no more: without a unit, restricted since, or too old."""
    uow.session.execute(delete(UnitLesson).where(UnitLesson.document_id.not_in(teaching_ids())))
