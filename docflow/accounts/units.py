"""The units of the district, and which of them stand below which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.accounts.models import OrgUnit
from docflow.core.remembering import asked_once


@asked_once
def all_units(session: Session) -> Sequence[OrgUnit]:
    """Return every unit, by code, abolished ones too: what they did keeps their name."""
    return session.scalars(select(OrgUnit).order_by(OrgUnit.code)).all()


def open_units(session: Session, *, kept: Iterable[UUID] = ()) -> Sequence[OrgUnit]:
    """Return the units that were not abolished, by code: those that may be chosen, and what is ``kept``."""
    besides = set(kept)
    return [unit for unit in all_units(session) if unit.abolished_at is None or unit.id in besides]


def unit_names(units: Iterable[OrgUnit], *, locale: str) -> dict[UUID, str]:
    """Return the names of units in a language, by identifier, in their order."""
    return {unit.id: unit.name_ar if locale == "ar" else unit.name_fr for unit in units}


def children_of(units: Iterable[OrgUnit]) -> Mapping[UUID, Sequence[UUID]]:
    """Return the units directly below each of some units."""
    children: dict[UUID, list[UUID]] = defaultdict(list)
    for unit in units:
        if unit.parent_id is not None:
            children[unit.parent_id].append(unit.id)
    return children
