"""Who stands in for whom at an instant; counted anew at every request, so that an end is an end at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from docflow.accounts.models import Membership, Person, Power
from docflow.accounts.power_rules import SIGNING_ROLES, PowerKind, Standing, formula
from docflow.accounts.rules import Role, is_within
from docflow.accounts.units import all_units, children_of
from docflow.accounts.visibility import units_below

POWERS_SHOWN = 200
Children = Mapping[UUID, Sequence[UUID]]


@dataclass(frozen=True, slots=True)
class PowerView:
    """A power in force, or one that was: who, for whom, for what, and what an act says of it.

    ``covered_units`` are the units it reaches now, those below the named ones included.
    """

    id: UUID
    kind: PowerKind
    principal_id: UUID
    principal_name_ar: str
    principal_name_fr: str
    principal_title_ar: str
    principal_title_fr: str
    holder_id: UUID
    holder_name_ar: str
    holder_name_fr: str
    holder_title_ar: str
    holder_title_fr: str
    starts_at: datetime
    ends_at: datetime
    act_kinds: frozenset[str]
    unit_ids: frozenset[UUID]
    covered_units: frozenset[UUID]
    decision_reference: str
    formula_ar: str
    formula_fr: str

    def formula(self, locale: str) -> str:
        """Return what an act says of this power, in a language."""
        return self.formula_ar if locale == "ar" else self.formula_fr

    def principal_name(self, locale: str) -> str:
        """Return who is stood in for, in a language."""
        return self.principal_name_ar if locale == "ar" else self.principal_name_fr

    def holder_name(self, locale: str) -> str:
        """Return who stands in, in a language."""
        return self.holder_name_ar if locale == "ar" else self.holder_name_fr

    def covers(self, *, kind: str | None, unit_id: UUID | None) -> bool:
        """Return whether it covers an act of a kind and a unit; where either is not known, only what is not limited."""
        has_kind = not self.act_kinds or kind in self.act_kinds
        return has_kind and (unit_id in self.covered_units or (unit_id is None and not self.unit_ids))


def powers_held(session: Session, person_id: UUID, at: datetime) -> list[PowerView]:
    """Return the powers under which a person may stand in for others at an instant."""
    return held_among(session, person_id, at, children=None)


def standing_for(
    session: Session, person_id: UUID, principal_id: UUID, *, kind: str | None, unit_id: UUID | None, at: datetime
) -> PowerView | None:
    """Return the power under which a person may decide for another on an act, an interim before a delegation."""
    fitting = [
        power
        for power in powers_held(session, person_id, at)
        if power.principal_id == principal_id and power.covers(kind=kind, unit_id=unit_id)
    ]
    return min(fitting, key=lambda power: (power.kind is not PowerKind.INTERIM, power.starts_at), default=None)


def holds_power(person_id: InstrumentedAttribute[UUID], at: BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition that the person of a row holds some power at an instant, whatever is behind it."""
    return select(Power.id).where(Power.holder_id == person_id, Power.starts_at <= at, Power.ends_at > at).exists()


def held_among(session: Session, person_id: UUID, at: datetime, *, children: Children | None) -> list[PowerView]:
    """Return the powers that a person holds at an instant; ``children`` is the tree of units where it is at hand."""
    rows = session.scalars(
        select(Power)
        .where(Power.holder_id == person_id, Power.starts_at <= at, Power.ends_at > at)
        .order_by(Power.starts_at, Power.id)
    ).all()
    if not rows:
        return []
    tree = children_of(all_units(session)) if children is None else children
    reaches = reaches_of(session, {row.principal_id for row in rows}, at, children=tree)
    views = [power_view(row, reach=reaches.get(row.principal_id, frozenset()), children=tree) for row in rows]
    # A power holds no more than its principal does: who lost the function gives nothing by it.
    return [view for view in views if view.covered_units]


def reaches_of(
    session: Session, person_ids: Collection[UUID], at: datetime, *, children: Children
) -> Mapping[UUID, frozenset[UUID]]:
    """Return the units in which each of some people decides by a function of their own at an instant."""
    rows = session.execute(
        select(Membership, Person.is_active, Person.valid_from, Person.valid_until)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.person_id.in_(person_ids))
    )
    found: dict[UUID, frozenset[UUID]] = {}
    for membership, is_active, valid_from, valid_until in rows:
        is_held = is_within(at, membership.valid_from, membership.valid_until)
        is_there = is_active and is_within(at, valid_from, valid_until)
        if is_held and is_there and Role(membership.role) in SIGNING_ROLES:
            below = units_below(membership.unit_id, children)
            found[membership.person_id] = found.get(membership.person_id, frozenset()) | below
    return found


def power_view(row: Power, *, reach: Collection[UUID], children: Children) -> PowerView:
    """Return a power as the other rooms see it; ``reach``: the units in which its principal decides."""
    named = frozenset(map(UUID, row.unit_ids))
    scope = frozenset().union(*(units_below(unit_id, children) for unit_id in named)) if named else frozenset(reach)
    kind = PowerKind(row.kind)
    said_ar, said_fr = formula(
        kind,
        name_ar=row.principal_name_ar,
        name_fr=row.principal_name_fr,
        title_ar=row.principal_title_ar,
        title_fr=row.principal_title_fr,
    )
    return PowerView(
        id=row.id,
        kind=kind,
        principal_id=row.principal_id,
        principal_name_ar=row.principal_name_ar,
        principal_name_fr=row.principal_name_fr,
        principal_title_ar=row.principal_title_ar,
        principal_title_fr=row.principal_title_fr,
        holder_id=row.holder_id,
        holder_name_ar=row.holder_name_ar,
        holder_name_fr=row.holder_name_fr,
        holder_title_ar=row.holder_title_ar,
        holder_title_fr=row.holder_title_fr,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        act_kinds=frozenset(row.act_kinds),
        unit_ids=named,
        covered_units=scope & frozenset(reach),
        decision_reference=row.decision_reference,
        formula_ar=said_ar,
        formula_fr=said_fr,
    )


def standing_of(row: Power) -> Standing:
    """Return what a stored power says, for the rules."""
    return Standing(
        kind=PowerKind(row.kind),
        principal_id=row.principal_id,
        holder_id=row.holder_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        act_kinds=frozenset(row.act_kinds),
        unit_ids=frozenset(map(UUID, row.unit_ids)),
    )


def powers_about(session: Session, person_id: UUID | None) -> Iterable[Power]:
    """Return all powers given by or to a person, or everybody's, the last to end first."""
    statement = select(Power).order_by(Power.ends_at.desc(), Power.id)
    if person_id is not None:
        statement = statement.where((Power.holder_id == person_id) | (Power.principal_id == person_id))
    return session.scalars(statement.limit(POWERS_SHOWN)).all()
