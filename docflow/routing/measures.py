"""Figures of terms that are over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from docflow.core.capability import Measure
from docflow.core.clock import CASABLANCA
from docflow.routing.models import Assignment
from docflow.routing.rules import AssignmentState


def task_measures(deps: Any) -> Sequence[Measure]:
    """Return how many tasks are open, and of how many the last day has passed; in numbers alone."""
    today = deps.transactions.clock.now().astimezone(CASABLANCA).date()
    with deps.transactions.reading() as session:
        tasks = session.scalar(select(func.count()).where(Assignment.state == AssignmentState.OPEN))
        overdue = session.execute(
            select(Assignment.is_by_law, func.count())
            .where(Assignment.state == AssignmentState.OPEN, Assignment.due_on < today)
            .group_by(Assignment.is_by_law)
        ).all()
    found = {bool(is_by_law): number for is_by_law, number in overdue}
    return [
        Measure("docflow_open_tasks", "Tasks that are open.", [({}, tasks)]),
        Measure(
            "docflow_overdue_tasks",
            "Open tasks whose last day has passed, by whether that day is a term of the law.",
            [({"by_law": "yes"}, found.get(True, 0)), ({"by_law": "no"}, found.get(False, 0))],
        ),
    ]
