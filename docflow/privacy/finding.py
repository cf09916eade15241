"""Everything that is held about one person, over the rooms that hold it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, inspect, or_, select
from sqlalchemy.orm import Session

from docflow.accounts.models import Membership, Person, Power, SecondFactor, SecurityKey, SignedInSession
from docflow.appointments.models import Appointment
from docflow.audit.models import JournalEntry, Opening
from docflow.complaints.models import Complaint, ComplaintMessage, ComplaintOutcome
from docflow.core.actor import Actor, ActorKind
from docflow.core.errors import NotFound
from docflow.documents.models import Document
from docflow.documents.queries import is_opened_by
from docflow.notifications.models import OutgoingMail, OutgoingText
from docflow.privacy.rules import SECRET_COLUMNS, Held, Sought
from docflow.publications.models import Subscription
from docflow.registry.models import Entry, Register, SetAsideDocument
from docflow.registry.names import sender_key
from docflow.requests.models import RequestFile, ServiceRequest

DOCUMENT_COLUMNS = frozenset(
    {"id", "subject", "sender", "addressee", "reference", "document_date", "deposited_at", "file_name", "is_open"}
    | {"register_number", "kind", "languages", "page_count", "confidentiality"}
)
"""What of a document is about the person: the rest is the product's own."""


def held_about(session: Session, actor: Actor, sought: Sought) -> list[Held]:
    """Return what is held about whoever is sought, as far as the actor may see the letters that it is about.

    Raises:
        NotFound: ``person_unknown``: no member of the staff has that name.
    """
    return [*_of_citizen(session, actor, sought), *_of_staff(session, actor, sought)]


def _of_citizen(session: Session, actor: Actor, sought: Sought) -> Iterator[Held]:
    entries = session.execute(
        select(Entry, Document, Register)
        .join(Document, Document.id == Entry.document_id)
        .join(Register, Register.id == Entry.register_id)
        .where(_entry_about(sought), is_opened_by(actor, Document.id, content=False))
        .order_by(Entry.numbered_at)
    ).all()
    shown = is_opened_by(actor, Document.id, content=True)
    opened = set(
        session.scalars(
            select(Document.id).where(Document.id.in_([document.id for _entry, document, _register in entries]), shown)
        )
    )
    for entry, document, register in entries:
        yield Held("entry", _values(entry) | {"register_ar": register.name_ar, "register_fr": register.name_fr})
        yield Held("document", {key: value for key, value in _values(document).items() if key in DOCUMENT_COLUMNS})
        if document.id in opened:
            yield from _cases(session, document.id)
            if document.is_set_aside:
                yield Held("set_aside", _values(session.get_one(SetAsideDocument, document.id)))
    plain = [
        ("appointment", select(Appointment).where(_appointment_about(sought)).order_by(Appointment.booked_at)),
        ("subscription", select(Subscription).where(_same(Subscription.email, sought.email))),
        ("mail", _sent_to(OutgoingMail, sought.email, actor)),
        ("text_message", _sent_to(OutgoingText, sought.phone, actor)),
    ]
    for kind, statement in plain:
        for row in session.scalars(statement):
            yield Held(kind, _values(row))


def _sent_to(table: type[OutgoingMail | OutgoingText], recipient: str, actor: Actor) -> Select[Any]:
    """Return what was sent to an address or a telephone; what it says may be of a letter that is hidden."""
    about = or_(table.document_id.is_(None), is_opened_by(actor, table.document_id, content=False))
    return select(table).where(_same(table.recipient, recipient), about).order_by(table.asked_at)


def _cases(session: Session, document_id: UUID) -> Iterator[Held]:
    """Return what the rooms of citizens' matters keep beside a letter whose content may be seen."""
    for complaint in session.scalars(select(Complaint).where(Complaint.document_id == document_id)):
        yield Held("complaint", _values(complaint))
        for kind, table in (("message", ComplaintMessage), ("outcome", ComplaintOutcome)):
            for row in session.scalars(select(table).where(table.complaint_id == complaint.id)):
                yield Held(kind, _values(row))
    for request in session.scalars(select(ServiceRequest).where(ServiceRequest.document_id == document_id)):
        yield Held("request", _values(request))
        for file in session.scalars(select(RequestFile).where(RequestFile.request_id == request.id)):
            yield Held("file", _values(file))


def _of_staff(session: Session, actor: Actor, sought: Sought) -> Iterator[Held]:
    if not sought.username:
        return
    person = session.scalar(select(Person).where(Person.username == sought.username.strip().lower()))
    if person is None:
        raise NotFound("person_unknown")
    yield Held("account", _values(person))
    if session.get(SecondFactor, person.id) is not None:
        yield Held("second_factor", {"is_set_up": True})
    lists: Sequence[tuple[str, Any, ColumnElement[bool]]] = [
        ("membership", Membership, Membership.person_id == person.id),
        ("power", Power, or_(Power.holder_id == person.id, Power.principal_id == person.id)),
        ("security_key", SecurityKey, SecurityKey.person_id == person.id),
        ("session", SignedInSession, SignedInSession.person_id == person.id),
        (
            "opening",
            Opening,
            and_(Opening.person_id == person.id, is_opened_by(actor, Opening.document_id, content=False)),
        ),
    ]
    for kind, table, condition in lists:
        for row in session.scalars(select(table).where(condition)):
            yield Held(kind, _values(row))
    yield from _acts_of(session, actor, person.id)


def _acts_of(session: Session, actor: Actor, person_id: UUID) -> Iterator[Held]:
    """Return the lines of the journal by somebody.

    What they are about is left out for people: it may be a letter that they do not see, and the auditor reads it.
    """
    is_operator = actor.kind is ActorKind.OPERATOR
    for line in session.scalars(
        select(JournalEntry).where(JournalEntry.person_id == person_id).order_by(JournalEntry.number)
    ):
        values = _values(line)
        yield Held("act", values if is_operator else {key: values[key] for key in ("number", "at", "verb")})


def _entry_about(sought: Sought) -> ColumnElement[bool]:
    conditions = [_same(Entry.sender_cin, sought.cin.strip().upper()), _same(Entry.label, sought.number.strip())]
    conditions.append(_same(Entry.sender_key, sender_key(sought.name)))
    conditions.append(_same(Entry.sender_phone, sought.phone))
    for table in (Complaint, ServiceRequest):
        for column, value in ((table.phone, sought.phone), (table.email, sought.email)):
            if value:
                conditions.append(Entry.document_id.in_(select(table.document_id).where(_same(column, value))))
    if sought.cin:
        of_cin = select(ServiceRequest.document_id).where(_same(ServiceRequest.cin, sought.cin.strip().upper()))
        conditions.append(Entry.document_id.in_(of_cin))
    return or_(false(), *conditions)


def _appointment_about(sought: Sought) -> ColumnElement[bool]:
    pairs = [(Appointment.phone, sought.phone), (Appointment.email, sought.email), (Appointment.number, sought.number)]
    name = _same(func.lower(Appointment.name), sought.name.strip().lower())
    return or_(name, *(_same(column, value) for column, value in pairs))


def _same(column: Any, value: str) -> ColumnElement[bool]:
    return column == value if value else false()


def _values(row: Any) -> dict[str, object]:
    columns = inspect(type(row)).column_attrs
    return {one.key: _plain(getattr(row, one.key)) for one in columns if one.key not in SECRET_COLUMNS}


def _plain(value: Any) -> object:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
