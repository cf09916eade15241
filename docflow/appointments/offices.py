"""Offices and their hours, as the administrator and the heads set them up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select

from docflow.accounts.units import open_units
from docflow.appointments.models import Office, OfficeHours
from docflow.appointments.queries import can_set_up, standing_after
from docflow.appointments.rules import (
    CODE_FORM,
    HORIZON_DAYS,
    LETTER_FORM,
    MOST_DESKS,
    NAME_LIMIT,
    SLOT_MINUTES,
    Opening,
    check_openings,
    local_now,
    slots_of,
)
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.core.uow import UnitOfWork

PLACE_LIMIT: Final = 200
USUAL_SLOT: Final = 15
USUAL_HORIZON: Final = 30
USUAL_DESKS: Final = 2


@dataclass(frozen=True, slots=True)
class OfficeSetup:
    """What an administrator says of an office."""

    code: str
    unit_id: UUID
    name_ar: str
    name_fr: str
    place_ar: str
    place_fr: str
    letter: str
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Week:
    """The hours of an office, how long its slots are and how far ahead it is booked: what its head may change."""

    openings: Sequence[Opening]
    slot_minutes: int
    horizon_days: int
    desk_count: int


def create_office(uow: UnitOfWork, setup: OfficeSetup) -> Office:
    """Open an office; it has no hours yet, and the usual lengths.

    Raises:
        PermissionDenied: without ``appointments.manage``.
        InvalidInput: ``office_incomplete``, ``unit_unknown``.
        Conflict: ``office_code_taken``, ``office_letter_taken``.
    """
    uow.require("appointments.manage")
    if not CODE_FORM.fullmatch(setup.code):
        raise InvalidInput("office_incomplete")
    if uow.session.scalar(select(Office.id).where(Office.code == setup.code)) is not None:
        raise Conflict("office_code_taken", office=setup.code)
    office = Office(code=setup.code, slot_minutes=USUAL_SLOT, horizon_days=USUAL_HORIZON, desk_count=USUAL_DESKS)
    _apply(uow, office, setup)
    uow.session.add(office)
    uow.session.flush()
    uow.record("appointments.office_opened", subject_kind="office", subject_id=office.id, code=office.code)
    return office


def change_office(uow: UnitOfWork, office_id: UUID, setup: OfficeSetup, *, expected_version: int) -> Office:
    """Change what is said of an office; its code stays.

    Raises:
        PermissionDenied: without ``appointments.manage``.
        NotFound: ``office_unknown``.
        InvalidInput: what ``create_office`` refuses.
        Conflict: ``changed_meanwhile``, ``office_letter_taken``.
    """
    uow.require("appointments.manage")
    office = _locked(uow, office_id, expected_version)
    _apply(uow, office, setup)
    uow.record("appointments.office_changed", subject_kind="office", subject_id=office.id, code=office.code)
    return office


def change_week(uow: UnitOfWork, office_id: UUID, week: Week, *, expected_version: int) -> Office:
    """Change the hours of an office.

    Raises:
        NotFound: ``office_unknown``.
        PermissionDenied: ``office_of_others``.
        InvalidInput: ``hours_invalid`` with ``places``, ``hours_overlap``, ``office_numbers_invalid``.
        Conflict: ``changed_meanwhile``; ``hours_booked`` with ``count`` when appointments would lose their slot.
    """
    kept = uow.session.get(Office, office_id)
    if kept is not None and not can_set_up(uow.actor, kept):
        raise PermissionDenied("office_of_others")
    office = _locked(uow, office_id, expected_version)
    check_openings(week.openings)
    _check_numbers(week.slot_minutes, week.horizon_days, week.desk_count)
    office.slot_minutes, office.horizon_days, office.desk_count = week.slot_minutes, week.horizon_days, week.desk_count
    _check_standing(uow, office, week.openings)
    uow.session.execute(delete(OfficeHours).where(OfficeHours.office_id == office.id))
    uow.session.add_all(
        OfficeHours(
            office_id=office.id,
            weekday=one.weekday,
            start_minute=one.start_minute,
            end_minute=one.end_minute,
            places=one.places,
        )
        for one in week.openings
    )
    # Two who change the hours at once are told of each other, even where nothing else of the office changed.
    office.version += 1
    uow.session.flush()
    uow.record("appointments.hours_changed", subject_kind="office", subject_id=office.id, code=office.code)
    return office


def _locked(uow: UnitOfWork, office_id: UUID, expected_version: int) -> Office:
    # Whoever books meanwhile holds the row too, and has seen either these hours or those before.
    office = uow.session.get(Office, office_id, with_for_update=True, populate_existing=True)
    if office is None:
        raise NotFound("office_unknown")
    if office.version != expected_version:
        raise Conflict("changed_meanwhile")
    return office


def _apply(uow: UnitOfWork, office: Office, setup: OfficeSetup) -> None:
    names = [" ".join(name.split()) for name in (setup.name_ar, setup.name_fr)]
    places = [" ".join(place.split()) for place in (setup.place_ar, setup.place_fr)]
    is_short = all(len(name) <= NAME_LIMIT for name in names) and all(len(place) <= PLACE_LIMIT for place in places)
    if not all(names) or not all(places) or not is_short or not LETTER_FORM.fullmatch(setup.letter):
        raise InvalidInput("office_incomplete")
    kept = [office.unit_id] if office.unit_id else []
    if setup.unit_id not in {unit.id for unit in open_units(uow.session, kept=kept)}:
        raise InvalidInput("unit_unknown")
    taken = select(Office.id).where(Office.letter == setup.letter, Office.code != setup.code)
    with uow.session.no_autoflush:
        if uow.session.scalar(taken) is not None:
            raise Conflict("office_letter_taken", letter=setup.letter)
    office.name_ar, office.name_fr = names
    office.place_ar, office.place_fr = places
    office.unit_id, office.letter, office.is_active = setup.unit_id, setup.letter, setup.is_active


def _check_numbers(slot_minutes: int, horizon_days: int, desk_count: int) -> None:
    is_in_bounds = SLOT_MINUTES[0] <= slot_minutes <= SLOT_MINUTES[1]
    is_in_bounds = is_in_bounds and HORIZON_DAYS[0] <= horizon_days <= HORIZON_DAYS[1]
    if not (is_in_bounds and 1 <= desk_count <= MOST_DESKS):
        raise InvalidInput(
            "office_numbers_invalid",
            shortest=SLOT_MINUTES[0],
            longest=SLOT_MINUTES[1],
            days=HORIZON_DAYS[1],
            desks=MOST_DESKS,
        )


def _check_standing(uow: UnitOfWork, office: Office, openings: Sequence[Opening]) -> None:
    """Refuse hours that leave appointments without their slot, or more of them in a slot than it would hold."""
    today, _minute = local_now(uow.now)
    standing = Counter(
        (one.day, one.start_minute, one.end_minute) for one in standing_after(uow.session, office.id, today)
    )
    held = {
        (weekday, slot.start_minute, slot.end_minute): slot.places
        for weekday in range(7)
        for slot in slots_of(openings, weekday=weekday, slot_minutes=office.slot_minutes)
    }
    outside = sum(
        max(0, count - held.get((day.weekday(), start, end), 0)) for (day, start, end), count in standing.items()
    )
    if outside:
        raise Conflict("hours_booked", count=outside)
