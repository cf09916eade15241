"""The queue of a day: tickets in their order, one desk a person, one ticket a desk, never a ticket called twice."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from docflow.accounts.rules import Role
from docflow.appointments.attendance import attendance_of
from docflow.appointments.rules import TicketState
from docflow.appointments.tickets import (
    call_again,
    call_next,
    finish,
    give_ticket,
    leave_desk,
    put_back,
    sit_down,
    welcome,
)
from docflow.appointments.watching import queue_of
from docflow.core.actor import Actor, ActorKind
from docflow.core.errors import Conflict, NotFound, PermissionDenied
from docflow.core.ids import new_id
from tests.conftest import actor
from tests.factories.offices import office
from tests.rooms.appointments.test_booking import Wanted, booked


def does(runtime, who, act, *args, **said):
    whoever = actor(runtime, who) if isinstance(who, str) else who
    with runtime.transactions.writing(whoever) as uow:
        return act(uow, *args, **said)


def shown(runtime, where):
    with runtime.transactions.reading() as session:
        return queue_of(session, where, runtime.clock.now())


def test_people_are_called_in_their_order_and_the_display_says_so(sqlite_runtime):
    runtime = sqlite_runtime
    where = office(runtime)
    expected = booked(runtime, where, Wanted(date(2026, 3, 3), 540))
    runtime.clock.move(hours=23, minutes=55)
    for is_priority in (False, True, False):
        does(runtime, "counter", give_ticket, where.id, is_priority=is_priority)
    does(runtime, "counter", welcome, where.id, number=expected.number)
    assert shown(runtime, where).waiting == ("A002", "A001", "A003", "A004")
    runtime.clock.move(minutes=10)
    assert shown(runtime, where).waiting == ("A004", "A002", "A001", "A003")
    assert shown(runtime, where).wait_minutes is None
    does(runtime, "counter", sit_down, where.id, desk_number=1)
    does(runtime, "agent2", sit_down, where.id, desk_number=3)
    does(runtime, "counter", call_next, where.id)
    runtime.clock.move(minutes=1)
    does(runtime, "agent2", call_next, where.id)
    queue = shown(runtime, where)
    assert [(one.label, one.desk_number) for one in queue.called] == [("A002", 3), ("A004", 1)]
    assert (queue.waiting, queue.open_desks, queue.wait_minutes) == (("A001", "A003"), 2, 25)
    runtime.clock.move(seconds=9)
    does(runtime, "counter", call_again, where.id)
    assert shown(runtime, where).called[0].label == "A004"
    absent = does(runtime, "counter", finish, where.id, came=False)
    assert absent.state == TicketState.ABSENT
    does(runtime, "counter", put_back, where.id, absent.id)
    assert does(runtime, "counter", call_next, where.id).number == 4
    does(runtime, "counter", leave_desk, where.id)
    assert [one.label for one in shown(runtime, where).called] == ["A002"]
    with pytest.raises(Conflict, match="desk_missing"):
        does(runtime, "counter", call_next, where.id)
    with runtime.transactions.reading() as session:
        figures = attendance_of(session, where, date(2026, 3, 3))
    assert (figures.arrived_today, figures.waiting_today, figures.served_today) == (4, 2, 1)


def test_eight_desks_that_call_at_once_never_call_one_ticket_twice(runtime):
    where = office(runtime, desks=8)
    people = [
        Actor(
            ActorKind.PERSON,
            f"p{number}",
            person_id=new_id(),
            permissions=frozenset({"appointments.serve"}),
            tokens=frozenset({f"counter:{where.unit_id}"}),
        )
        for number in range(8)
    ]
    for number, person in enumerate(people, 1):
        does(runtime, person, sit_down, where.id, desk_number=number)
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda _: does(runtime, people[0], give_ticket, where.id, is_priority=False), range(24)))
        assert sorted(one.number for one in given) == list(range(1, 25))

        def calls(person):
            return [does(runtime, person, call_next, where.id) for _ in range(3)]

        called = [one.number for each in pool.map(calls, people) for one in each]
    assert Counter(called) == Counter(range(1, 25))
    assert does(runtime, people[0], call_next, where.id) is None


def test_a_desk_has_one_person_and_a_person_one_desk(sqlite_runtime):
    runtime = sqlite_runtime
    where = office(runtime)
    does(runtime, "counter", sit_down, where.id, desk_number=1)
    with pytest.raises(Conflict, match="desk_taken"):
        does(runtime, "agent2", sit_down, where.id, desk_number=1)
    does(runtime, "counter", sit_down, where.id, desk_number=2)
    does(runtime, "agent2", sit_down, where.id, desk_number=1)
    assert shown(runtime, where).open_desks == 2
    runtime.clock.move(days=1)
    assert shown(runtime, where).open_desks == 0
    does(runtime, "agent2", sit_down, where.id, desk_number=2)


def test_an_appointment_has_one_ticket_on_its_day(sqlite_runtime):
    runtime = sqlite_runtime
    where = office(runtime)
    expected = booked(runtime, where)
    with pytest.raises(Conflict, match="appointment_other_day"):
        does(runtime, "counter", welcome, where.id, number=expected.number)
    runtime.clock.move(days=1)
    does(runtime, "counter", welcome, where.id, number=f" {expected.number.lower()}")
    with pytest.raises(Conflict, match="appointment_over"):
        does(runtime, "counter", welcome, where.id, number=expected.number)


def test_staff_lent_to_a_desk_serves_there_and_has_nothing_else(sqlite_runtime):
    runtime = sqlite_runtime
    own, other = office(runtime), office(runtime, code="ecole", unit="DSC", letter="B")
    lent = actor(runtime, "counter")
    assert (lent.permissions, len(lent.tokens)) == (frozenset({"appointments.serve", "requests.receive"}), 2)
    assert not any(token.startswith(("unit:", "over:", "desk:")) for token in lent.tokens)
    does(runtime, "counter", give_ticket, own.id, is_priority=False)
    for who in ("counter", "agent2"):
        with pytest.raises(NotFound, match="office_unknown"):
            does(runtime, who, give_ticket, other.id, is_priority=False)
    with pytest.raises(PermissionDenied):
        does(runtime, "archivist", give_ticket, own.id, is_priority=False)
    assert Role.COUNTER.value == "counter"
