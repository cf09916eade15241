"""Who holds the functions that circuits ask: the units and roles of an instant, and whom a seat means by them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from docflow.accounts.power_rules import title_of
from docflow.accounts.queries import all_people, is_usable, memberships_by_person
from docflow.accounts.rules import PERMISSIONS, Role, is_within
from docflow.accounts.units import all_units
from docflow.approvals.rules import Function, FunctionKind, Seat

HEAD_ROLES: Final = (Role.HEAD, Role.DIRECTOR, Role.PRESIDENT)
"""Who heads a unit, in the order in which they are asked."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a function now."""

    person_id: UUID
    name_ar: str
    name_fr: str


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """A unit in the tree, by its names."""

    name_ar: str
    name_fr: str
    parent_id: UUID | None


@dataclass(frozen=True, slots=True)
class Seated:
    """Whom a seat asks now: a function by its title, and the people who hold it, who may be none.

    ``addressee`` names the function for good: ``head:`` and the unit, or ``person:`` and the account.
    """

    addressee: str
    title_ar: str
    title_fr: str
    holders: tuple[Holder, ...]
    is_substitute: bool = False


@dataclass(frozen=True, slots=True)
class Organisation:
    """Units, who holds which role in them, and all who decide by some role, at one instant."""

    units: Mapping[UUID, UnitPlace]
    holders: Mapping[tuple[str, UUID], Sequence[Holder]]
    people: Mapping[UUID, Holder]

    def units_above(self, unit_id: UUID | None) -> Iterator[UUID]:
        """Yield a unit, then each unit above it."""
        seen: set[UUID] = set()
        while unit_id is not None and unit_id in self.units and unit_id not in seen:
            seen.add(unit_id)
            yield unit_id
            unit_id = self.units[unit_id].parent_id

    def seated(self, seat: Seat, *, unit_id: UUID | None, not_person: UUID | None) -> Seated:
        """Return whom a seat asks about what a unit drafted: the first of its functions that somebody may answer for.

        ``not_person``: who drafted it, because nobody approves their own draft.
        """
        first: Seated | None = None
        for at, function in enumerate((seat.function, *seat.substitutes)):
            found = self._asked(function, unit_id, not_person=not_person)
            if found is None:
                continue
            meant = Seated(found.addressee, found.title_ar, found.title_fr, found.holders, is_substitute=at > 0)
            if meant.holders:
                return meant
            first = first or meant
        return first or Seated("", "", "", ())

    def _asked(self, function: Function, unit_id: UUID | None, *, not_person: UUID | None) -> Seated | None:
        """Return whom a function means; none where it means nobody at all, such as a head above the highest unit."""
        if function.kind is FunctionKind.PERSON:
            holder = None if function.person_id is None else self.people.get(function.person_id)
            if holder is None:
                return None
            is_free = holder.person_id != not_person
            return Seated(f"person:{holder.person_id}", holder.name_ar, holder.name_fr, (holder,) if is_free else ())
        if function.kind is FunctionKind.ROLE and function.unit_id is not None:
            return self._in_unit(Role(function.role), function.unit_id, not_person)
        if function.kind is FunctionKind.UNIT_HEAD and unit_id is not None:
            return self._head_of(unit_id, not_person)
        if function.kind is FunctionKind.HEAD_ABOVE:
            above = list(self.units_above(unit_id))[1:]
            heads = [self._head_of(unit, not_person) for unit in above]
            return next((head for head in heads if head is not None and head.holders), None)
        return None

    def _head_of(self, unit_id: UUID, not_person: UUID | None) -> Seated | None:
        """Return the head of one unit; whoever nobody is at present is asked as ``head``."""
        found = [self._in_unit(role, unit_id, not_person) for role in HEAD_ROLES]
        return next((one for one in found if one is not None and one.holders), found[0])

    def _in_unit(self, role: Role, unit_id: UUID, not_person: UUID | None) -> Seated | None:
        unit = self.units.get(unit_id)
        if unit is None:
            return None
        title_ar, title_fr = title_of(role, name_ar=unit.name_ar, name_fr=unit.name_fr)
        held = self.holders.get((role.value, unit_id), ())
        return Seated(
            f"{role.value}:{unit_id}",
            title_ar,
            f"{title_fr[:1].upper()}{title_fr[1:]}",
            tuple(holder for holder in held if holder.person_id != not_person),
        )


def organisation(session: Session, now: datetime) -> Organisation:
    """Return who holds what at an instant, in three statements."""
    usable = {
        person.id: Holder(person.id, person.name_ar, person.name_fr)
        for person in all_people(session)
        if is_usable(person, now)
    }
    people: dict[UUID, Holder] = {}
    holders: dict[tuple[str, UUID], list[Holder]] = defaultdict(list)
    for person_id, memberships in memberships_by_person(session).items():
        for membership, unit in memberships:
            if person_id not in usable or not is_within(now, membership.valid_from, membership.valid_until):
                continue
            role = Role(membership.role)
            holders[role.value, unit.id].append(usable[person_id])
            if "approvals.decide" in PERMISSIONS[role]:
                people[person_id] = usable[person_id]
    units = {unit.id: UnitPlace(unit.name_ar, unit.name_fr, unit.parent_id) for unit in all_units(session)}
    return Organisation(units, holders, people)
