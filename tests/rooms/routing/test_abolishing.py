"""A unit that holds tasks is not abolished; once they are given to others it is, and nothing new comes to it."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from docflow.accounts.giving import NewPower, give_power
from docflow.accounts.models import Membership, OrgUnit
from docflow.accounts.operations import create_unit, grant_role, revoke_role, set_desk
from docflow.accounts.power_rules import PowerKind
from docflow.accounts.queries import OPERATOR
from docflow.accounts.rules import Role, UnitKind
from docflow.approvals.rules import Circuit, Step, StepKind
from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.records.operations import FileSetup, open_file
from docflow.registry.transmittals import make_transmittal
from docflow.routing.abolishing import abolish
from docflow.routing.handing_over import Target, hand_over
from docflow.routing.holding import baskets_for, in_basket_of
from docflow.routing.rules import AssignmentState
from docflow.unit_proposals.first_routes import LetterFacts
from docflow.unit_proposals.ruling import NewRoute, make_route, route_for
from tests.conftest import actor, run_jobs
from tests.factories.acts import make_circuit, role
from tests.factories.documents import unit_id
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client, token_of
from tests.rooms.routing.test_reminding import morning, told
from tests.rooms.routing.test_routing import does, sent, tasks, to_unit


def refused(runtime, code, unit):
    with pytest.raises(Conflict) as refusal:
        does(runtime, "admin", abolish, unit_id(runtime, unit))
    assert refusal.value.code == code
    with runtime.transactions.reading() as session:
        assert session.get_one(OrgUnit, unit_id(runtime, unit)).abolished_at is None


def test_a_unit_with_tasks_stays_until_they_are_given_to_others_and_nothing_is_lost(runtime):
    entry = registered(runtime, unit_id=unit_id(runtime, "ECL"))
    run_jobs(runtime)
    refused(runtime, "unit_holds_tasks", "ECL")
    with runtime.transactions.reading() as session:
        assert baskets_for(session, actor(runtime, "head")) == {unit_id(runtime, "ECL"): 1}
        assert baskets_for(session, actor(runtime, "head2")) == {}
        (task,) = in_basket_of(session, actor(runtime, "head"), unit_id(runtime, "ECL"))
    does(runtime, "head", hand_over, task.assignment.id, Target(unit_id=unit_id(runtime, "TRV")))
    does(runtime, "admin", abolish, unit_id(runtime, "ECL"))
    assert [(one.document_id, one.state) for one in tasks(runtime, "agent")] == [
        (entry.document_id, AssignmentState.OPEN)
    ]
    page = signed_in_client(runtime, "agent").get(f"/d/{entry.document_id}").get_data(as_text=True)
    assert "مصلحة الإنارة العمومية" in page


def test_a_unit_with_people_units_or_a_desk_stays(runtime):
    refused(runtime, "unit_has_people", "TRV")
    refused(runtime, "unit_has_units", "DSC")
    with runtime.transactions.writing(OPERATOR) as uow:
        set_desk(uow, "complaints", unit_id=unit_id(runtime, "REC"))
    refused(runtime, "unit_keeps_desk", "REC")
    with pytest.raises(PermissionDenied):
        does(runtime, "head", abolish, unit_id(runtime, "HYG"))


def test_nothing_new_comes_to_an_abolished_unit(runtime):
    hygiene = unit_id(runtime, "HYG")
    entry = registered(runtime)
    does(runtime, "admin", make_route, NewRoute(hygiene, kind="letter"))
    people = [actor(runtime, name).person_id for name in ("director", "head2")]
    day = runtime.clock.now().date()
    asks_its_head = Circuit((Step(StepKind.SIGNATURE, (role(runtime, "head", "HYG"),)),))
    circuit = make_circuit(runtime, asks_its_head)
    does(runtime, "admin", abolish, hygiene)
    with pytest.raises(InvalidInput) as refusal:
        sent(runtime, entry.document_id, to_unit(runtime, "HYG"), by="agent")
    assert refusal.value.code == "addressee_unknown"
    with pytest.raises(InvalidInput) as refusal:
        does(runtime, "agent", open_file, FileSetup("Dossier", hygiene))
    assert refusal.value.code == "unit_missing"
    with pytest.raises(InvalidInput) as refusal:
        does(runtime, "clerk", make_transmittal, [entry.id], unit_id=hygiene, note="")
    assert refusal.value.code == "unit_missing"
    with pytest.raises(InvalidInput) as refusal, runtime.transactions.writing(OPERATOR) as uow:
        set_desk(uow, "complaints", unit_id=hygiene)
    assert refusal.value.code == "unit_unknown"
    with pytest.raises(InvalidInput) as refusal:
        make_circuit(runtime, asks_its_head, code="other")
    assert refusal.value.code == "unit_unknown"
    with pytest.raises(InvalidInput) as refusal:
        does(
            runtime,
            "director",
            give_power,
            NewPower(PowerKind.DELEGATION, *people, day, day, unit_ids=frozenset({hygiene})),
        )
    assert refusal.value.code == "choice_unknown"
    with pytest.raises(NotFound):
        does(runtime, "admin", grant_role, actor(runtime, "temp").person_id, role=Role.AGENT, unit_id=hygiene)
    with pytest.raises(NotFound):
        does(runtime, "admin", abolish, hygiene)
    with runtime.transactions.reading() as session:
        assert route_for(session, LetterFacts("incoming", "letter", "")) is None
    clerk = signed_in_client(runtime, "clerk")
    for address in ("/records/new", f"/bordereaux/new?entry={entry.id}"):
        page = clerk.get(address).get_data(as_text=True)
        assert str(unit_id(runtime, "ECL")) in page
        assert str(hygiene) not in page
    # Whoever looks at a circuit that asks its head sees that, and may ask another.
    admin = signed_in_client(runtime, "admin")
    assert str(hygiene) in admin.get(f"/admin/circuits/{circuit}").get_data(as_text=True)
    for address in ("/admin/circuits/new", "/admin/registers"):
        page = admin.get(address).get_data(as_text=True)
        assert str(unit_id(runtime, "ECL")) in page
        assert str(hygiene) not in page
    for address in (f"/d/{entry.document_id}/route", "/delegations"):
        assert f"unit:{hygiene}" not in signed_in_client(runtime, "agent").get(address).get_data(as_text=True)


def test_a_task_of_a_unit_that_everybody_left_is_escalated_and_can_be_given(runtime):
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        unit = create_unit(
            uow,
            code="NEW",
            kind=UnitKind.SERVICE,
            name_ar="مصلحة جديدة",
            name_fr="Service nouveau",
            parent_id=unit_id(runtime, "DTE"),
        ).id
        grant_role(uow, actor(runtime, "temp").person_id, role=Role.AGENT, unit_id=unit)
    entry = registered(runtime)
    sent(runtime, entry.document_id, to_unit(runtime, "NEW", due_on=date(2026, 3, 6)), by="agent")
    with runtime.transactions.reading() as session:
        membership = session.scalars(select(Membership).where(Membership.unit_id == unit)).one()
    does(runtime, "admin", revoke_role, membership.id)
    runtime.clock.move(seconds=1)
    refused(runtime, "unit_holds_tasks", "NEW")
    morning(runtime, date(2026, 3, 4))
    assert told(runtime, "head") == [("escalated", 50)]


def test_the_pages_give_a_basket_and_abolish(runtime):
    registered(runtime, unit_id=unit_id(runtime, "ECL"), subject="Un lampadaire")
    run_jobs(runtime)
    eclairage = unit_id(runtime, "ECL")
    admin = signed_in_client(runtime, "admin")
    token = admin.get("/account").get_data(as_text=True).split('name="csrf-token" content="')[1].split('"')[0]
    # Three letters alone may stand in any random token of a page.
    listed = re.compile(r">\s*ECL\s*<")
    assert listed.search(admin.get("/admin/units").get_data(as_text=True))
    confirmed = {"csrf_token": token, "confirmed": "1"}
    refusal = admin.post(f"/admin/units/{eclairage}/abolish", data=confirmed)
    assert (refusal.status_code, "responsable" in refusal.get_data(as_text=True)) == (409, True)
    head = signed_in_client(runtime, "head")
    address = f"/handovers/units/{eclairage}"
    assert address in head.get("/handovers").get_data(as_text=True)
    assert "Un lampadaire" in head.get(address).get_data(as_text=True)
    with runtime.transactions.reading() as session:
        (task,) = in_basket_of(session, actor(runtime, "head"), eclairage)
    form = {"csrf_token": token_of(head), "task": str(task.assignment.id), "target": f"unit:{unit_id(runtime, 'TRV')}"}
    assert head.post(address, data={**form, "action": "give"}).status_code == 200
    assert head.get(address).status_code == 404
    assert admin.post(f"/admin/units/{eclairage}/abolish", data=confirmed).status_code == 302
    assert listed.search(admin.get("/admin/units").get_data(as_text=True)) is None
