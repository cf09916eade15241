"""Telling people in the interface, once each, and by mail at once where it cannot wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from docflow.accounts.models import Person, Power
from docflow.accounts.queries import is_usable
from docflow.accounts.rules import FactorChange
from docflow.core.actor import SYSTEM
from docflow.core.clock import CASABLANCA
from docflow.core.ids import new_id
from docflow.core.uow import UnitOfWork
from docflow.notifications import wording
from docflow.notifications.models import MorningDigest, Notice
from docflow.notifications.operations import ask_mail
from docflow.notifications.ports import Deps
from docflow.notifications.rules import MailText

READ_KEPT_FOR: Final = timedelta(days=90)
UNREAD_KEPT_FOR: Final = timedelta(days=365)
DIGESTS_KEPT_FOR: Final = timedelta(days=90)
POWER_GIVEN: Final = "accounts.power_given"
FACTOR_TAKEN_AWAY: Final = "accounts.factor_taken_away"
FACTOR_CHANGED: Final = "accounts.factor_changed"


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody is told: ``kind`` of ``Capability.notices``, ``key`` naming the fact, values of the sentence."""

    kind: str
    key: str
    document_id: UUID | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


def tell(uow: UnitOfWork, person: Person, told: Told, *, mail: MailText | None = None) -> bool:
    """Tell somebody something, unless they were told; return whether they had not been.

    ``mail``: what goes to their address at once, where they have one and mail is set up. Who may know was checked by
    the caller; whether they still may is checked whenever it is shown.
    """
    if not is_usable(person, uow.now):
        return False
    insert = postgresql_insert if uow.session.get_bind().dialect.name == "postgresql" else sqlite_insert
    made = uow.session.scalars(
        insert(Notice)
        .values(
            id=new_id(),
            person_id=person.id,
            kind=told.kind,
            key=told.key,
            document_id=told.document_id,
            values=dict(told.values),
            made_at=uow.now,
        )
        .on_conflict_do_nothing(index_elements=[Notice.person_id, Notice.key])
        .returning(Notice.id)
    ).first()
    if made is None:
        return False
    if mail is not None and person.email:
        ask_mail(uow, person_id=person.id, recipient=person.email, text=mail)
    return True


def tell_digest(uow: UnitOfWork, person: Person, day: date, text: MailText | None) -> bool:
    """Send the digest of a day, unless it was made already; return whether it had not been."""
    insert = postgresql_insert if uow.session.get_bind().dialect.name == "postgresql" else sqlite_insert
    made = uow.session.scalars(
        insert(MorningDigest)
        .values(person_id=person.id, day=day, made_at=uow.now)
        .on_conflict_do_nothing(index_elements=[MorningDigest.person_id, MorningDigest.day])
        .returning(MorningDigest.person_id)
    ).first()
    if made is None:
        return False
    if text is not None and person.email:
        mail = ask_mail(uow, person_id=person.id, recipient=person.email, text=text)
        kept = update(MorningDigest).where(MorningDigest.person_id == person.id, MorningDigest.day == day)
        uow.session.execute(kept.values(mail_id=mail.id))
    return True


def read_notices(uow: UnitOfWork, *, notice_id: UUID | None = None, document_id: UUID | None = None) -> None:
    """Note that the actor saw a notice, those about a document, or all of theirs."""
    statement = update(Notice).where(Notice.person_id == uow.actor.person_id, Notice.read_at.is_(None))
    if notice_id is not None:
        statement = statement.where(Notice.id == notice_id)
    if document_id is not None:
        statement = statement.where(Notice.document_id == document_id)
    uow.session.execute(statement.values(read_at=uow.now).execution_options(synchronize_session=False))


def tell_of_power(deps: Deps, power_id: UUID) -> None:
    """Tell both people of a power; the one who stands in by mail as well, at once."""
    with deps.transactions.writing(SYSTEM) as uow:
        power = uow.session.get(Power, power_id)
        if power is None or power.ends_at <= uow.now:
            return
        people = {
            person.id: person
            for person in uow.session.scalars(
                select(Person).where(Person.id.in_({power.holder_id, power.principal_id}))
            )
        }
        first, last = (
            f"{one.astimezone(CASABLANCA):%d/%m/%Y}" for one in (power.starts_at, power.ends_at - timedelta(seconds=1))
        )
        holder, principal = people.get(power.holder_id), people.get(power.principal_id)
        if holder is not None:
            names = {"name_ar": power.principal_name_ar, "name_fr": power.principal_name_fr}
            values = {**names, "is_holder": True, "first": first, "last": last}
            mail = wording.power_text(values, locale=holder.locale, address=deps.settings.staff_url)
            told = Told(POWER_GIVEN, f"{POWER_GIVEN}:{power.id}", values=values)
            tell(uow, holder, told, mail=mail if deps.mail_server.is_set_up else None)
        if principal is not None:
            names = {"name_ar": power.holder_name_ar, "name_fr": power.holder_name_fr}
            values = {**names, "is_holder": False, "first": first, "last": last}
            tell(uow, principal, Told(POWER_GIVEN, f"{POWER_GIVEN}:{power.id}", values=values))


def tell_of_lost_factor(deps: Deps, person_id: UUID, at: datetime) -> None:
    """Tell somebody, by mail as well, that the administrator took their second factor away: they may not have asked."""
    with deps.transactions.writing(SYSTEM) as uow:
        person = uow.session.get(Person, person_id)
        if person is None:
            return
        values = {"at": f"{at.astimezone(CASABLANCA):%d/%m/%Y %H:%M}"}
        mail = wording.factor_text(values, locale=person.locale, address=deps.settings.staff_url)
        told = Told(FACTOR_TAKEN_AWAY, f"{FACTOR_TAKEN_AWAY}:{at.isoformat()}", values=values)
        tell(uow, person, told, mail=mail if deps.mail_server.is_set_up else None)


def tell_of_changed_factor(deps: Deps, person_id: UUID, at: datetime, change: FactorChange) -> None:
    """Tell somebody, by mail as well, what was changed in their second factor in a session of theirs."""
    with deps.transactions.writing(SYSTEM) as uow:
        person = uow.session.get(Person, person_id)
        if person is None:
            return
        values = {"at": f"{at.astimezone(CASABLANCA):%d/%m/%Y %H:%M}", "change": change.value}
        mail = wording.changed_factor_text(change, values, locale=person.locale, address=deps.settings.staff_url)
        told = Told(FACTOR_CHANGED, f"{FACTOR_CHANGED}:{change.value}:{at.isoformat()}", values=values)
        tell(uow, person, told, mail=mail if deps.mail_server.is_set_up else None)


def forget_notices(deps: Deps) -> int:
    """Drop notices that were read long ago or that nobody reads, and lines of old digests; return how many notices."""
    with deps.transactions.writing(SYSTEM) as uow:
        gone = uow.session.scalars(
            delete(Notice)
            .where((Notice.read_at < uow.now - READ_KEPT_FOR) | (Notice.made_at < uow.now - UNREAD_KEPT_FOR))
            .returning(Notice.id)
        ).all()
        oldest = (uow.now - DIGESTS_KEPT_FOR).date()
        uow.session.execute(delete(MorningDigest).where(MorningDigest.day < oldest))
        if gone:
            uow.record("notifications.notices_forgotten", subject_kind="mail", subject_id="", count=len(gone))
        return len(gone)
