"""The tree of units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.accounts.models import OrgUnit


def unit_children(session: Session) -> Mapping[UUID, Sequence[UUID]]:
    """Return the units directly below each unit."""
    children: dict[UUID, list[UUID]] = defaultdict(list)
    for unit_id, parent_id in session.execute(select(OrgUnit.id, OrgUnit.parent_id)):
        if parent_id is not None:
            children[parent_id].append(unit_id)
    return children
