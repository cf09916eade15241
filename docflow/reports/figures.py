"""The figures of one page, read once for it and for its export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from docflow.accounts.models import OrgUnit
from docflow.accounts.queries import person_with_id
from docflow.accounts.units import all_units
from docflow.accounts.visibility import units_below
from docflow.core.actor import Actor
from docflow.core.clock import CASABLANCA
from docflow.reports.queries import (
    LateTask,
    Load,
    Member,
    late_tasks,
    led_units,
    members_of,
    step_times,
    work_of,
)
from docflow.reports.rules import Period, StepTime


@dataclass(frozen=True, slots=True)
class Figures:
    """What a reader sees.

    Attributes:
        offered: the units that they lead, by name, of which they may choose one with those below it.
        units: those that are shown, by name, each with what waits there; empty for whoever leads none.
        people: by name, each with what waits for them; the reader alone where they lead no unit.
        late: tasks whose deadline is over, the latest first.
        steps: how long each step took; empty for whoever leads no unit.
    """

    offered: Sequence[tuple[UUID, str]]
    units: Sequence[tuple[str, Load]]
    people: Sequence[tuple[str, Load]]
    late: Sequence[LateTask]
    steps: Sequence[StepTime]
    names: Mapping[UUID, str]
    today: date


def figures_for(
    session: Session, actor: Actor, *, locale: str, unit_id: UUID | None, period: Period, at: datetime
) -> Figures:
    """Return the figures of a reader for a period, of all units that they lead or of one and those below it."""
    units = all_units(session)
    names = {unit.id: unit.name_ar if locale == "ar" else unit.name_fr for unit in units}
    led = led_units(actor)
    shown = led & _below(units, unit_id) if unit_id in led and unit_id is not None else led
    today = at.astimezone(CASABLANCA).date()
    members: Sequence[Member] = members_of(session, shown, at=at) if shown else ()
    work = work_of(session, actor, shown, members, today=today, period=period)
    if shown:
        people = [(member.name(locale), work.people.get(member.person_id, Load())) for member in members]
    elif actor.person_id is not None:
        own = person_with_id(session, actor.person_id).name(locale)
        people = [(own, work.people.get(actor.person_id, Load()))]
    else:
        people = []
    return Figures(
        offered=_sorted([(unit, names[unit]) for unit in led]),
        units=[(name, work.units.get(unit, Load())) for unit, name in _sorted([(one, names[one]) for one in shown])],
        people=sorted(people, key=lambda one: one[0].casefold()),
        late=late_tasks(session, actor, shown, members, today=today),
        steps=step_times(session, actor, shown, period=period) if shown else (),
        names=names | {member.person_id: member.name(locale) for member in members},
        today=today,
    )


def _below(units: Sequence[OrgUnit], unit_id: UUID) -> frozenset[UUID]:
    children: dict[UUID, list[UUID]] = {}
    for unit in units:
        if unit.parent_id is not None:
            children.setdefault(unit.parent_id, []).append(unit.id)
    return units_below(unit_id, children)


def _sorted(units: Sequence[tuple[UUID, str]]) -> list[tuple[UUID, str]]:
    return sorted(units, key=lambda one: one[1].casefold())
