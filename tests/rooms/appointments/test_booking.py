"""Appointments are made, moved, given up, called off; no slot ever holds more than it says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from docflow.appointments.booking import Visitor, Wanted, book, call_off, forget_visitors, give_up, move
from docflow.appointments.models import Appointment, AppointmentSeat
from docflow.appointments.offices import Week, change_week
from docflow.appointments.queries import days_bookable, followed_appointment
from docflow.appointments.rules import AppointmentState, Opening
from docflow.appointments.telling import Ways
from docflow.core.actor import ANONYMOUS, SYSTEM
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.core.ids import new_id
from docflow.deadlines.operations import close_day
from tests.conftest import actor
from tests.factories.offices import office

TOMORROW = date(2026, 3, 3)
AT_NINE = Wanted(TOMORROW, 540)
NO_WAY, BY_MAIL = Ways(), Ways("https://d.example", mail=True)


def booked(runtime, where, wanted=AT_NINE, *, name="Nadia", key=None, email="", ways=NO_WAY):
    with runtime.transactions.writing(ANONYMOUS) as uow:
        return book(uow, where.id, wanted, Visitor(name, email=email), key=key or new_id(), ways=ways)


def free(runtime, where, day=TOMORROW):
    with runtime.transactions.reading() as session:
        days = {one.day: one for one in days_bookable(session, where, runtime.clock.now())}
    return {slot.start_minute: slot.free for slot in days[day].slots} if day in days else {}


def test_forty_at_once_for_a_slot_of_three_get_three_places(runtime):
    where, most = office(runtime, places=3), 40
    start = Barrier(8)

    def wish(number):
        if number < 8:
            start.wait(timeout=20)
        try:
            return booked(runtime, where).number
        except Conflict as refusal:
            return refusal.code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(wish, range(most)))
    made = [answer for answer in answers if answer != "slot_full"]
    with runtime.transactions.reading() as session:
        seats = session.scalars(select(AppointmentSeat.seat).order_by(AppointmentSeat.seat)).all()
        kept = session.scalar(select(func.count(Appointment.id)))
    assert (len(made), len(set(made)), kept, seats) == (3, 3, 3, [1, 2, 3])


def test_the_database_itself_refuses_a_seat_twice_and_one_beyond_the_slot(runtime):
    where = office(runtime)
    booked(runtime, where)
    other = booked(runtime, where, Wanted(TOMORROW, 555))
    for seat in (1, 3):
        with pytest.raises(IntegrityError), runtime.transactions.writing(SYSTEM) as uow:
            uow.session.execute(delete(AppointmentSeat).where(AppointmentSeat.appointment_id == other.id))
            place = {"office_id": where.id, "day": TOMORROW, "start_minute": 540}
            uow.session.add(AppointmentSeat(**place, seat=seat, places=2, appointment_id=other.id))


def test_a_form_sent_twice_books_once_and_a_place_given_up_is_free_for_others(sqlite_runtime):
    runtime = sqlite_runtime
    where, key = office(runtime), new_id()
    first, again = booked(runtime, where, key=key), booked(runtime, where, key=key)
    assert (first.id, first.secret) == (again.id, again.secret)
    booked(runtime, where)
    with pytest.raises(Conflict, match="slot_full"):
        booked(runtime, where)
    with runtime.transactions.writing(ANONYMOUS) as uow:
        give_up(uow, first.number, first.secret)
    assert free(runtime, where)[540] == 1
    with pytest.raises(Conflict, match="appointment_over"), runtime.transactions.writing(ANONYMOUS) as uow:
        give_up(uow, first.number, first.secret)


def test_moving_frees_the_old_place_and_takes_a_new_one_or_changes_nothing(sqlite_runtime):
    runtime = sqlite_runtime
    where = office(runtime, places=1)
    mine, other = booked(runtime, where), booked(runtime, where, Wanted(TOMORROW, 555))
    with pytest.raises(Conflict, match="slot_full"), runtime.transactions.writing(ANONYMOUS) as uow:
        move(uow, mine.number, mine.secret, Wanted(other.day, other.start_minute), ways=NO_WAY)
    assert free(runtime, where) == {540: 0, 555: 0, 570: 1, 585: 1}
    with runtime.transactions.writing(ANONYMOUS) as uow:
        moved = move(uow, mine.number.lower(), f" {mine.secret.lower()} ", Wanted(TOMORROW, 570), ways=NO_WAY)
    assert (moved.secret, moved.start_minute, free(runtime, where)[540]) == (mine.secret, 570, 1)
    with pytest.raises(NotFound, match="appointment_unknown"), runtime.transactions.writing(ANONYMOUS) as uow:
        move(uow, mine.number, other.secret, Wanted(TOMORROW, 540), ways=NO_WAY)


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(TOMORROW, 541),
        Wanted(date(2026, 3, 7), 540),
        Wanted(date(2026, 3, 2), 540),
        Wanted(TOMORROW + timedelta(days=60), 540),
    ],
    ids=["no slot", "Saturday", "begun", "too far"],
)
def test_only_slots_that_the_office_gives_are_booked(sqlite_runtime, wanted):
    where = office(sqlite_runtime)
    sqlite_runtime.clock.move(minutes=10)
    with pytest.raises(InvalidInput, match="slot_unknown"):
        booked(sqlite_runtime, where, wanted)


def test_nothing_is_booked_on_a_feast_or_a_day_of_closure(sqlite_runtime):
    runtime = sqlite_runtime
    where = office(runtime)
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        close_day(uow, TOMORROW, name_ar="إغلاق", name_fr="Fermeture")
    assert free(runtime, where) == {}
    with pytest.raises(InvalidInput, match="slot_unknown"):
        booked(runtime, where)


def test_hours_are_changed_by_the_head_alone_and_never_leave_an_appointment_without_its_place(sqlite_runtime):
    runtime = sqlite_runtime
    where = office(runtime)
    for _ in range(2):
        booked(runtime, where)

    def changes(who, *openings, slot_minutes=15):
        with runtime.transactions.writing(actor(runtime, who)) as uow:
            office_now = uow.session.get(type(where), where.id)
            week = Week(openings, slot_minutes, 30, 3)
            return change_week(uow, where.id, week, expected_version=office_now.version)

    for outside in (Opening(1, 600, 660, 2), Opening(1, 540, 600, 1)):
        with pytest.raises(Conflict, match="hours_booked") as refusal:
            changes("head2", outside)
        assert refusal.value.params["count"] == (2 if outside.places == 2 else 1)
    with pytest.raises(Conflict, match="hours_booked"):
        changes("head2", Opening(1, 540, 600, 2), slot_minutes=20)
    for stranger in ("head", "agent2"):
        with pytest.raises(PermissionDenied, match="office_of_others"):
            changes(stranger, Opening(1, 540, 600, 2))
    assert changes("head2", Opening(1, 540, 720, 4)).version == where.version + 1


def test_an_office_calls_off_with_a_reason_that_is_mailed_and_others_cannot(sqlite_runtime):
    runtime = sqlite_runtime
    where = office(runtime)
    made = booked(runtime, where, email="nadia@example.ma", ways=BY_MAIL)
    with (
        pytest.raises(NotFound, match="appointment_unknown"),
        runtime.transactions.writing(actor(runtime, "head")) as uow,
    ):
        call_off(uow, made.id, reason="Panne", ways=BY_MAIL)
    with runtime.transactions.writing(actor(runtime, "head2")) as uow:
        call_off(uow, made.id, reason="Panne de courant", ways=BY_MAIL)
    with runtime.transactions.reading() as session:
        kept = followed_appointment(session, made.number, made.secret)
        mails = session.execute(
            select(func.count()).select_from(Appointment.metadata.tables["outgoing_mails"])
        ).scalar()
    assert (kept.state, kept.cancel_reason, mails) == (AppointmentState.CANCELLED, "Panne de courant", 2)
    assert free(runtime, where)[540] == 2


def test_who_came_is_forgotten_after_a_time_and_that_somebody_did_is_not(sqlite_runtime):
    runtime = sqlite_runtime
    where = office(runtime)
    old, new = booked(runtime, where), booked(runtime, where, Wanted(TOMORROW + timedelta(days=1), 540))
    with runtime.transactions.writing(SYSTEM) as uow:
        assert forget_visitors(uow, before=new.day) == 1
    with runtime.transactions.reading() as session:
        assert [session.get(Appointment, one.id).name for one in (old, new)] == ["", "Nadia"]
