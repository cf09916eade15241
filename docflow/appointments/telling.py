"""What a citizen is told of an appointment where they can be reached: by mail, and by text message.

A message says which appointment, where and when; neither the secret nor a word that a stranger typed is in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import or_, select

from docflow.appointments import wording as own
from docflow.appointments.deps import Deps
from docflow.appointments.models import Appointment, Office
from docflow.appointments.paper import appointment_address
from docflow.appointments.rules import AppointmentState, local_now, minute_text
from docflow.core.uow import UnitOfWork
from docflow.core.words import Words
from docflow.deadlines.calendars import open_days
from docflow.notifications.operations import ask_mail
from docflow.notifications.rules import MailText
from docflow.notifications.texting import ask_text

REMINDED_BETWEEN: Final = (10 * 60, 20 * 60)
"""In which minutes of the day before somebody is reminded: no telephone rings at night."""


class News(StrEnum):
    """What is told."""

    CONFIRMED = "confirmed"
    MOVED = "moved"
    NEAR = "near"
    """It is tomorrow."""
    CALLED_OFF = "called_off"


MAILED: Final = {
    News.CONFIRMED: own.CONFIRMED,
    News.MOVED: own.MOVED,
    News.NEAR: own.NEAR,
    News.CALLED_OFF: own.CALLED_OFF,
}
TEXTED: Final = MAILED | {News.CALLED_OFF: own.CALLED_OFF_SHORT}
"""A text message says where the reason is read, which may be long."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What takes messages to citizens here, and the address of the public site that they name."""

    public_url: str = ""
    mail: bool = False
    texts: bool = False


def ways_of(deps: Deps) -> Ways:
    """Return what there is to reach citizens by."""
    return Ways(deps.settings.public_url, deps.mail_server.is_set_up, deps.text_gateway.is_set_up)


def tell_visitor(uow: UnitOfWork, office: Office, kept: Appointment, news: News, ways: Ways) -> None:
    """Tell whoever is expected of their appointment, by each way that they gave and that is there."""
    if kept.email and ways.mail:
        ask_mail(uow, recipient=kept.email, text=_mail(office, kept, news, ways.public_url))
    # One that was typed before telephones were kept in one form may be none.
    if kept.phone.startswith("+") and ways.texts:
        said = _filled(TEXTED[news], office, kept, kept.locale)
        ask_text(uow, recipient=kept.phone, text=f"{said} {appointment_address(ways.public_url, kept.number)}")


def remind_of_tomorrow(uow: UnitOfWork, ways: Ways) -> int:
    """Remind those who booked before today and are expected tomorrow, once; return how many.

    Whoever is expected on a day that was closed meanwhile is not: the head calls them off.
    """
    today, minute = local_now(uow.now)
    tomorrow = today + timedelta(days=1)
    first, last = REMINDED_BETWEEN
    if not first <= minute < last or tomorrow in open_days(uow.session, {tomorrow.year}).closed:
        return 0
    found = uow.session.execute(
        select(Appointment, Office)
        .join(Office, Office.id == Appointment.office_id)
        .where(
            Appointment.day == tomorrow,
            Appointment.state == AppointmentState.BOOKED,
            Appointment.reminded_at.is_(None),
            or_(Appointment.phone != "", Appointment.email != ""),
        )
        .order_by(Appointment.id)
        .with_for_update(of=Appointment)
    ).all()
    reminded = 0
    for kept, office in found:
        if local_now(kept.booked_at)[0] < today:
            tell_visitor(uow, office, kept, News.NEAR, ways)
            kept.reminded_at = uow.now
            reminded += 1
    if reminded:
        uow.record("appointments.reminded", subject_kind="office", subject_id="", count=reminded)
    return reminded


def _mail(office: Office, kept: Appointment, news: News, public_url: str) -> MailText:
    parts = [part for locale in ("ar", "fr") for part in ("—", *_paragraphs(office, kept, news, locale, public_url))]
    subject = f"{own.APPOINTMENT.ar} · {own.APPOINTMENT.fr} · {kept.number}"
    return MailText(subject, "\n\n".join(parts[1:]) + "\n")


def _paragraphs(office: Office, kept: Appointment, news: News, locale: str, public_url: str) -> list[str]:
    said = _filled(MAILED[news], office, kept, locale)
    if news is News.CALLED_OFF:
        return [said]
    change = (
        f"{own.CHANGE.said(locale)}{' :' if locale == 'fr' else ':'}\n{appointment_address(public_url, kept.number)}"
    )
    return [said, f"{office.place(locale)}\n{own.COME.said(locale)}.", change]


def _filled(words: Words, office: Office, kept: Appointment, locale: str) -> str:
    return words.said(locale).format(
        number=kept.number,
        office=office.name(locale),
        day=f"{kept.day:%d/%m/%Y}",
        hour=minute_text(kept.start_minute),
        reason=kept.cancel_reason,
    )
