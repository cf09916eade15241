"""Writing and reading when the district receives the public, and where it is reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from docflow.core.clock import CASABLANCA
from docflow.core.errors import Conflict, InvalidInput, NotFound
from docflow.core.ids import new_id
from docflow.core.mail_addresses import clean_address
from docflow.core.uow import UnitOfWork
from docflow.deadlines.calendars import open_days
from docflow.deadlines.rules import Feast
from docflow.publications.hours import Openness, Season, openness, parsed_week, season_of, written_week
from docflow.publications.models import OpeningSeason, PublicContact

MANAGING = "publications.manage"
"""Setting hours and addresses: the administrator's."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When the district receives the public, as everybody is told.

    Attributes:
        season: the hours of today's week; none while nobody set them.
        name_ar: what the season is called in Arabic; empty for the usual hours.
        name_fr: the same in French.
        openness: whether it is open now.
        feast: why it is closed today, when it is by the calendar.
        coming: seasons that begin later, with their names.
    """

    season: Season | None
    name_ar: str
    name_fr: str
    openness: Openness
    feast: Feast | None
    coming: Sequence[tuple[OpeningSeason, Season]]


def seasons(session: Session) -> Sequence[OpeningSeason]:
    """Return all hours that were set: the usual ones first, then by day."""
    return session.scalars(
        select(OpeningSeason).order_by(OpeningSeason.first_day.is_not(None), OpeningSeason.first_day)
    ).all()


def contact(session: Session) -> PublicContact:
    """Return where the district is found and reached; empty while nobody said."""
    found = session.get(PublicContact, 1)
    return found if found is not None else PublicContact(id=1, address_ar="", address_fr="", phone="", email="")


def opening_hours(session: Session, now: datetime) -> OpeningHours:
    """Return the hours at an instant."""
    local = now.astimezone(CASABLANCA)
    kept: Mapping[Season, OpeningSeason] = {_season(row): row for row in seasons(session)}
    closed = open_days(session, [local.year, local.year + 1]).closed
    today = season_of(list(kept), local.date())
    row = None if today is None else kept[today]
    return OpeningHours(
        season=today,
        name_ar="" if row is None else row.name_ar,
        name_fr="" if row is None else row.name_fr,
        openness=openness(list(kept), local, closed),
        feast=closed.get(local.date()),
        coming=[(one, season) for season, one in kept.items() if one.first_day and one.first_day > local.date()],
    )


@dataclass(frozen=True, slots=True)
class SeasonSetup:
    """Hours as they are typed: a text a day from Monday; without days they are the usual ones."""

    days: Sequence[str]
    name_ar: str = ""
    name_fr: str = ""
    first_day: date | None = None
    last_day: date | None = None


def keep_season(uow: UnitOfWork, season_id: UUID | None, setup: SeasonSetup) -> OpeningSeason:
    """Set the usual hours, or those of a season.

    Raises:
        PermissionDenied: without ``publications.manage``.
        NotFound: ``season_unknown``.
        InvalidInput: ``hours_not_understood``, ``season_incomplete``, ``post_dates_reversed``.
        Conflict: ``season_exists``.
    """
    uow.require(MANAGING)
    week = written_week(parsed_week(setup.days))
    is_usual = setup.first_day is None and setup.last_day is None
    name_ar, name_fr = (" ".join(name.split())[:120] for name in (setup.name_ar, setup.name_fr))
    if not is_usual and not (setup.first_day and setup.last_day and name_ar and name_fr):
        raise InvalidInput("season_incomplete")
    if setup.first_day and setup.last_day and setup.last_day < setup.first_day:
        raise InvalidInput("post_dates_reversed")
    kept = next((one for one in seasons(uow.session) if one.first_day == setup.first_day), None)
    row = kept if is_usual else None
    if season_id is not None:
        row = uow.session.get(OpeningSeason, season_id)
        if row is None:
            raise NotFound("season_unknown")
    if kept is not None and kept is not row:
        raise Conflict("season_exists")
    if row is None:
        row = OpeningSeason(id=new_id())
        uow.session.add(row)
    row.first_day, row.last_day, row.week = setup.first_day, setup.last_day, week
    row.name_ar, row.name_fr = ("", "") if is_usual else (name_ar, name_fr)
    uow.session.flush()
    uow.record("publications.hours_set", subject_kind="opening_season", subject_id=row.id)
    return row


def drop_season(uow: UnitOfWork, season_id: UUID) -> None:
    """Take a season back.

    Raises:
        PermissionDenied: without ``publications.manage``.
        NotFound: ``season_unknown``.
    """
    uow.require(MANAGING)
    row = uow.session.get(OpeningSeason, season_id)
    if row is None:
        raise NotFound("season_unknown")
    uow.session.delete(row)
    uow.record("publications.hours_dropped", subject_kind="opening_season", subject_id=season_id)


@dataclass(frozen=True, slots=True)
class ContactSetup:
    """Where the district is found and reached."""

    address_ar: str = ""
    address_fr: str = ""
    phone: str = ""
    email: str = ""


def keep_contact(uow: UnitOfWork, setup: ContactSetup) -> None:
    """Say where the district is found and reached.

    Raises:
        PermissionDenied: without ``publications.manage``.
        InvalidInput: ``mail_address_invalid``, ``phone_not_understood``.
    """
    uow.require(MANAGING)
    phone = " ".join(setup.phone.split())[:40]
    if not all(sign.isdecimal() or sign in "+ ().-/" for sign in phone):
        raise InvalidInput("phone_not_understood")
    row = uow.session.get(PublicContact, 1)
    if row is None:
        row = PublicContact(id=1)
        uow.session.add(row)
    row.address_ar, row.address_fr = (" ".join(text.split())[:300] for text in (setup.address_ar, setup.address_fr))
    row.phone = phone
    row.email = clean_address(setup.email) if setup.email.strip() else ""
    uow.record("publications.contact_set", subject_kind="opening_season", subject_id="contact")


def _season(row: OpeningSeason) -> Season:
    return Season(parsed_week(row.week), row.first_day, row.last_day)
