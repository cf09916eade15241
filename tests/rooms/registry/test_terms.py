"""A term is paused once while the citizen is asked, extended once where the law lets it, and the route follows."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from docflow.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from docflow.documents.models import Document
from docflow.registry.models import Register
from docflow.registry.queries import entry_with_id
from docflow.registry.registers import RegisterSetup, change_register
from docflow.registry.rules import RegisterKind
from docflow.registry.terms import answer_due, extend_term, pause_term, resume_term
from tests.conftest import actor, run_jobs
from tests.factories.registry import registered
from tests.factories.sessions import signed_in_client
from tests.rooms.registry.test_pages import sent
from tests.rooms.routing.test_routing import tasks


def due(runtime, entry):
    with runtime.transactions.reading() as session:
        kept, register = entry_with_id(session, entry.id)
        return answer_due(session, register, kept.arrived_at, entry_id=kept.id).due


def changed(runtime, change, entry, *, by="agent", **how):
    with runtime.transactions.writing(actor(runtime, by)) as uow:
        change(uow, entry.id, **how)
    run_jobs(runtime)


def complaint(runtime):
    entry = registered(runtime, register="complaints")
    run_jobs(runtime)
    return entry


def information(runtime):
    entry = registered(runtime, register="information")
    run_jobs(runtime)
    return entry


def test_a_term_stands_still_until_what_was_asked_for_came(runtime, clock):
    entry = complaint(runtime)
    assert due(runtime, entry) == date(2026, 5, 4)  # 60 days after 2 March are a Friday that is a feast.
    clock.move(days=10)
    changed(runtime, pause_term, entry, reason="Copie de la CIN")
    assert due(runtime, entry) is None
    assert [task.due_on for task in tasks(runtime, "agent")] == [None]

    clock.move(days=7)
    changed(runtime, resume_term, entry)

    assert due(runtime, entry) == date(2026, 5, 8)
    assert [task.due_on for task in tasks(runtime, "agent")] == [date(2026, 5, 8)]


def test_what_is_missing_is_asked_for_once(runtime, clock):
    entry = complaint(runtime)
    changed(runtime, pause_term, entry, reason="Copie de la CIN")
    with pytest.raises(Conflict, match="term_paused_before"):
        changed(runtime, pause_term, entry, reason="Un plan")
    changed(runtime, resume_term, entry)
    with pytest.raises(Conflict, match="term_paused_before"):
        changed(runtime, pause_term, entry, reason="Un plan")
    with pytest.raises(Conflict, match="term_not_paused"):
        changed(runtime, resume_term, entry)


def test_a_head_extends_once_where_the_law_lets_them(runtime):
    entry = information(runtime)
    before = due(runtime, entry)
    with pytest.raises(PermissionDenied):
        changed(runtime, extend_term, entry, by="agent", reason="Recherche longue")
    changed(runtime, extend_term, entry, by="head", reason="Recherche longue")
    assert (before, due(runtime, entry)) == (date(2026, 3, 31), date(2026, 4, 28))
    assert [task.due_on for task in tasks(runtime, "agent")] == [date(2026, 4, 28)]
    with pytest.raises(Conflict, match="term_extended_before"):
        changed(runtime, extend_term, entry, by="head", reason="Encore")
    with pytest.raises(InvalidInput, match="term_not_extensible"):
        changed(runtime, extend_term, complaint(runtime), by="head", reason="Recherche longue")


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 301])
def test_a_reason_is_given(runtime, reason):
    with pytest.raises(InvalidInput, match=r"reason_missing|field_too_long"):
        changed(runtime, pause_term, complaint(runtime), reason=reason)


def test_what_is_over_or_closed_is_not_paused(runtime, clock):
    entry = complaint(runtime)
    clock.move(days=80)
    with pytest.raises(Conflict, match="term_over"):
        changed(runtime, pause_term, entry, reason="Copie de la CIN")
    with runtime.transactions.writing(actor(runtime, "agent")) as uow:
        uow.session.get_one(Document, entry.document_id).is_open = False
    with pytest.raises(Conflict, match="matter_closed"):
        changed(runtime, pause_term, entry, reason="Copie de la CIN")


def test_a_letter_without_a_term_has_none_to_pause(runtime):
    entry = registered(runtime)
    run_jobs(runtime)
    with pytest.raises(InvalidInput, match="term_missing"):
        changed(runtime, pause_term, entry, reason="Copie de la CIN")


def test_whoever_does_not_know_of_the_letter_learns_nothing(runtime):
    entry = complaint(runtime)
    with pytest.raises(NotFound):
        changed(runtime, pause_term, entry, by="agent2", reason="Copie de la CIN")
    assert signed_in_client(runtime, "agent2").get(f"/entries/{entry.id}/term").status_code == 404
    assert signed_in_client(runtime, "auditor").get(f"/entries/{entry.id}/term").status_code == 403


def test_a_register_is_given_another_term_and_its_tasks_follow(runtime):
    entry = complaint(runtime)
    with runtime.transactions.reading() as session:
        register = session.scalars(select(Register).where(Register.code == "complaints")).one()
    setup = RegisterSetup(
        "complaints", RegisterKind.COMPLAINTS, register.name_ar, register.name_fr, register.number_format,
        term="investment",
    )  # fmt: skip
    with runtime.transactions.writing(actor(runtime, "admin")) as uow:
        change_register(uow, register.id, setup, expected_version=register.version)
    run_jobs(runtime)
    assert due(runtime, entry) == date(2026, 4, 1)
    assert [task.due_on for task in tasks(runtime, "agent")] == [date(2026, 4, 1)]


def test_the_page_pauses_and_tells_why_not(runtime):
    entry = complaint(runtime)
    client = signed_in_client(runtime, "agent")
    assert f"/entries/{entry.id}/term" in client.get(f"/d/{entry.document_id}").get_data(as_text=True)
    assert sent(client, f"/entries/{entry.id}/term", action="pause", reason="").status_code == 422
    assert sent(client, f"/entries/{entry.id}/term", action="pause", reason="Copie de la CIN").status_code == 303
    page = client.get(f"/entries/{entry.id}/term").get_data(as_text=True)
    assert "Copie de la CIN" in page
    assert 'value="resume"' in page
    assert 'value="extend"' not in page
    assert sent(client, f"/entries/{entry.id}/term", action="resume").status_code == 303
    assert sent(client, f"/entries/{entry.id}/term", action="other").status_code == 422
