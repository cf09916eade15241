"""The paper counter: what was not printed, not asked and not travelled, each estimate by a rule that is said beside it.

Every estimate counts facts of the database that the reader may know of, times what the rule says; nothing is guessed
beyond it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from docflow.appointments.models import Appointment, Office
from docflow.approvals.models import ApprovalRun
from docflow.complaints.models import Complaint, ComplaintPhoto
from docflow.complaints.rules import Origin
from docflow.core.actor import Actor
from docflow.core.clock import CASABLANCA
from docflow.documents.models import Document
from docflow.documents.queries import visible_to
from docflow.drafting.models import Publication
from docflow.requests.models import RequestFile, ServiceRequest
from docflow.requests.queries import catalogue
from docflow.requests.rules import Origin as RequestOrigin
from docflow.requests.rules import asked_papers
from docflow.routing.models import Assignment

MONTHS: Final = 12


class Measure(StrEnum):
    """What is saved."""

    SHEETS = "sheets"
    COPIES = "copies"
    TRIPS = "trips"


class Estimate(StrEnum):
    """A way in which something is saved."""

    REFERRALS = "referrals"
    """A letter sent to somebody after it was sent to the first: half its pages."""
    CIRCUITS = "circuits"
    """A version of an act on its circuit: half its pages."""
    ENCLOSURES = "enclosures"
    """A file that a citizen gave with a complaint on the public site: a copy."""
    ANSWERS_KEPT = "answers_kept"
    """An answer that the citizen took on the public site: a copy of it at the desk."""
    DEPOSITS = "deposits"
    """A complaint deposited on the public site: a trip."""
    ANSWERS = "answers"
    """An answer that the citizen took there: a trip."""
    REQUEST_FILES = "request_files"
    """A file that a citizen gave with a request on the public site: a copy."""
    NOT_ASKED = "not_asked"
    """A document that the procedure of a request says may not be asked for: a copy."""
    REQUESTS = "requests"
    """A request deposited on the public site: a trip."""
    APPOINTMENTS = "appointments"
    """An appointment made there: a trip to ask for it."""


MEASURES: Final[Mapping[Estimate, Measure]] = {
    Estimate.REFERRALS: Measure.SHEETS,
    Estimate.CIRCUITS: Measure.SHEETS,
    Estimate.ENCLOSURES: Measure.COPIES,
    Estimate.ANSWERS_KEPT: Measure.COPIES,
    Estimate.DEPOSITS: Measure.TRIPS,
    Estimate.ANSWERS: Measure.TRIPS,
    Estimate.REQUEST_FILES: Measure.COPIES,
    Estimate.NOT_ASKED: Measure.COPIES,
    Estimate.REQUESTS: Measure.TRIPS,
    Estimate.APPOINTMENTS: Measure.TRIPS,
}

SHEETS: Final = (Document.page_count + 1) // 2
"""Of a document, printed on both sides."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What one estimate saved in the matters of one unit in one month (from 1); the unit is none where none answers."""

    estimate: Estimate
    unit_id: UUID | None
    month: int
    count: int


def paper_saved(session: Session, actor: Actor, unit_ids: Collection[UUID], *, year: int) -> Sequence[Saved]:
    """Return what was saved in a year in the matters of some units, as far as the actor may know of them."""
    found: list[Saved] = []
    for estimate, (statement, instant) in _statements().items():
        counted = (
            statement.add_columns(_month_of(instant, year).label("saved_month"))
            .where(
                visible_to(actor),
                Document.unit_id.in_(unit_ids),
                *_within(instant, year),
            )
            # By name: to the database the same expression with other parameters is another one.
            .group_by(Document.unit_id, "saved_month")
        )
        found += [
            Saved(estimate, unit_id, number, int(count or 0)) for unit_id, count, number in session.execute(counted)
        ]
    found += _not_asked(session, actor, unit_ids, year=year)
    found += _appointments(session, unit_ids, year=year)
    return [one for one in found if one.count]


def _not_asked(session: Session, actor: Actor, unit_ids: Collection[UUID], *, year: int) -> Sequence[Saved]:
    """Return the documents that could not be asked for, by the catalogue as it is now."""
    asked = (
        select(ServiceRequest.procedure_id, Document.unit_id, func.count())
        .join(Document, Document.id == ServiceRequest.document_id)
        .add_columns(_month_of(ServiceRequest.deposited_at, year).label("saved_month"))
        .where(visible_to(actor), Document.unit_id.in_(unit_ids), *_within(ServiceRequest.deposited_at, year))
        .group_by(ServiceRequest.procedure_id, Document.unit_id, "saved_month")
    )
    forbidden = {
        procedure.id: len(asked_papers(procedure.papers)[1]) for procedure in catalogue(session, active_only=False)
    }
    counts: Counter[tuple[UUID | None, int]] = Counter()
    for procedure_id, unit_id, count, month in session.execute(asked):
        counts[unit_id, month] += count * forbidden[procedure_id]
    return [Saved(Estimate.NOT_ASKED, unit_id, month, count) for (unit_id, month), count in counts.items()]


def _appointments(session: Session, unit_ids: Collection[UUID], *, year: int) -> Sequence[Saved]:
    """Return the appointments made; each is of the unit of its office, and says nobody's name."""
    made = (
        select(Office.unit_id, func.count())
        .select_from(Appointment)
        .join(Office, Office.id == Appointment.office_id)
        .add_columns(_month_of(Appointment.booked_at, year).label("saved_month"))
        .where(Office.unit_id.in_(unit_ids), *_within(Appointment.booked_at, year))
        .group_by(Office.unit_id, "saved_month")
    )
    return [Saved(Estimate.APPOINTMENTS, unit_id, month, count) for unit_id, count, month in session.execute(made)]


def _statements() -> Mapping[Estimate, tuple[Any, Any]]:
    """Return, for each estimate, the unit and the sum, and the instant at which a fact of it happened."""
    earlier = aliased(Assignment)
    is_first = ~(
        select(earlier.id)
        .where(earlier.document_id == Assignment.document_id, earlier.id < Assignment.id)
        .correlate(Assignment)
        .exists()
    )
    one = func.count()
    unit = Document.unit_id
    online = (
        select(unit, one)
        .select_from(Complaint)
        .join(Document, Document.id == Complaint.document_id)
        .where(Complaint.origin == Origin.ONLINE)
    )
    requested = (
        select(unit, one)
        .select_from(ServiceRequest)
        .join(Document, Document.id == ServiceRequest.document_id)
        .where(ServiceRequest.origin == RequestOrigin.ONLINE)
    )
    taken = select(unit, one).select_from(Publication).join(Document, Document.id == Publication.letter_id)
    return {
        Estimate.REFERRALS: (
            select(unit, func.sum(SHEETS))
            .select_from(Assignment)
            .join(Document, Document.id == Assignment.document_id)
            .where(~is_first),
            Assignment.sent_at,
        ),
        Estimate.CIRCUITS: (
            select(unit, func.sum(SHEETS))
            .select_from(ApprovalRun)
            .join(Document, Document.id == ApprovalRun.document_id)
            .where(ApprovalRun.is_act),
            ApprovalRun.started_at,
        ),
        Estimate.ENCLOSURES: (
            online.join(ComplaintPhoto, ComplaintPhoto.complaint_id == Complaint.id),
            Complaint.deposited_at,
        ),
        Estimate.ANSWERS_KEPT: (taken, Publication.first_taken_at),
        Estimate.DEPOSITS: (online, Complaint.deposited_at),
        Estimate.ANSWERS: (taken, Publication.first_taken_at),
        Estimate.REQUEST_FILES: (
            requested.join(RequestFile, RequestFile.request_id == ServiceRequest.id),
            ServiceRequest.deposited_at,
        ),
        Estimate.REQUESTS: (requested, ServiceRequest.deposited_at),
    }


def _month_of(instant: InstrumentedAttribute[Any], year: int) -> ColumnElement[int]:
    """Return the month of an instant of a year in Casablanca, whose clock is not that of the database."""
    ends = [(instant < _begins(year, month + 1), literal(month)) for month in range(1, MONTHS)]
    return case(*ends, else_=literal(MONTHS))


def _within(instant: Any, year: int) -> Sequence[ColumnElement[bool]]:
    return [instant >= _begins(year, 1), instant < _begins(year + 1, 1)]


def _begins(year: int, month: int) -> datetime:
    return datetime.combine(date(year, month, 1), time.min, tzinfo=CASABLANCA).astimezone(UTC)
