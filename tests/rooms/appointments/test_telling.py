"""Citizens are told of their appointments by mail and text message: made, moved, near, called off; of nothing else."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text

from docflow.appointments.booking import Visitor, Wanted, book, call_off, give_up, move
from docflow.appointments.jobs import remind
from docflow.appointments.models import Appointment
from docflow.appointments.telling import Ways
from docflow.audit.models import JournalEntry
from docflow.core.actor import ANONYMOUS
from docflow.core.errors import InvalidInput
from docflow.core.ids import new_id
from docflow.deadlines.operations import close_day
from docflow.notifications.adapters.text_outbox import TextOutbox
from docflow.notifications.models import OutgoingMail, OutgoingText
from docflow.schema import migrate
from tests.conftest import actor, run_jobs
from tests.factories.offices import office
from tests.mail_server import with_mail

TUESDAY = date(2026, 3, 3)
BOTH = Ways("https://d.example", mail=True, texts=True)


@pytest.fixture
def house(sqlite_runtime, tmp_path):
    runtime = with_mail(sqlite_runtime, "smtp://127.0.0.1:1")
    runtime.__dict__["text_gateway"] = TextOutbox(tmp_path / "sms")
    return runtime, office(runtime, places=5), tmp_path / "sms"


def booked(house, *, day=TUESDAY, minute=540, phone="06 12 34 56 78", email="", locale="fr", ways=BOTH):
    runtime, where, _ = house
    visitor = Visitor("<b>Nadia</b>", phone=phone, email=email, locale=locale)
    with runtime.transactions.writing(ANONYMOUS) as uow:
        return book(uow, where.id, Wanted(day, minute), visitor, key=new_id(), ways=ways)


def told(house):
    """What the gateway was handed, in its order, and taken away."""
    runtime, _, outbox = house
    run_jobs(runtime)
    files = sorted(outbox.iterdir(), key=lambda one: one.name) if outbox.exists() else []
    said = [json.loads(one.read_text()) for one in files]
    for one in files:
        one.unlink()
    assert {one["to"] for one in said} <= {"+212612345678"}
    return [one["text"] for one in said]


def counted(house, table):
    with house[0].transactions.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def reminded(house):
    remind(house[0], {}, None)
    return told(house)


def test_an_appointment_is_confirmed_moved_and_called_off_by_text_message_in_the_language_of_its_page(house):
    runtime, _, _ = house
    made, arabic = booked(house), booked(house, locale="ar")
    french, other = sorted(told(house), key=lambda text: "موعد" in text)
    address = f"https://d.example/appointments/mine/{made.number}"
    assert french == f"Votre rendez-vous {made.number} est pris : État civil, le 03/03/2026 à 09:00. {address}"
    assert (arabic.number in other, "الحالة المدنية" in other) == (True, True)
    with runtime.transactions.writing(ANONYMOUS) as uow:
        move(uow, made.number, made.secret, Wanted(TUESDAY, 555), ways=BOTH)
        move(uow, made.number, made.secret, Wanted(TUESDAY, 555), ways=BOTH)
    (moved,) = told(house)
    assert ("déplacé" in moved, "09:15" in moved) == (True, True)
    with runtime.transactions.writing(actor(runtime, "head2")) as uow:
        call_off(uow, made.id, reason="Panne de courant", ways=BOTH)
    with runtime.transactions.writing(ANONYMOUS) as uow:
        give_up(uow, arabic.number, arabic.secret)
    (ended,) = told(house)
    assert ("est annulé" in ended, "Panne" in ended, address in ended) == (True, False, True)
    everything = " ".join((french, other, moved, ended))
    assert [word in everything for word in ("Nadia", made.secret, arabic.secret)] == [False] * 3
    with runtime.transactions.reading() as session:
        kept = session.execute(select(OutgoingText.recipient, OutgoingText.text, OutgoingText.document_id)).all()
        lines = session.scalars(select(JournalEntry.subject_kind).where(JournalEntry.verb == "notifications.text_sent"))
        assert {tuple(one) for one in kept} == {("•••••••••••78", "", None)}
        assert set(lines) == {"text_message"}


def test_nobody_is_told_by_a_way_that_is_not_there_or_was_not_given(house):
    booked(house, email="nadia@example.ma", ways=Ways("https://d.example", mail=True))
    booked(house, phone="", email="nadia@example.ma")
    booked(house, ways=Ways("https://d.example"))
    assert (told(house), counted(house, OutgoingMail)) == ([], 2)
    with pytest.raises(InvalidInput, match="phone_invalid"):
        booked(house, phone="0612")


def test_who_is_expected_tomorrow_is_reminded_once_by_day_and_only_if_they_booked_before(house):
    runtime, _, _ = house
    runtime.clock.move(days=-1)
    near = booked(house, email="nadia@example.ma")
    booked(house, day=TUESDAY + timedelta(days=1))
    with runtime.transactions.writing(ANONYMOUS) as uow:
        gone = booked(house)
        give_up(uow, gone.number, gone.secret)
    runtime.clock.move(days=1)
    fresh = booked(house)
    assert len(told(house)) == 4
    mails = counted(house, OutgoingMail)
    assert reminded(house) == []  # nine in the morning
    runtime.clock.move(hours=12)
    assert reminded(house) == []  # nine in the evening
    runtime.clock.move(hours=-11)
    (said,) = reminded(house)
    assert ("Rappel" in said, near.number in said, fresh.number in said) == (True, True, False)
    assert (reminded(house), counted(house, OutgoingMail) - mails) == ([], 1)
    with runtime.transactions.writing(ANONYMOUS) as uow:
        move(uow, near.number, near.secret, Wanted(TUESDAY + timedelta(days=1), 540), ways=BOTH)
    told(house)
    runtime.clock.move(days=1)
    assert len(reminded(house)) == 2


def test_nobody_is_reminded_of_a_day_that_was_closed_meanwhile(house):
    runtime, _, _ = house
    runtime.clock.move(days=-1)
    made = booked(house)
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        close_day(uow, TUESDAY, name_ar="عطلة", name_fr="Fermeture")
    runtime.clock.move(days=1, hours=1)
    told(house)
    assert reminded(house) == []
    with runtime.transactions.reading() as session:
        assert session.get(Appointment, made.id).reminded_at is None


def test_telephones_of_an_earlier_version_are_brought_into_one_form(
    house,
):
    runtime, _, _ = house
    made, other = booked(house), booked(house)
    migrate(runtime.transactions.engine, revision="0067_sender_starts")
    with runtime.transactions.engine.begin() as connection:
        for number, typed in ((made.number, "٠٦ ١٢-34.56 78"), (other.number, "chez Ali")):
            connection.execute(text("UPDATE appointments SET phone = :p WHERE number = :n"), {"p": typed, "n": number})
        assert connection.scalar(text("SELECT count(*) FROM outgoing_texts")) == 0
    migrate(runtime.transactions.engine)
    with runtime.transactions.reading() as session:
        assert [session.get(Appointment, one.id).phone for one in (made, other)] == ["+212612345678", "chez Ali"]
    with runtime.transactions.writing(actor(runtime, "head2")) as uow:
        call_off(uow, other.id, reason="Panne", ways=BOTH)
    assert told(house) == []
