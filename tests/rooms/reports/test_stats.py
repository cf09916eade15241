"""Figures: what is late, how long steps take, who has how much to do; a head sees their own and nobody else."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import openpyxl
import pytest
from sqlalchemy import event

from docflow.accounts.visibility import Confidentiality
from docflow.core.clock import CASABLANCA
from docflow.documents.models import Document
from docflow.documents.registering import reopen_matter
from docflow.registry.operations import Arrival, cancel_entry
from docflow.reports.figures import figures_for
from docflow.reports.queries import Load
from docflow.reports.rules import Period, Step
from docflow.routing.operations import claim, finish
from docflow.routing.rules import Instruction
from tests.conftest import actor, run_jobs
from tests.factories.documents import unit_id
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client, token_of
from tests.rooms.routing.test_routing import sent, tasks, to_person, to_unit


def letter(runtime, unit="TRV", **how):
    entry = registered(runtime, unit_id=unit_id(runtime, unit), **how)
    run_jobs(runtime)
    return entry


def figures(runtime, name, *, unit=None, period=None):
    today = runtime.clock.now().astimezone(CASABLANCA).date()
    with runtime.transactions.reading() as session:
        return figures_for(
            session,
            actor(runtime, name),
            locale="fr",
            unit_id=None if unit is None else unit_id(runtime, unit),
            period=period or Period(date(2026, 1, 1), today),
            at=runtime.clock.now(),
        )


def load_of(found, name):
    return dict(found)[name]


TRV, AGENT = "Service des travaux et de l'entretien", "Hassan El Idrissi"


def test_a_head_sees_what_waits_and_what_is_late_in_units_below(runtime, clock):
    late, taken, _other = letter(runtime), letter(runtime), letter(runtime, unit="EC")
    sent(runtime, late.document_id, to_unit(runtime, "TRV", Instruction.ACTION, due_on=date(2026, 3, 4)), by="clerk")
    task = next(one for one in tasks(runtime, "agent") if one.document_id == taken.document_id)
    with runtime.transactions.writing(actor(runtime, "agent")) as uow:
        claim(uow, task.id)
    clock.move(days=5)
    found = figures(runtime, "head")
    assert load_of(found.units, TRV) == Load(open_count=3, late_count=1)
    assert load_of(found.people, AGENT) == Load(open_count=1)
    assert [(one.document.register_number, one.days_late) for one in found.late] == [(late.label, 3)]
    assert {name for name, _ in found.units} == {
        "Division technique", TRV, "Service de l'urbanisme", "Service de l'éclairage public",
    }  # fmt: skip
    only = figures(runtime, "head", unit="URB")
    assert [name for name, _ in only.units] == ["Service de l'urbanisme"]
    assert only.late == []
    # A unit that is not theirs is not chosen.
    assert [name for name, _ in figures(runtime, "head", unit="EC").units] == [name for name, _ in found.units]


def test_what_units_and_their_people_did_is_found_by_them_and_its_days_however_much_others_did(sqlite_runtime):
    said = []
    event.listen(sqlite_runtime.transactions.engine, "before_cursor_execute", lambda *call: said.append(call[2:4]))

    figures(sqlite_runtime, "head")

    asked = [one for one in said if "UNION ALL" in one[0]]
    with sqlite_runtime.transactions.engine.connect() as connection:
        plans = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all() for statement, values in asked
        ]
    steps = [step for plan in plans for *_, step in plan]
    for found in (
        "documents USING INDEX ix_documents_of_unit (unit_id=? AND registered_at>? AND registered_at<?)",
        "documents USING INDEX ix_documents_answered (unit_id=? AND answered_at>?)",
        "assignments USING INDEX ix_assignments_done_of_unit (unit_id=? AND closed_at>? AND closed_at<?)",
        "assignments USING INDEX ix_assignments_done_of_person (person_id=? AND closed_at>? AND closed_at<?)",
        "assignments USING INDEX ix_assignments_done_claimed (claimed_by=? AND closed_at>? AND closed_at<?)",
        "approval_decisions USING INDEX ix_approval_decisions_decided_at (decided_at>? AND decided_at<?)",
    ):
        assert any(found in step for step in steps), (found, steps)
    # What waits is read whole: it does not grow with what was treated.
    assert {step for step in steps if step.startswith("SCAN ")} == {
        "SCAN assignments USING INDEX ix_assignments_of_unit"
    }
    assert "documents USING INDEX ix_documents_of_unit (unit_id=?)" not in " ".join(steps)


def test_a_letter_counts_where_it_was_registered_and_each_time_it_was_answered(runtime, clock):
    entry = letter(runtime)
    first, days = clock.now().astimezone(CASABLANCA).date(), timedelta(days=1)
    for _ in range(2):
        with runtime.transactions.writing(actor(runtime, "agent")) as uow:
            finish(uow, tasks(runtime, "agent")[0].id, answer="Fait")
        clock.move(days=2)
        with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
            reopen_matter(uow.session.get_one(Document, entry.document_id))
        sent(runtime, entry.document_id, to_unit(runtime, "TRV", Instruction.ATTRIBUTION), by="clerk")

    def counted(since, until):
        steps = {one.step: one.count for one in figures(runtime, "head", period=Period(since, until)).steps}
        return steps[Step.ROUTING], steps[Step.ANSWER]

    assert counted(first, first) == (1, 1)
    assert counted(first + days, first + days) == (0, 0)
    assert counted(first + 2 * days, first + 2 * days) == (0, 1)
    assert counted(first, first + 2 * days) == (1, 2)
    with runtime.transactions.writing(actor(runtime, "clerk")) as uow:
        cancel_entry(uow, entry.id, reason="Enregistré deux fois")
    assert counted(first, first + 2 * days) == (0, 2)


def test_what_is_done_is_counted_for_the_unit_and_the_person(runtime):
    entry = letter(runtime)
    sent(runtime, entry.document_id, to_person(runtime, "agent", Instruction.OPINION), by="head")
    opinion = next(one for one in tasks(runtime, "agent") if one.instruction == Instruction.OPINION)
    with runtime.transactions.writing(actor(runtime, "agent")) as uow:
        finish(uow, opinion.id, answer="Oui")
    found = figures(runtime, "head")
    assert load_of(found.people, AGENT).done_count == 1
    assert load_of(found.units, TRV).done_count == 1


def test_people_stand_by_name_and_only_those_whom_the_head_leads(runtime):
    people = [name for name, _ in figures(runtime, "director").people]
    assert people == sorted(people, key=str.casefold)
    assert {"Hassan El Idrissi", "Nadia Cherkaoui"} <= set(people)
    assert {name for name, _ in figures(runtime, "head").people} == {AGENT, "Karim Tazi"}


@pytest.mark.parametrize(("name", "shown"), [("agent", "Hassan El Idrissi"), ("clerk", "Salma Bennani")])
def test_whoever_leads_nobody_sees_their_own_work_alone(runtime, name, shown):
    entry = letter(runtime)
    sent(runtime, entry.document_id, to_person(runtime, name, Instruction.OPINION, due_on=date(2026, 3, 3)), by="head")
    sent(runtime, entry.document_id, to_person(runtime, "head", Instruction.OPINION), by="agent")
    found = figures(runtime, name)
    assert (found.offered, found.units, found.steps) == ([], [], ())
    assert found.people == [(shown, Load(open_count=1))]


def test_confidential_mail_is_counted_for_nobody_who_may_not_know_of_it(runtime):
    president = actor(runtime, "president").person_id
    entry = registered(
        runtime,
        unit_id=unit_id(runtime, "TRV"),
        confidentiality=Confidentiality.CONFIDENTIAL,
        arrival=Arrival(named_people=(president,)),
    )
    run_jobs(runtime)
    before = figures(runtime, "head")
    sent(runtime, entry.document_id, to_person(runtime, "agent", Instruction.ACTION), by="president")
    after = figures(runtime, "head")
    assert (after.units, after.people, after.steps) == (before.units, before.people, before.steps)
    assert load_of(figures(runtime, "president").people, AGENT).open_count == 1


def test_steps_are_measured_from_registration_to_answer(runtime, clock):
    entry = letter(runtime)
    clock.move(hours=30)
    task = tasks(runtime, "agent")[0]
    with runtime.transactions.writing(actor(runtime, "agent")) as uow:
        finish(uow, task.id, answer="Fait")
    times = {one.step: one for one in figures(runtime, "head").steps}
    assert (times[Step.ROUTING].count, times[Step.ROUTING].median_hours) == (1, 0)
    assert (times[Step.ANSWER].count, times[Step.ANSWER].median_hours, times[Step.ANSWER].ninetieth_hours) == (
        1,
        30,
        30,
    )
    assert times[Step.WHOLE].count == 0
    assert entry.label
    assert {one.count for one in figures(runtime, "head2").steps} == {0}


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_the_page_gives_every_chart_its_table(runtime, language):
    letter(runtime)
    client = signed_in_client(runtime, "head")
    client.post("/lang", data={"csrf_token": token_of(client), "locale": language, "next": "/stats"})
    page = client.get("/stats?period=30").get_data(as_text=True)
    assert page.count('class="chart"') == 3
    assert page.count("<table") >= 3
    assert " style=" not in page


def test_a_period_that_makes_no_sense_is_refused_on_the_page(runtime):
    client = signed_in_client(runtime, "head")
    assert client.get("/stats?from=02/03/2026&to=01/03/2026").status_code == 422
    assert client.get("/stats?from=x").status_code == 422
    assert signed_in_client(runtime, "archivist").get("/stats").status_code == 403


def test_tables_are_taken_along_with_the_figures_of_the_page_and_noted(runtime):
    letter(runtime)
    client = signed_in_client(runtime, "head")
    said = {"csrf_token": token_of(client), "from": "01/01/2026", "to": "31/12/2026"}
    rows = list(csv.reader(io.StringIO(client.post("/stats/units.csv", data=said).get_data(as_text=True))))
    assert ["1", "0", "0"] in [row[1:] for row in rows]
    book = openpyxl.load_workbook(io.BytesIO(client.post("/stats/people.xlsx", data=said).data))
    assert book.active["B2"].value == 0
    steps = client.post("/stats/steps.csv", data=said)
    assert steps.status_code == 200
    own = signed_in_client(runtime, "agent")
    answer = own.post("/stats/people.csv", data=said | {"csrf_token": token_of(own)})
    assert len(list(csv.reader(io.StringIO(answer.get_data(as_text=True))))) == 2
