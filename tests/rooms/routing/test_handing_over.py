"""Somebody leaves: what they hold goes to others with its term, and nothing is lost or shown to a stranger."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from docflow.accounts.operations import NewPerson, create_person, set_last_day
from docflow.accounts.rules import Role
from docflow.accounts.visibility import Confidentiality
from docflow.audit.models import JournalEntry
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.notifications.queries import notices_for
from docflow.registry.operations import Arrival
from docflow.routing.handing_over import Target, close_account, hand_over, hand_over_each
from docflow.routing.holding import held_by, held_in_units, holders_for
from docflow.routing.models import Assignment
from docflow.routing.operations import claim, finish
from docflow.routing.queries import route_of
from docflow.routing.rules import AssignmentState, Instruction
from tests.conftest import actor, run_jobs
from tests.factories.documents import unit_id
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client, token_of
from tests.rooms.routing.test_reminding import morning
from tests.rooms.routing.test_routing import does, reads, sent, tasks, to_person, to_unit

DUE = date(2026, 3, 20)


def person_id(runtime, name):
    return actor(runtime, name).person_id


def held(runtime, by, whose):
    with runtime.transactions.reading() as session:
        return held_by(session, actor(runtime, by), person_id(runtime, whose))


def taken(runtime, *, instruction=Instruction.ACTION, **said):
    """A task of the basket of civil status that Nadia took."""
    entry = registered(runtime, **said)
    (task,) = sent(runtime, entry.document_id, to_unit(runtime, "EC", instruction, due_on=DUE), by="agent")
    does(runtime, "agent2", claim, task.id)
    return entry, task


def kinds(runtime, name):
    with runtime.transactions.reading() as session:
        return [view.notice.kind for view in notices_for(session, actor(runtime, name), limit=50)]


def test_what_was_taken_from_a_basket_goes_to_a_colleague_or_back(runtime):
    _entry, task = taken(runtime)
    does(runtime, "head2", hand_over, task.id, Target(person_id=person_id(runtime, "temp")))
    assert [one.claimed_by for one in tasks(runtime, "temp")] == [person_id(runtime, "temp")]
    assert kinds(runtime, "temp") == ["routing.handed_over"]
    does(runtime, "head2", hand_over, task.id, Target())
    assert [one.claimed_by for one in tasks(runtime, "agent2")] == [None]


def test_it_goes_elsewhere_with_its_term_its_words_and_whoever_waits_for_the_answer(runtime):
    entry, task = taken(runtime, instruction=Instruction.STUDY)
    does(runtime, "head2", hand_over, task.id, Target(person_id=person_id(runtime, "archivist")))
    (new,) = tasks(runtime, "archivist")
    assert (new.parent_id, new.instruction, new.due_on) == (task.id, Instruction.STUDY, DUE)
    assert (new.sent_by, tasks(runtime, "agent2")) == (person_id(runtime, "agent"), [])
    does(runtime, "archivist", finish, new.id, answer="Étudié")
    assert "Étudié" in [one.note for one in tasks(runtime, "agent")]
    with runtime.transactions.reading() as session:
        states = [one.state for one in route_of(session, entry.document_id)]
    assert AssignmentState.PASSED_ON in states


def test_a_responsibility_stays_one_with_the_term_of_the_law(runtime):
    entry = registered(runtime, register="complaints")
    run_jobs(runtime)
    (task,) = tasks(runtime, "agent")
    does(runtime, "agent", claim, task.id)
    does(runtime, "head", hand_over, task.id, Target(unit_id=unit_id(runtime, "ECL")))
    with runtime.transactions.reading() as session:
        (still,) = [one for one in route_of(session, entry.document_id) if one.state == AssignmentState.OPEN]
    assert (still.unit_id, still.instruction) == (unit_id(runtime, "ECL"), Instruction.ATTRIBUTION)
    assert (still.due_on, still.is_by_law) == (date(2026, 5, 4), True)


@pytest.mark.parametrize("name", ["head", "agent2", "clerk", "archivist"])
def test_only_who_leads_the_unit_or_sent_the_task_gives_it(runtime, name):
    _entry, task = taken(runtime)
    assert held(runtime, name, "agent2") == []
    with pytest.raises((NotFound, PermissionDenied)):
        does(runtime, name, hand_over, task.id, Target())
    assert [one.assignment.id for one in held(runtime, "agent", "agent2")] == [task.id]
    assert [one.assignment.id for one in held(runtime, "director", "agent2")] == [task.id]


def test_what_the_head_may_not_see_is_neither_listed_nor_counted_nor_given(runtime):
    named = tuple(person_id(runtime, name) for name in ("agent2", "president"))
    secret = registered(
        runtime, confidentiality=Confidentiality.CONFIDENTIAL, arrival=Arrival(named_people=named), register="incoming"
    )
    (task,) = sent(runtime, secret.document_id, to_person(runtime, "agent2"), by="president")
    with runtime.transactions.reading() as session:
        assert holders_for(session, actor(runtime, "head2")) == {}
        assert held_in_units(session, person_id(runtime, "agent2")) == []
    with pytest.raises(NotFound):
        does(runtime, "head2", hand_over, task.id, Target(person_id=person_id(runtime, "temp")))
    # Whoever sent it gives it to somebody who is named, and to nobody else.
    with pytest.raises(InvalidInput) as stranger:
        does(runtime, "president", hand_over, task.id, Target(person_id=person_id(runtime, "temp")))
    with pytest.raises(InvalidInput) as unit:
        does(runtime, "president", hand_over, task.id, Target(unit_id=unit_id(runtime, "EC")))
    assert (stranger.value.code, unit.value.code) == ("not_shown_to_addressee", "confidential_to_unit")
    assert not reads(runtime, "temp", secret.document_id)
    does(runtime, "president", hand_over, task.id, Target(person_id=person_id(runtime, "clerk")))


def test_restricted_letters_stay_with_those_to_whom_they_are_shown(runtime):
    entry = registered(runtime, confidentiality=Confidentiality.RESTRICTED)
    (task,) = sent(runtime, entry.document_id, to_unit(runtime, "EC", due_on=DUE), by="agent")
    does(runtime, "agent2", claim, task.id)
    for target in (Target(person_id=person_id(runtime, "archivist")), Target(unit_id=unit_id(runtime, "RH"))):
        with pytest.raises(InvalidInput) as refusal:
            does(runtime, "agent", hand_over, task.id, target)
        assert refusal.value.code == "not_shown_to_addressee"
    does(runtime, "agent", hand_over, task.id, Target(person_id=person_id(runtime, "temp")))
    assert reads(runtime, "temp", entry.document_id)


def test_two_who_give_the_same_task_and_one_that_ended_meanwhile(runtime):
    _entry, task = taken(runtime)
    to_temp = Target(person_id=person_id(runtime, "temp"))
    does(runtime, "head2", hand_over, task.id, to_temp)
    with pytest.raises(Conflict) as again:
        does(runtime, "director", hand_over, task.id, to_temp)
    assert again.value.code == "held_already"
    does(runtime, "temp", finish, task.id, answer="Fait")
    with pytest.raises(Conflict) as ended:
        does(runtime, "head2", hand_over, task.id, Target())
    assert ended.value.code == "assignment_ended"


def test_in_bulk_each_task_has_its_own_result_and_its_own_line(runtime):
    first, second = taken(runtime)[1], taken(runtime)[1]
    found = held(runtime, "head2", "agent2")
    does(runtime, "agent2", finish, first.id, answer="Fait")
    outcomes = hand_over_each(
        runtime.transactions, actor(runtime, "head2"), found, Target(person_id=person_id(runtime, "temp"))
    )
    assert {one.task.assignment.id: one.refusal and one.refusal.code for one in outcomes} == {
        first.id: "assignment_ended",
        second.id: None,
    }
    with runtime.transactions.reading() as session:
        lines = session.scalars(select(JournalEntry).where(JournalEntry.verb == "routing.handed_over")).all()
    assert [line.values["holder"] for line in lines] == [str(person_id(runtime, "agent2"))]


def test_an_account_that_holds_tasks_is_closed_only_on_purpose_and_those_who_can_give_them_are_told(runtime):
    _entry, task = taken(runtime)
    with pytest.raises(Conflict) as refusal:
        does(runtime, "admin", close_account, person_id(runtime, "agent2"), despite_tasks=False)
    assert (refusal.value.code, refusal.value.params["count"]) == ("tasks_held", 1)
    does(runtime, "admin", close_account, person_id(runtime, "agent2"), despite_tasks=True)
    for name in ("head2", "agent"):
        assert kinds(runtime, name) == ["routing.left"]
    for name in ("director", "president", "head", "temp"):
        assert kinds(runtime, name) == []
    with runtime.transactions.reading() as session:
        still = session.get_one(Assignment, task.id)
        people = holders_for(session, actor(runtime, "head2"))
    assert (still.state, people) == (AssignmentState.OPEN, {still.claimed_by: 1})


def test_who_leaves_on_a_day_is_told_of_a_week_before_and_once(runtime):
    taken(runtime)
    does(runtime, "admin", set_last_day, person_id(runtime, "agent2"), day=date(2026, 3, 13))
    morning(runtime, date(2026, 3, 3))
    assert "routing.left" not in kinds(runtime, "head2")
    for day in (6, 9, 10):
        morning(runtime, date(2026, 3, day))
    assert kinds(runtime, "head2").count("routing.left") == 1


def test_the_pages_list_review_and_give(runtime):
    taken(runtime, subject="Une fuite")
    client = signed_in_client(runtime, "head2")
    address = f"/handovers/{person_id(runtime, 'agent2')}"
    assert "Nadia Cherkaoui" in client.get("/handovers").get_data(as_text=True)
    assert "Une fuite" in client.get(address).get_data(as_text=True)
    (task,) = held(runtime, "head2", "agent2")
    form = {"csrf_token": token_of(client), "task": str(task.assignment.id), "target": "basket"}
    assert client.post(address, data={**form, "target": ""}).status_code == 422
    assert client.post(address, data={**form, "task": ""}).status_code == 422
    assert client.post(address, data={**form, "target": "person:x"}).status_code == 422
    review = client.post(address, data=form)
    assert (review.status_code, "Une fuite" in review.get_data(as_text=True)) == (200, True)
    assert held(runtime, "head2", "agent2") != []
    done = client.post(address, data={**form, "action": "give"})
    assert (done.status_code, held(runtime, "head2", "agent2")) == (200, [])
    assert client.get(address).status_code == 404
    assert signed_in_client(runtime, "head").get(address).status_code == 404


def test_the_administrator_is_told_how_many_and_by_whom_they_are_given_and_no_letter(runtime):
    taken(runtime, subject="Une fuite")
    client = signed_in_client(runtime, "admin")
    address = f"/admin/users/{person_id(runtime, 'agent2')}"
    page = client.get(address).get_data(as_text=True)
    assert "Fatima-Zahra Alaoui" in page
    assert "Une fuite" not in page
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    asked = client.post(address, data={"csrf_token": token, "action": "close"}).get_data(as_text=True)
    assert "Fatima-Zahra Alaoui" in asked
    assert "Une fuite" not in asked
    assert client.get(address).get_data(as_text=True).count('value="close"') == 1
    closed = client.post(address, data={"csrf_token": token, "action": "close", "confirmed": "1"})
    assert closed.status_code == 302


def test_a_dated_account_ends_by_itself_and_its_tasks_are_given_all_the_same(runtime):
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        create_person(
            uow,
            NewPerson(
                username="saison",
                name_ar="موسمي",
                name_fr="Saisonnier",
                password="demo-pass-2026x",
                role=Role.AGENT,
                unit_id=unit_id(runtime, "EC"),
                first_day=uow.now.date(),
                last_day=uow.now.date(),
                must_change_password=False,
            ),
        )
    entry = registered(runtime)
    (task,) = sent(runtime, entry.document_id, to_unit(runtime, "EC", due_on=DUE), by="agent")
    does(runtime, "saison", claim, task.id)
    saison = person_id(runtime, "saison")
    runtime.clock.move(days=2)
    with runtime.transactions.reading() as session:
        assert holders_for(session, actor(runtime, "head2")) == {saison: 1}
    does(runtime, "head2", hand_over, task.id, Target())
    assert [one.claimed_by for one in tasks(runtime, "agent2")] == [None]
