"""Giving powers and ending them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from docflow.accounts.models import Membership, OrgUnit, Person, Power
from docflow.accounts.power_rules import (
    ACT_KINDS,
    SIGNING_ROLES,
    STANDING_ROLES,
    PowerKind,
    check_conflicts,
    check_dates,
    check_held,
    title_of,
)
from docflow.accounts.powers import held_among, reaches_of, standing_of
from docflow.accounts.rules import Role, is_within
from docflow.accounts.units import all_units, children_of, open_units
from docflow.core.clock import CASABLANCA
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.core.jobs import JobRequest
from docflow.core.uow import UnitOfWork

MANAGES = "people.manage"
REFERENCE_LIMIT = 120


@dataclass(frozen=True, slots=True)
class NewPower:
    """A power to give, from the first to the last day, both included, in Casablanca."""

    kind: PowerKind
    principal_id: UUID
    holder_id: UUID
    first_day: date
    last_day: date
    act_kinds: frozenset[str] = frozenset()
    unit_ids: frozenset[UUID] = frozenset()
    decision_reference: str = ""


def give_power(uow: UnitOfWork, new: NewPower) -> Power:
    """Let somebody stand in for a person; the person themselves does it, or an administrator for them.

    Raises:
        PermissionDenied: without ``powers.give``; ``power_of_others``.
        NotFound: ``person_unknown``.
        InvalidInput: ``power_dates_reversed``, ``power_in_past``, ``power_to_oneself``, ``power_not_held``,
            ``power_not_passed_on``, ``holder_unfit``, ``choice_unknown``, ``field_too_long``.
        Conflict: ``interim_taken``, ``power_given_already``, ``power_circle``.
    """
    uow.require("powers.give")
    if new.principal_id != uow.actor.person_id and not uow.actor.can(MANAGES):
        raise PermissionDenied("power_of_others")
    reference = " ".join(new.decision_reference.split())
    if new.act_kinds - set(ACT_KINDS) or new.unit_ids - {unit.id for unit in open_units(uow.session)}:
        raise InvalidInput("choice_unknown")
    if len(reference) > REFERENCE_LIMIT:
        raise InvalidInput("field_too_long", field="decision_reference", limit=REFERENCE_LIMIT)
    principal, holder = _two_people(uow, new.principal_id, new.holder_id)
    midnight = _midnight(new.first_day)
    end = _midnight(new.last_day + timedelta(days=1))
    begins_today = midnight.date() == uow.now.astimezone(CASABLANCA).date()
    power = Power(
        kind=new.kind,
        principal_id=principal.id,
        principal_name_ar=principal.name_ar,
        principal_name_fr=principal.name_fr,
        holder_id=holder.id,
        holder_name_ar=holder.name_ar,
        holder_name_fr=holder.name_fr,
        # What begins today begins now: nothing done earlier in the day was done under it.
        starts_at=uow.now if begins_today else midnight,
        ends_at=end,
        planned_until=end,
        act_kinds=sorted(new.act_kinds),
        unit_ids=sorted(map(str, new.unit_ids)),
        decision_reference=reference,
        given_by_name=uow.actor.name,
        given_at=uow.now,
    )
    _check(uow, power)
    titles = _titles(uow, (principal.id, holder.id), power.starts_at)
    power.principal_title_ar, power.principal_title_fr = titles[principal.id]
    power.holder_title_ar, power.holder_title_fr = titles[holder.id]
    uow.session.add(power)
    uow.session.flush()
    uow.record(
        "accounts.power_given",
        subject_kind="person",
        subject_id=principal.id,
        power=new.kind.value,
        holder=str(holder.id),
        until=power.ends_at.astimezone(UTC).isoformat(),
    )
    # Both people are told by the room above.
    power_id = str(power.id)
    uow.enqueue(
        JobRequest(
            name="notifications.power_given",
            payload={"power_id": power_id},
            unique_key=f"notifications.power_given:{power_id}",
        )
    )
    return power


def end_power(uow: UnitOfWork, power_id: UUID) -> Power:
    """End a power at this instant; one that has not begun never will.

    Raises:
        PermissionDenied: without ``powers.give``.
        NotFound: ``power_unknown``, whether it is missing or between others.
        Conflict: ``power_ended``.
    """
    uow.require("powers.give")
    power = uow.session.get(Power, power_id, with_for_update=True)
    if power is None or (power.principal_id != uow.actor.person_id and not uow.actor.can(MANAGES)):
        raise NotFound("power_unknown")
    if power.ends_at <= uow.now:
        raise Conflict("power_ended")
    _end(uow, power)
    return power


def end_powers_of(uow: UnitOfWork, person_id: UUID) -> None:
    """End every power given by or to a person whose account is closed."""
    for power in uow.session.scalars(
        select(Power)
        .where(or_(Power.holder_id == person_id, Power.principal_id == person_id), Power.ends_at > uow.now)
        .order_by(Power.id)
        .with_for_update()
    ).all():
        _end(uow, power)


def _end(uow: UnitOfWork, power: Power) -> None:
    power.ends_at = uow.now
    power.ended_by_name = uow.actor.name
    uow.record(
        "accounts.power_ended",
        subject_kind="person",
        subject_id=power.principal_id,
        power=PowerKind(power.kind).value,
        holder=str(power.holder_id),
    )


def _two_people(uow: UnitOfWork, principal_id: UUID, holder_id: UUID) -> tuple[Person, Person]:
    """Return both people, their rows locked in one order, so that two powers given at once see one another."""
    rows = uow.session.scalars(
        select(Person).where(Person.id.in_({principal_id, holder_id})).order_by(Person.id).with_for_update()
    )
    people = {person.id: person for person in rows}
    for person_id in (principal_id, holder_id):
        if person_id not in people:
            raise NotFound("person_unknown", username=str(person_id))
    return people[principal_id], people[holder_id]


def _check(uow: UnitOfWork, power: Power) -> None:
    standing = standing_of(power)
    check_dates(standing, uow.now)
    children, at = children_of(all_units(uow.session)), standing.starts_at
    own = reaches_of(uow.session, [standing.principal_id], at, children=children)
    stood_in = held_among(uow.session, standing.principal_id, at, children=children)
    check_held(
        standing,
        own_units=own.get(standing.principal_id, frozenset()),
        stood_in_units=frozenset().union(*(held.covered_units for held in stood_in)),
    )
    _check_holder(uow, standing.holder_id, at)
    others = uow.session.scalars(select(Power).where(Power.ends_at > standing.starts_at)).all()
    check_conflicts(standing, [standing_of(other) for other in others])


def _check_holder(uow: UnitOfWork, holder_id: UUID, at: datetime) -> None:
    holder = uow.session.get_one(Person, holder_id)
    is_there = holder.is_active and is_within(at, holder.valid_from, holder.valid_until)
    if not is_there or not {role for role, _ in _functions(uow, [holder_id], at)[holder_id]} & STANDING_ROLES:
        raise InvalidInput("holder_unfit")


def _functions(uow: UnitOfWork, person_ids: Collection[UUID], at: datetime) -> dict[UUID, list[tuple[Role, OrgUnit]]]:
    found: dict[UUID, list[tuple[Role, OrgUnit]]] = {person_id: [] for person_id in person_ids}
    rows = uow.session.execute(
        select(Membership, OrgUnit).join(OrgUnit).where(Membership.person_id.in_(person_ids)).order_by(OrgUnit.code)
    )
    for membership, unit in rows:
        if is_within(at, membership.valid_from, membership.valid_until):
            found[membership.person_id].append((Role(membership.role), unit))
    return found


def _titles(uow: UnitOfWork, person_ids: Collection[UUID], at: datetime) -> dict[UUID, tuple[str, str]]:
    """Return what each is called beneath a signature: by their highest function."""
    ranks = {role: rank for rank, role in enumerate(SIGNING_ROLES)}
    titles = {}
    for person_id, functions in _functions(uow, person_ids, at).items():
        role, unit = min(functions, key=lambda function: ranks.get(function[0], len(ranks)))
        titles[person_id] = title_of(role, name_ar=unit.name_ar, name_fr=unit.name_fr)
    return titles


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=CASABLANCA)
