"""Terms that run out are told to those concerned, once, up the hierarchy, and to nobody who may not know."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from docflow.accounts.models import Membership, Person
from docflow.accounts.operations import revoke_role, set_active
from docflow.accounts.rules import Role
from docflow.accounts.visibility import Confidentiality
from docflow.audit.models import JournalEntry
from docflow.core.actor import SYSTEM
from docflow.deadlines.operations import close_day
from docflow.notifications.queries import counting_unread, notices_for
from docflow.registry.operations import Arrival
from docflow.routing.jobs import tell_morning
from docflow.routing.models import Assignment, Reminder
from docflow.routing.operations import claim, finish, recount
from docflow.routing.reminding import due_reminders, house_of, remind
from docflow.routing.rules import Instruction
from tests.conftest import actor, run_jobs
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client
from tests.mail_server import mail_server, with_mail
from tests.rooms.routing.test_routing import does, sent, to_person, to_unit

CASABLANCA = ZoneInfo("Africa/Casablanca")
DUE = date(2026, 3, 6)
"""A Friday, four open days after the Monday on which the clock of tests stands."""


def at(runtime, day, hour=8):
    runtime.clock.instant = datetime(day.year, day.month, day.day, hour, tzinfo=CASABLANCA)


def morning(runtime, day, hour=8):
    at(runtime, day, hour)
    tell_morning(runtime, {}, None)


def asked(runtime, *dispatches, **said):
    entry = registered(runtime, **said)
    return entry, sent(runtime, entry.document_id, *dispatches, by="agent")


def told(runtime, name):
    with runtime.transactions.reading() as session:
        return [
            (view.notice.kind.removeprefix("routing."), view.notice.values["share"])
            for view in reversed(notices_for(session, actor(runtime, name), limit=50))
            if "share" in view.notice.values
        ]


def reminders(runtime, *, superseded=False):
    with runtime.transactions.reading() as session:
        rows = session.scalars(select(Reminder).order_by(Reminder.told_at, Reminder.share)).all()
    return [row for row in rows if superseded or row.superseded_at is None]


def test_half_reminds_the_holder_three_quarters_the_head_and_all_of_it_the_head_above(runtime):
    asked(runtime, to_unit(runtime, "EC", due_on=DUE))
    for day in (3, 4, 5, 6, 9, 10):
        morning(runtime, date(2026, 3, day))
    assert told(runtime, "agent2") == [("reminded", 50), ("reminded", 75), ("reminded", 100)]
    # The service of civil status has no head: the head of its division is told, and the district's then.
    assert told(runtime, "head2") == [("escalated", 75), ("escalated", 100)]
    assert told(runtime, "director") == [("escalated", 100)]
    assert told(runtime, "president") == told(runtime, "head") == told(runtime, "agent") == []
    assert [len(row.vacant_units) for row in reminders(runtime)] == [0, 1, 1]


def test_a_basket_reminds_those_who_work_there_until_one_of_them_takes_it(runtime):
    _entry, (task,) = asked(runtime, to_unit(runtime, "EC", due_on=DUE))
    morning(runtime, date(2026, 3, 4))
    assert told(runtime, "agent2") == told(runtime, "temp") == [("reminded", 50)]
    does(runtime, "agent2", claim, task.id)
    morning(runtime, date(2026, 3, 5))
    assert told(runtime, "agent2") == [("reminded", 50), ("reminded", 75)]
    assert told(runtime, "temp") == [("reminded", 50)]


def test_nothing_is_told_twice_nor_after_the_end_nor_before_the_morning_nor_on_a_closed_day(runtime):
    _entry, (task,) = asked(runtime, to_person(runtime, "agent2", due_on=DUE))
    morning(runtime, date(2026, 3, 4), hour=7)
    assert reminders(runtime) == []
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        close_day(uow, date(2026, 3, 4), name_ar="إغلاق", name_fr="Fermeture")
    morning(runtime, date(2026, 3, 4))
    assert reminders(runtime) == []
    morning(runtime, date(2026, 3, 5))
    morning(runtime, date(2026, 3, 5), hour=15)
    assert [row.share for row in reminders(runtime)] == [50]
    does(runtime, "agent2", finish, task.id, answer="Oui")
    morning(runtime, date(2026, 3, 9))
    assert [row.share for row in reminders(runtime)] == [50]


def test_mornings_without_a_worker_are_told_by_the_greatest_share_alone(runtime):
    asked(runtime, to_person(runtime, "agent2", due_on=DUE))
    morning(runtime, date(2026, 3, 10))
    assert [row.share for row in reminders(runtime)] == [100]


def test_killed_in_the_middle_nothing_is_told_and_the_next_run_tells_all_of_it(runtime, monkeypatch):
    asked(runtime, to_unit(runtime, "EC", due_on=DUE))
    at(runtime, date(2026, 3, 5))
    with runtime.transactions.reading() as session:
        (due,) = due_reminders(session, date(2026, 3, 5))
        house = house_of(session, runtime.clock.now())
    with pytest.raises(KeyboardInterrupt), runtime.transactions.writing(SYSTEM) as uow:
        remind(uow, due, house, sends_mail=False, staff_url="")
        raise KeyboardInterrupt
    assert (reminders(runtime), told(runtime, "agent2")) == ([], [])
    # Two workers that found the same: the second changes nothing.
    for _ in range(2):
        with runtime.transactions.writing(SYSTEM) as uow:
            remind(uow, due, house, sends_mail=False, staff_url="")
    assert [row.share for row in reminders(runtime)] == [75]
    assert (told(runtime, "agent2"), told(runtime, "head2")) == ([("reminded", 75)], [("escalated", 75)])


def test_a_term_that_moves_away_is_told_anew_and_one_that_stays_near_is_not(runtime):
    _entry, (task,) = asked(runtime, to_person(runtime, "agent2", due_on=DUE))
    morning(runtime, date(2026, 3, 5))
    assert [row.share for row in reminders(runtime)] == [75]
    with runtime.transactions.writing(SYSTEM) as uow:
        recount(uow, task.id, due_on=date(2026, 3, 27))
    morning(runtime, date(2026, 3, 6))
    assert reminders(runtime) == []
    assert [row.share for row in reminders(runtime, superseded=True)] == [75]
    morning(runtime, date(2026, 3, 16))
    assert [row.share for row in reminders(runtime)] == [50]


def test_what_is_restricted_reaches_nobody_above_and_says_so(runtime):
    entry, _ = asked(runtime, to_unit(runtime, "TRV", due_on=DUE), confidentiality=Confidentiality.RESTRICTED)
    morning(runtime, date(2026, 3, 9))
    (row,) = reminders(runtime)
    assert told(runtime, "agent") == [("reminded", 100)]
    assert (row.heads, row.is_narrowed) == ([], True)
    for name in ("head", "director", "president"):
        assert told(runtime, name) == []
    page = signed_in_client(runtime, "agent").get(f"/d/{entry.document_id}").get_data(as_text=True)
    assert "لم يبلغ إلا من يحق لهم" in page


def test_what_is_confidential_is_told_to_the_people_named_and_to_nobody_else(runtime):
    named = tuple(actor(runtime, name).person_id for name in ("agent2", "clerk2"))
    entry = registered(
        runtime,
        register="complaints",
        confidentiality=Confidentiality.CONFIDENTIAL,
        arrival=Arrival(named_people=named),
    )
    run_jobs(runtime)
    with runtime.transactions.reading() as session:
        everybody = [person.username for person in session.scalars(select(Person))]
    sent(runtime, entry.document_id, to_person(runtime, "agent2", due_on=DUE), by="clerk2")
    morning(runtime, date(2026, 3, 9))
    assert told(runtime, "agent2") == [("reminded", 100)]
    assert told(runtime, "clerk2") == [("escalated", 100)]
    # The clerk who deposited it is named along.
    assert {name for name in everybody if told(runtime, name)} == {"agent2", "clerk", "clerk2"}


def test_the_legal_term_of_an_entry_that_nobody_was_asked_about_is_told_at_its_desk(runtime):
    named = tuple(actor(runtime, name).person_id for name in ("agent2",))
    registered(
        runtime,
        register="complaints",
        confidentiality=Confidentiality.CONFIDENTIAL,
        arrival=Arrival(named_people=named),
    )
    run_jobs(runtime)
    morning(runtime, date(2026, 4, 3))
    (row,) = reminders(runtime)
    assert (row.share, row.assignment_id) == (50, None)
    assert told(runtime, "agent2") == told(runtime, "clerk") == [("reminded", 50)]
    assert told(runtime, "clerk2") == told(runtime, "head2") == []


def test_the_term_of_the_law_is_told_by_the_task_that_carries_it_and_not_twice(runtime):
    registered(runtime, register="complaints")
    run_jobs(runtime)
    morning(runtime, date(2026, 5, 5))
    (row,) = reminders(runtime)
    assert (row.share, row.entry_id) == (100, None)
    assert told(runtime, "agent") == [("reminded", 100)]
    assert told(runtime, "head") == [("escalated", 100)]


def test_a_basket_that_everybody_left_is_the_heads_from_the_start(runtime):
    asked(runtime, to_unit(runtime, "EC", due_on=DUE))
    for name in ("agent2", "temp"):
        does(runtime, "admin", set_active, actor(runtime, name).person_id, is_active=False)
    morning(runtime, date(2026, 3, 4))
    assert told(runtime, "head2") == [("escalated", 50)]


def test_what_is_asked_of_a_person_by_name_reaches_whoever_asked_where_their_head_may_not_know_of_it(runtime):
    asked(runtime, to_person(runtime, "agent2", due_on=DUE))
    morning(runtime, date(2026, 3, 5))
    (row,) = reminders(runtime)
    assert told(runtime, "agent2") == [("reminded", 75)]
    assert told(runtime, "agent") == [("escalated", 75)]
    assert told(runtime, "head2") == []
    assert row.is_narrowed


def test_a_head_whose_role_ended_is_told_nothing_and_shown_nothing(runtime):
    asked(runtime, to_unit(runtime, "EC", due_on=DUE))
    morning(runtime, date(2026, 3, 5))
    head2 = actor(runtime, "head2")
    with runtime.transactions.reading() as session:
        assert session.scalar(counting_unread(head2, 9)) == 1
        membership = session.scalars(
            select(Membership).where(Membership.person_id == head2.person_id, Membership.role == Role.HEAD)
        ).one()
    does(runtime, "admin", revoke_role, membership.id)
    runtime.clock.move(seconds=1)
    with runtime.transactions.reading() as session:
        assert session.scalar(counting_unread(actor(runtime, "head2"), 9)) == 0
    morning(runtime, date(2026, 3, 9))
    assert told(runtime, "head2") == []


def test_each_reminder_is_one_line_of_the_journal_by_identifiers(runtime):
    entry, _ = asked(runtime, to_unit(runtime, "EC", due_on=DUE))
    morning(runtime, date(2026, 3, 5))
    with runtime.transactions.reading() as session:
        (line,) = session.scalars(select(JournalEntry).where(JournalEntry.verb == "routing.reminded"))
    assert line.subject_id == str(entry.document_id)
    assert set(line.values["holders"]) == {str(actor(runtime, name).person_id) for name in ("agent2", "temp")}
    assert line.values["heads"] == [str(actor(runtime, "head2").person_id)]


def test_reminders_are_shown_on_the_task_and_on_the_route(runtime):
    entry, _ = asked(runtime, to_unit(runtime, "EC", Instruction.ACTION, due_on=DUE))
    morning(runtime, date(2026, 3, 5))
    client = signed_in_client(runtime, "agent2")
    assert "Escaladée à" in client.get("/tasks?view=basket").get_data(as_text=True)
    page = client.get(f"/d/{entry.document_id}").get_data(as_text=True)
    assert "Les trois quarts" in page
    assert "sans responsable actuellement" in page


def test_what_is_overdue_is_mailed_at_once_and_what_was_for_long_is_not(runtime):
    with mail_server() as box:
        mailing = with_mail(runtime, f"smtp://127.0.0.1:{box.port}")
        asked(mailing, to_unit(mailing, "EC", due_on=DUE), subject="Une fuite")
        morning(mailing, date(2026, 3, 9))
        run_jobs(mailing)
        overdue = [message for _to, message in box.taken if "Délai dépassé" in message["Subject"]]
        assert sorted(message["To"] for message in overdue) == [
            "a.elmansouri@hay-hassani.example",
            "fz.alaoui@hay-hassani.example",
            "n.cherkaoui@hay-hassani.example",
        ]
        assert all("Une fuite" in message.get_body().get_content() for message in overdue)
        with mailing.transactions.reading() as session:
            task = session.scalars(select(Assignment).where(Assignment.due_on == DUE)).one()
        assert task.due_on == DUE
