"""Abolishing a unit, which may hold no task any more."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from docflow.accounts.models import OrgUnit
from docflow.accounts.operations import abolish_unit
from docflow.core.errors import Conflict
from docflow.core.uow import UnitOfWork
from docflow.routing.models import Assignment
from docflow.routing.rules import AssignmentState


def abolish(uow: UnitOfWork, unit_id: UUID) -> OrgUnit:
    """Abolish a unit once what it was asked is given to others.

    Raises:
        PermissionDenied, NotFound, Conflict: as ``abolish_unit``.
        Conflict: ``unit_holds_tasks`` with ``count``.
    """
    unit = abolish_unit(uow, unit_id)
    count = uow.session.scalar(
        select(func.count())
        .select_from(Assignment)
        .where(Assignment.unit_id == unit_id, Assignment.state == AssignmentState.OPEN)
    )
    if count:
        raise Conflict("unit_holds_tasks", count=count)
    return unit
